# SPDX-License-Identifier: Apache-2.0
import pathlib
import sys
import unittest

import samples  # noqa: F401, as the other tests of tools

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "recovery_bootloader/ports/rp2040"))
import boot2_checksum  # noqa: E402


class Boot2Checksum(unittest.TestCase):
    def test_computes_the_crc_of_the_rom(self):
        # The check value of CRC-32/MPEG-2, which has the parameters that the RP2040 datasheet names.
        self.assertEqual(boot2_checksum.crc32(b"123456789"), 0x0376e6e7)

    def test_a_finished_stage_has_the_remainder_zero(self):
        stage = boot2_checksum.finished(bytes(range(252)) + bytes(4))
        self.assertEqual(len(stage), 256)
        self.assertEqual(boot2_checksum.crc32(stage[:252] + stage[:251:-1]), 0)

    def test_refuses_a_stage_that_is_too_long(self):
        with self.assertRaises(SystemExit):
            boot2_checksum.finished(bytes(255) + b"\x01")
        with self.assertRaises(SystemExit):
            boot2_checksum.finished(bytes(257))


if __name__ == "__main__":
    unittest.main()
