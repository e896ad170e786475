#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The real bootloader binary and the sample application: install, trial, rollback, recovery, refusal."""
import pathlib
import select
import tempfile
import unittest

import images
import machine
from smp_client import BOOTMEND, IMAGE, OS, READ, WRITE
from unit import Unit, application

# bootmend/device_wire.h
ROLLBACK_CRASHED, ROLLBACK_WATCHDOG, ROLLBACK_NOT_CONFIRMED, ROLLBACK_HEALTH = 1, 2, 3, 4
EVENT_REFUSED, EVENT_ROLLBACK, EVENT_RECOVERY = 2, 3, 5
VERDICT_OK, VERDICT_MALFORMED, VERDICT_HASH_WRONG = 0, 2, 3
VERDICT_KEY_UNKNOWN, VERDICT_OTHER_PRODUCT, VERDICT_OTHER_HARDWARE, VERDICT_ROLLBACK = 4, 6, 7, 8
RECOVERY_NO_IMAGE, RECOVERY_REQUESTED, RECOVERY_LINE = 1, 2, 3
POWER_ON, REQUESTED, WATCHDOG, CRASH = 0, 1, 2, 3
HEALTH, REVERT, CONFIG = 4, 5, 6


class QemuBootloader(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.good = application("good")

    def assert_runs(self, unit: Unit, slot: int, image: bytes) -> dict:
        state = unit.state()
        self.assertEqual((state["stage"], state["running"]), ("application", slot))
        self.assertEqual(state["hash"], images.hash_of(image))
        return state

    def assert_rolled_back(self, unit: Unit, image: bytes, reason: int, reset: int) -> None:
        state = self.assert_runs(unit, 0, self.good)
        self.assertEqual((state["rollback"], state["reset"]), (reason, reset))
        self.assertEqual(state["rolled_back"], images.hash_of(image))
        self.assertTrue(state["confirmed"])
        self.assertNotIn("pending", state)
        self.assertIn((EVENT_ROLLBACK, reason), unit.events())

    def test_boots_what_is_confirmed(self):
        with Unit(self.good) as unit:
            unit.settled_state()
            state = self.assert_runs(unit, 0, self.good)
            self.assertTrue(state["confirmed"])
            self.assertEqual(state["reset"], POWER_ON)
            self.assertEqual(unit.smp.ask(WRITE, OS, 0, {"d": "anyone?"}), {"r": "anyone?"})

    def test_three_characters_at_reset_enter_recovery(self):
        with Unit(self.good) as unit:
            unit.settled_state()
            unit.reset()
            # As a tool does that does not know when the unit wakes up.
            for _ in range(200):
                unit.send(b"!!!!")
                select.select([unit.line], [], [], 0.002)
            unit.wait_for_recovery()
            unit.settled_state()
            self.assertIn((EVENT_RECOVERY, RECOVERY_LINE), unit.events())

    def test_a_break_at_reset_enters_recovery(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "qmp")
            listener = machine.monitor_listener(path)
            with Unit(self.good, options=("-S", "-qmp", f"unix:{path}")) as unit:
                machine.monitor(listener.accept()[0],
                                {"execute": "chardev-send-break", "arguments": {"id": "u0"}}, {"execute": "cont"})
                listener.close()
                unit.wait_for_recovery()
                unit.settled_state()
                self.assertIn((EVENT_RECOVERY, RECOVERY_REQUESTED), unit.events())

    def test_installs_tries_confirms_and_keeps(self):
        update = application("good", version=(1, 1, 0), rollback_index=2)
        with Unit(self.good) as unit:
            unit.settled_state()
            unit.install(update)
            unit.wait_for_application()
            self.assertFalse(self.assert_runs(unit, 1, update)["confirmed"])
            self.assertTrue(all(check["ok"] for check in unit.smp.ask(READ, BOOTMEND, HEALTH)["checks"]))
            unit.confirm()
            self.assertTrue(unit.state()["confirmed"])
            unit.power_off()
            unit.power_on()
            unit.settled_state()
            state = self.assert_runs(unit, 1, update)
            self.assertEqual((state["confirmed"], state["minimum"], state["reset"]), (True, 2, POWER_ON))

    def test_rolls_back_what_crashes(self):
        bad = application("crashes", version=(1, 1, 0))
        with Unit(self.good) as unit:
            unit.settled_state()
            unit.install(bad)
            unit.smp.console_until(b"crash: cause 00000003")
            unit.wait_for_application()
            self.assert_rolled_back(unit, bad, ROLLBACK_CRASHED, CRASH)

    def test_rolls_back_what_hangs(self):
        bad = application("hangs", version=(1, 1, 0))
        with Unit(self.good) as unit:
            unit.settled_state()
            unit.install(bad)
            unit.wait_for_application()
            self.assert_rolled_back(unit, bad, ROLLBACK_WATCHDOG, WATCHDOG)

    def test_rolls_back_what_the_host_finds_unhealthy(self):
        bad = application("unhealthy", version=(1, 1, 0))
        with Unit(self.good) as unit:
            unit.settled_state()
            unit.install(bad)
            unit.wait_for_application()
            self.assertFalse(all(check["ok"] for check in unit.smp.ask(READ, BOOTMEND, HEALTH)["checks"]))
            unit.smp.ask(WRITE, BOOTMEND, REVERT, {"reason": 1})
            unit.reset()
            unit.wait_for_application()
            self.assert_rolled_back(unit, bad, ROLLBACK_HEALTH, REQUESTED)

    def test_rolls_back_a_trial_that_loses_its_power(self):
        update = application("good", version=(1, 1, 0))
        with Unit(self.good) as unit:
            unit.settled_state()
            unit.install(update)
            unit.wait_for_application()
            self.assert_runs(unit, 1, update)
            unit.power_off()
            unit.power_on()
            unit.settled_state()
            self.assert_rolled_back(unit, update, ROLLBACK_NOT_CONFIRMED, POWER_ON)

    def test_survives_a_power_cut_within_the_upload(self):
        update = application("good", version=(1, 1, 0))
        with Unit(self.good) as unit:
            unit.settled_state()
            unit.upload(update, until=len(update) // 2)
            unit.power_off()
            unit.power_on()
            unit.settled_state()
            self.assert_runs(unit, 0, self.good)
            unit.install(update)
            unit.wait_for_application()
            self.assert_runs(unit, 1, update)

    def with_settings(self, folder: str) -> tuple[str, ...]:
        settings = pathlib.Path(folder, "settings")
        settings.write_bytes((1500).to_bytes(4, "little"))
        return ("--config", str(settings), "--schema", "1")

    def schema(self, unit: Unit) -> int:
        return unit.smp.ask(READ, BOOTMEND, CONFIG)["schema"]

    def test_a_rollback_finds_the_configuration_that_it_can_read(self):
        update = application("migrates", version=(1, 1, 0))
        with tempfile.TemporaryDirectory() as folder, Unit(self.good, self.with_settings(folder)) as unit:
            unit.settled_state()
            self.assertEqual(self.schema(unit), 1)
            unit.install(update)
            unit.wait_for_application()
            self.assertEqual(self.schema(unit), 2)
            unit.smp.ask(WRITE, BOOTMEND, REVERT, {"reason": 2})
            unit.reset()
            unit.wait_for_application()
            self.assert_runs(unit, 0, self.good)
            self.assertEqual(self.schema(unit), 1)

    def test_a_confirmation_commits_the_migration(self):
        update = application("migrates", version=(1, 1, 0))
        with tempfile.TemporaryDirectory() as folder, Unit(self.good, self.with_settings(folder)) as unit:
            unit.settled_state()
            unit.install(update)
            unit.wait_for_application()
            unit.confirm()
            unit.reset()
            unit.wait_for_application()
            self.assert_runs(unit, 1, update)
            self.assertEqual(self.schema(unit), 2)

    def test_recovers_when_no_slot_boots(self):
        with Unit(self.good, ("--corrupt-slot-a",)) as unit:
            self.assertEqual(unit.settled_state()["stage"], "recovery")
            events = unit.events()
            self.assertIn((EVENT_REFUSED, VERDICT_HASH_WRONG), events)
            self.assertIn((EVENT_RECOVERY, RECOVERY_NO_IMAGE), events)
            unit.install(self.good)
            unit.wait_for_application()
            unit.confirm()
            unit.reset()
            unit.wait_for_application()
            state = unit.state()
            self.assertEqual((state["stage"], state["confirmed"]), ("application", True))
            self.assertEqual(state["hash"], images.hash_of(self.good))

    def test_enters_recovery_on_request(self):
        with Unit(self.good) as unit:
            unit.settled_state()
            unit.reset(boot_mode=1)
            unit.wait_for_recovery()
            self.assertIn((EVENT_RECOVERY, RECOVERY_REQUESTED), unit.events())
            unit.reset()
            unit.wait_for_application()

    def test_enters_recovery_by_the_button(self):
        with Unit(self.good, options=("-device", "pci-testdev")) as unit:
            self.assertEqual(unit.settled_state()["stage"], "recovery")

    def assert_refused(self, image: bytes, verdict: int, options: tuple[str, ...] = ()) -> None:
        with Unit(self.good, options) as unit:
            unit.settled_state()
            unit.upload(image)
            self.assertIn("err", unit.try_on_next_boot(image))
            self.assertEqual(unit.state()["verdicts"], [VERDICT_OK, verdict])
            unit.reset()
            unit.wait_for_application()
            self.assert_runs(unit, 0, self.good)

    def test_refuses_an_image_by_another_key(self):
        with tempfile.TemporaryDirectory() as folder:
            key = pathlib.Path(folder, "key.pem")
            images.openssl("genpkey", "-algorithm", "ed25519", "-out", str(key))
            self.assert_refused(application("good", version=(1, 1, 0), key=key), VERDICT_KEY_UNKNOWN)

    def test_refuses_an_image_for_another_product(self):
        self.assert_refused(application("good", product="other-sensor"), VERDICT_OTHER_PRODUCT)

    def test_refuses_an_image_for_another_hardware(self):
        self.assert_refused(application("good", hardware="Z"), VERDICT_OTHER_HARDWARE)

    def test_refuses_an_image_below_the_minimum(self):
        # The minimum does not stop what runs already: it was confirmed with that index.
        old = application("good", version=(0, 9, 0), rollback_index=0)
        self.assert_refused(old, VERDICT_ROLLBACK, ("--minimum", "1"))


if __name__ == "__main__":
    machine.main()
