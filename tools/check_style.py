#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules of the house that neither a compiler nor clang-format checks.

    tools/check_style.py [ROOT]      ends with 1 when a rule is broken

Directions of includes, sizes, GCC 12's coroutine traps, names, licence lines, sleeping tests. A line that has
a good reason says so on itself or on the line above: style-allow(rule): the reason.
"""
import pathlib
import subprocess
import sys

from style import files as whole_files
from style import functions, layers
from style.source import C_FAMILY, Problem, SourceFile

CHECKED_SUFFIXES = C_FAMILY | {".S", ".py", ".sh", ".txt", ""}
RULES = (layers.check, functions.check, whole_files.check)


def project_files(root: pathlib.Path) -> list[str]:
    """Tracked files and new ones that git does not ignore; all files of a tree that is no repository."""
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True)
    if listed.returncode == 0:
        return sorted(set(listed.stdout.split("\0")) - {""})
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def read_tree(root: pathlib.Path) -> dict[pathlib.PurePosixPath, SourceFile]:
    files = {}
    for name in project_files(root):
        path = pathlib.PurePosixPath(name)
        if path.suffix in CHECKED_SUFFIXES and path.parts[0] != "build" and (root / name).is_file():
            files[path] = SourceFile(path, (root / name).read_text(encoding="utf-8", errors="replace"))
    return files


def problems_of(file: SourceFile) -> list[Problem]:
    found = [problem for rule in RULES for problem in rule(file)]
    return [problem for problem in found if not file.allows(problem)]


def problems(root: pathlib.Path) -> list[Problem]:
    files = read_tree(root)
    found = [problem for file in files.values() for problem in problems_of(file)]
    found += [problem for problem in whole_files.unregistered_tests(files)]
    return sorted(found, key=lambda problem: (problem.path.as_posix(), problem.line))


def main(arguments: list[str]) -> int:
    root = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).resolve().parent.parent
    found = problems(root)
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
