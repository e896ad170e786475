# SPDX-License-Identifier: Apache-2.0
"""Signed images made from MCUboot's description of the format and the openssl program alone."""
import dataclasses
import hashlib
import os
import pathlib
import struct
import subprocess
import tempfile
import uuid

MAGIC, HEADER_SIZE, RAM_LOAD, ROM_FIXED = 0x96f3b83d, 32, 0x20, 0x100
LOAD_ADDRESS = 0x80100000
VENDOR, PRODUCT, HARDWARE = "bootmend.example", "bench-sensor", "A"
BOOT_KEY = pathlib.Path(os.environ.get("BOOTMEND_BOOT_KEY_FILE", "."))


@dataclasses.dataclass(frozen=True)
class Release:
    payload: bytes
    version: tuple[int, int, int] = (1, 0, 0)
    rollback_index: int = 1
    product: str = PRODUCT
    hardware: str = HARDWARE
    key: pathlib.Path = BOOT_KEY
    load_address: int = LOAD_ADDRESS
    flags: int = RAM_LOAD


def class_uuid(product: str) -> uuid.UUID:
    return uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_DNS, VENDOR), product)


def tlv_area(magic: int, tlvs: list[tuple[int, bytes]]) -> bytes:
    body = b"".join(struct.pack("<HH", kind, len(value)) + value for kind, value in tlvs)
    return struct.pack("<HH", magic, 4 + len(body)) + body


def openssl(*arguments: str) -> bytes:
    return subprocess.run(["openssl", *arguments], check=True, capture_output=True).stdout


def sign(key: pathlib.Path, digest: bytes) -> bytes:
    with tempfile.NamedTemporaryFile() as file:
        file.write(digest)
        file.flush()
        return openssl("pkeyutl", "-sign", "-rawin", "-inkey", str(key), "-in", file.name)


def signed(release: Release) -> bytes:
    """The image as it is uploaded: header, payload, protected TLVs, TLVs."""
    protected = tlv_area(0x6908, [
        (0x50, struct.pack("<I", release.rollback_index)),
        (0x74, uuid.uuid5(uuid.NAMESPACE_DNS, VENDOR).bytes),
        (0x75, class_uuid(release.product).bytes),
        (0xa1, release.hardware.encode() + b"\0")])
    header = struct.pack("<IIHHIIBBHII", MAGIC, release.load_address, HEADER_SIZE, len(protected),
                         len(release.payload), release.flags, *release.version, 0, 0)
    covered = header + release.payload + protected
    digest = hashlib.sha256(covered).digest()
    spki = openssl("pkey", "-in", str(release.key), "-pubout", "-outform", "DER")
    return covered + tlv_area(0x6907, [
        (0x10, digest), (0x01, hashlib.sha256(spki).digest()), (0x24, sign(release.key, digest))])


def hash_of(image: bytes) -> bytes:
    """What MCUboot calls the image's hash."""
    header_size, protected_size, size = struct.unpack("<HHI", image[8:16])
    return hashlib.sha256(image[:header_size + size + protected_size]).digest()
