#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Cuts the power at every flash operation of an update, and inside it; the next boot must always be a good one."""
import pathlib
import tempfile
import unittest

import images
import machine
from nbd_flash import NbdFlash
from unit import Unit, application, provision

# flash_map.h
SLOT_A, SLOT_SIZE = 0x1c0000, 0x100000
# Nothing, a byte, half, and nearly all of what the operation changes.
TEARS = (0.0, 1e-9, 0.5, 0.999999)


class QemuPowerCuts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="bootmend-")
        cls.addClassCleanup(folder.cleanup)
        cls.good = application("good")
        path = pathlib.Path(folder.name, "flash.img")
        provision(path, cls.good)
        cls.provisioned = path.read_bytes()
        cls.flash = NbdFlash(str(pathlib.Path(folder.name, "nbd")), cls.provisioned)
        cls.addClassCleanup(cls.flash.close)

    def start_unit(self) -> Unit:
        unit = Unit(flash=lambda path: self.flash.url)
        self.flash.power_off = unit.process.kill
        return unit

    def settle(self, unit: Unit) -> dict:
        state = unit.settled_state()
        self.flash.check()
        self.assertEqual(state["stage"], "application")
        slot_a = slice(SLOT_A, SLOT_A + SLOT_SIZE)
        self.assertEqual(self.flash.content[slot_a], self.provisioned[slot_a], "the last good image was touched")
        return state

    def run_to_the_end(self, scenario) -> int:
        """The number of flash operations that the scenario takes, from its power-on."""
        self.flash.content[:] = self.provisioned
        self.flash.arm()
        with self.start_unit() as unit:
            scenario(unit)
            return self.flash.operations

    def run_until_the_cut(self, scenario) -> None:
        with self.start_unit() as unit:
            with self.assertRaises((EOFError, ConnectionError)):
                scenario(unit)

    def sweep(self, scenario, allowed: list[bytes]) -> None:
        total = self.run_to_the_end(scenario)
        print(f"{total} flash operations, {len(TEARS)} cuts in each")
        self.assertGreater(total, 5)
        for operation in range(total):
            for tear in TEARS:
                with self.subTest(operation=operation, tear=tear):
                    self.flash.content[:] = self.provisioned
                    self.flash.arm((operation, tear))
                    self.run_until_the_cut(scenario)
                    self.flash.arm()
                    with self.start_unit() as unit:
                        self.assertIn(self.settle(unit)["hash"], [images.hash_of(image) for image in allowed])

    def test_every_cut_within_an_update_leaves_a_unit_that_boots(self):
        update = application("good", version=(1, 1, 0), rollback_index=2)

        def install_and_confirm(unit: Unit) -> None:
            unit.settled_state()
            unit.install(update)
            unit.wait_for_application()
            unit.confirm()
            self.assertTrue(unit.state()["confirmed"])

        self.sweep(install_and_confirm, [self.good, update])

    def test_every_cut_within_a_rollback_leaves_the_last_good_image(self):
        bad = application("crashes", version=(1, 1, 0))

        def install_and_fall_back(unit: Unit) -> None:
            unit.settled_state()
            unit.install(bad)
            unit.wait_for_application()
            self.assertEqual(unit.state()["hash"], images.hash_of(self.good))

        self.sweep(install_and_fall_back, [self.good])


if __name__ == "__main__":
    machine.main()
