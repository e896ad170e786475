# SPDX-License-Identifier: Apache-2.0
"""An SMP client of its own, written from the specifications, so that no code is shared with what it judges.

CBOR: RFC 8949. SMP header and "SMP over console": Zephyr, doc/services/device_mgmt/smp_protocol.rst and
smp_transport.rst.
"""
import base64
import binascii
import struct
import time

READ, WRITE = 0, 2
OS, IMAGE, BOOTMEND = 0, 1, 64
# Commands of the group of our own: bootmend/device_wire.h.
BOOT_STATE, EVIDENCE, IDENTITY, FLASH_MAP, HEALTH, REVERT, CONFIG, UNLOCK, REGION = range(9)
LINE_SIZE = 127


def encode(value) -> bytes:
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(0, value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, dict):
        return head(5, len(value)) + b"".join(encode(key) + encode(item) for key, item in value.items())
    raise TypeError(type(value))


def head(major: int, number: int) -> bytes:
    for code, limit, form in ((24, 1 << 8, ">B"), (25, 1 << 16, ">H"), (26, 1 << 32, ">I")):
        if number < 24:
            return bytes([major << 5 | number])
        if number < limit:
            return bytes([major << 5 | code]) + struct.pack(form, number)
    raise ValueError(number)


class Decoder:
    def __init__(self, data: bytes):
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise ValueError(f"CBOR ends early: {self.data.hex()}")
        self.at += count
        return self.data[self.at - count:self.at]

    def value(self):
        first = self.take(1)[0]
        major, minor = first >> 5, first & 31
        if major == 7:
            return {20: False, 21: True, 22: None}[minor]
        if minor == 31:
            return self.items(major, None)
        number = minor if minor < 24 else int.from_bytes(self.take(1 << (minor - 24)), "big")
        if major in (2, 3):
            return self.take(number) if major == 2 else self.take(number).decode()
        return number if major == 0 else self.items(major, number)

    def items(self, major: int, count):
        values = []
        total = None if count is None else count * (2 if major == 5 else 1)
        while len(values) != total:
            if total is None and self.data[self.at] == 0xff:
                self.at += 1
                break
            values.append(self.value())
        return dict(zip(values[::2], values[1::2])) if major == 5 else values


def decode(data: bytes):
    decoder = Decoder(data)
    value = decoder.value()
    if decoder.at != len(data):
        raise ValueError(f"bytes behind the CBOR: {data.hex()}")
    return value


def frame(packet: bytes) -> bytes:
    body = packet + struct.pack(">H", binascii.crc_hqx(packet, 0))
    text = base64.b64encode(struct.pack(">H", len(body)) + body)
    step = LINE_SIZE - 3
    lines = [text[at:at + step] for at in range(0, len(text), step)]
    return b"".join((b"\x04\x14" if number else b"\x06\x09") + line + b"\n" for number, line in enumerate(lines))


class Frames:
    """Finds packets among the bytes of a console."""

    def __init__(self):
        self.text, self.raw, self.console = b"", None, b""

    def feed(self, data: bytes):
        self.text += data
        while b"\n" in self.text:
            line, self.text = self.text.split(b"\n", 1)
            packet = self.take_line(line)
            if packet is not None:
                yield packet

    def take_line(self, line: bytes):
        if line[:2] == b"\x06\x09":
            self.raw = b""
        elif line[:2] != b"\x04\x14" or self.raw is None:
            self.console += line + b"\n"
            return None
        if len(line) + 1 > LINE_SIZE:
            raise ValueError("line too long")
        self.raw += base64.b64decode(line[2:], validate=True)
        length = struct.unpack(">H", self.raw[:2])[0]
        if len(self.raw) < 2 + length:
            return None
        body, self.raw = self.raw[2:], None
        if len(body) != length or binascii.crc_hqx(body[:-2], 0) != struct.unpack(">H", body[-2:])[0]:
            raise ValueError("bad length or CRC")
        return body[:-2]


class SmpClient:
    """Speaks to a machine.Machine; `ask` waits for the answer, `send` and `answer` allow several in flight."""

    def __init__(self, unit):
        self.unit, self.sequence = unit, 0
        self.start_over()

    def start_over(self) -> None:
        """After a new connection."""
        self.frames, self.answers, self.asked = Frames(), {}, set()

    def send(self, operation: int, group: int, command: int, fields: dict) -> int:
        self.sequence = (self.sequence + 1) % 256
        payload = encode(fields)
        header = struct.pack(">BBHHBB", operation | 1 << 3, 0, len(payload), group, self.sequence, command)
        self.asked.add(self.sequence)
        self.unit.send(frame(header + payload))
        return self.sequence

    def answer(self, sequence: int, timeout: float = 20) -> dict:
        deadline = time.monotonic() + timeout
        try:
            while sequence not in self.answers:
                self.listen(deadline)
        finally:
            self.asked.discard(sequence)
        return self.answers.pop(sequence)

    def listen(self, deadline: float) -> None:
        for packet in self.frames.feed(self.unit.receive(max(0.001, deadline - time.monotonic()))):
            # A late answer to a question that was given up must not pass for one to a later question.
            if packet[6] in self.asked:
                self.answers[packet[6]] = decode(packet[8:])

    def ask(self, operation: int, group: int, command: int, fields: dict | None = None) -> dict:
        return self.answer(self.send(operation, group, command, fields or {}))

    def console_until(self, text: bytes, timeout: float = 20) -> None:
        deadline = time.monotonic() + timeout
        while text not in self.frames.console:
            self.listen(deadline)
        self.frames.console = self.frames.console.split(text, 1)[1]
