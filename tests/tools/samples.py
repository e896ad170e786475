# SPDX-License-Identifier: Apache-2.0
"""Runs the style rules over a sample as if it stood at some path of the tree."""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))

import check_style
from style.source import SourceFile

LICENCE = "// SPDX-License-Identifier: Apache-2.0\n"
HEADER = LICENCE + "#pragma once\n"


def rules_broken_by(text: str, path: str) -> set[str]:
    return {problem.rule for problem in check_style.problems_of(SourceFile(pathlib.PurePosixPath(path), text))}


def in_header(declarations: str, path: str = "core/device/sample.h") -> set[str]:
    return rules_broken_by(HEADER + declarations, path)


def in_source(code: str, path: str = "core/device/sample.cpp") -> set[str]:
    return rules_broken_by(LICENCE + code, path)


def including(header: str, path: str) -> set[str]:
    guard = "#pragma once\n" if path.endswith(".h") else ""
    return rules_broken_by(f"{LICENCE}{guard}#include {header}\n", path)
