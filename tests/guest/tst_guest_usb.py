#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Virtual units on the kernel's own USB stack: its CDC-ACM driver, udev, real control lines, and cables that are pulled
out. Runs in a guest (in_guest.py).

    tst_guest_usb.py BOOTMEND USB_SERIAL_UNIT"""
import json
import os
import pathlib
import queue
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

BOOTMEND, USB_SERIAL_UNIT = sys.argv[1:3]
PATIENCE = 60


class Program:
    """Runs while the test goes on; its lines can be waited for."""

    def __init__(self, *command):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, text=True,
                                        stdout=subprocess.PIPE, stderr=self.errors)
        self.lines = []
        self.queue = queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.errors.close()

    def listen(self) -> None:
        with self.process.stdout as output:
            for line in output:
                self.queue.put(self.understood(line.rstrip("\n")))
        self.queue.put(None)

    def understood(self, line: str):
        return line

    def next_line(self):
        """None when it has ended."""
        try:
            line = self.queue.get(timeout=PATIENCE)
        except queue.Empty:
            raise AssertionError(f"nothing comes after {self.story()}") from None
        if line is not None:
            self.lines.append(line)
        return line

    def await_line(self, is_wanted):
        """The first line from now on that is wanted."""
        while (line := self.next_line()) is not None:
            if is_wanted(line):
                return line
        raise AssertionError(f"it ended without what was awaited: {self.story()}")

    def end(self) -> int:
        while self.next_line() is not None:
            pass
        return self.process.wait(PATIENCE)

    def story(self) -> str:
        self.errors.seek(0)
        return "\n".join(map(str, self.lines[-20:])) + "\n" + self.errors.read()


class Bootmend(Program):
    def __init__(self, *arguments):
        super().__init__(BOOTMEND, *arguments, "--json")

    def understood(self, line: str) -> dict:
        return json.loads(line)

    def await_change(self, change: str, name: str) -> dict:
        """The unit, in a line of `devices --watch`."""
        return self.await_line(lambda line: line.get("change") == change and line["device"]["name"] == name)["device"]

    def result(self) -> dict:
        self.end()
        return self.lines[-1]

    def has_open(self, path: str) -> bool:
        folder = f"/proc/{self.process.pid}/fd"
        return any(target(f"{folder}/{number}").startswith(path) for number in os.listdir(folder))


class UsbUnit(Program):
    """A unit of the bench, plugged into a port of the computer."""

    def __init__(self, unit: dict, port: int, name: str, *pulled_when):
        """`name` is what the kernel is expected to call it."""
        super().__init__(USB_SERIAL_UNIT, port, usb_serial(unit), line_of(unit), *pulled_when)
        self.name = name

    def await_arrival(self) -> "UsbUnit":
        self.await_line(lambda line: line == "plugged")
        udev_tells(f"/dev/{self.name}")
        return self

    def __exit__(self, *arguments):
        super().__exit__(*arguments)
        udev_tells("--removed", f"/dev/{self.name}")

    def pull_out(self) -> None:
        self.process.kill()
        self.await_removal()

    def await_removal(self) -> None:
        self.process.wait(PATIENCE)
        udev_tells("--removed", f"/dev/{self.name}")


def udev_tells(*change) -> None:
    subprocess.run(["udevadm", "wait", f"--timeout={PATIENCE}", *change], check=True)


def line_of(unit: dict) -> str:
    return unit["address"].removeprefix("unix:")


def usb_serial(unit: dict) -> str:
    return "USB-" + unit["name"]


def target(link: str) -> str:
    try:
        return os.readlink(link)
    except FileNotFoundError: # closed meanwhile
        return ""


def await_that(holds, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, what
        select.select([], [], [], 0.01) # Nobody tells; and the others need the processor.


class GuestUsb(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.bench = cls.folder / "bench"
        with Bootmend("bench", "up", cls.bench, *["--unit", "healthy"] * 4) as up:
            assert up.end() == 0, up.story()
        cls.units = json.loads((cls.bench / "bench.json").read_text())["units"]

    def start(self, program: Program) -> Program:
        self.addCleanup(program.__exit__)
        return program

    def plug(self, unit: dict, port: int, name: str, *pulled_when) -> UsbUnit:
        return self.start(UsbUnit(unit, port, name, *pulled_when)).await_arrival()

    def bootmend(self, *arguments) -> Bootmend:
        return self.start(Bootmend(*arguments, "--state", self.folder / "state"))

    def update(self, unit: dict) -> Bootmend:
        return self.bootmend("update", usb_serial(unit), self.bench / "releases/1.1.0.bmb",
                             "--trust", self.bench / "trust.json")

    def assert_ends(self, program: Bootmend, outcome: str, reason: str = None) -> dict:
        result = program.result()
        self.assertEqual((result["outcome"], result["reason"]), (outcome, reason), program.story())
        return result

    def inspected(self, device: str) -> dict:
        return self.assert_ends(self.bootmend("inspect", device), "ok")["device"]

    def test_units_are_named_and_inspected_as_they_are_plugged_in(self):
        one, other = self.units[:2]
        first = self.plug(one, 0, "ttyACM0")
        watch = self.bootmend("devices", "--watch")
        watch.await_change("present", usb_serial(one))
        self.assertEqual(watch.await_change("inspected", usb_serial(one))["stage"], "running")
        self.plug(other, 1, "ttyACM1")
        watch.await_change("arrived", usb_serial(other))
        seen = watch.await_change("inspected", usb_serial(other))
        self.assertEqual((seen["stage"], seen["serial"]), ("running", other["serial"]))
        port = seen["port"]
        self.assertEqual((port["location"], port["usb"], port["serial"], port["product"], port["topology"]),
                         ("/dev/ttyACM1", "2fe3:0100", usb_serial(other), "Lamp", "1-2"))
        self.assertEqual(port["profile"], "zephyr_cdc_acm")
        first.pull_out()
        watch.await_change("left", usb_serial(one))
        watch.process.send_signal(signal.SIGINT)
        self.assertEqual(watch.end(), 0, watch.story())

    def lines_while_it_is_inspected(self, port: UsbUnit) -> list[str]:
        self.inspected(f"serial:/dev/{port.name}")
        seen = []
        while seen[-1:] != ["dtr=0 rts=0"]: # as the system leaves them when it closes the port
            seen.append(port.next_line())
        return seen

    def test_control_lines_are_set_as_the_profile_says(self):
        port = self.plug(self.units[0], 0, "ttyACM0")
        self.assertEqual(self.lines_while_it_is_inspected(port), ["dtr=1 rts=1", "dtr=0 rts=0"])
        path = self.folder / "state/profiles/zephyr_cdc_acm.json"
        path.parent.mkdir(parents=True)
        self.addCleanup(path.unlink)
        for line, lowered in (("dtr", "dtr=0 rts=1"), ("rts", "dtr=1 rts=0")):
            profile = {"schema": 1, "name": "Lamp", "usb": [{"vid": "2fe3", "pid": "0100"}], line: "lower"}
            path.write_text(json.dumps(profile))
            self.assertEqual(self.lines_while_it_is_inspected(port), ["dtr=1 rts=1", lowered, "dtr=0 rts=0"])

    def test_a_unit_keeps_its_verdict_when_another_takes_its_name(self):
        one, other = self.units[:2]
        port = self.plug(one, 0, "ttyACM0", "--restart", pathlib.Path(line_of(one)).with_name("log.txt"))
        update = self.update(one)
        port.await_removal()
        await_that(lambda: not update.has_open("/dev/ttyACM0"), "the port that is gone is not closed")
        self.plug(other, 1, "ttyACM0")
        self.plug(one, 0, "ttyACM1")
        device = self.assert_ends(update, "updated")["device"]
        self.assertEqual((device["address"], device["serial"]), ("serial:/dev/ttyACM1", one["serial"]))
        self.assertEqual(self.inspected("serial:/dev/ttyACM0")["serial"], other["serial"])

    def test_a_cable_pulled_out_while_writing_costs_a_second_try(self):
        unit = self.units[2]
        port = self.plug(unit, 0, "ttyACM0", "--bytes", 20_000)
        update = self.update(unit)
        self.assert_ends(update, "failed", "LINK_LOST")
        progress = [line for line in update.lines if line["event"] == "progress"]
        self.assertTrue(0 < progress[-1]["done"] < progress[-1]["total"], update.story())
        port.await_removal()
        self.plug(unit, 0, "ttyACM0")
        self.assert_ends(self.update(unit), "updated")

    def test_a_unit_that_left_before_its_restart_is_restarted_when_it_is_back(self):
        unit = self.units[3]
        port = self.plug(unit, 0, "ttyACM0")
        update = self.update(unit)
        update.await_line(lambda line: line.get("state") == "trial")
        port.pull_out() # It may have heard, or not.
        self.plug(unit, 0, "ttyACM0")
        self.assert_ends(update, "updated")

    def test_the_program_that_holds_a_port_is_named(self):
        unit = self.units[0]
        self.plug(unit, 0, "ttyACM0")
        hold = "import os, sys; os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY); print('held', flush=True); sys.stdin.read()"
        holder = self.start(Program("python3", "-c", hold, "/dev/ttyACM0"))
        holder.await_line(lambda line: line == "held")
        inspect = self.bootmend("inspect", usb_serial(unit))
        detail = self.assert_ends(inspect, "failed", "DEVICE_IN_USE")["detail"]
        self.assertIn(f"python3 (pid {holder.process.pid})", detail)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
