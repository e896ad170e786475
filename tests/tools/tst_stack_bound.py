# SPDX-License-Identifier: Apache-2.0
import contextlib
import io
import os
import pathlib
import sys
import tempfile
import unittest

import samples  # noqa: F401, puts tools/ on the path
import stack_bound


def node(name: str, size: int, kind: str = "static", source: str = "file.c") -> str:
    return f'node: {{ title: "{name}" label: "{name.split(":")[-1]}\\n{source}:1:1\\n{size} bytes ({kind})" }}\n'


def edge(source: str, target: str, place: str = "file.c:2:2") -> str:
    return f'edge: {{ sourcename: "{source}" targetname: "{target}" label: "{place}" }}\n'


class StackBound(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        # The graphs refer to it as "file.c".
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)
        self.write_source("")
        stack_bound.read_source.cache_clear()

    def write_source(self, text: str) -> None:
        self.folder.joinpath("file.c").write_text(text)

    def judge(self, limit: int, *graphs: str, options: tuple[str, ...] = ()) -> tuple[int | str, str]:
        objects = []
        for number, graph in enumerate(graphs):
            self.folder.joinpath(f"file{number}.c.ci").write_text(graph)
            objects.append(str(self.folder / f"file{number}.c.obj"))
        sys.argv = ["stack_bound.py", "--entry", f"main={limit}", *options, *objects]
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                status = stack_bound.main()
            except SystemExit as end:
                status = end.code
        return status, printed.getvalue()

    def test_adds_the_deepest_path_across_files(self):
        status, printed = self.judge(
            160, node("main", 32) + edge("main", "shallow") + edge("main", "deep") + node("shallow", 64),
            node("deep", 48) + edge("deep", "deeper") + node("deeper", 80))
        self.assertEqual((status, printed), (0, "stack: main needs at most 160 of 160 bytes\n"))

    def test_fails_when_the_bound_is_not_kept(self):
        status, printed = self.judge(159, node("main", 32) + edge("main", "deep") + node("deep", 128))
        self.assertEqual(status, 1)
        self.assertIn("deep 128", printed)

    def call_through(self, *graphs: str, options: tuple[str, ...] = ()) -> tuple[int | str, str]:
        """main, with a frame of 16, calls through a pointer in line 3, column 5 of the source."""
        graph = node("main", 16) + edge("main", "__indirect_call", "file.c:3:5")
        return self.judge(4096, graph, *graphs, options=options)

    def test_follows_a_member_to_all_that_is_stored_under_its_name(self):
        self.write_source("const struct services services = {\n    .act = little,\n    services->act(1);\n"
                          "other.act = much;\nunrelated.name = huge;\n")
        status, printed = self.call_through(node("little", 16) + node("much", 1000) + node("huge", 9000))
        self.assertEqual((status, printed), (0, "stack: main needs at most 1016 of 4096 bytes\n"))

    def test_prefers_the_static_function_of_the_source_that_stores_it(self):
        self.write_source("x = {\n.act = twin,\n    x->act();\n")
        twins = node("file.c:twin", 100) + node("other.c:twin", 200, source="other.c")
        self.folder.joinpath("other.c").write_text("")
        self.assertIn("at most 116 of", self.call_through(twins)[1])

    def test_follows_a_member_that_another_pointer_was_stored_in(self):
        self.write_source("void init(health_checks health) {\n    server->health = health;\n    server->health(0);\n}\n")
        self.assertIn("the pointer health lead", self.call_through(node("check", 50))[0])
        self.assertIn("at most 66 of", self.call_through(node("check", 50), options=("--pointer", "health=check"))[1])
        self.assertIn("at most 16 of", self.call_through(node("check", 50), options=("--pointer", "health="))[1])

    def test_asks_where_an_unknown_pointer_leads(self):
        self.write_source("void each(void (*between)(void))\n{\n    between();\n")
        self.assertIn("nobody says where calls through the pointer between lead", self.call_through()[0])
        outside = self.call_through(options=("--pointer", "between=?"))[1]
        self.assertIn(f"at most {16 + stack_bound.UNKNOWN_FRAME} of", outside)

    def test_sees_every_pointer_of_a_statement(self):
        self.write_source("a = {.first = one, .second = two};\n\n    give(x->first(), y\n        ->second());\n")
        self.assertIn("at most 216 of", self.call_through(node("one", 100) + node("two", 200))[1])

    def test_refuses_recursion_through_a_pointer(self):
        self.write_source("a = {.act = again};\n\n    x->act();\n")
        again = node("again", 8) + edge("again", "__indirect_call", "file.c:3:5")
        self.assertIn("recursion: main -> again -> again", self.call_through(again)[0])

    def test_adds_up_what_may_be_on_top_of_each_other(self):
        graph = node("main", 100) + node("trap", 20)
        options = ("--entry", "trap=64", "--interrupt-frame", "36", "--budget")
        self.assertEqual(self.judge(100, graph, options=(*options, "156"))[0], 0)
        self.assertEqual(self.judge(100, graph, options=(*options, "155"))[0], 1)

    def test_knows_the_frames_of_libgcc_that_count(self):
        graph = node("main", 16) + edge("main", "__aeabi_lmul")
        self.assertEqual(self.judge(16 + 28, graph)[0], 0)
        self.assertEqual(self.judge(16 + 27, graph)[0], 1)

    def test_grants_something_to_what_it_cannot_see(self):
        graph = node("main", 16) + edge("main", "__udivdi3")
        self.assertEqual(self.judge(16 + stack_bound.UNKNOWN_FRAME - 1, graph)[0], 1)

    def test_refuses_recursion(self):
        graph = node("main", 16) + edge("main", "a") + node("a", 16) + edge("a", "b") + node("b", 16) + edge("b", "a")
        self.assertIn("recursion: main -> a -> b -> a", self.judge(4096, graph)[0])

    def test_refuses_a_frame_of_unknown_size(self):
        self.assertIn("no fixed size", self.judge(4096, node("main", 16, "dynamic"))[0])


if __name__ == "__main__":
    unittest.main()
