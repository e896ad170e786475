#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a UF2 file, which a Pico in BOOTSEL mode takes like a USB stick.

    uf2.py bootloader.bin bootloader.uf2

https://github.com/microsoft/uf2, "File format": blocks of 512 bytes with 256 of data each.
"""
import pathlib
import struct
import sys

FLASH, PAGE = 0x10000000, 256
FAMILY_RP2040, FLAG_FAMILY = 0xe48bff56, 0x2000
MAGIC_START, MAGIC_SECOND, MAGIC_END = 0x0a324655, 0x9e5d5157, 0x0ab16f30


def blocks(content: bytes):
    count = -(-len(content) // PAGE)
    for number in range(count):
        page = content[number * PAGE:(number + 1) * PAGE].ljust(PAGE, b"\xff")
        head = struct.pack("<8I", MAGIC_START, MAGIC_SECOND, FLAG_FAMILY, FLASH + number * PAGE, PAGE, number,
                           count, FAMILY_RP2040)
        yield head + page.ljust(476, b"\0") + struct.pack("<I", MAGIC_END)


if __name__ == "__main__":
    pathlib.Path(sys.argv[2]).write_bytes(b"".join(blocks(pathlib.Path(sys.argv[1]).read_bytes())))
