#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures how deep the stacks of the Cortex-M bootloaders get, and holds the build's bound against it."""
import unittest

import cortex_m
from cortex_m import PORTS, BoardUnit, Microbit, Mps2
from smp_client import BOOTMEND, IMAGE, OS, READ

# ports/*/bootloader.ld: from behind the bootloader's RAM to the start of the program's stack.
STACKS = {Microbit: range(0x20001100, 0x20004000), Mps2: range(0x20001100, 0x20010000)}
# Of the bound: a measurement that reaches no deeper has missed the verification of a signature.
DEEP_ENOUGH = 0.75


def bound_of(board: type[BoardUnit]) -> int:
    """What tools/stack_bound.py says of the program's stack, and the frame of one interrupt on top of it."""
    bounds = dict(line.split() for line in (PORTS / board.port / "stack_bound.txt").read_text().splitlines())
    return int(bounds["start"]) + 36


class QemuStack(unittest.TestCase):
    def judge(self, unit: BoardUnit, occasion: str) -> None:
        used, bound = unit.painted_over(), bound_of(type(unit))
        print(f"{unit.port}: {occasion}: {used} bytes of stack measured, {bound} bound")
        self.assertLessEqual(used, bound)
        self.assertGreater(used, bound * DEEP_ENOUGH)

    def session(self, unit: BoardUnit) -> None:
        """Every command of the recovery mode, with a good signature and a bad one to verify."""
        unit.wait_for_recovery()
        unit.write_identity()
        unit.unlock()
        image = unit.application("hangs", 0)
        unit.upload(image[:-1] + bytes([image[-1] ^ 1]))
        unit.try_on_next_boot(image)
        unit.upload(image)
        for group, command, fields in ((OS, 6, {}), (OS, 8, {}), (IMAGE, 0, {}), (IMAGE, 6, {}), (BOOTMEND, 0, {}),
                                       (BOOTMEND, 1, {}), (BOOTMEND, 2, {}), (BOOTMEND, 3, {}), (BOOTMEND, 6, {}),
                                       (BOOTMEND, 7, {}), (BOOTMEND, 8, {"region": 0, "off": 0, "len": 64})):
            unit.smp.ask(READ, group, command, fields)
        self.assertNotIn("err", unit.try_on_next_boot(image))

    def measure(self, board: type[BoardUnit]) -> None:
        with board(paint=STACKS[board]) as unit:
            self.session(unit)
            self.judge(unit, "after a session")
            # The paint is fresh after the reset, and this application needs next to nothing.
            unit.reset()
            with self.assertRaises(TimeoutError):
                unit.smp.console_until(b"Bootmend recovery", timeout=1)
            self.judge(unit, "after a boot with its verification")

    def test_microbit(self):
        self.measure(Microbit)

    def test_mps2_an385(self):
        self.measure(Mps2)


if __name__ == "__main__":
    cortex_m.main()
