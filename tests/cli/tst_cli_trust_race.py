#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Several programs that change one trust file at the same time: the newest version stays, and so does what each of
them added or revoked. Each story is told several times, as the programs meet only sometimes."""
import json
import shutil

import program

LATE = "2090-01-01"


class TrustRace(program.CommandLine):
    def setUp(self):
        super().setUp()
        self.environment["XDG_CONFIG_DIRS"] = str(self.folder / "etc")
        self.environment["XDG_CONFIG_HOME"] = str(self.folder / "user")

    def read(self, name: str) -> dict:
        return json.loads((self.folder / name).read_text())

    def assert_no_lock_is_left(self):
        self.assertEqual([path.name for path in self.folder.rglob("*.lock")], [])

    def make_roots(self):
        """1.json, 2.json, and 3.json, which revokes the release key; r.bmb brings the second along."""
        self.release_id = self.make_key("release")
        self.make_key("root")
        self.bootmend("trust", "init", "-o", "1.json", "--root-key", "root.pub", "--expires", LATE)
        self.bootmend("trust", "add", "release.pub", "--trust", "1.json")
        self.bootmend("trust", "sign", "1.json", "--key", "root.pem")
        self.bootmend("trust", "rotate", "--trust", "1.json", "-o", "2.json", "--key", "root.pem")
        self.bootmend("trust", "revoke", self.release_id, "--reason", "stolen", "--trust", "2.json", "-o", "3.json",
                      "--key", "root.pem")
        self.bootmend("bundle", "create", self.make_manifest(), "--key", "release.pem", "--root", "2.json", "-o",
                      "r.bmb")

    def test_a_revocation_stays_whoever_else_follows_the_root(self):
        self.make_roots()
        (self.folder / "state").mkdir()
        for told in range(40):
            with self.subTest(told):
                shutil.copy(self.folder / "1.json", self.folder / "state" / "trust.json")
                verify = ["bundle", "verify", "r.bmb"]
                *verified, imported = self.together(verify, verify, ["trust", "import", "2.json", "3.json"])
                self.assertEqual(imported.code, 0, imported.said)
                self.assertEqual(imported.result["root"]["version"], 3)
                self.assertEqual(self.read("state/trust.json")["version"], 3)
                for ran in verified: # Before the import, or after it.
                    self.assertIn((ran.code, ran.result.get("reason")), [(0, None), (4, "KEY_REVOKED")], ran.said)
        self.assert_no_lock_is_left()

    def test_the_organisations_root_takes_nothing_back(self):
        self.make_roots()
        (self.folder / "etc" / "bootmend").mkdir(parents=True)
        shutil.copy(self.folder / "2.json", self.folder / "etc" / "bootmend" / "trust.json")
        (self.folder / "state").mkdir()
        for told in range(40):
            with self.subTest(told):
                shutil.copy(self.folder / "1.json", self.folder / "state" / "trust.json")
                show = ["trust", "show"]
                *_, imported = self.together(show, show, ["trust", "import", "2.json", "3.json"])
                self.assertEqual(imported.code, 0, imported.said)
                self.assertEqual(self.read("state/trust.json")["version"], 3)

    def test_no_key_is_lost(self):
        ids = [self.make_key(f"key{number}") for number in range(4)]
        for told in range(15):
            with self.subTest(told):
                name = f"local{told}.json"
                for ran in self.together(*(["trust", "add", f"key{number}.pub", "--trust", name]
                                           for number in range(len(ids)))):
                    self.assertEqual(ran.code, 0, ran.said)
                self.assertEqual(sorted(key["key_id"] for key in self.read(name)["release_keys"]), sorted(ids))
        self.assert_no_lock_is_left()

    def test_no_revocation_is_lost(self):
        kept, *ids = [self.make_key(name) for name in ("kept", "one", "two")]
        for name in ("one", "two"):
            self.bootmend("trust", "add", f"{name}.pub", "--trust", "local.json")
        for told in range(15):
            with self.subTest(told):
                shutil.copy(self.folder / "local.json", self.folder / "changed.json")
                there = ["--trust", "changed.json"]
                for ran in self.together(*(["trust", "revoke", one, "--reason", "stolen", *there] for one in ids),
                                         ["trust", "add", "kept.pub", *there], ["trust", "require", 1, *there]):
                    self.assertEqual(ran.code, 0, ran.said)
                changed = self.read("changed.json")
                self.assertEqual(sorted(one["key_id"] for one in changed["revoked"]), sorted(ids))
                self.assertEqual([key["key_id"] for key in changed["release_keys"]], [kept])
                self.assertEqual(len(changed["release_thresholds"]), 1)

    def test_no_signature_is_lost(self):
        names = "abcd"
        ids = [self.make_key(name) for name in names]
        words = [word for name in names for word in ("--root-key", f"{name}.pub")]
        self.bootmend("trust", "init", "-o", "1.json", *words, "--expires", LATE)
        for told in range(15):
            with self.subTest(told):
                shutil.copy(self.folder / "1.json", self.folder / "signed.json")
                for ran in self.together(*(["trust", "sign", "signed.json", "--key", f"{name}.pem"]
                                           for name in names)):
                    self.assertEqual(ran.code, 0, ran.said)
                self.assertEqual(sorted(one["key_id"] for one in self.read("signed.json")["signatures"]), sorted(ids))

    def test_what_was_changed_meanwhile_is_not_signed(self):
        """A root with a key that its signer has not seen, or one without a key that somebody was told is in it."""
        self.make_key("root")
        added = self.make_key("added")
        self.bootmend("trust", "init", "-o", "1.json", "--root-key", "root.pub", "--expires", LATE)
        for told in range(15):
            with self.subTest(told):
                shutil.copy(self.folder / "1.json", self.folder / "both.json")
                adding, signing = self.together(["trust", "add", "added.pub", "--trust", "both.json"],
                                                ["trust", "sign", "both.json", "--key", "root.pem"])
                root = self.read("both.json")
                self.assertEqual(adding.code == 0, added in [key["key_id"] for key in root["release_keys"]])
                self.assertEqual(signing.code == 0, bool(root.get("signatures")))
                self.assertIn((adding.code, signing.code), [(0, 0), (0, 10), (10, 0)])

    def test_one_next_version_is_written_once(self):
        self.make_key("root")
        ids = [self.make_key(name) for name in ("one", "two")]
        self.bootmend("trust", "init", "-o", "1.json", "--root-key", "root.pub", "--expires", LATE, "--key", "root.pem")
        for told in range(15):
            with self.subTest(told):
                ran = self.together(*(["trust", "revoke", one, "--reason", "stolen", "--trust", "1.json", "-o",
                                       f"next{told}.json", "--key", "root.pem"] for one in ids))
                self.assertEqual(sorted(one.code for one in ran), [0, 10])
                winner = ids[[one.code for one in ran].index(0)]
                self.assertEqual([one["key_id"] for one in self.read(f"next{told}.json")["revoked"]], [winner])
                self.assertIn("exists already", "".join(one.said for one in ran))


if __name__ == "__main__":
    program.main()
