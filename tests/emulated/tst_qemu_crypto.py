#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The signature check and the hashes of a port on its machine, judged by Wycheproof's vectors and by hashlib."""
import hashlib
import json
import os
import pathlib
import struct
import unittest

import machine

# Around the ends of the blocks (64 and 128 bytes) and of the room for the length in the last one.
LENGTHS = [*range(0, 4), *range(53, 67), *range(109, 131), *range(181, 194), *range(237, 259), 1000, 1199]
SIGNATURE_SIZE = 64


def vectors() -> pathlib.Path | None:
    """They lie beside the checkout, or beside the folder that holds it."""
    root = pathlib.Path(__file__).resolve().parents[2]
    places = [parent / "shared/vectors/wycheproof/ed25519_test.json" for parent in (root.parent, root.parent.parent)]
    return next((place for place in places if place.is_file()), None)


class CryptoOfAPort:
    """The tests of each port; `machine_with` gives its machine."""

    def setUp(self):
        self.unit = self.enterContext(self.machine_with("crypto_self_test.bin"))
        self.unit.read_until(b"ready\n")

    def ask(self, letter: bytes, data: bytes, lines: int = 1) -> list[str]:
        self.unit.send(letter + struct.pack("<H", len(data)) + data)
        return [self.unit.read_until(b"\n").decode("ascii").strip() for _ in range(lines)]

    def verifies(self, key: bytes, signature: bytes, message: bytes) -> bool:
        answer = self.ask(b"V", key + signature + message)[0]
        self.assertIn(answer, ("valid", "refused"))
        return answer == "valid"

    def test_hashes_as_everybody_does(self):
        for length in LENGTHS:
            message = os.urandom(length)
            sha256, sha512 = self.ask(b"H", message, lines=2)
            self.assertEqual(sha256, hashlib.sha256(message).hexdigest(), message.hex())
            self.assertEqual(sha512, hashlib.sha512(message).hexdigest(), message.hex())

    def test_agrees_with_wycheproof(self):
        place = vectors()
        if not place:
            self.skipTest("the shared test vectors are not beside the checkout")
        document = json.loads(place.read_text())
        judged = {"valid": 0, "invalid": 0}
        for group in document["testGroups"]:
            key = bytes.fromhex(group["publicKey"]["pk"])
            for test in group["tests"]:
                signature, message = bytes.fromhex(test["sig"]), bytes.fromhex(test["msg"])
                if len(signature) != SIGNATURE_SIZE:
                    # No image can carry it: the TLV has one length (tst_hostile_images).
                    self.assertEqual(test["result"], "invalid")
                    continue
                is_valid = self.verifies(key, signature, message)
                self.assertEqual(is_valid, test["result"] == "valid", f"tcId {test['tcId']}")
                judged[test["result"]] += 1
        self.assertGreater(judged["valid"], 80)
        self.assertGreater(judged["invalid"], 45)

    def test_refuses_every_flipped_bit_of_signature_key_and_message(self):
        # RFC 8032, section 7.1, test 3.
        good = bytes.fromhex(
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
            "af82")
        self.assertEqual(self.ask(b"V", good), ["valid"])
        for bit in range(0, 8 * len(good), self.bit_step):
            flipped = bytearray(good)
            flipped[bit // 8] ^= 1 << (bit % 8)
            self.assertEqual(self.ask(b"V", bytes(flipped)), ["refused"], f"bit {bit}")


class QemuCrypto(CryptoOfAPort, unittest.TestCase):
    bit_step = 1

    def machine_with(self, firmware: str) -> machine.Machine:
        return machine.Machine(machine.RESULTS / firmware)


if __name__ == "__main__":
    machine.main()
