# SPDX-License-Identifier: Apache-2.0
import pathlib
import unittest

from samples import check_style, in_header, in_source, rules_broken_by
from style import structure

ROOT = pathlib.Path(__file__).resolve().parents[2]


def function_of(lines: int, head: str = "int sum()") -> str:
    """A function that takes this many lines, from its head to its closing brace."""
    return head + "\n{\n" + "    ++count;\n" * (lines - 3 - head.count("\n")) + "}\n"


def closing_lines(code: str):
    """The lines that close a brace which stands alone, but for those of classes."""
    lines = code.splitlines()
    for number, line in enumerate(lines):
        if line.strip() != "{" or lines[number - 1].rstrip().endswith((";", "{", ":", "}", "=")):
            continue
        indent = line[: line.index("{")]
        end = next(at for at in range(number, len(lines)) if lines[at].startswith(indent + "}"))
        if not lines[end].strip().startswith("};"):
            yield end + 1


class FunctionSize(unittest.TestCase):
    def test_sixty_lines_are_the_limit(self):
        self.assertEqual(in_source(function_of(60)), set())
        self.assertEqual(in_source(function_of(61)), {"function-size"})

    def test_every_form_of_a_function_is_measured(self):
        for head in (
            "static int sum(struct store *store)",
            "Sum::Sum(int a) :\n    m_a{a}, m_b(a)",
            "template<class T = int>\nauto Sum<T>::total() const noexcept -> std::vector<T>",
            "bool operator==(const Sum &a, const Sum &b)",
            "struct sum sum_of(const uint8_t *data, size_t length)",
            "static enum sum_result sum_of(uint32_t offset)",
            '__attribute__((visibility("default"))) void sum_start(void)',
            "std::array<int, 3> Sum::operator()(int a)",
        ):
            self.assertEqual(in_source(function_of(60, head)), set(), head)
            self.assertEqual(in_source(function_of(61, head)), {"function-size"}, head)

    def test_a_function_inside_a_class_is_measured(self):
        for scope in ("class Sum\n{\npublic:\n%s};\n", "namespace {\n%s}\n", 'extern "C" {\n%s}\n', "struct A {\n%s};\n"):
            self.assertEqual(in_source(scope % function_of(60)), set(), scope)
            self.assertEqual(in_source(scope % function_of(61)), {"function-size"}, scope)

    def test_no_function_of_the_tree_is_missed(self):
        """clang-format gives the brace of a function or class a line of its own, so they can be counted."""
        for file in check_style.read_tree(ROOT).values():
            if file.is_c_family:
                ends = {declaration.body.last_line for declaration in structure.read(file.tokens) if declaration.body}
                self.assertEqual([line for line in closing_lines(file.code) if line not in ends], [], file.path)

    def test_a_long_class_or_table_is_no_function(self):
        members = "    int m_count;\n" * 80
        rows = "    {1, 2},\n" * 80
        self.assertEqual(in_source(f"class Sum\n{{\n{members}}};\n"), set())
        self.assertEqual(in_source(f"const struct row rows[] = {{\n{rows}}};\n", "recovery_bootloader/src/a.c"), set())
        self.assertEqual(in_source(f"constexpr std::array kRows{{\n{rows}}};\n"), set())
        self.assertEqual(in_source(f"enum class Sum {{\n{rows}}};\n"), set())

    def test_braces_in_strings_and_comments_do_not_count(self):
        code = 'int a()\n{\n    auto s = "{{{"; // {{\n    char c = \'{\';\n    auto r = R"x(\n{ {\n)x";\n}\n'
        self.assertEqual(in_source(code + function_of(60)), set())
        self.assertEqual(in_source(code + function_of(61)), {"function-size"})

    def test_python_functions_are_measured(self):
        head = "# SPDX-License-Identifier: Apache-2.0\ndef total():\n"
        self.assertEqual(rules_broken_by(head + "    a = 1\n" * 59, "tools/a.py"), set())
        self.assertEqual(rules_broken_by(head + "    a = 1\n" * 60, "tools/a.py"), {"function-size"})


class Nesting(unittest.TestCase):
    def test_three_levels_are_the_limit(self):
        three = "void a()\n{\n    for (;;) {\n        if (b) {\n            while (c)\n                d();\n        }\n    }\n}\n"
        self.assertEqual(in_source(three), set())
        self.assertEqual(in_source(three.replace("d();", "if (e) d();")), {"nesting"})

    def test_levels_without_braces_count(self):
        self.assertEqual(in_source("void a()\n{\n    if (b) for (;;) while (c) d();\n}\n"), set())
        self.assertEqual(in_source("void a()\n{\n    if (b) for (;;) while (c) if (d) e();\n}\n"), {"nesting"})

    def test_a_lambda_is_a_level(self):
        code = "void a()\n{\n    connect(b, [this] {\n        if (c) {\n            for (;;)\n                %s;\n        }\n    });\n}\n"
        self.assertEqual(in_source(code % "d()"), set())
        self.assertEqual(in_source(code % "if (e) d()"), {"nesting"})

    def test_an_else_if_chain_stays_on_one_level(self):
        chain = "void a()\n{\n    if (b) c();\n" + "    else if (d) e();\n" * 9 + "    else f();\n}\n"
        self.assertEqual(in_source(chain), set())

    def test_the_braces_of_a_case_are_no_level(self):
        code = "void a()\n{\n    switch (b) {\n    case 1: {\n        for (;;)\n            if (c)\n                d();\n    }\n    default:\n        break;\n    }\n}\n"
        self.assertEqual(in_source(code), set())


class Await(unittest.TestCase):
    def test_plain_awaits_are_fine(self):
        for line in (
            "co_await send(frame);",
            "auto reply = co_await receive();",
            "co_return co_await reply(m_slots[1], m_names[index()]);",
            "const auto [a, b] = co_await pair();",
            "if (auto r = co_await attempt(std::move(task)); r) { use({1, 2}); }",
        ):
            self.assertEqual(in_source(f"Task<int> a()\n{{\n    {line}\n}}\n"), set(), line)

    def test_a_lambda_in_the_statement_is_a_trap(self):
        for line in ("co_await onWorker([x] { return x; });", "auto n = co_await run(1, [&](int a) -> int { return a; });"):
            self.assertEqual(in_source(f"Task<int> a()\n{{\n    {line}\n}}\n"), {"await"}, line)

    def test_braces_in_the_statement_are_a_trap(self):
        for line in ("co_await send({1, value});", "co_await send(Frame{1});", "co_await list({a(), b()});"):
            self.assertEqual(in_source(f"Task<int> a()\n{{\n    {line}\n}}\n"), {"await"}, line)

    def test_one_await_a_statement(self):
        for line in ("f(co_await a(), co_await b());", "co_return c ? co_await a() : co_await b();"):
            self.assertEqual(in_source(f"Task<int> a()\n{{\n    {line}\n}}\n"), {"await"}, line)

    def test_the_traps_are_found_inside_conditions_and_lambdas(self):
        self.assertEqual(in_source("Task<int> a()\n{\n    if (co_await send({1}))\n        b();\n}\n"), {"await"})
        self.assertEqual(
            in_source("void a()\n{\n    auto b = []() -> Task<int> { co_return co_await send({1}); };\n}\n"), {"await"}
        )

    def test_a_coroutine_takes_values(self):
        for parameter in ("QString name", "Device &device", "Device *device"):
            code = f"Task<int> Recipe::a({parameter}, int b)\n{{\n    co_return 1;\n}}\n"
            self.assertEqual(in_source(code), set(), parameter)
        for parameter in ("const QString &name", "QString &&name", "QString const &name"):
            code = f"Task<int> Recipe::a({parameter}, int b)\n{{\n    co_return 1;\n}}\n"
            self.assertEqual(in_source(code), {"await"}, parameter)

    def test_a_function_that_only_passes_a_task_on_may_take_references(self):
        self.assertEqual(in_source("Task<int> a(const QString &name)\n{\n    return b(name);\n}\n"), set())

    def test_a_capturing_lambda_is_no_coroutine(self):
        code = "void a()\n{\n    auto b = [%s]() -> Task<int> { co_return 1; };\n}\n"
        self.assertEqual(in_source(code % ""), set())
        self.assertEqual(in_source(code % "this"), {"await"})


class BoolParameter(unittest.TestCase):
    def test_public_functions_take_no_bool(self):
        for declaration in (
            "void install(Bundle bundle, bool force);",
            "void install(const bool force = false);",
            "class Hub\n{\npublic:\n    void probe(bool all);\n};",
            "struct Hub {\n    explicit Hub(bool all) { }\n};",
        ):
            self.assertEqual(in_header(declaration + "\n"), {"bool-parameter"}, declaration)

    def test_what_is_not_public_may(self):
        for declaration in (
            "class Hub\n{\n    void probe(bool all);\n};",
            "class Hub\n{\npublic:\n    Hub();\nprivate:\n    void probe(bool all);\n};",
            "class Hub\n{\n    struct Inner {\n        void probe(bool all);\n    };\n};",
            "class Hub : public QObject\n{\n    Q_OBJECT\npublic:\nQ_SIGNALS:\n    void toggled(bool isOn);\n};",
        ):
            self.assertEqual(in_header(declaration + "\n"), set(), declaration)
        self.assertEqual(in_source("static void probe(bool all)\n{\n}\n"), set())

    def test_what_takes_no_bool_is_left_alone(self):
        for declaration in (
            "bool isConfirmed();",
            "class Page : public QWidget\n{\npublic:\n    void setVisible(bool visible) override;\n};",
            "using Answer = std::function<void(bool)>;",
            "void ask(std::function<void(bool)> answer);",
            "struct Slot {\n    bool isActive = false;\n    explicit operator bool() const;\n};",
            "void cbor_put_bool(struct cbor_writer *writer, bool value);",
            "bool bm_read(bool *is_there);",
        ):
            self.assertEqual(in_header(declaration + "\n"), set(), declaration)

    def test_an_exception_gives_its_reason(self):
        line = "void setLine(bool isHigh); // style-allow(bool-parameter)%s\n"
        self.assertEqual(in_header(line % ": a wire has two levels"), set())
        self.assertEqual(in_header(line % ""), {"bool-parameter"})
        self.assertEqual(in_header(line % ": " ), {"bool-parameter"})
        above = "// style-allow(bool-parameter): a wire has two levels\nvoid setLine(bool isHigh);\n"
        self.assertEqual(in_header(above), set())
        self.assertEqual(in_header(above.replace("bool-parameter", "nesting")), {"bool-parameter"})


if __name__ == "__main__":
    unittest.main()
