#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the self-test image of the ports for Cortex-M, as tst_qemu_port.py does for RISC-V."""
import os
import unittest

import cortex_m
from tst_qemu_port import ECHO_SIZE, EXPECTED


class Microbit(cortex_m.Board):
    port, board = "microbit", cortex_m.Microbit.board


class Mps2(cortex_m.Board):
    port, board = "qemu_mps2_an385", cortex_m.Mps2.board
    MEMORY_SIZE = cortex_m.Mps2.MEMORY_SIZE


class QemuCortexMPort(unittest.TestCase):
    def report_of(self, board: type[cortex_m.Board]) -> list[str]:
        with board("port_self_test.bin") as unit:
            report = unit.read_until(b"ready\r\n")
            sent = os.urandom(ECHO_SIZE)
            unit.send(sent)
            while len(unit.received) < ECHO_SIZE:
                unit.received += unit.receive(timeout=20)
            self.assertEqual(unit.received[:ECHO_SIZE], sent)
            unit.received = unit.received[ECHO_SIZE:]
            report += unit.read_until(b"done\r\n")
        return report.decode("ascii").splitlines()

    def assert_keeps_all_promises(self, lines: list[str], but: list[str]) -> None:
        self.assertEqual([line for line in lines if line.startswith("FAILED")], [f"FAILED {name}" for name in but])
        kept = [name for name in EXPECTED if f"ok {name}" in lines]
        self.assertEqual(kept, [name for name in EXPECTED if name not in but])

    def test_mps2_an385(self):
        self.assert_keeps_all_promises(self.report_of(Mps2), but=[])

    def test_microbit_but_for_its_watchdog_which_qemu_does_not_have(self):
        lines = self.report_of(Microbit)
        self.assertNotIn("ok tells the watchdog's bite", lines)
        lines.append("ok tells the watchdog's bite")
        self.assert_keeps_all_promises(lines, but=["is bitten by the watchdog"])


if __name__ == "__main__":
    cortex_m.main()
