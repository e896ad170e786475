#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where signing keys can be: encrypted files, a keychain, PKCS#11 tokens (SoftHSM2). Who is asked for their
passphrases, and what is left of them."""
import os
import pty
import subprocess
import termios
import time

import program

ALGORITHMS = {"ed25519": "ed25519", "ecdsa-p256": "ecdsa-p256-sha256", "rsa-3072": "rsa-pss-sha256"}
PIN = "271828"


class EncryptedFiles(program.CommandLine):
    def test_opens_only_with_its_passphrase(self):
        for algorithm in ALGORITHMS:
            with self.subTest(algorithm):
                name = f"{algorithm}.pem"
                made = self.bootmend("key", "generate", name, "--algorithm", algorithm, "--encrypt",
                                     answers="correct horse\n").result
                text = (self.folder / name).read_text()
                self.assertIn("BEGIN ENCRYPTED PRIVATE KEY", text)
                self.assertEqual((self.folder / name).stat().st_mode & 0o777, 0o600)
                opened = self.bootmend("key", "public", name, answers="correct horse\n").result
                self.assertEqual(opened["key_id"], made["key_id"])
                wrong = self.bootmend("key", "public", name, answers="wrong horse\n", expect=10)
                self.assertIn("passphrase is wrong", wrong.said)
                self.assertNotIn("horse", wrong.said)
                self.openssl("pkey", "-in", name, "-passin", "pass:correct horse", "-noout")

    def test_a_file_answers_several_questions_in_order(self):
        for name, passphrase in (("a", "first"), ("b", "second")):
            self.bootmend("key", "generate", f"{name}.pem", "--encrypt", answers=passphrase + "\n")
        create = ["bundle", "create", self.make_manifest(), "--key", "a.pem", "--key", "b.pem", "-o"]
        self.bootmend(*create, "r.bmb", answers="first\nsecond\n")
        self.bootmend(*create, "s.bmb", answers="second\nfirst\n", expect=10)
        self.assertFalse((self.folder / "s.bmb").exists())

    def test_does_not_hang_where_nobody_can_be_asked(self):
        self.bootmend("key", "generate", "a.pem", "--encrypt", answers="first\n")
        process = subprocess.run([program.BOOTMEND, "key", "public", "a.pem"], cwd=self.folder, text=True,
                                 stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False,
                                 start_new_session=True) # without a terminal
        self.assertEqual(process.returncode, 10)
        self.assertIn("--passphrase-file", process.stderr)

    def test_asks_at_the_terminal_without_an_echo(self):
        self.bootmend("key", "generate", "a.pem", "--encrypt", answers="tr0ub4dor\n")
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(self.folder)
            os.execv(program.BOOTMEND, [program.BOOTMEND, "key", "public", "a.pem"])
        shown = self.read_until(terminal, b"Passphrase of a.pem: ")
        self.await_silence(terminal)
        os.write(terminal, b"tr0ub4dor\n")
        shown += self.read_until(terminal, b"END PUBLIC KEY")
        os.close(terminal)
        os.waitpid(child, 0)
        self.assertNotIn(b"tr0ub4dor", shown)

    def await_silence(self, terminal: int):
        """OpenSSL asks first and turns the echo off then: nobody types that fast, but we do."""
        local_flags = 3 # of what tcgetattr() gives
        deadline = time.monotonic() + 30
        while termios.tcgetattr(terminal)[local_flags] & termios.ECHO:
            self.assertLess(time.monotonic(), deadline, "the echo stays on")
            os.sched_yield()

    def read_until(self, terminal: int, end: bytes) -> bytes:
        shown = b""
        while end not in shown:
            try:
                more = os.read(terminal, 4096)
            except OSError: # the program has ended
                more = b""
            self.assertTrue(more, f"it ended with {shown!r}")
            shown += more
        return shown


class Keychain(program.CommandLine):
    def test_keeps_a_key(self):
        """In a real Secret Service, on a bus of its own."""
        (self.folder / "run").mkdir(mode=0o700)
        self.environment.update(HOME=str(self.folder), XDG_RUNTIME_DIR=str(self.folder / "run"),
                                XDG_DATA_HOME=str(self.folder / "data"))
        self.make_manifest()
        script = self.write("script.sh", f"""set -eu
            printf passphrase | gnome-keyring-daemon --unlock --components=secrets --daemonize >daemon.out 2>&1
            b() {{ {program.BOOTMEND} "$@"; }}
            b key generate keychain:release
            b key public keychain:release -o release.pub
            b bundle create release.yaml --key keychain:release -o release.bmb
            b trust add release.pub --trust trust.json
            b bundle verify release.bmb --trust trust.json
            b key generate keychain:release 2>twice.err && exit 91
            b key public keychain:other 2>other.err && exit 92
            exit 0
            """)
        process = subprocess.run(["dbus-run-session", "--", "sh", script], cwd=self.folder, env=self.environment,
                                 capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
        self.assertIn("has a key", (self.folder / "twice.err").read_text())
        self.assertIn("has no key", (self.folder / "other.err").read_text())

    def test_says_that_there_is_none(self):
        self.environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
        self.environment["XDG_RUNTIME_DIR"] = str(self.folder)
        ran = self.bootmend("key", "public", "keychain:release", expect=10)
        self.assertEqual(ran.result["reason"], "KEY_UNAVAILABLE")


class Tokens(program.CommandLine):
    """Keys that are made outside of the token, so that the openssl program knows them, and imported into it."""

    def setUp(self):
        super().setUp()
        (self.folder / "tokens").mkdir()
        self.write("softhsm.conf", f"directories.tokendir = {self.folder}/tokens\nobjectstore.backend = file\n")
        self.environment["SOFTHSM2_CONF"] = str(self.folder / "softhsm.conf")
        self.hsm("--init-token", "--free", "--label", "releases", "--pin", PIN, "--so-pin", "314159")
        self.ids = {}
        for number, algorithm in enumerate(ALGORITHMS, start=1):
            self.ids[algorithm] = self.make_key(algorithm, algorithm)
            self.hsm("--import", f"{algorithm}.pem", "--label", algorithm, "--id", f"0{number}", "--token", "releases",
                     "--pin", PIN)
            (self.folder / f"{algorithm}.pem").unlink()

    def hsm(self, *arguments):
        subprocess.run(["softhsm2-util", *arguments], cwd=self.folder, env=self.environment, check=True,
                       capture_output=True, timeout=60)

    def test_signs_releases_that_the_openssl_program_verifies(self):
        manifest = self.make_manifest()
        for algorithm, name in ALGORITHMS.items():
            with self.subTest(algorithm):
                self.bootmend("trust", "add", f"{algorithm}.pub", "--trust", "trust.json")
                made = self.bootmend("bundle", "create", manifest, "--key",
                                     f"pkcs11:token=releases;object={algorithm};type=private", "-o",
                                     f"{algorithm}.bmb", answers=PIN + "\n").result
                self.assertEqual(made["bundle"]["signatures"], [{"alg": name, "key_id": self.ids[algorithm]}])
                verified = self.bootmend("bundle", "verify", f"{algorithm}.bmb", "--trust", "trust.json", "--explain",
                                         f"{algorithm}-evidence")
                self.assertEqual(verified.result["signed_by"], [self.ids[algorithm]])
                for line in verified.lines[:-1]:
                    self.assertEqual(self.shell(line["command_line"]), line["expected"])

    def test_signs_images(self):
        self.write("app.bin", "the program of a lamp")
        for algorithm in ALGORITHMS:
            with self.subTest(algorithm):
                self.bootmend("image", "create", "--payload", "app.bin", "--version", "1.0.0", "--rollback-index", "1",
                              "--vendor", "example.com", "--product", "lamp", "--hw", "r1", "--key",
                              f"pkcs11:object={algorithm}", "-o", f"{algorithm}.img", answers=PIN + "\n")
                self.bootmend("image", "verify", f"{algorithm}.img", "--key", f"{algorithm}.pub")

    def test_lists_its_keys(self):
        listed = self.bootmend("key", "list", "pkcs11:token=releases", answers=PIN + "\n").result["keys"]
        self.assertEqual({key["label"]: key["key_id"] for key in listed}, self.ids)

    def test_takes_the_pin_from_the_file_that_the_uri_names(self):
        self.write("pin", PIN + "\n")
        opened = self.bootmend("key", "public", f"pkcs11:id=%02?pin-source=file:{self.folder}/pin").result
        self.assertEqual(opened["key_id"], self.ids["ecdsa-p256"])

    def test_takes_a_module_by_its_path(self):
        opened = self.bootmend("key", "public", "pkcs11:object=ed25519?module-path=/nowhere/module.so",
                               expect=10, answers=PIN + "\n")
        self.assertEqual(opened.result["reason"], "KEY_UNAVAILABLE")
        paths = [path for path in ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so")
                 if os.path.exists(path)]
        if not paths:
            self.skipTest("skipped, because SoftHSM2's module is not where it usually is")
        opened = self.bootmend("key", "public", f"pkcs11:object=ed25519?module-path={paths[0]}", answers=PIN + "\n")
        self.assertEqual(opened.result["key_id"], self.ids["ed25519"])

    def test_refuses(self):
        for uri, why in {
            f"pkcs11:object=ed25519?pin-value={PIN}": "command line",
            "pkcs11:object=nothing": "0 private keys",
            "pkcs11:token=releases": "3 private keys",
            "pkcs11:token=other": "no token",
            "pkcs11:objekt=ed25519": "not known",
            "pkcs11:object=%zz": "not a PKCS#11 URI",
            "pkcs11:object=ed25519?pin-source=|command": "name of a file",
        }.items():
            with self.subTest(uri):
                ran = self.bootmend("key", "public", uri, answers=PIN + "\n", expect=10)
                self.assertIn(why, ran.said)
                self.assertNotIn(PIN, ran.said.replace(uri, ""))

    def test_tries_a_wrong_pin_once(self):
        ran = self.bootmend("bundle", "create", self.make_manifest(), "--key", "pkcs11:object=ed25519", "-o", "r.bmb",
                            answers="999999\n", expect=10)
        self.assertEqual(ran.result["reason"], "KEY_UNAVAILABLE")
        self.assertIn("tried once", ran.said)
        self.assertNotIn("999999", ran.said)
        self.assertFalse((self.folder / "r.bmb").exists())

    def test_makes_no_key_on_a_token(self):
        self.bootmend("key", "generate", "pkcs11:object=new", expect=10)


if __name__ == "__main__":
    program.needs("openssl", "softhsm2-util", "gnome-keyring-daemon", "dbus-run-session")
    program.main()
