# SPDX-License-Identifier: Apache-2.0
import contextlib
import io
import pathlib
import tempfile
import unittest

import samples  # noqa: F401, puts tools/ on the path
import test_summary

PASSED = '<testcase name="tst_a" status="run"><system-out>PASS   : A::b()\nTotals: 3 passed</system-out></testcase>'
FAILED = '<testcase name="tst_b" status="fail"><failure message="Failed"/><system-out>SKIP   : B::c() no qemu</system-out></testcase>'
PARTLY = '<testcase name="tst_c" status="run"><system-out>SKIP   : C::d(row one) no qemu\nPASS   : C::e()</system-out></testcase>'
SKIPPED = (
    '<testcase name="tst_d" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>'
    "<system-out>SKIP   : D::initTestCase() no display</system-out></testcase>"
)
SCRIPT = (
    '<testcase name="format" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/>'
    "<system-out>SKIP: no clang-format 14 here</system-out></testcase>"
)
NOT_FOUND = '<testcase name="tst_e" status="notrun"><skipped message="Unable to find executable"/></testcase>'
DISABLED = '<testcase name="tst_f" status="disabled"><disabled message=""/></testcase>'


class TestSummary(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_on(self, *suites: str) -> tuple[int, list[str]]:
        paths = []
        for number, cases in enumerate(suites):
            path = self.folder / f"preset{number}" / "test_results.xml"
            path.parent.mkdir()
            path.write_text(f"<testsuite>{cases}</testsuite>")
            paths.append(str(path))
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            code = test_summary.main(paths)
        return code, printed.getvalue().splitlines()

    def test_adds_up_every_run(self):
        code, lines = self.run_on(PASSED, PASSED + PASSED)
        self.assertEqual((code, lines[-1]), (0, "3 passed, 0 failed, 0 skipped"))

    def test_a_failure_is_named_and_ends_with_one(self):
        code, lines = self.run_on(PASSED + FAILED)
        self.assertEqual((code, lines[-1]), (1, "1 passed, 1 failed, 0 skipped"))
        self.assertIn("  preset0 tst_b", lines)

    def test_a_skipped_test_is_not_passed_and_gives_its_reason(self):
        code, lines = self.run_on(PASSED + SKIPPED + SCRIPT)
        self.assertEqual((code, lines[-1]), (0, "1 passed, 0 failed, 2 skipped"))
        self.assertIn("  preset0 tst_d: D::initTestCase(): no display", lines)
        self.assertIn("  preset0 format: no clang-format 14 here", lines)

    def test_a_skipped_function_is_counted(self):
        code, lines = self.run_on(PARTLY)
        self.assertEqual((code, lines[-1]), (0, "1 passed, 0 failed, 1 skipped"))
        self.assertIn("  preset0 tst_c: C::d(row one): no qemu", lines)

    def test_many_functions_with_one_reason_share_a_line(self):
        many = PARTLY.replace("\nPASS", "\nSKIP   : C::d(row two) no qemu\nPASS")
        lines = self.run_on(many)[1]
        self.assertEqual(lines, ["Skipped, because:", "  preset0 tst_c: 2 functions: no qemu", "1 passed, 0 failed, 2 skipped"])

    def test_a_test_that_could_not_start_has_failed(self):
        code, lines = self.run_on(PASSED + NOT_FOUND)
        self.assertEqual((code, lines[-1]), (1, "1 passed, 1 failed, 0 skipped"))
        self.assertIn("  preset0 tst_e: Unable to find executable", lines)

    def test_a_disabled_test_is_skipped(self):
        self.assertEqual(self.run_on(PASSED + DISABLED)[1][-1], "1 passed, 0 failed, 1 skipped")

    def test_nothing_passed_is_no_success(self):
        self.assertEqual(self.run_on(SKIPPED)[0], 1)
        self.assertEqual(self.run_on()[0], 1)


if __name__ == "__main__":
    unittest.main()
