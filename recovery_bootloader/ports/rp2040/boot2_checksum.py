#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ends the RP2040's second stage with the CRC that the ROM checks, in the section .boot2 of a linked bootloader.

    boot2_checksum.py OBJCOPY bootloader.elf        changes the file

RP2040 datasheet, section 2.8.1.3.1: 256 bytes, the last four of them the CRC-32 of the others; polynomial
0x04c11db7, initial value 0xffffffff, no reflection, no final XOR.
"""
import pathlib
import subprocess
import sys
import tempfile

SIZE, CRC_SIZE = 256, 4


def crc32(data: bytes) -> int:
    crc = 0xffffffff
    for byte in data:
        crc ^= byte << 24
        for _ in range(8):
            crc = (crc << 1 ^ (0x04c11db7 if crc >> 31 else 0)) & 0xffffffff
    return crc


def finished(section: bytes) -> bytes:
    if len(section) != SIZE or any(section[-CRC_SIZE:]):
        sys.exit(f"boot2: no {SIZE} bytes with {CRC_SIZE} free ones at their end")
    return section[:-CRC_SIZE] + crc32(section[:-CRC_SIZE]).to_bytes(CRC_SIZE, "little")


def main(objcopy: str, program: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "boot2.bin")
        subprocess.run([objcopy, "-O", "binary", "-j", ".boot2", program, path], check=True)
        path.write_bytes(finished(path.read_bytes()))
        subprocess.run([objcopy, "--update-section", f".boot2={path}", program], check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
