#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The signature check and the hashes of the ports for Cortex-M, as tst_qemu_crypto.py has them for RISC-V."""
import unittest

import cortex_m
import tst_qemu_crypto
from tst_qemu_cortex_m_port import Microbit, Mps2


class Mps2Crypto(tst_qemu_crypto.CryptoOfAPort, unittest.TestCase):
    bit_step = 1

    def machine_with(self, firmware: str) -> Mps2:
        return Mps2(firmware)


class MicrobitCrypto(tst_qemu_crypto.CryptoOfAPort, unittest.TestCase):
    bit_step = 7 # a verification is ten times the work without a long product

    def machine_with(self, firmware: str) -> Microbit:
        return Microbit(firmware)


if __name__ == "__main__":
    cortex_m.main()
