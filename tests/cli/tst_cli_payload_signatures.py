#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Signatures of a payload that the openssl program made, from `bundle import` on."""
import program

PSS = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"]
SCHEMES = {
    "rsa-pkcs1-sha256": ("rsa-3072", []), # what openssl makes unless it is told
    "rsa-pss-sha256": ("rsa-3072", PSS),
    "ecdsa-p256-sha256": ("ecdsa-p256", []),
}


def intel_hex(content: bytes) -> str:
    """From address 0 on; less than 64 KiB."""
    records = [(at, 0, content[at:at + 16]) for at in range(0, len(content), 16)] + [(0, 1, b"")]
    lines = []
    for address, kind, data in records:
        record = bytes([len(data), address >> 8, address & 0xFF, kind]) + data
        lines.append(f":{record.hex().upper()}{-sum(record) & 0xFF:02X}")
    return "\n".join(lines) + "\n"


class PayloadSignatures(program.CommandLine):
    def setUp(self):
        super().setUp()
        self.make_key("boot")
        self.ids = {algorithm: self.make_key(algorithm, algorithm) for algorithm in ("rsa-3072", "ecdsa-p256")}
        self.write("firmware", "firmware " * 100)
        self.bootmend("image", "create", "--payload", "firmware", "--version", "1.2.3", "--rollback-index", 5, "--vendor",
                      "bootmend.example", "--product", "lamp", "--hw", "revA", "--key", "boot.pem", "-o", "app.bin")

    def sign(self, algorithm: str, *options, file: str = "app.bin", output: str = "app.sig") -> str:
        self.openssl("dgst", "-sha256", "-sign", f"{algorithm}.pem", *options, "-out", output, file)
        return output

    def run_import(self, *words, file: str = "app.bin", expect: int = 0) -> program.Ran:
        return self.bootmend("bundle", "import", file, "-o", "r.bmb", "--product", "lamp", "--hw", "revA", "--channel",
                             "dev", *words, expect=expect)

    def import_signed(self, algorithm: str, signature: str = "app.sig", *words, **more) -> program.Ran:
        return self.run_import("--payload-signature", signature, "--payload-key", f"{algorithm}.pub", *words, **more)

    def test_counts_as_what_it_is(self):
        for scheme, (algorithm, options) in SCHEMES.items():
            with self.subTest(scheme):
                self.sign(algorithm, *options)
                self.import_signed(algorithm)
                bundle = self.bootmend("bundle", "show", "r.bmb").result["bundle"]
                self.assertEqual(bundle["payloads"][0]["signatures"],
                                 [{"alg": scheme, "key_id": self.ids[algorithm]}])
                self.assertEqual(bundle["signatures"], []) # It takes no manifest's place.
                self.bootmend("trust", "add", f"{algorithm}.pub", "--trust", "trust.json")
                refused = self.bootmend("bundle", "verify", "r.bmb", "--trust", "trust.json", expect=4)
                self.assertEqual(refused.result["reason"], "SIGNATURE_INVALID")
                (self.folder / "trust.json").unlink()

    def test_stands_beside_the_signature_of_the_manifest(self):
        self.make_key("release")
        for name in ("release.pub", "rsa-3072.pub"):
            self.bootmend("trust", "add", name, "--trust", "trust.json")
        self.sign("rsa-3072")
        self.sign("ecdsa-p256", output="second.sig")
        self.import_signed("rsa-3072", "app.sig", "--payload-signature", "second.sig", "--payload-key", "ecdsa-p256.pub",
                           "--key", "release.pem")
        verified = self.bootmend("bundle", "verify", "r.bmb", "--trust", "trust.json").result
        self.assertEqual(verified["payload_signed_by"], {"application": [self.ids["rsa-3072"]]}) # of a trusted key
        self.assertNotIn(self.ids["rsa-3072"], verified["signed_by"])
        explained = self.bootmend("bundle", "verify", "r.bmb", "--trust", "trust.json", "--explain", "proof")
        steps = [line for line in explained.lines if "command_line" in line]
        for step in steps:
            self.assertIn(step["expected"], self.shell(step["command_line"] + " 2>&1"))
        self.assertTrue(any("the content of application" in step["note"] for step in steps))

    def test_refuses_what_is_no_signature_of_the_payload(self):
        self.write("other", "something else")
        self.sign("rsa-3072", file="other")
        for signer in ("rsa-3072", "ecdsa-p256"):
            refused = self.import_signed(signer, expect=4)
            self.assertEqual(refused.result["reason"], "SIGNATURE_INVALID")
        self.sign("rsa-3072")
        (self.folder / "longer").write_bytes((self.folder / "app.sig").read_bytes() + b"\n")
        self.import_signed("rsa-3072", "longer", expect=4)
        self.sign("rsa-3072", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:20")
        self.import_signed("rsa-3072", expect=4)
        self.assertFalse((self.folder / "r.bmb").exists())

    def test_refuses_keys_that_it_does_not_take(self):
        self.openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "short.pem")
        self.openssl("pkey", "-in", "short.pem", "-pubout", "-out", "short.pub")
        self.sign("short")
        self.assertIn("3072", self.import_signed("short", expect=10).said)
        self.openssl("pkeyutl", "-sign", "-rawin", "-inkey", "boot.pem", "-in", "app.bin", "-out", "app.sig")
        self.import_signed("boot", expect=10)

    def test_says_what_to_sign_when_the_file_is_taken_apart(self):
        self.write("app.hex", intel_hex((self.folder / "app.bin").read_bytes()))
        self.sign("rsa-3072", file="app.hex")
        self.assertIn("whole file", self.import_signed("rsa-3072", file="app.hex", expect=10).said)
        self.sign("rsa-3072") # of the image in it
        self.import_signed("rsa-3072", file="app.hex")

    def test_needs_a_key_for_each(self):
        self.sign("rsa-3072")
        self.run_import("--payload-signature", "app.sig", expect=2)
        self.run_import("--payload-key", "rsa-3072.pub", expect=2)
        self.import_signed("rsa-3072", "app.sig", "--payload-signature", "app.sig", expect=2)


if __name__ == "__main__":
    program.needs("openssl")
    program.main()
