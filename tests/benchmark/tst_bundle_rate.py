#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast a bundle of 1 GiB is verified, over what the openssl program needs to hash the same file, in the same run;
and how much more memory that takes than a small one."""
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

BOOTMEND, FOLDER = sys.argv[1], sys.argv[2]
del sys.argv[1:]
SIZE = 1 << 30
ROUNDS = 3
LEAST_RATE = 0.9
MOST_MORE_MEMORY = 32 << 10 # KiB


class Cost:
    """What a command took."""

    def __init__(self, *command):
        begin = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status != 0:
            raise RuntimeError(f"failed: {command}")
        self.seconds = time.monotonic() - begin
        self.work = usage.ru_utime + usage.ru_stime # seconds of processor, which other work does not lengthen
        self.memory = usage.ru_maxrss # KiB


class BundleRate(unittest.TestCase):
    def setUp(self):
        # Not in a folder that may be memory.
        self.folder = tempfile.TemporaryDirectory(dir=FOLDER)
        self.path = pathlib.Path(self.folder.name)
        Cost(BOOTMEND, "key", "generate", self.path / "key.pem")
        Cost(BOOTMEND, "key", "public", self.path / "key.pem", "-o", self.path / "key.pub")
        Cost(BOOTMEND, "trust", "add", self.path / "key.pub", "--trust", self.path / "trust.json")

    def tearDown(self):
        self.folder.cleanup()

    def bundle(self, name: str, size: int) -> pathlib.Path:
        piece = bytes(i * i % 251 for i in range(1 << 20))
        with open(self.path / f"{name}.dat", "wb") as file:
            for _ in range(size >> 20):
                file.write(piece)
        (self.path / f"{name}.yaml").write_text(
            "version: 1.0.0\nbuild: b\nproduct: p\nhw_compat: [r]\nchannel: dev\nrollback_index: 0\n"
            f"payloads: [{{file: {name}.dat, image: data}}]\n")
        target = self.path / f"{name}.bmb"
        Cost(BOOTMEND, "bundle", "create", self.path / f"{name}.yaml", "--key", self.path / "key.pem", "-o", target)
        (self.path / f"{name}.dat").unlink()
        return target

    def verify(self, bundle: pathlib.Path) -> tuple:
        return BOOTMEND, "bundle", "verify", bundle, "--trust", self.path / "trust.json"

    def test_rate_and_memory(self):
        large, small = self.bundle("large", SIZE), self.bundle("small", 1 << 20)
        hashed, verified = [], []
        for _ in range(ROUNDS):
            hashed.append(Cost("openssl", "dgst", "-sha256", large))
            verified.append(Cost(*self.verify(large)))
        rate = min(cost.work for cost in hashed) / min(cost.work for cost in verified)
        more = max(cost.memory for cost in verified) - Cost(*self.verify(small)).memory
        print(f"1 GiB: openssl dgst {min(cost.seconds for cost in hashed):.2f} s, "
              f"bundle verify {min(cost.seconds for cost in verified):.2f} s; by the work of the processor, "
              f"{rate:.2f} of its rate (at least {LEAST_RATE}); {more} KiB more memory than for 1 MiB "
              f"(at most {MOST_MORE_MEMORY})", flush=True)
        self.assertGreaterEqual(rate, LEAST_RATE)
        self.assertLess(more, MOST_MORE_MEMORY)


if __name__ == "__main__":
    unittest.main()
