#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The bootloader on a Cortex-M3 that runs its images in place: the life of a unit, and the end of QEMU amid it."""
import unittest

import cortex_m
import images
from cortex_m import Mps2
from smp_client import BOOTMEND, IMAGE, READ, WRITE
from tst_qemu_bootloader import (CRASH, EVENT_ROLLBACK, HEALTH, POWER_ON, REQUESTED, ROLLBACK_CRASHED,
                                 ROLLBACK_NOT_CONFIRMED, ROLLBACK_WATCHDOG, VERDICT_MALFORMED, WATCHDOG)
from unit import CHUNK, provision

A, B = 0, 1
SECTOR_SIZE = 4096


class QemuMps2(unittest.TestCase):
    def new_unit(self) -> Mps2:
        unit = Mps2()
        self.addCleanup(unit.__exit__)
        self.good = Mps2.application("good", A)
        unit.provision(self.good)
        return unit

    def test_boots_what_the_provisioning_tool_wrote(self):
        good = Mps2.application("good", A)
        with Mps2(flash=lambda path: provision(path, good, geometry=Mps2.port)) as unit:
            unit.wait_for_application()
            self.assertTrue(self.assert_runs(unit, A, good)["confirmed"])

    def assert_runs(self, unit: Mps2, slot: int, image: bytes) -> dict:
        state = unit.state()
        self.assertEqual((state["stage"], state["running"]), ("application", slot))
        self.assertEqual(state["hash"], images.hash_of(image))
        return state

    def assert_rolled_back(self, unit: Mps2, image: bytes, reason: int, reset: int) -> None:
        state = self.assert_runs(unit, A, self.good)
        self.assertEqual((state["rollback"], state["reset"]), (reason, reset))
        self.assertEqual(state["rolled_back"], images.hash_of(image))
        self.assertIn((EVENT_ROLLBACK, reason), unit.events())

    def test_installs_tries_confirms_and_keeps(self):
        unit = self.new_unit()
        update = Mps2.application("good", B, version=(1, 1, 0), rollback_index=2)
        unit.install(update)
        unit.wait_for_application()
        self.assertFalse(self.assert_runs(unit, B, update)["confirmed"])
        self.assertTrue(all(check["ok"] for check in unit.smp.ask(READ, BOOTMEND, HEALTH)["checks"]))
        unit.confirm()
        unit.reset()
        unit.wait_for_application()
        self.assertEqual(self.assert_runs(unit, B, update)["reset"], REQUESTED)
        unit.power_off()
        unit.power_on()
        unit.wait_for_application()
        state = self.assert_runs(unit, B, update)
        self.assertEqual((state["confirmed"], state["minimum"], state["reset"]), (True, 2, POWER_ON))

    def test_rolls_back_what_crashes(self):
        unit = self.new_unit()
        bad = Mps2.application("crashes", B, version=(1, 1, 0))
        unit.install(bad)
        unit.wait_for_application()
        self.assert_rolled_back(unit, bad, ROLLBACK_CRASHED, CRASH)

    def test_rolls_back_what_hangs(self):
        unit = self.new_unit()
        bad = Mps2.application("hangs", B, version=(1, 1, 0))
        unit.install(bad)
        unit.wait_for_application()
        self.assert_rolled_back(unit, bad, ROLLBACK_WATCHDOG, WATCHDOG)

    def test_rolls_back_a_trial_that_loses_its_power(self):
        unit = self.new_unit()
        update = Mps2.application("good", B, version=(1, 1, 0))
        unit.install(update)
        unit.wait_for_application()
        unit.power_off()
        unit.power_on()
        unit.wait_for_application()
        self.assert_rolled_back(unit, update, ROLLBACK_NOT_CONFIRMED, POWER_ON)

    def test_resumes_an_upload_after_the_end_of_qemu(self):
        unit = self.new_unit()
        update = Mps2.application("good", B, version=(1, 1, 0))
        ends = range(SECTOR_SIZE + CHUNK, SECTOR_SIZE + 6 * CHUNK, CHUNK)
        self.assertGreater(len(update), ends[-1] + 2 * CHUNK)
        for end in ends:
            unit.upload(update, until=end)
            for offset in (end, end + CHUNK):
                unit.smp.send(WRITE, IMAGE, 1, {"off": offset, "data": update[offset:offset + CHUNK]})
            # Some of that is in the flash, some in the unit's RAM, and some on the line.
            unit.power_off()
            unit.power_on()
            unit.wait_for_application()
            self.assert_runs(unit, A, self.good)
            self.assertEqual(unit.begin_upload(update)["off"], SECTOR_SIZE)
        unit.install(update)
        unit.wait_for_application()
        self.assert_runs(unit, B, update)

    def test_loads_what_was_linked_for_the_load_area(self):
        unit = self.new_unit()
        update = Mps2.application("good", None, version=(1, 1, 0))
        unit.install(update)
        unit.wait_for_application()
        self.assert_runs(unit, B, update)

    def test_refuses_what_was_linked_for_the_other_slot(self):
        unit = self.new_unit()
        update = Mps2.application("good", A, version=(1, 1, 0))
        unit.upload(update)
        self.assertIn("err", unit.try_on_next_boot(update))
        self.assertEqual(unit.state()["verdicts"][B], VERDICT_MALFORMED)


if __name__ == "__main__":
    cortex_m.main()
