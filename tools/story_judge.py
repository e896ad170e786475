#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds one run of the command line to what the story expects of it, and says what happened in one line.

    tools/story_judge.py LINES.jsonl CODE --exit N [--outcome O] [--reason R] [--stage S] [--runs VERSION]
                         [--states STATE,…] [--units NAME=STAGE…] [--nothing-sent]
                         [--answers QUESTION=VERDICT…] [--next-step STEP]

LINES is the standard output of `bootmend --json …`, CODE its exit code. Ends with 1 and a complaint when
they are not as expected.
"""
import argparse
import json
import pathlib
import sys


class Mismatch(Exception):
    pass


def expect(what: str, wanted, found) -> None:
    if wanted is not None and wanted != found:
        raise Mismatch(f"{what}: expected {wanted}, got {found}")


def read_lines(text: str) -> list[dict]:
    try:
        lines = [json.loads(line) for line in text.splitlines() if line]
    except json.JSONDecodeError as error:
        raise Mismatch(f"a line is not JSON: {error}") from error
    if any(not isinstance(line, dict) or line.get("schema") != 1 for line in lines):
        raise Mismatch("a line has no schema 1")
    if [line.get("event") for line in lines].count("result") != 1 or lines[-1].get("event") != "result":
        raise Mismatch("exactly one result must end the lines")
    return lines


def units_in(lines: list[dict]) -> dict[str, str]:
    """The virtual units. What else is attached to this computer is none of the story's business."""
    devices = [line["device"] for line in lines if line["event"] == "device"]
    return {unit["name"]: unit["stage"] for unit in devices if unit["address"].startswith("unix:")}


def states_in(lines: list[dict]) -> str:
    return ",".join(line.get("state", "?") for line in lines if line["event"] == "state")


def running_version(device: dict) -> str | None:
    return next((slot.get("version") for slot in device.get("slots", []) if slot.get("running")), None)


def expect_answers(wanted: list[str], lines: list[dict]) -> None:
    """Those that are named; each line of a diagnosis and its result have to agree."""
    answers = {line["question"]: line["verdict"] for line in lines if line.get("note") == "diagnosis"}
    expect("verdicts of the result", answers, lines[-1].get("verdicts"))
    for question, verdict in (answer.split("=") for answer in wanted):
        expect(question, verdict, answers.get(question))


def expect_nothing_sent(lines: list[dict]) -> None:
    for line in lines:
        if line["event"] == "progress" and line.get("done", 0) > 0:
            raise Mismatch(f"{line['done']} bytes of the image were sent")
        if line["event"] == "state" and line.get("state") in ("written", "trial", "confirmed"):
            raise Mismatch(f"it came as far as {line['state']}")


def judge(expected: argparse.Namespace, text: str) -> str:
    expect("exit code", expected.exit, expected.code)
    lines = read_lines(text)
    result = lines[-1]
    device = result.get("device") or {}
    expect("outcome", expected.outcome, result.get("outcome"))
    expect("reason", expected.reason, result.get("reason"))
    expect("stage", expected.stage, device.get("stage"))
    expect("running version", expected.runs, running_version(device))
    expect("states", expected.states, states_in(lines))
    if expected.units is not None:
        expect("units", dict(unit.split("=") for unit in expected.units), units_in(lines))
    if expected.answers is not None:
        expect_answers(expected.answers, lines)
    expect("next step", expected.next_step, result.get("next_step"))
    if expected.nothing_sent:
        expect_nothing_sent(lines)
    return summary(result, lines, expected.code)


def summary(result: dict, lines: list[dict], code: int) -> str:
    words = [result.get("outcome", "?")]
    if result.get("reason"):
        words.append(result["reason"])
    if result.get("from") and result.get("to") and result["outcome"] in ("updated", "recovered"):
        words.append(f"{result['from']} -> {result['to']}")
    if result.get("command") in ("update", "recover"):
        words.append(states_in(lines).replace(",", " > "))
    if result.get("command") == "devices":
        words += [f"{name} {stage}" for name, stage in sorted(units_in(lines).items())]
    if result.get("command") == "inspect":
        words.append((result.get("device") or {}).get("boots_next", ""))
    if result.get("command") == "diagnose":
        words += [f"{question} {verdict}" for question, verdict in (result.get("verdicts") or {}).items()]
        words.append(f"next: {result.get('next_step')}")
    if isinstance(result.get("seconds"), (int, float)):
        words.append(f"{result['seconds']:.1f} s")
    return f"exit {code}: " + ", ".join(word for word in words if word)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lines", type=pathlib.Path)
    parser.add_argument("code", type=int)
    parser.add_argument("--exit", type=int, required=True)
    for option in ("--outcome", "--reason", "--stage", "--runs", "--states", "--next-step"):
        parser.add_argument(option)
    parser.add_argument("--units", nargs="+")
    parser.add_argument("--answers", nargs="+")
    parser.add_argument("--nothing-sent", action="store_true")
    expected = parser.parse_args(arguments)
    try:
        print(judge(expected, expected.lines.read_text(encoding="utf-8")))
    except Mismatch as mismatch:
        print(mismatch)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
