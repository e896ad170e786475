#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adds up what CTest wrote (JUnit form) and says it in one line; a skipped test is never a passed one.

    tools/test_summary.py RESULTS.xml…     ends with 1 when a test failed, or when none ran
"""
import dataclasses
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

# CTest's words for a test that asked to be skipped; any other "not run" means that it could not be started.
ASKED_TO_BE_SKIPPED = re.compile(r"^SKIP_(RETURN_CODE|REGULAR_EXPRESSION)")
QTEST_SKIP = re.compile(r"^SKIP\s*: (?P<where>[\w:]+\([^)]*\)) ?(?P<why>.*)$", re.MULTILINE)
SCRIPT_SKIP = re.compile(r"^SKIP: (?P<why>.+)$", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Skip:
    test: str
    why: str
    function: str = ""


@dataclasses.dataclass
class Summary:
    passed: int = 0
    failed: list[str] = dataclasses.field(default_factory=list)
    skipped: list[Skip] = dataclasses.field(default_factory=list)

    def line(self) -> str:
        return f"{self.passed} passed, {len(self.failed)} failed, {len(self.skipped)} skipped"

    def skipped_by_reason(self) -> list[str]:
        """One line for all functions of a test that were skipped for the same reason."""
        functions: dict[tuple[str, str], list[str]] = {}
        for skip in self.skipped:
            functions.setdefault((skip.test, skip.why), []).append(skip.function)
        return [
            ": ".join(part for part in (test, named[0] if len(named) == 1 else f"{len(named)} functions", why) if part)
            for (test, why), named in functions.items()
        ]


def skips_named_in(test: str, output: str) -> list[Skip]:
    functions = [Skip(test, match["why"], match["where"]) for match in QTEST_SKIP.finditer(output)]
    return functions + [Skip(test, match["why"]) for match in SCRIPT_SKIP.finditer(output)]


def add_case(summary: Summary, suite: str, case: ElementTree.Element) -> None:
    name, status = f"{suite} {case.get('name')}", case.get("status")
    skips = skips_named_in(name, case.findtext("system-out") or "")
    if status == "run":
        summary.passed += 1
        summary.skipped += skips
    elif status == "disabled":
        summary.skipped.append(Skip(name, "disabled in CMake"))
    elif status == "notrun" and ASKED_TO_BE_SKIPPED.match(message_of(case)):
        summary.skipped += skips or [Skip(name, "it gave no reason")]
    elif status == "notrun":
        summary.failed.append(f"{name}: {message_of(case)}")
    else:
        summary.failed.append(name)


def message_of(case: ElementTree.Element) -> str:
    skipped = case.find("skipped")
    return (skipped.get("message") or "") if skipped is not None else ""


def summarise(results: list[pathlib.Path]) -> Summary:
    summary = Summary()
    for result in results:
        for case in ElementTree.parse(result).getroot().iter("testcase"):
            add_case(summary, result.parent.name, case)
    return summary


def main(arguments: list[str]) -> int:
    summary = summarise([pathlib.Path(argument) for argument in arguments])
    for title, lines in (("Skipped, because:", summary.skipped_by_reason()), ("Failed:", summary.failed)):
        if lines:
            print(title, *(f"  {line}" for line in lines), sep="\n")
    print(summary.line())
    return 1 if summary.failed or summary.passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
