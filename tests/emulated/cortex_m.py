# SPDX-License-Identifier: Apache-2.0
"""The Cortex-M machines of QEMU, with the bootloader of their ports, and images for them."""
import os
import pathlib
import socket
import shutil
import struct
import sys
import unittest

import images
import machine
from unit import Talk

QEMU_ARM = "qemu-system-arm"
PORTS = pathlib.Path(os.environ.get("BOOTMEND_PORTS_DIR", "."))
MPS2_FLASH_SIZE = 1 << 20


def main() -> None:
    """As machine.main(); BOOTMEND_SKIPPED says why the port of the test was not built."""
    reason = os.environ.get("BOOTMEND_SKIPPED", "")
    if not reason and not shutil.which(QEMU_ARM):
        reason = f"there is no {QEMU_ARM} (package qemu-system-arm)"
    if reason:
        print(f"SKIP: {reason}")
        sys.exit(77)
    unittest.main()


def elf(segments: dict[int, bytes]) -> bytes:
    """A program of 32-bit Arm for QEMU's loader, which writes its segments at each reset."""
    head_size, entry_size = 52, 32
    at = head_size + entry_size * len(segments)
    table, content = b"", b""
    for address, data in segments.items():
        table += struct.pack("<8I", 1, at + len(content), address, address, len(data), len(data), 7, 4)
        content += data
    identification = b"\x7fELF" + bytes([1, 1, 1]) + bytes(9)
    entry = struct.unpack("<I", segments[0][4:8])[0]
    return identification + struct.pack("<HHIIIIIHHHHHH", 2, 40, 1, entry, head_size, 0, 0x05000000, head_size,
                                        entry_size, len(segments), 0, 0, 0) + table + content


def erase(path: pathlib.Path) -> None:
    path.write_bytes(b"\xff" * MPS2_FLASH_SIZE)


class Board(machine.Machine):
    """`firmware` lies at address 0; `paint` is memory that is filled with PAINT at each reset."""

    program = QEMU_ARM
    PAINT = 0xa5

    def __init__(self, firmware: str = "bootloader.bin", paint: range | None = None, **fields):
        self.paint = paint
        super().__init__(PORTS / self.port / firmware, **fields)

    def firmware_options(self, firmware: pathlib.Path) -> list[str]:
        # Flat, not as ELF: what the ELF says of memory that is not cleared would be cleared at each reset.
        path = firmware
        if self.paint:
            path = pathlib.Path(self.folder.name, "painted.elf")
            path.write_bytes(elf({0: firmware.read_bytes(), self.paint.start: bytes([self.PAINT]) * len(self.paint)}))
        return ["-kernel", str(path), "-qmp", f"unix:{self.folder.name}/qmp,server=on,wait=off"]

    def painted_over(self) -> int:
        """How much of the painted memory has been written, counted from its end: the depth of a stack."""
        copy = pathlib.Path(self.folder.name, "memory")
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(f"{self.folder.name}/qmp")
        machine.monitor(connection, {"execute": "memsave", "arguments": {
            "val": self.paint.start, "size": len(self.paint), "filename": str(copy)}})
        return len(copy.read_bytes().lstrip(bytes([self.PAINT])))


class BoardUnit(Talk, Board):
    """A board that runs the bootloader, and what to do to one that comes from the shop."""

    @classmethod
    def application(cls, variant: str, slot: int | None, **fields) -> bytes:
        """An image that runs in the slot, or in the load area."""
        if slot is None:
            place = {"load_address": cls.load_area, "flags": images.RAM_LOAD}
        else:
            place = {"load_address": cls.slots[slot], "flags": images.ROM_FIXED}
        suffix = "" if slot is None else f"_{'ab'[slot]}"
        payload = (PORTS / cls.port / f"app_{variant}{suffix}.bin").read_bytes()
        return images.signed(images.Release(payload, **place, **fields))

    def provision(self, image: bytes) -> None:
        """The life of a unit up to a confirmed image in slot A."""
        self.wait_for_recovery()
        if self.write_identity() != {}:
            raise RuntimeError("the unit takes no identity")
        self.install(image)
        self.wait_for_application()
        self.confirm()


class Microbit(BoardUnit):
    """Its flash lives as long as the process, and starts as zeros, which no real flash does."""

    port = "microbit"
    slots = (0x10000, 0x28000)

    def board(self, firmware: pathlib.Path, flash) -> list[str]:
        return ["-M", "microbit", *self.firmware_options(firmware)]


class Mps2(BoardUnit):
    """Its flash is a file, and is there again after power_off() and power_on()."""

    port = "qemu_mps2_an385"
    slots = (0x21010000, 0x21080000)
    load_area = 0x20100000
    MEMORY_SIZE = 16 << 20

    def board(self, firmware: pathlib.Path, flash) -> list[str]:
        (flash or erase)(self.flash_path)
        os.truncate(self.flash_path, self.MEMORY_SIZE)
        return ["-M", "mps2-an385,memory-backend=flash", "-m", "16M",
                "-object", f"memory-backend-file,id=flash,size=16M,mem-path={self.flash_path},share=on",
                *self.firmware_options(firmware)]
