# SPDX-License-Identifier: Apache-2.0
"""The writable flash as an NBD device: each flash operation is one write, and the power can be cut inside it.

NBD: https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md, the fixed newstyle handshake and simple
replies, as far as QEMU uses them.
"""
import dataclasses
import random
import socket
import struct
import threading

from machine import FLASH_SIZE

OPTION_ABORT, OPTION_GO = 2, 7
REPLY_ACK, REPLY_INFO, REPLY_UNSUPPORTED = 1, 3, (1 << 31) | 1
INFO_EXPORT, INFO_BLOCK_SIZE = 0, 3
READ, WRITE, DISCONNECT, FLUSH = 0, 1, 2, 3
HAS_FLAGS, SEND_FLUSH = 1, 4
SECTOR_SIZE = 256 << 10


class NorViolation(Exception):
    """A program tried to set a bit, which only an erase can; QEMU's own model would allow it."""


@dataclasses.dataclass(frozen=True)
class FlashWrite:
    """One operation as it arrived, and what was expected of the unit at that moment."""
    offset: int
    before: bytes
    after: bytes
    expected: object

    def changed(self) -> tuple[int, int]:
        """The bytes that the operation changes, first and behind the last; QEMU writes whole blocks around them."""
        change = int.from_bytes(self.before, "big") ^ int.from_bytes(self.after, "big")
        if change == 0:
            return 0, 0
        length = len(self.after)
        return (length - (change.bit_length() + 7) // 8,
                length - ((change & -change).bit_length() + 7) // 8 + 1)

    def torn_at(self, stored: int) -> bytes:
        return self.after[:stored] + self.before[stored:]

    def scattered(self, seed: int) -> bytes:
        """Each bit of the change has its new value, or still the old one."""
        first, end = self.changed()
        done = random.Random(seed).getrandbits(8 * (end - first)) if end > first else 0
        old = int.from_bytes(self.before[first:end], "big")
        new = int.from_bytes(self.after[first:end], "big")
        mixed = (old & ~done) | (new & done)
        return self.before[:first] + mixed.to_bytes(end - first, "big") + self.before[end:]


class NbdFlash:
    """Holds the content over any number of QEMUs, one at a time. A thread of its own serves them.

    Every operation is noted in `writes`, together with what `expected` is at that moment. `cut_at = (operation,
    stored)`: of this operation, counted from the last `load`, only so many bytes are stored, and `power_off` is
    called in the middle of it.
    """

    def __init__(self, path: str):
        self.content = bytearray(b"\xff" * FLASH_SIZE)
        self.url = f"nbd+unix:///?socket={path}"
        self.base, self.touched = bytes(self.content), set()
        self.writes, self.expected = [], None
        self.cut_at, self.power_off, self.violation = None, None, None
        self.is_idle = threading.Event()
        self.is_idle.set()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        self.thread = threading.Thread(target=self.serve_all, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()

    def load(self, base: bytes) -> None:
        """While no QEMU runs."""
        self.wait_until_idle()
        self.base, self.content[:] = base, base
        self.touched, self.writes, self.cut_at = set(), [], None

    def replay(self, writes: list[FlashWrite], last: tuple[int, bytes]) -> None:
        """The base, these writes over it, and `last`: an offset and what stands there. While no QEMU runs."""
        self.wait_until_idle()
        for offset, length in self.touched:
            self.content[offset:offset + length] = self.base[offset:offset + length]
        self.touched, self.writes, self.cut_at = set(), [], None
        for offset, data in [(write.offset, write.after) for write in writes] + [last]:
            self.put(offset, data)

    def put(self, offset: int, data: bytes) -> None:
        self.touched.add((offset, len(data)))
        self.content[offset:offset + len(data)] = data

    def wait_until_idle(self) -> None:
        if not self.is_idle.wait(20):
            raise TimeoutError("QEMU still holds the flash")

    def check(self) -> None:
        if self.violation:
            raise self.violation

    def serve_all(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.is_idle.clear()
            with client:
                try:
                    self.handshake(client)
                    self.serve(client)
                except (EOFError, OSError):
                    pass
            self.is_idle.set()

    def handshake(self, client: socket.socket) -> None:
        client.sendall(b"NBDMAGICIHAVEOPT" + struct.pack(">H", 1))
        receive(client, 4)
        while True:
            _, option, length = struct.unpack(">8sII", receive(client, 16))
            receive(client, length)
            if option == OPTION_GO:
                reply(client, option, REPLY_INFO,
                      struct.pack(">HQH", INFO_EXPORT, len(self.content), HAS_FLAGS | SEND_FLUSH))
                reply(client, option, REPLY_INFO, struct.pack(">HIII", INFO_BLOCK_SIZE, 1, 4096, 32 << 20))
                reply(client, option, REPLY_ACK)
                return
            if option == OPTION_ABORT:
                raise EOFError
            reply(client, option, REPLY_UNSUPPORTED)

    def serve(self, client: socket.socket) -> None:
        while True:
            _, _, command, handle, offset, length = struct.unpack(">IHHQQI", receive(client, 28))
            if command == DISCONNECT:
                return
            if command == WRITE and not self.store(offset, receive(client, length)):
                return
            client.sendall(struct.pack(">IIQ", 0x67446698, 0, handle))
            if command == READ:
                client.sendall(memoryview(self.content)[offset:offset + length])

    def store(self, offset: int, data: bytes) -> bool:
        """False when the power was cut."""
        write = FlashWrite(offset, bytes(self.content[offset:offset + len(data)]), data, self.expected)
        self.judge(write)
        is_cut = self.cut_at is not None and self.cut_at[0] == len(self.writes)
        self.writes.append(write)
        self.put(offset, write.torn_at(self.cut_at[1]) if is_cut else data)
        if is_cut:
            self.power_off()
        return not is_cut

    def judge(self, write: FlashWrite) -> None:
        is_erase = len(write.after) == SECTOR_SIZE and write.after.count(0xff) == SECTOR_SIZE
        before = int.from_bytes(write.before, "big")
        if not is_erase and int.from_bytes(write.after, "big") & ~before:
            self.violation = NorViolation(f"a program at {write.offset:#x} sets bits")


def reply(client: socket.socket, option: int, kind: int, data: bytes = b"") -> None:
    client.sendall(struct.pack(">QIII", 0x3e889045565a9, option, kind, len(data)) + data)


def receive(client: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        part = client.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return bytes(data)
