#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Says from the linker's map what a bootloader takes, and fails when that is more than its budget.

    tools/size_report.py bootloader.map --own 12288 --total 40960 --static-ram 4096

Flash is divided by whose code it is: the compiler's (libgcc), the cryptography's (the library
bare_metal_crypto), and our own, which is all the rest, gaps included. Static RAM is without the stacks.
"""
import argparse
import dataclasses
import pathlib
import re
import sys

IN_FLASH = {".boot2", ".text", ".data"}
IN_RAM = {".retained", ".ring", ".data", ".bss"}
START = "Linker script and memory map"
OUTPUT = re.compile(r"^(\.\w+)\s+0x[0-9a-f]+\s+0x([0-9a-f]+)", re.MULTILINE)
# A name that is too long for its column has the rest on the next line.
INPUT = re.compile(r"^ \.\S+\s+0x[0-9a-f]+\s+0x([0-9a-f]+) (\S.*)$", re.MULTILINE)


@dataclasses.dataclass
class Sizes:
    total: int = 0
    cryptography: int = 0
    helpers: int = 0
    static_ram: int = 0

    @property
    def own(self) -> int:
        return self.total - self.cryptography - self.helpers


def measure(text: str) -> Sizes:
    text = text[text.index(START):]
    sizes = Sizes()
    sections = list(OUTPUT.finditer(text))
    for section, following in zip(sections, [*sections[1:], None]):
        name, size = section[1], int(section[2], 16)
        sizes.static_ram += size if name in IN_RAM else 0
        if name not in IN_FLASH:
            continue
        sizes.total += size
        for part in INPUT.finditer(text, section.end(), following.start() if following else len(text)):
            if "libgcc.a(" in part[2]:
                sizes.helpers += int(part[1], 16)
            elif "bare_metal_crypto" in part[2]:
                sizes.cryptography += int(part[1], 16)
    return sizes


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("map", type=pathlib.Path)
    for budget in ("own", "total", "static-ram"):
        parser.add_argument(f"--{budget}", type=int, required=True, metavar="BYTES")
    arguments = parser.parse_args()
    sizes = measure(arguments.map.read_text())
    print(f"size: flash {sizes.total} of {arguments.total} bytes: own {sizes.own} of {arguments.own}, "
          f"signature and hash {sizes.cryptography}, compiler's helpers {sizes.helpers}")
    print(f"size: static RAM {sizes.static_ram} of {arguments.static_ram} bytes")
    if sizes.total == 0 or sizes.cryptography == 0:
        print("size: the map is not understood", file=sys.stderr)
        return 1
    is_kept = (sizes.own <= arguments.own and sizes.total <= arguments.total
               and sizes.static_ram <= arguments.static_ram)
    if not is_kept:
        print("size: the budget of this port (its CMakeLists.txt) is not kept", file=sys.stderr)
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
