# SPDX-License-Identifier: Apache-2.0
"""The writable flash as an NBD device: each flash operation is one write, and the power can be cut inside it.

NBD: https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md, the fixed newstyle handshake and simple
replies, as far as QEMU uses them.
"""
import socket
import struct
import threading

OPTION_ABORT, OPTION_GO = 2, 7
REPLY_ACK, REPLY_INFO, REPLY_UNSUPPORTED = 1, 3, (1 << 31) | 1
INFO_EXPORT, INFO_BLOCK_SIZE = 0, 3
READ, WRITE, DISCONNECT, FLUSH = 0, 1, 2, 3
HAS_FLAGS, SEND_FLUSH = 1, 4
SECTOR_SIZE = 256 << 10


class NorViolation(Exception):
    """A program tried to set a bit, which only an erase can; QEMU's own model would allow it."""


class NbdFlash:
    """Holds the content over any number of QEMUs, one at a time. A thread of its own serves them.

    `cut_at = (operation, share)`: of the bytes that this operation changes, counted from the last `arm`, only
    that share is stored, and `power_off` is called in the middle of it. QEMU writes whole blocks around them.
    """

    def __init__(self, path: str, content: bytes):
        self.content = bytearray(content)
        self.url = f"nbd+unix:///?socket={path}"
        self.operations, self.cut_at, self.power_off, self.violation = 0, None, None, None
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        self.thread = threading.Thread(target=self.serve_all, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()

    def arm(self, cut_at=None) -> None:
        self.operations, self.cut_at = 0, cut_at

    def check(self) -> None:
        if self.violation:
            raise self.violation

    def serve_all(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client:
                try:
                    self.handshake(client)
                    self.serve(client)
                except (EOFError, OSError):
                    pass

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
        operation, self.operations = self.operations, self.operations + 1
        self.judge(offset, data)
        if self.cut_at and self.cut_at[0] == operation:
            stored = torn(self.content[offset:offset + len(data)], data, self.cut_at[1])
            self.content[offset:offset + stored] = data[:stored]
            self.power_off()
            return False
        self.content[offset:offset + len(data)] = data
        return True

    def judge(self, offset: int, data: bytes) -> None:
        is_erase = len(data) == SECTOR_SIZE and data.count(0xff) == SECTOR_SIZE
        before = int.from_bytes(self.content[offset:offset + len(data)], "big")
        if not is_erase and int.from_bytes(data, "big") & ~before:
            self.violation = NorViolation(f"a program at {offset:#x} sets bits")


def torn(before: bytes, after: bytes, share: float) -> int:
    """How many bytes of `after` are stored: all in front of the change, and that share of the change."""
    change = int.from_bytes(before, "big") ^ int.from_bytes(after, "big")
    if change == 0:
        return 0
    first = len(after) - (change.bit_length() + 7) // 8
    last = len(after) - ((change & -change).bit_length() + 7) // 8
    changed = last - first + 1
    return first + (1 if 0 < share * changed < 1 else int(share * changed))


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
