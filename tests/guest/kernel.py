# SPDX-License-Identifier: Apache-2.0
"""Debian's kernel for the guest, kept in the user's cache: the kernel and the modules that the tests need."""
import lzma
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

FETCH = pathlib.Path(__file__).resolve().parents[2] / "tools" / "fetch_kernel.sh"
XZ = b"\xfd7zXZ\x00"

# The host's root, a place to write on top of it, and USB devices that are programs.
MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay", "vhci-hcd", "cdc-acm")


class Missing(Exception):
    """Why there is no kernel."""


def cache_folder() -> pathlib.Path:
    cache = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(cache, "bootmend", "guest-kernel")


def find() -> pathlib.Path:
    """A folder with `kernel` and `modules/`, whose names sort as they are to be loaded."""
    folder = cache_folder()
    wanted = folder / "wanted"
    if wanted.is_file() and wanted.read_text().split() == list(MODULES):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="guest-kernel-") as scratch:
        unpacked = pathlib.Path(scratch, "unpacked")
        fetched = subprocess.run([FETCH, unpacked], stdout=subprocess.PIPE, text=True, check=False)
        if fetched.returncode != 0:
            raise Missing(fetched.stdout.strip() or f"{FETCH.name} failed")
        made = pathlib.Path(scratch, "made")
        take(unpacked, made)
        shutil.rmtree(folder, ignore_errors=True)
        made.rename(folder)
    return folder


def take(unpacked: pathlib.Path, made: pathlib.Path) -> None:
    made.mkdir()
    image = next(unpacked.glob("boot/vmlinuz-*")).read_bytes()
    (made / "kernel").write_bytes(without_compression(image))
    modules = made / "modules"
    modules.mkdir()
    known = {module_name(path): path for path in unpacked.rglob("lib/modules/*/kernel/**/*.ko*")}
    built_in = {module_name(pathlib.Path(line))
                for line in next(unpacked.rglob("modules.builtin")).read_text().splitlines()}
    for number, name in enumerate(in_order(MODULES, known, built_in)):
        (modules / f"{number:02}-{name}.ko").write_bytes(read_module(known[name]))
    (made / "wanted").write_text("\n".join(MODULES))


def without_compression(image: bytes) -> bytes:
    """QEMU starts an uncompressed kernel (PVH) without the seconds that unpacking takes on an emulated processor."""
    start = image.find(XZ)
    if start < 0:
        return image
    try:
        kernel = lzma.LZMADecompressor().decompress(image[start:])
    except lzma.LZMAError:
        return image
    return kernel if kernel.startswith(b"\x7fELF") else image


def module_name(path: pathlib.Path) -> str:
    return path.name.split(".")[0].replace("-", "_")


def read_module(path: pathlib.Path) -> bytes:
    return lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()


def in_order(names, known: dict[str, pathlib.Path], built_in: set[str]) -> list[str]:
    """The modules and what they need, needed ones first."""
    ordered = []

    def add(name: str) -> None:
        if name in ordered or name in built_in:
            return
        if name not in known:
            raise Missing(f"Debian's kernel has no module {name}")
        needed = re.search(rb"\0depends=([^\0]*)\0", read_module(known[name]))
        for other in needed[1].decode().split(",") if needed and needed[1] else []:
            add(other.replace("-", "_"))
        ordered.append(name)

    for name in names:
        add(name.replace("-", "_"))
    return ordered
