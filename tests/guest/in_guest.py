#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a command on a Linux kernel of its own, whose devices the command may make, break and pull out.

    in_guest.py COMMAND [ARGUMENT]…

An emulated machine boots Debian's kernel; the host's root is its root, and what is written there is thrown away.
The command is root there. Prints what it prints, and ends with its exit code; with 77 and "SKIP: why" where there is
no such machine."""
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "emulated"))
import kernel # noqa: E402
import machine # noqa: E402

QEMU = "qemu-system-x86_64"
BUSYBOX = "/bin/busybox"
UDEV = "/lib/systemd/systemd-udevd"
EXIT_PORT = 0xf4 # of the isa-debug-exit device: QEMU ends with twice what is written there, plus one
SKIPPED = 77
BROKEN = 1

# The shell that runs it is process 1.
COMMAND = """
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/run/tmp TMPDIR=/run/tmp LANG=C.UTF-8 TERM=dumb PYTHONDONTWRITEBYTECODE=1
cd {folder}
{udev} --daemon 2> /run/udevd.log
{command} < /dev/null 2>&1
printf "\\\\$(printf %03o $?)" | /run/busybox dd of=/dev/port bs=1 seek={port} conv=notrunc 2>/dev/null
"""


def skip(why: str) -> None:
    print(f"SKIP: {why}")
    sys.exit(SKIPPED)


def find_kernel() -> pathlib.Path:
    for program, package in ((QEMU, "qemu-system-x86"), (BUSYBOX, "busybox-static"), (UDEV, "udev")):
        if not shutil.which(program):
            skip(f"there is no {program} (package {package})")
    if subprocess.run(["ldd", BUSYBOX], capture_output=True, check=False).returncode == 0:
        skip(f"{BUSYBOX} needs libraries, which are not there before the root is (package busybox-static)")
    try:
        return kernel.find()
    except kernel.Missing as missing:
        return skip(f"no kernel for the guest: {missing}")


def entry(name: str, mode: int, content: bytes = b"") -> bytes:
    """Of a cpio archive in the "new ASCII" form (Linux, Documentation/driver-api/early-userspace/buffer-format.rst)."""
    header = "070701" + "".join(f"{field:08x}" for field in (
        0, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0))
    return padded(header.encode() + name.encode() + b"\0") + padded(content)


def padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % 4)


def initial_files(folder: pathlib.Path, command: list[str]) -> bytes:
    script = COMMAND.format(folder=shlex.quote(os.getcwd()), udev=UDEV, command=shlex.join(command), port=EXIT_PORT)
    DIRECTORY, FILE = 0o40755, 0o100755
    files = [entry("bin", DIRECTORY), entry("modules", DIRECTORY),
             entry("bin/busybox", FILE, pathlib.Path(BUSYBOX).read_bytes()),
             entry("init", FILE, (HERE / "init.sh").read_bytes()),
             entry("command.sh", FILE, script.encode())]
    files += [entry(f"modules/{path.name}", FILE, path.read_bytes()) for path in sorted(folder.glob("modules/*.ko"))]
    return b"".join(files) + entry("TRAILER!!!", 0)


def machine_options(folder: pathlib.Path, initial: str) -> list[str]:
    """One small processor starts faster than several or modern ones; the kernel needs none of their protections."""
    return [QEMU, "-M", "q35", "-accel", "tcg,thread=multi", "-cpu", "Nehalem", "-smp", "1", "-m", "1024",
            "-nodefaults", "-display", "none", "-no-reboot", "-serial", "stdio",
            "-kernel", str(folder / "kernel"), "-initrd", initial,
            "-fsdev", "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap",
            "-device", "virtio-9p-pci,fsdev=host,mount_tag=host",
            "-device", f"isa-debug-exit,iobase={EXIT_PORT:#x},iosize=1",
            "-append", "console=ttyS0 loglevel=3 panic=-1 mitigations=off nokaslr random.trust_cpu=on"]


def run(folder: pathlib.Path, command: list[str]) -> int:
    with tempfile.NamedTemporaryFile(prefix="bootmend-") as initial:
        initial.write(initial_files(folder, command))
        initial.flush()
        guest = subprocess.Popen(machine_options(folder, initial.name), stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, preexec_fn=machine.die_with_parent)
        for line in guest.stdout:
            print(line.decode(errors="replace").rstrip("\r\n"), flush=True)
        code = guest.wait()
    if code % 2 == 0: # A kernel that panics ends QEMU, too.
        print("the guest ended before its command")
        return BROKEN
    return code // 2


if __name__ == "__main__":
    sys.exit(run(find_kernel(), sys.argv[1:]))
