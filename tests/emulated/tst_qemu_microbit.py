#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The bootloader on a Cortex-M0 with 16 KiB of RAM: the life of a unit that comes from the shop without a word in
its flash. QEMU keeps that flash as long as it runs, so that nothing here takes the power away."""
import unittest

import images
import cortex_m
from cortex_m import Microbit
from smp_client import BOOTMEND, IDENTITY, READ, WRITE
from tst_qemu_bootloader import (CRASH, EVENT_RECOVERY, EVENT_ROLLBACK, HEALTH, RECOVERY_LINE, RECOVERY_NO_IMAGE,
                                 REQUESTED, ROLLBACK_CRASHED, ROLLBACK_HEALTH)

A, B = 0, 1
ERROR_PROVISIONED, EVENT_PROVISIONED = 8, 9


class QemuMicrobit(unittest.TestCase):
    def start_unit(self) -> Microbit:
        unit = Microbit()
        self.addCleanup(unit.__exit__)
        return unit

    def provisioned_unit(self) -> Microbit:
        unit = self.start_unit()
        self.good = unit.application("good", A)
        unit.provision(self.good)
        return unit

    def assert_runs(self, unit: Microbit, slot: int, image: bytes) -> dict:
        state = unit.state()
        self.assertEqual((state["stage"], state["running"]), ("application", slot))
        self.assertEqual(state["hash"], images.hash_of(image))
        return state

    def test_gets_its_identity_once_and_its_first_image(self):
        unit = self.start_unit()
        unit.wait_for_recovery()
        self.assertIn((EVENT_RECOVERY, RECOVERY_NO_IMAGE), unit.events())
        self.assertEqual(unit.write_identity(), {})
        self.assertIn((EVENT_PROVISIONED, 0), unit.events())
        self.assertEqual(unit.write_identity(), {"err": {"group": BOOTMEND, "rc": ERROR_PROVISIONED}})
        self.assertEqual(unit.smp.ask(READ, BOOTMEND, IDENTITY)["product"], images.PRODUCT)
        good = unit.application("good", A)
        unit.install(good)
        unit.wait_for_application()
        self.assertFalse(self.assert_runs(unit, A, good)["confirmed"])
        unit.confirm()
        unit.reset()
        unit.wait_for_application()
        state = self.assert_runs(unit, A, good)
        self.assertEqual((state["confirmed"], state["reset"]), (True, REQUESTED))

    def test_installs_tries_confirms_and_keeps(self):
        unit = self.provisioned_unit()
        update = unit.application("good", B, version=(1, 1, 0), rollback_index=2)
        unit.install(update)
        unit.wait_for_application()
        self.assertFalse(self.assert_runs(unit, B, update)["confirmed"])
        self.assertTrue(all(check["ok"] for check in unit.smp.ask(READ, BOOTMEND, HEALTH)["checks"]))
        unit.confirm()
        unit.reset()
        unit.wait_for_application()
        state = self.assert_runs(unit, B, update)
        self.assertEqual((state["confirmed"], state["minimum"]), (True, 2))

    def assert_rolled_back(self, unit: Microbit, image: bytes, reason: int, reset: int) -> None:
        unit.wait_for_application()
        state = self.assert_runs(unit, A, self.good)
        self.assertEqual((state["rollback"], state["reset"]), (reason, reset))
        self.assertEqual(state["rolled_back"], images.hash_of(image))
        self.assertIn((EVENT_ROLLBACK, reason), unit.events())

    def test_rolls_back_what_crashes(self):
        unit = self.provisioned_unit()
        bad = unit.application("crashes", B, version=(1, 1, 0))
        unit.install(bad)
        self.assert_rolled_back(unit, bad, ROLLBACK_CRASHED, CRASH)

    def test_rolls_back_what_the_host_finds_unhealthy(self):
        unit = self.provisioned_unit()
        bad = unit.application("unhealthy", B, version=(1, 1, 0))
        unit.install(bad)
        unit.wait_for_application()
        self.assertFalse(all(check["ok"] for check in unit.smp.ask(READ, BOOTMEND, HEALTH)["checks"]))
        unit.smp.ask(WRITE, BOOTMEND, 5, {"reason": 1})
        unit.reset()
        self.assert_rolled_back(unit, bad, ROLLBACK_HEALTH, REQUESTED)

    def test_enters_recovery_by_three_characters_at_reset(self):
        unit = self.provisioned_unit()
        unit.reset()
        unit.type_until_recovery()
        self.assertEqual(unit.settled_state()["cause"], RECOVERY_LINE)
        unit.reset()
        unit.wait_for_application()
        self.assert_runs(unit, A, self.good)


if __name__ == "__main__":
    cortex_m.main()
