# SPDX-License-Identifier: Apache-2.0
import base64
import hashlib
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOOL = pathlib.Path(__file__).resolve().parents[2] / "recovery_bootloader" / "tools" / "boot_key_table.py"
PREFIX = bytes.fromhex("302a300506032b6570032100")


def key(byte: int) -> bytes:
    return PREFIX + bytes([byte]) * 32


def pem(der: bytes) -> bytes:
    return b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(der) + b"\n-----END PUBLIC KEY-----\n"


def c_bytes(data: bytes) -> str:
    return "{" + ", ".join(f"0x{byte:02x}" for byte in data) + "}"


class KeyTable(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def file(self, name: str, content: bytes) -> str:
        (self.folder / name).write_bytes(content)
        return str(self.folder / name)

    def run_tool(self, *arguments: str):
        output = self.folder / "keys.c"
        done = subprocess.run([sys.executable, TOOL, "--output", output, *arguments], capture_output=True, text=True)
        return done, output.read_text() if output.exists() else ""

    def table_of(self, *arguments: str) -> str:
        done, table = self.run_tool(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return table

    def entry(self, roles: str, der: bytes) -> str:
        return f"{{{roles},\n     {c_bytes(hashlib.sha256(der).digest())},\n     {c_bytes(der[12:])}}},"

    def test_keys_in_pem_and_der_get_their_roles(self):
        boot, second = self.file("boot.pem", pem(key(1))), self.file("second.der", key(2))
        recovery, revoked = self.file("recovery.pem", pem(key(3))), self.file("revoked.pem", pem(key(4)))
        table = self.table_of("--boot", boot, second, "--recovery", recovery, "--revoked", revoked)
        for roles, number in (("BM_KEY_BOOT", 1), ("BM_KEY_BOOT", 2), ("BM_KEY_RECOVERY", 3), ("BM_KEY_REVOKED", 4)):
            self.assertIn(self.entry(roles, key(number)), table)
        self.assertIn("boot_key_count = 4u", table)

    def test_empty_lists_are_no_keys(self):
        table = self.table_of("--boot", self.file("boot.pem", pem(key(1))), "--recovery", "--revoked")
        self.assertIn("boot_key_count = 1u", table)

    def test_a_key_of_two_roles_is_one_entry(self):
        both = self.file("both.pem", pem(key(1)))
        table = self.table_of("--boot", both, both, "--recovery", both)
        self.assertIn(self.entry("BM_KEY_BOOT | BM_KEY_RECOVERY", key(1)), table)
        self.assertIn("boot_key_count = 1u", table)

    def test_a_revoked_key_has_no_other_role(self):
        boot, old = self.file("boot.pem", pem(key(1))), self.file("old.pem", pem(key(2)))
        table = self.table_of("--boot", boot, old, "--recovery", old, "--revoked", old)
        self.assertIn(self.entry("BM_KEY_REVOKED", key(2)), table)
        self.assertIn("boot_key_count = 2u", table)

    def test_a_table_that_boots_nothing_is_refused(self):
        boot = self.file("boot.pem", pem(key(1)))
        for arguments in (("--boot", boot, "--revoked", boot), ("--recovery", boot)):
            done, table = self.run_tool(*arguments)
            self.assertIn("boots nothing", done.stderr)
            self.assertEqual((done.returncode, table), (1, ""))

    def test_files_without_a_public_ed25519_key_are_refused_by_name(self):
        hostile = {
            "empty.pem": b"",
            "short.der": key(1)[:-1],
            "long.der": key(1) + b"\0",
            "other.der": b"\x30" * 44,
            "private.pem": b"-----BEGIN PRIVATE KEY-----\n" + base64.b64encode(key(1)) + b"\n-----END PRIVATE KEY-----\n",
            "torn.pem": b"-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n",
        }
        for name, content in hostile.items():
            done, table = self.run_tool("--boot", self.file(name, content))
            self.assertIn(name, done.stderr)
            self.assertEqual((done.returncode, table), (1, ""), name)
        done, _ = self.run_tool("--boot", str(self.folder / "missing.pem"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("missing.pem", done.stderr)


if __name__ == "__main__":
    unittest.main()
