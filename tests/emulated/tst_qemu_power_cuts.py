#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cuts the power of the real bootloader inside every flash operation of every scenario, and in the boots after it.

    tst_qemu_power_cuts.py SCENARIO OPERATION/TEAR [OPERATION/TEAR]     repeats one cut, or two
"""
import concurrent.futures
import sys
import unittest

import machine
from power_cut_scenarios import ALL
from power_cuts import Bench, Cut, Result, Scenario, Sweep

PROCESSES = 2
LEAST_CUTS = 2000


def swept(number: int) -> Result:
    with Bench() as bench:
        return Sweep(bench, ALL[number]).run()


class QemuPowerCuts(unittest.TestCase):
    def test_every_cut_leaves_a_unit_that_boots_or_can_be_recovered(self):
        cuts, failures = 0, []
        with concurrent.futures.ProcessPoolExecutor(PROCESSES) as pool:
            for result in pool.map(swept, range(len(ALL))):
                print(f"{result.name:42} {result.operations:4} operations {result.first_cuts:5} cuts "
                      f"{result.second_cuts:5} second cuts", flush=True)
                cuts += result.first_cuts + result.second_cuts
                failures += result.failures
        print(f"{cuts} cut points, {len(failures)} failures")
        self.assertEqual([], failures)
        self.assertGreaterEqual(cuts, LEAST_CUTS)


def cut_named(text: str) -> Cut:
    operation, tear = text.split("/")
    return Cut(int(operation), int(tear))


def repeat(scenario: Scenario, cuts: list[Cut]) -> int:
    with Bench() as bench:
        sweep = Sweep(bench, scenario)
        sweep.cut(*cuts)
        print("\n".join(sweep.result.failures) or "no failure")
        return 1 if sweep.result.failures else 0


if __name__ == "__main__":
    if len(sys.argv) > 2 and not machine.why_not():
        chosen = next(scenario for scenario in ALL if scenario.name == sys.argv[1])
        sys.exit(repeat(chosen, [cut_named(text) for text in sys.argv[2:]]))
    machine.main()
