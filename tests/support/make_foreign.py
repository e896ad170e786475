#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Foreign firmware written by the specifications with Python's own struct, binascii and zipfile.

    make_foreign.py FORMAT PAYLOAD OUTPUT       FORMAT: uf2, dfuse, zip-stored, zip-deflated

The payload lies at 0x10000000 (UF2) or 0x08000000 (DfuSe).
"""
import binascii
import json
import pathlib
import struct
import sys
import zipfile

RP2040 = 0xE48BFF56


def uf2(payload: bytes) -> bytes:
    """github.com/microsoft/uf2, README, "File format"."""
    chunks = [payload[at:at + 256].ljust(256, b"\0") for at in range(0, len(payload), 256)]
    blocks = b""
    for number, chunk in enumerate(chunks):
        head = struct.pack("<8I", 0x0A324655, 0x9E5D5157, 0x2000, 0x10000000 + 256 * number, 256, number,
                           len(chunks), RP2040)
        blocks += head + chunk.ljust(476, b"\0") + struct.pack("<I", 0x0AB16F30)
    return blocks


def dfuse(payload: bytes) -> bytes:
    """ST UM0391, section 2."""
    element = struct.pack("<II", 0x08000000, len(payload)) + payload
    target = struct.pack("<6sBI255sII", b"Target", 0, 1, b"ST...", len(element), 1) + element
    content = struct.pack("<5sBIB", b"DfuSe", 1, 11 + len(target), 1) + target
    content += struct.pack("<HHHH3sB", 0, 0xDF11, 0x0483, 0x011A, b"UFD", 16)
    return content + struct.pack("<I", ~binascii.crc32(content) & 0xFFFFFFFF)


def dfu_zip(payload: bytes, output: pathlib.Path, compression: int):
    """The members that the nRF Connect SDK writes."""
    manifest = {
        "format-version": 0, "time": 1700000000,
        "files": [{"type": "application", "board": "nrf52840dk", "soc": "nRF52840", "load_address": 0xC200,
                   "image_index": "0", "slot_index_primary": "1", "slot_index_secondary": "2",
                   "version_MCUBOOT": "1.2.3+0", "size": len(payload), "file": "app.signed.bin",
                   "modtime": 1700000000}],
    }
    with zipfile.ZipFile(output, "w", compression) as archive:
        archive.writestr("app.signed.bin", payload)
        archive.writestr("manifest.json", json.dumps(manifest, indent=4))


def main(form: str, payload_path: str, output_path: str):
    payload, output = pathlib.Path(payload_path).read_bytes(), pathlib.Path(output_path)
    if form == "uf2":
        output.write_bytes(uf2(payload))
    elif form == "dfuse":
        output.write_bytes(dfuse(payload))
    else:
        dfu_zip(payload, output, zipfile.ZIP_STORED if form == "zip-stored" else zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main(*sys.argv[1:])
