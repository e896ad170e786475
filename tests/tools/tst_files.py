# SPDX-License-Identifier: Apache-2.0
import pathlib
import tempfile
import unittest

from samples import HEADER, LICENCE, check_style, in_source, rules_broken_by

HASH_LICENCE = "# SPDX-License-Identifier: Apache-2.0\n"


class Names(unittest.TestCase):
    def test_snake_case_everywhere(self):
        self.assertEqual(rules_broken_by(LICENCE, "core/base/byte_reader.cpp"), set())
        for path in ("core/base/ByteReader.cpp", "core/Base/reader.cpp", "core/base/byte-reader.cpp"):
            self.assertEqual(rules_broken_by(LICENCE, path), {"file-name"}, path)

    def test_a_test_is_called_tst_and_stands_in_tests(self):
        main = "QTEST_GUILESS_MAIN(TestVersion)\n"
        self.assertEqual(in_source(main, "tests/unit/core/tst_version.cpp"), set())
        self.assertEqual(in_source(main, "tests/gui/version.cpp"), {"test-name"})
        self.assertEqual(in_source(main, "core/base/tst_version.cpp"), {"test-name"})
        self.assertEqual(in_source("", "tests/unit/core/version.cpp"), {"test-name"})
        self.assertEqual(in_source("", "tests/support/manual_clock.cpp"), set())


class FirstLine(unittest.TestCase):
    def test_the_licence_comes_first(self):
        self.assertEqual(rules_broken_by("/* SPDX-License-Identifier: Apache-2.0 */\n", "recovery_bootloader/a.c"), set())
        self.assertEqual(rules_broken_by(HASH_LICENCE, "tools/a.py"), set())
        self.assertEqual(rules_broken_by("int a;\n" + LICENCE, "core/a.cpp"), {"licence"})
        self.assertEqual(rules_broken_by("", "tools/a.sh"), {"licence"})

    def test_a_script_has_it_behind_its_interpreter(self):
        self.assertEqual(rules_broken_by("#!/bin/bash\n" + HASH_LICENCE, "run"), set())
        self.assertEqual(rules_broken_by("#!/bin/bash\n", "run"), {"licence"})
        self.assertEqual(rules_broken_by("#!/bin/bash\necho\n" + HASH_LICENCE, ".ci/run"), {"licence"})

    def test_a_header_is_guarded(self):
        guard = "/* SPDX-License-Identifier: Apache-2.0 */\n#ifndef A_H\n#define A_H\n#endif\n"
        self.assertEqual(rules_broken_by(HEADER, "core/a.h"), set())
        self.assertEqual(rules_broken_by(guard, "core/a.h"), set())
        self.assertEqual(rules_broken_by(guard.replace("define A_H", "define B_H"), "core/a.h"), {"guard"})
        self.assertEqual(rules_broken_by(LICENCE, "core/a.h"), {"guard"})


class Content(unittest.TestCase):
    def test_five_hundred_lines_are_the_limit(self):
        self.assertEqual(in_source("// a\n" * 499), set())
        self.assertEqual(in_source("// a\n" * 500), {"file-size"})

    def test_nothing_is_left_for_later(self):
        self.assertEqual(in_source("// TO" "DO: the rest\n"), {"unfinished"})
        self.assertEqual(in_source("int mastodon; // todos los dias\n"), set())

    def test_tests_do_not_sleep(self):
        path = "tests/unit/core/tst_a.cpp"
        for call in (
            "QTest::qSleep(5);",
            "QTest::qWait(5);",
            "std::this_thread::sleep_for(5ms);",
            "QThread::msleep(5);",
            "::usleep(5);",
            "sleep(5);",
        ):
            self.assertEqual(in_source(f"void a()\n{{\n    {call}\n}}\n", path), {"sleep"}, call)
        for call in ("QTest::qWaitFor(isReady);", "co_await clock.sleepFor(5ms);", "// sleep(5)"):
            self.assertEqual(in_source(f"void a()\n{{\n    {call}\n}}\n", path), set(), call)
        self.assertEqual(in_source("void port_idle(void)\n{\n    usleep(5);\n}\n", "recovery_bootloader/a.c"), set())
        self.assertEqual(rules_broken_by(HASH_LICENCE + "time.sle" "ep(1)\n", "tests/emulated/a.py"), {"sleep"})
        self.assertEqual(rules_broken_by(HASH_LICENCE + "sle" "ep 1\n", "tests/emulated/a.sh"), {"sleep"})


class Tree(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.write("tests/unit/core/tst_version.cpp", LICENCE)

    def write(self, path: str, text: str):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def rules(self) -> set[str]:
        return {problem.rule for problem in check_style.problems(self.root)}

    def test_a_test_that_no_list_names_is_found(self):
        self.write("tests/unit/core/CMakeLists.txt", "bootmend_test(NAME tst_version_range)\n")
        self.assertEqual(self.rules(), {"test-name"})

    def test_a_test_that_a_list_above_it_names_is_registered(self):
        self.write("tests/unit/CMakeLists.txt", "bootmend_test(NAME tst_version SOURCES core/tst_version.cpp)\n")
        self.assertEqual(self.rules(), set())

    def test_the_program_ends_with_one_when_a_rule_is_broken(self):
        self.write("tests/unit/CMakeLists.txt", "tst_version\n")
        self.assertEqual(check_style.main([str(self.root)]), 0)
        self.write("core/a.cpp", "int a;\n")
        self.assertEqual(check_style.main([str(self.root)]), 1)


if __name__ == "__main__":
    unittest.main()
