#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bounds the stack of a firmware from GCC's call graphs, and fails when a bound is not kept.

    tools/stack_bound.py --entry main=65536 --entry trap_handle=4096 OBJECTS…

Each object was compiled with -fcallgraph-info=su, which leaves NAME.ci beside NAME.obj. Recursion and frames
of unknown size are errors. A call through a pointer may go to every function that is called by no name, and
to the port's functions; such calls nest INDIRECT_DEPTH deep at most: the SMP server calls a command's handler,
that a service, and the service a callback. Handlers are called by DISPATCHER alone. A function without a call
graph (libgcc's) is granted UNKNOWN_FRAME, if it is not one of KNOWN_FRAMES.
"""
import argparse
import pathlib
import re
import sys

INDIRECT_DEPTH = 3
INDIRECT = "__indirect_call"
DISPATCHER = "smp_carry_out"
HANDLER = re.compile(r"smp_\w+")
UNKNOWN_FRAME = 128
# From the disassembly of libgcc 12.2: the 64-bit product of ARMv6-M, at the bottom of each verification.
KNOWN_FRAMES = {"__aeabi_lmul": 28}
NODE = re.compile(r'node: { title: "([^"]+)" label: "(?:[^"]*\\n(\d+) bytes \(([^)]+)\))?')
EDGE = re.compile(r'edge: { sourcename: "([^"]+)" targetname: "([^"]+)"')


class Graph:
    def __init__(self, files: list[pathlib.Path], entries: list[str]):
        self.frames, self.calls, self.memo = {}, {}, {}
        for file in files:
            self.read(file.read_text())
        called = {target for targets in self.calls.values() for target in targets}
        self.by_pointer = [name for name in self.frames
                           if (name not in called or name.startswith("port_")) and name not in entries]

    def read(self, text: str) -> None:
        for name, size, kind in NODE.findall(text):
            if size:
                if kind != "static":
                    sys.exit(f"stack: the frame of {name} has no fixed size ({kind})")
                self.frames[name] = int(size)
        for source, target in EDGE.findall(text):
            self.calls.setdefault(source, set()).add(target)

    def deepest(self, name: str, depth: int, path: tuple[str, ...] = ()) -> tuple[int, tuple[str, ...]]:
        """Bytes below the caller of `name`, and the calls that take them."""
        if name in path:
            sys.exit(f"stack: recursion: {' -> '.join([*path, name])}")
        if (name, depth) not in self.memo:
            best = (0, ())
            for callee in self.calls.get(name, ()):
                best = max(best, self.call(callee, depth, (*path, name)))
            frame = self.frames.get(name, KNOWN_FRAMES.get(name, UNKNOWN_FRAME))
            self.memo[name, depth] = (frame + best[0], (f"{name.rsplit(':', 1)[-1]} {frame}", *best[1]))
        return self.memo[name, depth]

    def call(self, callee: str, depth: int, path: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
        if callee != INDIRECT:
            return self.deepest(callee, depth, path)
        if depth == 0:
            return (0, ())
        dispatches = path[-1] == DISPATCHER
        targets = [name for name in self.by_pointer if (HANDLER.fullmatch(name) is not None) == dispatches]
        return max((self.deepest(name, depth - 1) for name in targets), default=(0, ()))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entry", action="append", required=True, metavar="FUNCTION=BYTES")
    parser.add_argument("objects", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    # Assembly has no call graph; what it calls are the entries.
    graphs = [file.with_suffix(".ci") for file in arguments.objects if not file.name.endswith(".S.obj")]
    limits = dict(entry.split("=") for entry in arguments.entry)
    graph = Graph(graphs, list(limits))
    status = 0
    for entry, limit in limits.items():
        used, path = graph.deepest(entry, INDIRECT_DEPTH)
        print(f"stack: {entry} needs at most {used} of {limit} bytes")
        if used > int(limit):
            print("  " + "\n  ".join(path), file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
