#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A trust root from its first version on, as the end of docs/formats/trust_store.md tells it: made, signed at several
places, rotated, and followed by a computer, which refuses whatever does not follow from what it trusts."""
import json

import program

ROOT_KEYS = "abc"
LATE = "2090-01-01"
LONG_AGO = "2001-01-01"


class Trust(program.CommandLine):
    def setUp(self):
        super().setUp()
        self.environment["XDG_CONFIG_DIRS"] = str(self.folder / "etc")
        self.environment["XDG_CONFIG_HOME"] = str(self.folder / "user")
        self.ids = {name: self.make_key(name) for name in (*ROOT_KEYS, "release")}

    # What people do.

    def init(self, output: str, *more, keys=ROOT_KEYS, expires=LATE) -> program.Ran:
        words = [word for name in keys for word in ("--root-key", f"{name}.pub")]
        return self.bootmend("trust", "init", "-o", output, *words, "--threshold", 2, "--expires", expires, *more)

    def sign(self, root: str, *names) -> program.Ran:
        return self.bootmend("trust", "sign", root, *(word for name in names for word in ("--key", f"{name}.pem")))

    def next(self, root: str, output: str, *words, signers="ac", command="rotate") -> program.Ran:
        """The version after `root`, signed."""
        self.bootmend("trust", command, *words, "--trust", root, "-o", output)
        return self.sign(output, *signers)

    def make_first(self):
        """1.json, with a release key, is the organisation's on this computer."""
        self.init("1.json")
        self.bootmend("trust", "add", "release.pub", "--trust", "1.json", "--channel", "stable")
        self.sign("1.json", "a", "b")
        etc = self.folder / "etc" / "bootmend"
        etc.mkdir(parents=True)
        (etc / "trust.json").write_bytes((self.folder / "1.json").read_bytes())
        self.bootmend("trust", "show")

    def make_bundle(self, *signers, roots=()) -> str:
        words = [word for name in signers for word in ("--key", f"{name}.pem")]
        words += [word for root in roots for word in ("--root", root)]
        self.bootmend("bundle", "create", self.make_manifest(), *words, "-o", "r.bmb")
        return "r.bmb"

    def version(self) -> int:
        return self.bootmend("trust", "show").result["root"]["version"]

    def assert_import_refused(self, reason, *files, code: int = 4) -> program.Ran:
        """And the computer trusts what it trusted."""
        own = self.folder / "state" / "trust.json"
        before = own.read_bytes()
        ran = self.bootmend("trust", "import", *files, expect=code)
        self.assertEqual(ran.result["reason"], reason, ran.said)
        self.assertEqual(own.read_bytes(), before)
        return ran

    # The ceremony.

    def test_the_ceremony(self):
        made = self.init("1.json").result["root"]
        self.assertEqual((made["version"], made["threshold"], made["complete"]), (1, 2, False))
        self.assertEqual(sorted(made["keys"]), sorted(self.ids[name] for name in ROOT_KEYS))
        added = self.bootmend("trust", "add", "release.pub", "--trust", "1.json", "--channel", "stable")
        self.assertEqual(added.result["key_id"], self.ids["release"])
        self.assertFalse(self.sign("1.json", "a").result["root"]["complete"])
        complete = self.sign("1.json", "b").result["root"]
        self.assertTrue(complete["complete"])
        self.assertEqual(sorted(complete["signed_by"]), sorted([self.ids["a"], self.ids["b"]]))

        etc = self.folder / "etc" / "bootmend"
        etc.mkdir(parents=True)
        (etc / "trust.json").write_bytes((self.folder / "1.json").read_bytes())
        bundle = self.make_bundle("release")
        self.bootmend("bundle", "verify", bundle)

        self.bootmend("trust", "revoke", self.ids["release"], "--reason", "laptop stolen", "--trust", "1.json",
                      "-o", "2.json", "--key", "a.pem")
        self.sign("2.json", "c")
        imported = self.bootmend("trust", "import", "2.json").result
        self.assertEqual(imported["root"]["version"], 2)
        shown = self.bootmend("trust", "show").result
        self.assertEqual(shown["release_keys"], [])
        self.assertEqual([(one["key_id"], one["reason"]) for one in shown["revoked"]],
                         [(self.ids["release"], "laptop stolen")])
        refused = self.bootmend("bundle", "verify", bundle, expect=4)
        self.assertEqual(refused.result["reason"], "KEY_REVOKED")

    def test_rotates_the_keys_and_the_end(self):
        self.make_first()
        new_id = self.make_key("d")
        rotated = self.next("1.json", "2.json", "--root-key", "d.pub", "--remove", self.ids["a"], "--threshold", 3,
                            "--expires", "2091-02-03", signers="abcd").result["root"]
        self.assertEqual(sorted(rotated["keys"]), sorted([self.ids["b"], self.ids["c"], new_id]))
        self.assertEqual((rotated["threshold"], rotated["expires"]), (3, "2091-02-03T00:00:00Z"))
        self.bootmend("trust", "import", "2.json")
        # From now on, what the removed key signs counts for nothing.
        self.next("2.json", "3.json", "--expires", "2092-01-01", signers="abc")
        self.assert_import_refused("THRESHOLD_NOT_MET", "3.json")
        self.sign("3.json", "d")
        self.bootmend("trust", "import", "3.json")
        self.assertEqual(self.version(), 3)

    def test_requires_more_than_one_signature_of_a_release(self):
        self.make_first()
        self.make_key("second")
        self.bootmend("trust", "add", "second.pub", "--trust", "1.json", "-o", "2.json")
        required = self.bootmend("trust", "require", 2, "--channel", "stable", "--trust", "2.json")
        self.assertEqual(required.result["release_thresholds"],
                         [{"channels": ["stable"], "products": ["*"], "threshold": 2}])
        self.sign("2.json", "a", "c")
        self.bootmend("bundle", "verify", self.make_bundle("release"))
        self.bootmend("trust", "import", "2.json")
        refused = self.bootmend("bundle", "verify", self.make_bundle("release"), expect=4)
        self.assertEqual(refused.result["reason"], "THRESHOLD_NOT_MET")
        self.bootmend("bundle", "verify", self.make_bundle("release", "second"))

    def test_a_chain_may_lead_over_what_has_expired(self):
        self.make_first()
        self.next("1.json", "2.json", "--expires", LONG_AGO)
        self.next("2.json", "3.json", "--expires", LATE)
        self.assertEqual(self.bootmend("trust", "import", "2.json", "3.json").result["root"]["version"], 3)
        self.bootmend("trust", "import", "2.json", "3.json") # The same again changes nothing.
        self.assertEqual(self.version(), 3)

    def test_every_command_follows_a_root_that_came_along(self):
        commands = {
            "catalog add": ["catalog", "add", "r.bmb"],
            "verify": ["bundle", "verify", "r.bmb"],
            "explain": ["bundle", "verify", "r.bmb", "--explain", "proof"],
        }
        self.make_first()
        new_id = self.make_key("new")
        self.bootmend("trust", "add", "new.pub", "--trust", "1.json", "-o", "2.json")
        self.sign("2.json", "a", "b")
        self.make_bundle("new", roots=["2.json"])
        own = self.folder / "state" / "trust.json"
        for name, command in commands.items():
            with self.subTest(name):
                own.write_bytes((self.folder / "1.json").read_bytes())
                ran = self.bootmend(*command)
                self.assertIn(new_id, json.dumps(ran.lines))
                self.assertEqual(self.version(), 2)
        # A file that was named is judged by, and left as it is.
        for name, command in commands.items():
            with self.subTest(f"{name}, with a file"):
                before = (self.folder / "1.json").read_bytes()
                self.bootmend(*command, "--trust", "1.json")
                self.assertEqual((self.folder / "1.json").read_bytes(), before)

    def test_an_image_by_a_revoked_boot_key_is_refused(self):
        """Images name an RSA key by another hash than its id."""
        for algorithm in ("ed25519", "rsa-3072"):
            with self.subTest(algorithm):
                store = f"{algorithm}.json"
                boot = self.make_key(algorithm, algorithm)
                self.make_key(f"other-{algorithm}")
                self.bootmend("trust", "add", "release.pub", "--trust", store)
                self.bootmend("trust", "add", f"{algorithm}.pub", "--role", "boot", "--trust", store)
                self.make_image(f"{algorithm}.pem")
                self.bootmend("bundle", "verify", "image.bmb", "--trust", store)
                self.bootmend("trust", "revoke", boot, "--reason", "stolen", "--trust", store)
                refused = self.bootmend("bundle", "verify", "image.bmb", "--trust", store, expect=4)
                self.assertEqual(refused.result["reason"], "KEY_REVOKED")
                # Nobody said that units boot anything now.
                self.make_image(f"other-{algorithm}.pem")
                refused = self.bootmend("bundle", "verify", "image.bmb", "--trust", store, expect=4)
                self.assertEqual(refused.result["reason"], "KEY_UNKNOWN")

    def make_image(self, key: str):
        """image.bmb, with an image that this boot key signed."""
        self.write("firmware", "firmware " * 100)
        self.bootmend("image", "create", "--payload", "firmware", "--version", "1.0.0", "--rollback-index", 0, "--vendor",
                      "bootmend.example", "--product", "lamp", "--hw", "r1", "--key", key, "-o", "app.bin")
        self.write("image.yaml", "version: 1.0.0\nbuild: b\nproduct: lamp\nhw_compat: [r1]\nchannel: stable\n"
                   "rollback_index: 0\npayload: {file: app.bin}\n")
        self.bootmend("bundle", "create", "image.yaml", "--key", "release.pem", "-o", "image.bmb")

    def test_takes_no_key_that_it_does_not_know(self):
        self.openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-out", "p384.pem")
        self.openssl("pkey", "-in", "p384.pem", "-pubout", "-out", "p384.pub")
        self.bootmend("trust", "add", "p384.pub", "--trust", "local.json", expect=10)
        self.assertFalse((self.folder / "local.json").exists())

    def test_each_role_has_keys_of_its_own(self):
        self.make_first()
        self.bootmend("trust", "rotate", "--trust", "1.json", "-o", "2.json")
        for role in ("boot", "recovery", "provisioning"):
            self.make_key(role)
            added = self.bootmend("trust", "add", f"{role}.pub", "--role", role, "--product", "bench-*", "--trust",
                                  "2.json").result
            self.assertEqual(added[f"{role}_keys"], [{"key_id": added["key_id"], "products": ["bench-*"]}])
        self.bootmend("trust", "add", "boot.pub", "--trust", "local.json")
        for store in ("2.json", "local.json"):
            twice = self.bootmend("trust", "add", "boot.pub", "--role", "recovery", "--trust", store, expect=10)
            self.assertIn("two roles", twice.said)

    # What is refused.

    def test_refuses_too_few_signatures(self):
        self.make_first()
        self.next("1.json", "2.json", signers="a")
        self.assertFalse(self.bootmend("trust", "show", "2.json").result["root"]["complete"])
        self.assert_import_refused("THRESHOLD_NOT_MET", "2.json")
        again = self.bootmend("trust", "sign", "2.json", "--key", "a.pem", expect=10) # The same holder is still one.
        self.assertIn("signed already", again.said)
        self.assert_import_refused("THRESHOLD_NOT_MET", "2.json")

    def test_refuses_what_only_the_new_keys_signed(self):
        self.make_first()
        words = []
        for name, old in zip("def", ROOT_KEYS):
            self.make_key(name)
            words += ["--root-key", f"{name}.pub", "--remove", self.ids[old]]
        taken_over = self.next("1.json", "2.json", *words, signers="def").result
        self.assertTrue(taken_over["root"]["complete"]) # as far as it goes by itself
        self.assert_import_refused("THRESHOLD_NOT_MET", "2.json")
        self.sign("2.json", "a", "b")
        self.bootmend("trust", "import", "2.json")

    def test_refuses_a_root_that_was_changed_after_it_was_signed(self):
        self.make_first()
        self.next("1.json", "2.json")
        path = self.folder / "2.json"
        root = json.loads(path.read_text())
        root["release_keys"][0]["channels"] = ["*"]
        path.write_text(json.dumps(root, sort_keys=True, separators=(",", ":")))
        self.assert_import_refused("SIGNATURE_INVALID", "2.json")

    def test_refuses_a_version_without_those_in_between(self):
        self.make_first()
        self.next("1.json", "2.json")
        self.next("2.json", "3.json")
        self.assert_import_refused("ROOT_SKIPPED", "3.json")
        self.bootmend("trust", "import", "2.json", "3.json")
        self.assertEqual(self.version(), 3)

    def test_refuses_an_older_version(self):
        self.make_first()
        self.next("1.json", "2.json")
        self.bootmend("trust", "import", "2.json")
        self.assert_import_refused("ROOT_REPLAYED", "1.json")

    def test_refuses_another_document_of_the_same_version(self):
        self.make_first()
        self.next("1.json", "2.json")
        self.next("1.json", "other.json", "--expires", "2091-01-01")
        self.bootmend("trust", "import", "2.json")
        self.assert_import_refused("ROOT_FORKED", "other.json")

    def test_refuses_what_has_expired(self):
        self.make_first()
        self.next("1.json", "2.json", "--expires", LONG_AGO)
        self.assert_import_refused("ROOT_EXPIRED", "2.json")

    def test_judges_nothing_by_a_root_that_has_expired(self):
        self.init("old.json", expires=LONG_AGO)
        self.bootmend("trust", "add", "release.pub", "--trust", "old.json")
        self.sign("old.json", "a", "b")
        refused = self.bootmend("bundle", "verify", self.make_bundle("release"), "--trust", "old.json", expect=4)
        self.assertEqual(refused.result["reason"], "ROOT_EXPIRED")

    def test_refuses_to_take_a_revocation_back(self):
        self.make_first()
        self.next("1.json", "2.json", self.ids["release"], "--reason", "laptop stolen", command="revoke")
        self.bootmend("trust", "import", "2.json")
        self.bootmend("trust", "rotate", "--trust", "2.json", "-o", "3.json")
        path = self.folder / "3.json"
        root = json.loads(path.read_text())
        root["revoked"] = []
        path.write_text(json.dumps(root, sort_keys=True, separators=(",", ":")))
        self.sign("3.json", "a", "b")
        self.assert_import_refused("KEY_REVOKED", "3.json")

    def test_refuses_to_change_a_signed_root_where_it_is(self):
        self.make_first()
        before = (self.folder / "1.json").read_bytes()
        ran = self.bootmend("trust", "add", "a.pub", "--trust", "1.json", expect=10)
        self.assertIn("-o", ran.said)
        self.assertEqual((self.folder / "1.json").read_bytes(), before)

    def test_refuses_what_makes_no_root(self):
        wrong = {
            "a threshold out of reach": ["trust", "init", "-o", "x.json", "--root-key", "a.pub", "--threshold", 2,
                                         "--expires", LATE],
            "no time": ["trust", "init", "-o", "x.json", "--root-key", "a.pub", "--expires", "soon"],
            "no key": ["trust", "init", "-o", "x.json", "--root-key", "a.json", "--expires", LATE],
            "no file": ["trust", "add", "a.pub"],
            "versions of a local file": ["trust", "rotate", "--trust", "local.json", "--expires", LATE],
            "signatures of a local file": ["trust", "sign", "local.json", "--key", "a.pem"],
        }
        self.bootmend("trust", "add", "release.pub", "--trust", "local.json")
        for name, words in wrong.items():
            with self.subTest(name):
                self.bootmend(*words, expect=10)
                self.assertFalse((self.folder / "x.json").exists())

    def test_without_a_root_there_is_nothing_to_follow(self):
        self.init("1.json")
        self.sign("1.json", "a", "b")
        self.assertEqual(self.bootmend("trust", "show", expect=4).result["reason"], "KEY_UNKNOWN")
        self.assertEqual(self.bootmend("trust", "import", "1.json", expect=4).result["reason"], "KEY_UNKNOWN")
        self.assertFalse((self.folder / "state" / "trust.json").exists())


if __name__ == "__main__":
    program.main()
