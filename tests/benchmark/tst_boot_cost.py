#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a boot of a 256 KiB image costs, in instructions from the reset to the first one of the application, over
hashing and verifying that image alone with the same code. QEMU counts the instructions as it records them; what
the processor sleeps (the bootloader listens to its line for a moment) costs none."""
import json
import pathlib
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "emulated"))
import images # noqa: E402
import machine # noqa: E402
import unit # noqa: E402

LIMIT = 1.01 # with the copy of a RAM-load, which alone is 0.0082 of it: 19 instructions for 32 bytes
PAYLOAD_SIZE = 256 << 10
SLOT_A = 0x221c0000 # ports/qemu_riscv_virt/flash_map.h
SLEEP_FOR_EVER = struct.pack("<II", 0x10500073, 0xffdff06f) # wfi, and back to it
SIGNED_AT = 1 << 20 # in the flash of verify_alone


class Recorder(machine.Machine):
    """Counts the instructions from the reset on."""

    def __init__(self, firmware: str, flash):
        self.record = tempfile.TemporaryDirectory(prefix="bootmend-")
        self.monitor_path = pathlib.Path(self.record.name, "qmp")
        super().__init__(machine.RESULTS / firmware, flash=flash, options=(
            "-icount", f"shift=0,rr=record,rrfile={self.record.name}/record",
            "-qmp", f"unix:{self.monitor_path},server=on,wait=off"))

    def __exit__(self, *arguments):
        super().__exit__(*arguments)
        self.record.cleanup()

    def instructions_until_it_sleeps(self) -> int:
        """The processor sleeps for ever when the count stays the same for a while."""
        last, since = -1, time.monotonic()
        deadline = since + 120
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.monitor_path))
            stream = connection.makefile("rw")
            stream.readline() # the greeting
            while time.monotonic() - since < 1:
                count = self.ask(stream, "qmp_capabilities" if last < 0 else "query-replay").get("icount", 0)
                if count != last:
                    last, since = count, time.monotonic()
                self.assert_in_time(deadline)
        return last

    @staticmethod
    def assert_in_time(deadline: float) -> None:
        if time.monotonic() > deadline:
            raise TimeoutError("the application did not come to its sleep")

    @staticmethod
    def ask(stream, command: str) -> dict:
        stream.write(json.dumps({"execute": command}) + "\n")
        stream.flush()
        answer = {}
        while "return" not in answer:
            answer = json.loads(stream.readline())
        return answer["return"]


def boot_key() -> bytes:
    return images.openssl("pkey", "-in", str(images.BOOT_KEY), "-pubout", "-outform", "DER")[-32:]


def signed_alone(path: pathlib.Path, image: bytes) -> None:
    """The flash of verify_alone: the job, and the image."""
    header_size, protected_size, size = struct.unpack("<HHI", image[8:16])
    length = header_size + protected_size + size
    job = struct.pack("<II", SIGNED_AT, length) + boot_key() + image[-64:]
    machine.padded(path, job.ljust(SIGNED_AT, b"\xff") + image)


class BootCost(unittest.TestCase):
    def instructions_alone(self, image: bytes) -> int:
        with Recorder("verify_alone.bin", lambda path: signed_alone(path, image)) as alone:
            verdict, count = alone.read_until(b"\n", timeout=120).split()
        self.assertEqual(verdict, b"valid")
        return int(count)

    def instructions_of_a_boot(self, image: bytes) -> int:
        with Recorder("bootloader.bin", lambda path: unit.provision(path, image)) as recorder:
            count = recorder.instructions_until_it_sleeps()
            # What does not boot, speaks.
            recorder.line.setblocking(False)
            self.assertRaises(BlockingIOError, recorder.line.recv, 1)
        return count

    def judge(self, name: str, **place: int) -> None:
        payload = SLEEP_FOR_EVER + bytes(i * i % 251 for i in range(PAYLOAD_SIZE - len(SLEEP_FOR_EVER)))
        image = images.signed(images.Release(payload, **place))
        alone, boot = self.instructions_alone(image), self.instructions_of_a_boot(image)
        print(f"{name}: {boot} instructions to the application, {alone} to hash and verify alone: "
              f"{boot / alone:.4f} (limit {LIMIT})", flush=True)
        self.assertGreater(boot, alone)
        self.assertLessEqual(boot / alone, LIMIT)

    def test_in_place(self):
        self.judge("in place", load_address=SLOT_A, flags=images.ROM_FIXED)

    def test_loaded(self):
        self.judge("RAM-load", load_address=images.LOAD_ADDRESS, flags=images.RAM_LOAD)


if __name__ == "__main__":
    machine.main()
