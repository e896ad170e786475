#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What somebody else wrote, such as a manifest that nobody signed, is shown in a terminal, and commands it nothing:
it neither clears it, nor writes a line that looks like one of ours, nor turns text around."""
import json
import re

import program

CLAIM = "All is well, signed"
HOSTILE = f"\x1b[2J\x1b[1;32m{CLAIM}\n\x9b1A\x7f\u202e\u2066\r\x07\x08"
HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class Terminal(program.CommandLine):
    def assert_harmless(self, shown: str):
        self.assertNotRegex(shown, HARMFUL)
        self.assertIn(CLAIM, shown) # It is shown, and not hidden.
        self.assertIn("<U+001B>", shown)
        for line in shown.splitlines():
            self.assertFalse(line.startswith(("<U+009B>1A", CLAIM)), shown)

    def json_form(self, *arguments, expect: int = 0) -> str:
        """Its lines as they are, after they were understood."""
        ran = self.bootmend(*arguments, expect=expect)
        self.assertIn(HOSTILE, " ".join(self.strings(ran.lines)))
        return ran.printed

    def strings(self, value) -> list:
        if isinstance(value, dict):
            return [text for pair in value.items() for part in pair for text in self.strings(part)]
        if isinstance(value, list):
            return [text for part in value for text in self.strings(part)]
        return [value] if isinstance(value, str) else []

    def test_a_field_of_a_manifest(self):
        self.make_manifest()
        path = self.folder / "release.yaml"
        path.write_text(path.read_text() + json.dumps(HOSTILE) + ": 1\n")
        command = ["bundle", "create", "release.yaml", "-o", "r.bmb"]
        shown = self.text(*command, expect=10)
        self.assert_harmless(shown)
        self.assertEqual(len(shown.splitlines()), 3, shown) # as of any other error
        self.assertNotRegex(self.json_form(*command, expect=10), HARMFUL)

    def test_a_field_of_a_trust_file(self):
        self.write("trust.json", json.dumps({"schema": 1, HOSTILE: 1}))
        self.assert_harmless(self.text("trust", "show", "trust.json", expect=10))
        self.assertNotRegex(self.json_form("trust", "show", "trust.json", expect=10), HARMFUL)

    def test_the_name_of_a_file(self):
        name = HOSTILE.replace("\n", "") + ".json"
        shown = self.text("trust", "show", name, expect=10)
        self.assertNotRegex(shown, HARMFUL)
        self.assertIn(CLAIM, shown)

    def test_words_of_a_file_that_is_well_formed(self):
        reason = "lost\u202e\x9b1A"
        key_id = self.make_key("release")
        self.bootmend("trust", "revoke", key_id, "--reason", reason, "--trust", "trust.json")
        shown = self.text("trust", "show", "trust.json")
        self.assertNotRegex(shown, HARMFUL)
        self.assertIn("lost<U+202E><U+009B>1A", shown)
        ran = self.bootmend("trust", "show", "trust.json")
        self.assertIn(reason, self.strings(ran.lines))
        self.assertNotRegex(ran.printed, HARMFUL)


if __name__ == "__main__":
    program.main()
