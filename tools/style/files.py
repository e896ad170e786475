# SPDX-License-Identifier: Apache-2.0
"""What holds for a file as a whole: its name, its first line, its length, and words that must not stand in it."""
import pathlib
import re

from style.source import SourceFile

MAX_FILE_LINES = 500
LICENCE = "SPDX-License-Identifier: Apache-2.0"
SCRIPTS = {".py", ".sh"}
WITH_LICENCE = {".h", ".c", ".cpp", ".S", ".py", ".sh"}
SNAKE_CASE = re.compile(r"^[a-z0-9]+(_[a-z0-9]+)*$")
GUARD = re.compile(r"^#pragma once$|^#ifndef (\w+)\n#define \1$", re.MULTILINE)
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
SLEEPS = {
    True: re.compile(r"\bQTest::q(Sleep|Wait)\s*\(|\b(std::this_thread::sleep_(for|until)|QThread::\w*sleep"
                     r"|nanosleep|usleep|sleep)\s*\("),
    False: re.compile(r"\btime\.sleep\s*\(|^\s*sleep\s+[\d.$]"),
}
TEST_MAIN = re.compile(r"^QTEST_(GUILESS_|APPLESS_)?MAIN\b", re.MULTILINE)


def is_script(file: SourceFile) -> bool:
    return file.path.suffix in SCRIPTS or file.text.startswith("#!")


def check(file: SourceFile):
    if file.path.suffix not in WITH_LICENCE and not is_script(file):
        return
    yield from name_problems(file)
    yield from licence_problems(file)
    yield from word_problems(file)
    if len(file.lines) > MAX_FILE_LINES:
        yield file.problem(1, "file-size", f"{len(file.lines)} lines, limit {MAX_FILE_LINES}")
    if file.is_header and not GUARD.search(file.text):
        yield file.problem(1, "guard", "neither #pragma once nor an include guard")


def name_problems(file: SourceFile):
    names = [*file.path.parts[:-1], file.path.name.split(".")[0] or file.path.name[1:]]
    for name in names:
        if not SNAKE_CASE.match(name.removeprefix(".")):
            yield file.problem(1, "file-name", f"{name} is not snake_case")
    if TEST_MAIN.search(file.text) and not is_test(file.path):
        yield file.problem(1, "test-name", "a test stands in tests/ and is called tst_<subject>.cpp")
    if file.path.parts[:2] == ("tests", "unit") and file.path.suffix == ".cpp" and not is_test(file.path):
        yield file.problem(1, "test-name", "in tests/unit stand tests only: tst_<subject>.cpp")


def is_test(path: pathlib.PurePosixPath) -> bool:
    return path.parts[0] == "tests" and path.name.startswith("tst_")


def licence_problems(file: SourceFile):
    first = 1 if file.lines and file.lines[0].startswith("#!") else 0
    if len(file.lines) <= first or LICENCE not in file.lines[first]:
        yield file.problem(first + 1, "licence", f"the line is missing: {LICENCE}")


def word_problems(file: SourceFile):
    for number, line in enumerate(file.lines, 1):
        if UNFINISHED.search(line):
            yield file.problem(number, "unfinished", "finish it, or open an issue")
    if file.path.parts[0] != "tests":
        return
    sleep = SLEEPS[file.is_c_family]
    for number, line in enumerate((file.code if file.is_c_family else file.text).splitlines(), 1):
        if sleep.search(line):
            yield file.problem(number, "sleep", "a test waits for an event or moves the manual clock")


def unregistered_tests(files: dict[pathlib.PurePosixPath, SourceFile]):
    """A test that no CMakeLists.txt names is a test that never runs."""
    for path, file in files.items():
        if path.suffix != ".cpp" or not is_test(path):
            continue
        lists = [files.get(folder / "CMakeLists.txt") for folder in path.parents]
        word = re.compile(rf"\b(tst_)?{path.stem.removeprefix('tst_')}\b")
        if not any(cmake and word.search(cmake.text) for cmake in lists):
            yield file.problem(1, "test-name", "no CMakeLists.txt names this test, so it never runs")
