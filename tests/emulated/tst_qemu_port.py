#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the port's self-test image: flash, signature, line, clock, watchdog, resets and their reasons."""
import os
import unittest

import machine

ECHO_SIZE = 65536
# The last words of each act; without them a run that stops half-way would pass.
EXPECTED = ["tells power-on", "programs across buffers and sectors", "refuses to set bits without an erase",
            "computes the SHA-256 of FIPS 180-2", "accepts the signature of RFC 8032",
            "refuses the signature with a flipped bit", "idles for the time that it was told",
            "tells a requested reset", "retains memory over a requested reset",
            "starts the watchdog", "lives while it kicks the watchdog", "tells the watchdog's bite",
            "retains memory over the watchdog's bite", "finds the watchdog at rest after its bite",
            "tells a crash", "retains memory over a crash", "takes a payload that returns for a crash"]


class QemuPort(unittest.TestCase):
    def test_keeps_every_promise_of_the_port(self):
        with machine.Machine(machine.RESULTS / "port_self_test.bin") as unit:
            report = unit.read_until(b"ready\r\n")
            sent = os.urandom(ECHO_SIZE)
            unit.send(sent)
            while len(unit.received) < ECHO_SIZE:
                unit.received += unit.receive(timeout=20)
            self.assertEqual(unit.received[:ECHO_SIZE], sent)
            unit.received = unit.received[ECHO_SIZE:]
            report += unit.read_until(b"done\r\n")

        lines = report.decode("ascii").splitlines()
        self.assertEqual([line for line in lines if line.startswith("FAILED")], [])
        self.assertEqual([name for name in EXPECTED if f"ok {name}" not in lines], [])

    def test_sees_the_recovery_button(self):
        button = ("-device", "pci-testdev")
        with machine.Machine(machine.RESULTS / "port_self_test.bin", options=button) as unit:
            report = unit.read_until(b"ready\r\n").decode("ascii")
        self.assertIn("FAILED sees no recovery button where there is none", report)


if __name__ == "__main__":
    machine.main()
