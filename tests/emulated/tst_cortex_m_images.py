#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whether the applications of the Cortex-M ports are linked for the slots of their flash maps; no machine is needed."""
import pathlib
import re
import struct
import unittest

import cortex_m

SOURCES = pathlib.Path(__file__).resolve().parents[2] / "recovery_bootloader/ports"
PORTS = ("microbit", "qemu_mps2_an385", "rp2040")
HEADER_SIZE = 0x20
NUMBER = re.compile(r"#define (\w+) (0x[0-9a-f]+)u")
MAP = re.compile(r"_SECTOR_SIZE, \w+_WRITE_SIZE, (\w+),")
REGION = re.compile(r"\{(0x[0-9a-f]+)u, (0x[0-9a-f]+)u\}")
REGIONS = 7


def slots_of(port: str) -> list[range]:
    text = (SOURCES / port / "flash_map.h").read_text()
    numbers = {name: int(value, 16) for name, value in NUMBER.findall(text)}
    start = numbers[MAP.search(text)[1]]
    regions = [range(start + int(offset, 16), start + int(offset, 16) + int(size, 16))
               for offset, size in REGION.findall(text)]
    assert len(regions) == REGIONS, port
    return regions[-2:]


class CortexMImages(unittest.TestCase):
    def test_applications_are_linked_behind_the_header_in_their_slot(self):
        for port in PORTS:
            for letter, slot in zip("ab", slots_of(port)):
                with self.subTest(port=port, slot=letter):
                    payload = (cortex_m.PORTS / port / f"app_good_{letter}.bin").read_bytes()
                    stack, entry = struct.unpack("<II", payload[:8])
                    self.assertEqual(stack % 8, 0)
                    self.assertEqual(entry & 1, 1, "the entry is Thumb code")
                    code = range(slot.start + HEADER_SIZE + 8, slot.start + HEADER_SIZE + len(payload))
                    self.assertIn(entry & ~1, code)
                    self.assertLessEqual(code.stop, slot.stop)


if __name__ == "__main__":
    cortex_m.main()
