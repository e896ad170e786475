# SPDX-License-Identifier: Apache-2.0
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

import samples  # noqa: F401, puts tools/ on the path
import stack_bound


def node(name: str, size: int, kind: str = "static") -> str:
    return f'node: {{ title: "{name}" label: "{name}\\nfile.c:1:1\\n{size} bytes ({kind})" }}\n'


def edge(source: str, target: str) -> str:
    return f'edge: {{ sourcename: "{source}" targetname: "{target}" label: "file.c:2:2" }}\n'


class StackBound(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def judge(self, limit: int, *graphs: str) -> tuple[int | str, str]:
        objects = []
        for number, graph in enumerate(graphs):
            self.folder.joinpath(f"file{number}.c.ci").write_text(graph)
            objects.append(str(self.folder / f"file{number}.c.obj"))
        sys.argv = ["stack_bound.py", "--entry", f"main={limit}", *objects]
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

    def test_takes_the_worst_target_of_a_call_through_a_pointer(self):
        graph = node("main", 16) + edge("main", "__indirect_call") + node("little", 16) + node("much", 1000)
        self.assertEqual(self.judge(1016, graph)[0], 0)
        self.assertEqual(self.judge(1015, graph)[0], 1)

    def test_follows_a_request_through_handler_service_and_callback(self):
        graph = "".join(edge(caller, "__indirect_call") for caller in ("smp_carry_out", "smp_ask", "service"))
        graph += node("main", 16) + edge("main", "smp_carry_out") + node("smp_carry_out", 100)
        graph += node("smp_ask", 200) + node("service", 400) + node("callback", 50)
        # A service calls the other service at worst, and never a handler.
        self.assertEqual(self.judge(16 + 100 + 200 + 400 + 400, graph)[0], 0)
        self.assertEqual(self.judge(16 + 100 + 200 + 400 + 399, graph)[0], 1)

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
