# SPDX-License-Identifier: Apache-2.0
import contextlib
import io
import json
import pathlib
import tempfile
import unittest

import samples  # noqa: F401, puts tools/ on the path
import story_judge

UNIT = {
    "name": "healthy-1",
    "address": "unix:/b/line",
    "stage": "running",
    "slots": [{"version": "1.1.0", "running": True}, {"version": "1.0.0"}],
}
RESULT = {"event": "result", "command": "update", "outcome": "updated", "reason": None, "device": UNIT}
REFUSED = {**RESULT, "outcome": "refused", "reason": "KEY_UNKNOWN"}


class StoryJudge(unittest.TestCase):
    def judge(self, lines: list[dict], code: int, *expected: str) -> tuple[int, str]:
        text = "".join(json.dumps({"schema": 1, **line}) + "\n" for line in lines)
        return self.judge_text(text, code, *expected)

    def judge_text(self, text: str, code: int, *expected: str) -> tuple[int, str]:
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as printed:
            path = pathlib.Path(folder) / "lines.jsonl"
            path.write_text(text)
            return story_judge.main([str(path), str(code), *expected]), printed.getvalue()

    def test_agrees_with_what_is_as_expected(self):
        code, said = self.judge([RESULT], 0, "--exit", "0", "--outcome", "updated", "--runs", "1.1.0", "--stage", "running")
        self.assertEqual(code, 0)
        self.assertIn("exit 0: updated", said)

    def test_complains_about_each_difference(self):
        for expected in (
            ("--exit", "7"),
            ("--exit", "0", "--outcome", "already_current"),
            ("--exit", "0", "--reason", "TIMEOUT"),
            ("--exit", "0", "--runs", "1.0.0"),
            ("--exit", "0", "--states", "verified,written"),
            ("--exit", "0", "--stage", "on_trial"),
        ):
            self.assertEqual(self.judge([RESULT], 0, *expected)[0], 1, expected)

    def test_the_units_must_be_exactly_these(self):
        device = {"event": "device", "device": UNIT}
        self.assertEqual(self.judge([device, RESULT], 0, "--exit", "0", "--units", "healthy-1=running")[0], 0)
        self.assertEqual(self.judge([device, RESULT], 0, "--exit", "0", "--units", "healthy-1=silent")[0], 1)
        self.assertEqual(self.judge([RESULT], 0, "--exit", "0", "--units", "healthy-1=running")[0], 1)

    def test_answers_are_compared_with_the_lines_and_the_result(self):
        note = {"event": "note", "note": "diagnosis", "question": "health", "verdict": "good"}
        result = {"event": "result", "command": "diagnose", "outcome": "ok", "verdicts": {"health": "good"}, "next_step": "nothing"}
        wanted = ("--exit", "0", "--answers", "health=good", "--next-step", "nothing")
        self.assertEqual(self.judge([note, result], 0, *wanted)[0], 0)
        self.assertEqual(self.judge([{**note, "verdict": "bad"}, result], 0, *wanted)[0], 1)
        self.assertEqual(self.judge([note, {**result, "next_step": "recover"}], 0, *wanted)[0], 1)
        self.assertEqual(self.judge([note, result], 0, "--exit", "0", "--answers", "package=good")[0], 1)
        self.assertEqual(self.judge([note, result], 0, "--exit", "0", "--answers", "health=bad")[0], 1)

    def test_real_ports_of_the_computer_are_left_out(self):
        virtual = {"event": "device", "device": UNIT}
        real = {"event": "device", "device": {**UNIT, "name": "port", "address": "serial:/dev/ttyS0"}}
        self.assertEqual(self.judge([virtual, real, RESULT], 0, "--exit", "0", "--units", "healthy-1=running")[0], 0)

    def test_the_states_come_in_their_order(self):
        walk = [{"event": "state", "state": state} for state in ("verified", "written", "trial")]
        self.assertEqual(self.judge([*walk, RESULT], 0, "--exit", "0", "--states", "verified,written,trial")[0], 0)
        self.assertEqual(self.judge([*walk, RESULT], 0, "--exit", "0", "--states", "verified,trial,written")[0], 1)

    def test_nothing_sent_means_not_one_byte(self):
        expected = ("--exit", "4", "--nothing-sent")
        begun = {"event": "progress", "done": 0, "total": 9}
        self.assertEqual(self.judge([begun, REFUSED], 4, *expected)[0], 0)
        self.assertEqual(self.judge([{**begun, "done": 1}, REFUSED], 4, *expected)[0], 1)
        self.assertEqual(self.judge([{"event": "state", "state": "written"}, REFUSED], 4, *expected)[0], 1)

    def test_the_form_of_the_lines_is_held(self):
        for text in ("", "no json\n", '{"schema": 2, "event": "result"}\n', '{"schema": 1, "event": "note"}\n'):
            self.assertEqual(self.judge_text(text, 0, "--exit", "0")[0], 1, text)
        self.assertEqual(self.judge([RESULT, RESULT], 0, "--exit", "0")[0], 1)
        self.assertEqual(self.judge([RESULT, {"event": "note"}], 0, "--exit", "0")[0], 1)


if __name__ == "__main__":
    unittest.main()
