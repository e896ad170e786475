# SPDX-License-Identifier: Apache-2.0
"""One QEMU with a flash image in memory-backed files, and the line to its firmware."""
import ctypes
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

FLASH_SIZE = 32 << 20
RESULTS = pathlib.Path(os.environ.get("BOOTMEND_QEMU_DIR", "."))
QEMU = "qemu-system-riscv32"


def why_not() -> str:
    if os.environ.get("BOOTMEND_QEMU_SKIPPED"):
        return os.environ["BOOTMEND_QEMU_SKIPPED"]
    if not shutil.which(QEMU):
        return f"there is no {QEMU} (package qemu-system-misc)"
    return ""


def main() -> None:
    """Runs the unittests of the calling script; ends with 77 where there is nothing to run them on."""
    if why_not():
        print(f"SKIP: {why_not()}")
        sys.exit(77)
    unittest.main()


def die_with_parent() -> None:
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Machine:
    """Owns the process, its folder and its line. `server` as on the bench: QEMU listens, clients come and go.

    Otherwise QEMU connects to this process before the first instruction, so that not one byte is lost.
    `flash` is a function that writes the writable flash's file, or returns the URL of another one.
    """

    program = QEMU

    def __init__(self, firmware: pathlib.Path, flash=None, server: bool = False, options: tuple[str, ...] = ()):
        self.folder = tempfile.TemporaryDirectory(prefix="bootmend-")
        self.flash_path = pathlib.Path(self.folder.name, "flash.img")
        self.flash = None
        self.path = str(pathlib.Path(self.folder.name, "line"))
        self.line = None
        self.received = b""
        self.options = [self.program, *self.board(firmware, flash), "-nodefaults", "-display", "none",
                        "-monitor", "none", *options]
        self.process = None
        self.server = server
        self.power_on()

    def board(self, firmware: pathlib.Path, flash) -> list[str]:
        """Prepares the files of the machine; QEMU's options for it."""
        boot_path = pathlib.Path(self.folder.name, "boot.img")
        padded(boot_path, firmware.read_bytes())
        self.flash = (flash or padded)(self.flash_path) or self.flash_path
        return ["-M", "virt", "-m", "16M", "-bios", "none",
                "-drive", f"if=pflash,unit=0,format=raw,file={boot_path},readonly=on",
                "-drive", f"if=pflash,unit=1,format=raw,file={self.flash}",
                "-device", "i6300esb,addr=01.0", "-action", "watchdog=reset"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.power_off()
        self.folder.cleanup()

    def power_on(self) -> None:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self.path)
        listener.listen()
        line = f"fd={listener.fileno()},server=on,wait=off" if self.server else f"path={self.path}"
        self.process = subprocess.Popen(
            [*self.options, "-chardev", f"socket,id=u0,{line}", "-serial", "chardev:u0"],
            pass_fds=[listener.fileno()], preexec_fn=die_with_parent, stderr=subprocess.PIPE)
        if self.server:
            self.connect()
        else:
            listener.settimeout(20)
            self.line = listener.accept()[0]
        listener.close()

    def power_off(self) -> None:
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()
        self.disconnect()
        os.unlink(self.path)

    def connect(self) -> None:
        self.line = socket.socket(socket.AF_UNIX)
        self.line.connect(self.path)

    def disconnect(self) -> None:
        self.line.close()
        self.received = b""

    def send(self, data: bytes, timeout: float = 20) -> None:
        self.line.settimeout(timeout)
        self.line.sendall(data)

    def receive(self, timeout: float) -> bytes:
        """What comes next, at least a byte."""
        self.line.settimeout(timeout)
        data = self.line.recv(65536)
        if not data:
            raise EOFError(f"the line was closed after {self.received[-200:]!r}")
        return data

    def read_until(self, token: bytes, timeout: float = 20) -> bytes:
        deadline = time.monotonic() + timeout
        while token not in self.received:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"no {token!r} after {self.received[-200:]!r}")
            self.received += self.receive(left)
        end = self.received.index(token) + len(token)
        text, self.received = self.received[:end], self.received[end:]
        return text

    def processor_seconds(self) -> float:
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        user, system = int(fields[11]), int(fields[12])
        return (user + system) / os.sysconf("SC_CLK_TCK")


def padded(path: pathlib.Path, content: bytes = b"") -> None:
    """QEMU wants the file as large as the flash; a hole reads as zeros and costs no disk."""
    with path.open("wb") as file:
        file.write(content)
        file.truncate(FLASH_SIZE)


def monitor_listener(path: pathlib.Path) -> socket.socket:
    """What QEMU connects to with `-qmp unix:<path>`."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    listener.settimeout(20)
    return listener


def monitor(connection: socket.socket, *commands: dict) -> None:
    """Commands of the QEMU machine protocol; an error of QEMU is one of the test. Closes the connection."""
    with connection:
        connection.settimeout(20)
        stream = connection.makefile("rw")
        stream.readline() # the greeting
        for command in ({"execute": "qmp_capabilities"}, *commands):
            stream.write(json.dumps(command) + "\n")
            stream.flush()
            while "return" not in (answer := json.loads(stream.readline())):
                if "error" in answer:
                    raise RuntimeError(answer["error"])
