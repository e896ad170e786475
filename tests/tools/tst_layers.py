# SPDX-License-Identifier: Apache-2.0
import unittest

from samples import in_source, including

CORE = "core/device/hub.cpp"
PROTOCOL = "device_protocols/smp/smp_driver.cpp"
CLI = "app/cli/commands/update.cpp"


class Layers(unittest.TestCase):
    def test_core_sees_itself_and_libraries_only(self):
        self.assertEqual(including('"core/base/result.h"', CORE), set())
        self.assertEqual(including("<QString>", CORE), set())
        self.assertEqual(including("<openssl/evp.h>", CORE), set())
        for above in ("device_protocols/smp/client.h", "app/bench/bench.h", "tests/support/manual_clock.h"):
            self.assertEqual(including(f'"{above}"', CORE), {"layers"}, above)

    def test_protocols_see_core_but_not_the_application(self):
        self.assertEqual(including('"core/device/driver.h"', PROTOCOL), set())
        self.assertEqual(including('"app/texts/user_texts.h"', PROTOCOL), {"layers"})

    def test_a_protocol_sees_what_carries_it_and_no_other_protocol(self):
        for carrier in ("transport/frame_channel", "usb/usb_device"):
            self.assertEqual(including(f'"device_protocols/{carrier}.h"', PROTOCOL), set(), carrier)
        self.assertEqual(including('"device_protocols/smp/smp_client.h"', PROTOCOL), set())
        self.assertEqual(including('"device_protocols/dfu/dfu_client.h"', PROTOCOL), {"protocols"})
        self.assertEqual(
            including('"device_protocols/smp/smp_client.h"', "device_protocols/transport/serial.cpp"), {"protocols"}
        )

    def test_the_bootloader_sees_nothing_of_the_others(self):
        store = "recovery_bootloader/src/state_store.c"
        self.assertEqual(including('"bootmend/port.h"', store), set())
        self.assertEqual(including("<stdint.h>", store), set())
        self.assertEqual(including('"core/base/result.h"', store), {"layers"})
        self.assertEqual(including('"tests/support/power_cut.h"', store), {"layers"})

    def test_one_header_of_the_bootloader_is_shared(self):
        for path in (CORE, PROTOCOL, "app/bench/virtual_unit.cpp"):
            self.assertEqual(including('"bootmend/device_wire.h"', path), set(), path)
            self.assertEqual(
                including('"recovery_bootloader/include/bootmend/device_wire.h"', path), set(), path
            )
            self.assertEqual(including('"bootmend/port.h"', path), {"layers"}, path)
            self.assertEqual(including('"recovery_bootloader/src/boot_policy.h"', path), {"layers"}, path)
        self.assertEqual(including('"bootmend/device_wire.h"', "app/gui/slot_map.cpp"), {"layers"})

    def test_the_two_programs_do_not_see_each_other(self):
        self.assertEqual(including('"app/texts/user_texts.h"', CLI), set())
        self.assertEqual(including('"app/cli/output.h"', CLI), set())
        self.assertEqual(including('"app/gui/main_window.h"', CLI), {"layers"})
        self.assertEqual(including('"app/cli/output.h"', "app/gui/main_window.cpp"), {"layers"})
        self.assertEqual(including('"app/cli/output.h"', "app/bench/bench.cpp"), {"layers"})
        self.assertEqual(including('"app/cli/output.h"', "tests/unit/app/tst_output.cpp"), set())

    def test_only_mains_and_the_wiring_see_concrete_protocols(self):
        driver = '"device_protocols/smp/smp_driver.h"'
        self.assertEqual(including(driver, "app/cli/main.cpp"), set())
        self.assertEqual(including(driver, "app/wiring/drivers.cpp"), set())
        self.assertEqual(including(driver, "tests/unit/smp/tst_smp_driver.cpp"), set())
        self.assertEqual(including(driver, CLI), {"wiring"})
        self.assertEqual(including(driver, "app/gui/units_presenter.cpp"), {"wiring"})

    def test_the_commands_for_engineers_see_the_words_of_smp_and_no_line(self):
        command = "app/cli/commands/smp_files.cpp"
        for header in ("smp_client", "command_table", "file_commands", "file_transfer"):
            included = f'"device_protocols/smp/{header}.h"'
            self.assertEqual(including(included, command), set(), header)
            self.assertEqual(including(included, CLI), {"wiring"}, header)
        for header in ("smp/smp_driver", "smp/console_channel", "transport/serial_stream"):
            self.assertEqual(including(f'"device_protocols/{header}.h"', command), {"wiring"}, header)

    def test_an_include_in_a_comment_is_none(self):
        self.assertEqual(in_source('// #include "app/gui/main_window.h"\n'), set())


class Windows(unittest.TestCase):
    def test_window_headers_stand_in_the_gui_only(self):
        for header in ("<QWidget>", "<QtWidgets/QLabel>", "<QImage>", "<QSvgRenderer>", "<QTreeView>", "<QPushButton>"):
            self.assertEqual(including(header, CORE), {"windows"}, header)
            self.assertEqual(including(header, CLI), {"windows"}, header)
            self.assertEqual(including(header, "app/gui/units_page.cpp"), set(), header)

    def test_core_headers_with_like_names_are_fine(self):
        for header in ("<QByteArrayView>", "<QStringView>", "<QAbstractItemModel>", "<QEvent>", "<QTimerEvent>"):
            self.assertEqual(including(header, CORE), set(), header)

    def test_tr_stands_in_the_gui_only(self):
        code = 'QString title()\n{\n    return tr("Units");\n}\n'
        self.assertEqual(in_source(code, "app/cli/output.cpp"), {"windows"})
        self.assertEqual(in_source(code, CORE), {"windows"})
        self.assertEqual(in_source(code, "app/gui/units_page.cpp"), set())

    def test_words_that_end_in_tr_are_no_translation(self):
        self.assertEqual(in_source('int n = qstr("x");\n// tr("x")\nauto s = "tr(";\n'), set())


if __name__ == "__main__":
    unittest.main()
