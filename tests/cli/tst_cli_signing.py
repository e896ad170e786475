#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Signatures of bundles and trust roots that are added later, and such as the openssl program made elsewhere."""
import program

ALGORITHMS = ("ed25519", "ecdsa-p256", "rsa-3072")


class Signing(program.CommandLine):
    def test_takes_what_the_openssl_program_signed(self):
        self.bootmend("bundle", "create", self.make_manifest(), "-o", "0.bmb")
        for number, algorithm in enumerate(ALGORITHMS):
            with self.subTest(algorithm):
                key_id = self.make_key(algorithm, algorithm)
                self.bootmend("trust", "add", f"{algorithm}.pub", "--trust", "trust.json")
                told = self.bootmend("bundle", "sign", f"{number}.bmb", "--bytes", "bytes.json")
                command = {line["alg"].split("-")[0]: line["command_line"] for line in told.lines[:-1]}
                self.shell(command[algorithm.split("-")[0]].replace("KEY.pem", f"{algorithm}.pem"))
                self.bootmend("bundle", "sign", f"{number}.bmb", "--signature", "bytes.json.sig", "--public",
                              f"{algorithm}.pub", "-o", f"{number + 1}.bmb")
                verified = self.bootmend("bundle", "verify", f"{number + 1}.bmb", "--trust", "trust.json")
                self.assertIn(key_id, verified.result["signed_by"])
        self.bootmend("trust", "require", "3", "--trust", "trust.json")
        self.bootmend("bundle", "verify", "3.bmb", "--trust", "trust.json")
        too_few = self.bootmend("bundle", "verify", "2.bmb", "--trust", "trust.json", expect=4)
        self.assertEqual(too_few.result["reason"], "THRESHOLD_NOT_MET")

    def test_one_by_one_is_the_same_as_at_once(self):
        manifest = self.make_manifest()
        for name in "ab":
            self.make_key(name)
        self.bootmend("bundle", "create", manifest, "--key", "a.pem", "--key", "b.pem", "-o", "both.bmb")
        self.bootmend("bundle", "create", manifest, "--key", "a.pem", "-o", "a.bmb")
        self.bootmend("bundle", "sign", "a.bmb", "--key", "b.pem", "-o", "ab.bmb")
        self.assertEqual((self.folder / "both.bmb").read_bytes(), (self.folder / "ab.bmb").read_bytes())

    def test_keeps_the_bundle_as_it_was(self):
        self.make_key("a")
        self.bootmend("bundle", "create", self.make_manifest(), "--key", "a.pem", "-o", "a.bmb")
        before = (self.folder / "a.bmb").read_bytes()
        self.make_key("b")
        self.bootmend("bundle", "sign", "a.bmb", "--key", "b.pem", expect=2) # no -o
        twice = self.bootmend("bundle", "sign", "a.bmb", "--key", "a.pem", "-o", "again.bmb", expect=10)
        self.assertIn("signed already", twice.said)
        self.assertEqual((self.folder / "a.bmb").read_bytes(), before)
        self.assertEqual(sorted(path.name for path in self.folder.glob("again*")), [])

    def test_refuses_a_signature_of_something_else(self):
        self.make_key("rsa", "rsa-3072")
        self.make_key("other", "rsa-3072")
        self.bootmend("bundle", "create", self.make_manifest(), "-o", "r.bmb")
        self.bootmend("bundle", "sign", "r.bmb", "--bytes", "bytes.json")
        pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt"]
        wrong = {
            "v1.5": (["bytes.json"], [], "PKCS#1 v1.5"),
            "salt": (["bytes.json"], [*pss, "rsa_pss_saltlen:20"], "not a signature of the key"),
            "payload": (["app.dat"], [*pss, "rsa_pss_saltlen:32"], "not a signature of the key"),
        }
        for name, (file, options, why) in wrong.items():
            with self.subTest(name):
                self.openssl("dgst", "-sha256", *options, "-sign", "rsa.pem", "-out", f"{name}.sig", *file)
                ran = self.bootmend("bundle", "sign", "r.bmb", "--signature", f"{name}.sig", "--public", "rsa.pub", "-o",
                                    "signed.bmb", expect=4)
                self.assertEqual(ran.result["reason"], "SIGNATURE_INVALID")
                self.assertIn(why, ran.said)
        self.openssl("dgst", "-sha256", *pss, "rsa_pss_saltlen:32", "-sign", "rsa.pem", "-out", "right.sig", "bytes.json")
        self.bootmend("bundle", "sign", "r.bmb", "--signature", "right.sig", "--public", "other.pub", "-o", "signed.bmb",
                      expect=4)
        self.assertFalse((self.folder / "signed.bmb").exists())

    def test_refuses_a_short_rsa_key(self):
        self.openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "short.pem")
        ran = self.bootmend("bundle", "create", self.make_manifest(), "--key", "short.pem", "-o", "r.bmb", expect=10)
        self.assertIn("3072", ran.said)

    def test_signs_a_list_of_blocked_releases(self):
        """By several holders, one of them elsewhere; openssl agrees about the bytes."""
        for name in ("first", "second"):
            self.make_key(name, "ecdsa-p256")
            self.bootmend("trust", "add", f"{name}.pub", "--trust", "trust.json")
        self.bootmend("trust", "require", "2", "--trust", "trust.json")
        self.write("draft.json", '{"version": 7, "products": ["lamp"]}')
        self.bootmend("catalog", "sign-list", "draft.json", "--key", "first.pem", "-o", "one.json")
        trust = ["--trust", "trust.json"]
        too_few = self.bootmend("catalog", "import-list", "one.json", *trust, expect=4)
        self.assertEqual(too_few.result["reason"], "THRESHOLD_NOT_MET")
        told = self.bootmend("catalog", "sign-list", "one.json", "--bytes", "bytes.json", "-o", "same.json")
        command = next(line["command_line"] for line in told.lines if line.get("alg") == "ecdsa-p256-sha256")
        self.shell(command.replace("KEY.pem", "second.pem"))
        self.bootmend("catalog", "sign-list", "same.json", "--signature", "bytes.json.sig", "--public", "second.pub", "-o",
                      "two.json")
        self.bootmend("catalog", "import-list", "two.json", *trust)
        self.assertIn("Verified OK", self.openssl("dgst", "-sha256", "-verify", "second.pub", "-signature",
                                                  "bytes.json.sig", "bytes.json"))

    def test_signs_no_list_that_was_edited_after_it_was_signed(self):
        self.make_key("k")
        self.write("draft.json", '{"version": 7, "products": ["lamp"]}')
        self.bootmend("catalog", "sign-list", "draft.json", "--key", "k.pem", "-o", "signed.json")
        edited = (self.folder / "signed.json").read_text().replace('"version":7', '"version": 8')
        self.write("edited.json", edited)
        refused = self.bootmend("catalog", "sign-list", "edited.json", "--key", "k.pem", "-o", "again.json", expect=10)
        self.assertIn("signatures", refused.said)
        self.assertFalse((self.folder / "again.json").exists())

    def test_signs_a_root_with_keys_of_each_kind(self):
        init = ["trust", "init", "-o", "1.json", "--expires", "2090-01-01"]
        for algorithm in ALGORITHMS:
            self.make_key(algorithm, algorithm)
            init += ["--root-key", f"{algorithm}.pub"]
        self.bootmend(*init)
        self.bootmend("trust", "sign", "1.json", "--key", "ed25519.pem", "--key", "ecdsa-p256.pem")
        told = self.bootmend("trust", "sign", "1.json", "--bytes", "bytes.json")
        command = next(line["command_line"] for line in told.lines if line.get("alg") == "rsa-pss-sha256")
        self.shell(command.replace("KEY.pem", "rsa-3072.pem"))
        self.bootmend("trust", "sign", "1.json", "--signature", "bytes.json.sig", "--public", "rsa-3072.pub")
        self.bootmend("trust", "show", "1.json")


if __name__ == "__main__":
    program.needs("openssl")
    program.main()
