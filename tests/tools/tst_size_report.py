# SPDX-License-Identifier: Apache-2.0
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

import samples  # noqa: F401, puts tools/ on the path
import size_report

# As GNU ld writes it: a name that is too long has the rest on the next line; what is discarded stands in front.
MAP = """
Discarded input sections

 .text.unused   0x00000000      0x400 libcore.a(unused.c.obj)

Linker script and memory map

.text           0x00000000      0x200
 *(.vectors)
 .vectors       0x00000000       0x40 CMakeFiles/port.dir/startup.c.obj
 .text.verify_with_a_long_name
                0x00000040      0x100 libbare_metal_crypto.a(open.c.obj)
 .text          0x00000140       0x10 /usr/lib/gcc/arm-none-eabi/12.2.1/libgcc.a(_muldi3.o)
 *fill*         0x00000150        0x4
 .rodata.str1.4
                0x00000154       0x20 libcore.a(image_check.c.obj)
                                 0x28 (size before relaxing)

.retained       0x20000000       0x44
 .retained      0x20000000       0x44 CMakeFiles/port.dir/reset.c.obj

.data           0x20000044       0x10 load address 0x00000200
 .data.x        0x20000044       0x10 libcore.a(x.c.obj)

.bss            0x20000054      0x600
 .bss.ring      0x20000054      0x600 CMakeFiles/port.dir/line_ring.c.obj

.stacks         0x20000654      0x100
.debug_info     0x00000000     0x9999
"""


class SizeReport(unittest.TestCase):
    def test_divides_the_flash_by_whose_code_it_is(self):
        sizes = size_report.measure(MAP)
        self.assertEqual((sizes.total, sizes.cryptography, sizes.helpers), (0x210, 0x100, 0x10))
        self.assertEqual(sizes.own, 0x100)

    def test_counts_the_ram_without_stacks(self):
        self.assertEqual(size_report.measure(MAP).static_ram, 0x654)

    def judge(self, own: int, total: int, static_ram: int, text: str = MAP) -> int:
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(text)
            file.flush()
            sys.argv = ["size_report.py", file.name, "--own", str(own), "--total", str(total),
                        "--static-ram", str(static_ram)]
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                return size_report.main()

    def test_fails_above_any_of_the_budgets(self):
        self.assertEqual(self.judge(0x100, 0x210, 0x654), 0)
        self.assertEqual(self.judge(0xff, 0x210, 0x654), 1)
        self.assertEqual(self.judge(0x100, 0x20f, 0x654), 1)
        self.assertEqual(self.judge(0x100, 0x210, 0x653), 1)

    def test_fails_when_it_finds_no_cryptography(self):
        self.assertEqual(self.judge(0x1000, 0x1000, 0x1000, MAP.replace("bare_metal_crypto", "renamed")), 1)


if __name__ == "__main__":
    unittest.main()
