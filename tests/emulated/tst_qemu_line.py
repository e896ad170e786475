#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the bench relies on: clients come and go, one that does not read stalls nobody, and idling is free."""
import fcntl
import socket
import struct
import termios
import time
import unittest

import machine

ECHO_SIZE = 65536
FULL_SOCKET = 200  # Unread bytes; QEMU writes them one by one, and some 280 fill a socket.


class QemuLine(unittest.TestCase):
    """After its acts the self-test image echoes for ever, which is where these tests start."""

    @classmethod
    def setUpClass(cls):
        cls.unit = machine.Machine(machine.RESULTS / "port_self_test.bin", server=True)
        cls.addClassCleanup(cls.unit.__exit__)
        cls.unit.read_until(b"ready\r\n")
        cls.unit.send(bytes(ECHO_SIZE))
        cls.unit.read_until(b"done\r\n", timeout=30)

    def echoes(self, text: bytes) -> None:
        self.unit.send(text)
        self.assertTrue(self.unit.read_until(text).endswith(text))

    def wait_until_the_socket_is_full(self) -> None:
        unread, deadline = 0, time.monotonic() + 5
        while unread < FULL_SOCKET and time.monotonic() < deadline:
            unread = struct.unpack("i", fcntl.ioctl(self.unit.line, termios.FIONREAD, bytes(4)))[0]
        self.assertGreaterEqual(unread, FULL_SOCKET)

    def test_serves_one_client_after_the_other(self):
        for visit in range(20):
            self.echoes(b"visit %d;" % visit)
            self.unit.disconnect()
            self.unit.connect()

    def test_goes_on_when_nobody_reads(self):
        # If the firmware waited for a reader, it would stop reading itself, and the last of these would block.
        for _ in range(16):
            self.unit.send(bytes(ECHO_SIZE), timeout=5)
        self.echoes(b"still here;")

    def test_waits_for_a_busy_reader_even_after_it_gave_up_on_one(self):
        for _ in range(2):
            self.unit.send(bytes(ECHO_SIZE), timeout=5)
        self.echoes(b"still here;")
        long_text = b"all of it, " * 500 + b"to the end;"
        self.unit.send(long_text)
        self.wait_until_the_socket_is_full()
        self.assertTrue(self.unit.read_until(b"to the end;").endswith(long_text))

    def test_goes_on_when_the_client_leaves_without_reading(self):
        self.unit.send(bytes(ECHO_SIZE), timeout=5)
        self.unit.disconnect()
        self.unit.connect()
        self.echoes(b"next please;")

    def test_idles_for_free(self):
        self.echoes(b"at rest;")
        before, start = self.unit.processor_seconds(), time.monotonic()
        self.unit.line.settimeout(1)
        with self.assertRaises(socket.timeout):
            self.unit.line.recv(1)
        used = (self.unit.processor_seconds() - before) / (time.monotonic() - start)
        self.assertLess(used, 0.1)


if __name__ == "__main__":
    machine.main()
