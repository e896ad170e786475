#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills QEMU at random moments while a unit of the bench is updated again and again, on a plain flash file.

The moments follow from a seed, but what the unit is doing then does not; tst_qemu_power_cuts.py is the exact one.
"""
import collections
import concurrent.futures
import random
import threading
import unittest

import images
import machine
from power_cuts import SLOTS, application_of, want
from smp_client import IMAGE, WRITE
from unit import Unit

KILLS = 500
PROCESSES = 2
LONGEST_LIFE_S = 0.35 # about what an update takes


class Victim:
    """A unit that is updated to one of two images, then to the other one; and what it must be after each kill."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.images = [application_of("good"), application_of("good", version=(1, 1, 0))]
        self.good, self.slot = self.images[0], 0
        self.is_trial_asked = self.is_confirmation_asked = False
        self.counts = collections.Counter()
        self.unit = Unit(self.good)
        self.unit.power_off()

    def candidate(self) -> bytes:
        return self.images[1 - self.images.index(self.good)]

    def update(self) -> None:
        """Until the power fails."""
        while True:
            self.unit.upload(self.candidate())
            self.counts["uploads"] += 1
            self.is_trial_asked = True
            self.unit.smp.ask(WRITE, IMAGE, 0, {"hash": images.hash_of(self.candidate()), "confirm": False,
                                               "force": True})
            self.unit.reset()
            self.unit.wait_for_application()
            self.counts["trials"] += 1
            self.is_confirmation_asked = True
            want("err" not in self.unit.confirm(), "a confirmation is refused")
            self.becomes_good()

    def becomes_good(self) -> None:
        self.good, self.slot = self.candidate(), 1 - self.slot
        self.is_trial_asked = self.is_confirmation_asked = False
        self.counts["confirmations"] += 1

    def live_and_die(self) -> None:
        self.unit.power_on()
        try:
            self.judge()
            killer = threading.Timer(self.random.uniform(0, LONGEST_LIFE_S), self.unit.process.kill)
            killer.start()
            try:
                self.update()
            except (EOFError, ConnectionError):
                self.counts["kills"] += 1
            finally:
                killer.join()
        finally:
            self.unit.power_off()

    def judge(self) -> None:
        state = self.unit.settled_state()
        want(state["stage"] == "application", "recovery mode despite a good image")
        if not state["confirmed"]:
            want(self.is_trial_asked and state["hash"] == images.hash_of(self.candidate()), "an unknown trial")
            self.unit.reset()
            state = self.unit.settled_state()
        want(state["confirmed"] and "pending" not in state, "a trial does not end")
        if self.is_confirmation_asked and state["hash"] == images.hash_of(self.candidate()):
            self.becomes_good()
        self.is_trial_asked = self.is_confirmation_asked = False
        want(state["hash"] == images.hash_of(self.good), "not the image that was confirmed last")
        with self.unit.flash_path.open("rb") as flash:
            flash.seek(SLOTS[self.slot])
            want(flash.read(len(self.good)) == self.good, "the last good image was touched")


def tortured(seed: int) -> collections.Counter:
    victim = Victim(seed)
    try:
        for _ in range(KILLS // PROCESSES):
            victim.live_and_die()
        victim.unit.power_on()
        victim.judge()
        victim.unit.power_off()
    finally:
        victim.unit.folder.cleanup()
    return victim.counts


class QemuKills(unittest.TestCase):
    def test_a_killed_unit_runs_the_last_good_image(self):
        counts = collections.Counter()
        with concurrent.futures.ProcessPoolExecutor(PROCESSES) as pool:
            for part in pool.map(tortured, range(PROCESSES)):
                counts += part
        print(", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
        self.assertEqual(counts["kills"], KILLS)
        for what in ("uploads", "trials", "confirmations"):
            self.assertGreater(counts[what], 10, f"too few {what}: the unit never lives long enough")


if __name__ == "__main__":
    machine.main()
