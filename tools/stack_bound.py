#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bounds the stack of a firmware from GCC's call graphs, and fails when a bound is not kept.

    tools/stack_bound.py --entry main=4096 --entry trap_handle=256 --budget 4096 --interrupt-frame 64 OBJECTS…
    tools/stack_bound.py --entry main=4096 @FILE-WITH-AN-OBJECT-A-LINE

Each object was compiled with -fcallgraph-info=su, which leaves NAME.ci beside NAME.obj. The first entry is the
program's, the others are those of interrupts and faults: together, with what the processor pushes for each, they
stay within the budget. Recursion and frames of unknown size are errors.

A call through a pointer goes by the pointer's name in the source, which is that of a member or of a parameter. A
member leads to what the sources store under its name (`.name = function`); --pointer says where other names lead:

    --pointer between=port_watchdog_kick,watchdog_kick     to functions, or to where another name leads
    --pointer handle=@commands                             to the functions of a table
    --pointer health=                                      nowhere, as it is always null
    --pointer look_up=?                                    out of the program, into a ROM

An unknown name is an error, and so is a function whose address is taken (by the objects' relocations) without a
name that leads to it. A function without a call graph (libgcc's, a ROM's) is granted UNKNOWN_FRAME, if it is not one of
KNOWN_FRAMES.
"""
import argparse
import dataclasses
import functools
import pathlib
import re
import subprocess
import sys

INDIRECT = "__indirect_call"
OUTSIDE = "?"
UNKNOWN_FRAME = 128
# From the disassembly of libgcc 12.2: the 64-bit product of ARMv6-M, at the bottom of each verification.
KNOWN_FRAMES = {"__aeabi_lmul": 28}
# The library's vtables: it calls none of them, or its calls would be unknown names here.
FOREIGN = "bare_metal_crypto"

NODE = re.compile(r'node: { title: "([^"]+)" label: "([^"]*)"')
FRAME = re.compile(r"\\n([^\\]+):\d+:\d+\\n(\d+) bytes \(([^)]+)\)")
EDGE = re.compile(r'edge: { sourcename: "([^"]+)" targetname: "([^"]+)"(?: label: "([^"]*):(\d+):(\d+)")?')
MEMBER_CALL = re.compile(r"(?:\.|->)(\w+)\s*\(")
NAME_CALL = re.compile(r"^(\w+)\s*\(")
STORED = re.compile(r"(?:\.|->)(\w+)\s*=\s*&?([A-Za-z_]\w*)\s*[,;}\n]")
RELOCATED_SECTION = re.compile(r"^Relocation section '\.rela?(\S+)'")
RELOCATION = re.compile(r"^[0-9a-f]{8}\s+[0-9a-f]{8}\s+(R_\w+)\s+[0-9a-f]+\s+(\S+)")
CALLS = re.compile(r"_(CALL|CALL_PLT|JUMP\d*|JAL|BRANCH|PREL31|RELAX|NONE)$|_THM_(CALL|JUMP)|RVC_")


class Problem(Exception):
    pass


@dataclasses.dataclass
class Object:
    """One compiled file: its functions by their names in it, and where it stores the addresses of functions."""
    path: pathlib.Path
    functions: dict[str, str] = dataclasses.field(default_factory=dict)
    references: list[tuple[str, str]] = dataclasses.field(default_factory=list)


def plain(function: str) -> str:
    """Without the file, which stands before the name of a static function."""
    return function.rsplit(":", 1)[-1]


class Program:
    def __init__(self, paths: list[pathlib.Path], pointers: dict[str, list[str]], readelf: str):
        self.frames, self.calls, self.sources, self.pointers = {}, {}, set(), pointers
        self.objects = [self.read(path, readelf) for path in paths]
        self.known = {name: function for item in self.objects for name, function in item.functions.items()}
        self.stored = {}
        for source in self.sources:
            for name, value in STORED.findall(read_source(source)):
                self.stored.setdefault(name, set()).add((source, value))

    def read(self, path: pathlib.Path, readelf: str) -> Object:
        item = Object(path)
        graph = path.with_suffix(".ci").read_text()
        for function, label in NODE.findall(graph):
            if frame := FRAME.search(label):
                if frame[3] != "static":
                    raise Problem(f"the frame of {function} has no fixed size ({frame[3]})")
                self.frames[function] = int(frame[2])
                item.functions[plain(function)] = function
                if FOREIGN not in str(path):
                    self.sources.add(frame[1])
        for source, target, *place in EDGE.findall(graph):
            self.calls.setdefault(source, set()).add((target, *place) if target == INDIRECT else (target,))
        if readelf:
            item.references = references(path, readelf)
        return item

    @functools.cached_property
    def address_taken(self) -> set[str]:
        return {item.functions.get(name) or self.known[name] for item in self.objects if FOREIGN not in str(item.path)
                for _, name in item.references if name in self.known}

    def named(self, source: str | None, name: str) -> str | None:
        """The function that a source means by the name: its own static one, or else the program's."""
        own = f"{source}:{name}"
        return own if own in self.frames else self.known.get(name)

    def table(self, name: str) -> set[str]:
        section = re.compile(rf"^\.(ro)?data(\.rel\.ro)?(\.local)?\.{name}(\.\d+)?$")
        found = {item.functions.get(function) or self.known[function] for item in self.objects
                 for place, function in item.references if section.match(place) and function in self.known}
        if not found:
            raise Problem(f"no table {name} holds functions")
        return found

    def targets(self, name: str, seen: frozenset[str] = frozenset()) -> set[str]:
        """Where a call through a pointer of this name leads."""
        values = self.stored.get(name)
        if name in self.pointers:
            values = [(None, value) for value in self.pointers[name]]
        if values is None or name in seen:
            raise Problem(f"nobody says where calls through the pointer {name} lead: see --pointer")
        found = set()
        for source, value in values:
            if value.startswith("@"):
                found |= self.table(value[1:])
            elif function := self.named(source, value):
                found.add(function)
            elif value == OUTSIDE:
                found.add(OUTSIDE)
            elif value != "NULL":
                found |= self.targets(value, seen | {name})
        return found

    @functools.cached_property
    def used_pointers(self) -> dict[str, set[str]]:
        names = {name for calls in self.calls.values() for target, *place in calls if target == INDIRECT
                 for name in called_names(*place)}
        return {name: self.targets(name) for name in names}

    def check_pointers(self, entries: list[str]) -> None:
        names = {*self.used_pointers, *self.pointers}
        reached = {function for name in names for function in self.targets(name)}
        # What is stored under a name that nobody calls here is for applications.
        reached |= {self.named(*value) for values in self.stored.values() for value in values}
        for function in sorted(self.address_taken - reached):
            if plain(function) not in entries:
                raise Problem(f"the address of {function} is taken, and no pointer's name leads to it")

    def callees(self, function: str):
        for target, *place in self.calls.get(function, ()):
            if target == INDIRECT:
                for name in called_names(*place):
                    yield from self.used_pointers[name]
            else:
                yield target

    def deepest(self, function: str) -> tuple[int, tuple[str, ...]]:
        """Bytes below the caller of the function, and the calls that take them."""
        memo = {}

        def walk(name: str, path: tuple[str, ...]) -> tuple[int, tuple[str, ...]]:
            if name in path:
                raise Problem(f"recursion: {' -> '.join([*map(plain, path), plain(name)])}")
            if name not in memo:
                best = max((walk(callee, (*path, name)) for callee in self.callees(name)), default=(0, ()))
                frame = self.frames.get(name, KNOWN_FRAMES.get(name, UNKNOWN_FRAME))
                memo[name] = (frame + best[0], (f"{plain(name)} {frame}", *best[1]))
            return memo[name]

        return walk(self.known.get(function, function), ())


def references(path: pathlib.Path, readelf: str) -> list[tuple[str, str]]:
    """The sections that refer to functions other than by calls, and the names of those functions."""
    listed = subprocess.run([readelf, "-rW", path], check=True, capture_output=True, text=True).stdout
    section, found = "", []
    for line in listed.splitlines():
        if match := RELOCATED_SECTION.match(line):
            section = match[1]
        elif (match := RELOCATION.match(line)) and not CALLS.search(match[1]):
            if not section.startswith((".debug", ".eh_frame", ".ARM")):
                found.append((section, match[2].removeprefix(".text.").removeprefix("startup.")))
    return found


@functools.cache
def read_source(path: str) -> str:
    return pathlib.Path(path).read_text()


def called_names(path: str, line: str, column: str) -> list[str]:
    """The pointers that are called from there to the end of the statement; the compiler tells no better place."""
    text = "\n".join(read_source(path).splitlines()[int(line) - 1:])[int(column) - 1:]
    statement = text.split(";", 1)[0]
    names = MEMBER_CALL.findall(statement) or NAME_CALL.findall(statement)
    if not names:
        raise Problem(f"{path}:{line}: cannot name the pointer of this call")
    return names


def is_kept(what: str, used: int, limit: int, path: tuple[str, ...]) -> bool:
    print(f"stack: {what} {used} of {limit} bytes")
    if used > limit:
        print("  " + "\n  ".join(path), file=sys.stderr)
    return used <= limit


def report(bounds: dict[str, tuple[int, tuple[str, ...]]], arguments: argparse.Namespace) -> bool:
    kept = [is_kept(f"{entry} needs at most", used, arguments.limits[entry], path)
            for entry, (used, path) in bounds.items()]
    if arguments.budget is not None:
        total = sum(used for used, _ in bounds.values()) + (len(bounds) - 1) * arguments.interrupt_frame
        deepest = next(iter(bounds.values()))[1]
        kept.append(is_kept("all together, one on top of the other,", total, arguments.budget, deepest))
    if arguments.output:
        arguments.output.write_text("".join(f"{entry} {used}\n" for entry, (used, _) in bounds.items()))
    return all(kept)


def main() -> int:
    parser = argparse.ArgumentParser(fromfile_prefix_chars="@")
    parser.add_argument("--entry", action="append", required=True, metavar="FUNCTION=BYTES")
    parser.add_argument("--pointer", action="append", default=[], metavar="NAME=FUNCTIONS")
    parser.add_argument("--budget", type=int, metavar="BYTES")
    parser.add_argument("--interrupt-frame", type=int, default=0, metavar="BYTES")
    parser.add_argument("--output", type=pathlib.Path, help="keeps the bounds: a line ENTRY BYTES each")
    parser.add_argument("--readelf", default="", help="without it, addresses that are taken are not checked")
    parser.add_argument("objects", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    # Assembly has no call graph; what it calls are the entries.
    objects = [path for path in arguments.objects if not path.name.endswith(".S.obj")]
    arguments.limits = {name: int(limit) for name, limit in (entry.split("=") for entry in arguments.entry)}
    pointers = {name: targets.split(",") if targets else []
                for name, targets in (pointer.split("=") for pointer in arguments.pointer)}
    try:
        program = Program(objects, pointers, arguments.readelf)
        program.check_pointers(list(arguments.limits))
        return 0 if report({entry: program.deepest(entry) for entry in arguments.limits}, arguments) else 1
    except Problem as problem:
        sys.exit(f"stack: {problem}")


if __name__ == "__main__":
    sys.exit(main())
