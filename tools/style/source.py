# SPDX-License-Identifier: Apache-2.0
"""C and C++ sources as the rules see them: without comments and strings, cut into tokens."""
import bisect
import dataclasses
import functools
import pathlib
import re

C_FAMILY = {".h", ".c", ".cpp"}
HEADERS = {".h"}

# The order matters: what begins first wins, so a quote in a comment is no string.
_OPAQUE = re.compile(
    r'//(?:[^\n\\]|\\.)*|/\*.*?\*/|R"(?P<tag>[^()\\\s]{0,16})\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'",
    re.DOTALL,
)
_PREPROCESSOR = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.MULTILINE | re.DOTALL)
_TOKEN = re.compile(r'[A-Za-z_]\w*|\d[\w.\']*|"\s*"|::|->|&&|\S')
_ALLOWED = re.compile(r"style-allow\((?P<rule>[\w-]+)\): *\S")


@dataclasses.dataclass(frozen=True)
class Problem:
    path: pathlib.PurePosixPath
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message} [{self.rule}]"


@dataclasses.dataclass(frozen=True)
class Token:
    text: str
    line: int


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def _blank_opaque(match: re.Match) -> str:
    text = match[0]
    if text.startswith("/"):
        return _blank(text)
    if text.startswith("'"):
        return "0" + _blank(text[1:])
    return '"' + _blank(text[1:-1]) + '"'


class SourceFile:
    """One file of the project. `path` is relative to the root of the tree."""

    def __init__(self, path: pathlib.PurePosixPath, text: str):
        self.path = path
        self.text = text
        self.lines = text.splitlines()

    @property
    def is_c_family(self) -> bool:
        return self.path.suffix in C_FAMILY

    @property
    def is_header(self) -> bool:
        return self.path.suffix in HEADERS

    @functools.cached_property
    def code(self) -> str:
        """The text with comments and the content of strings blanked; every line keeps its number."""
        return _OPAQUE.sub(_blank_opaque, self.text)

    @functools.cached_property
    def tokens(self) -> list[Token]:
        code = _PREPROCESSOR.sub(lambda match: _blank(match[0]), self.code)
        ends = [match.start() for match in re.finditer(r"\n", code)]
        return [
            Token('""' if match[0].startswith('"') else match[0], bisect.bisect_left(ends, match.start()) + 1)
            for match in _TOKEN.finditer(code)
        ]

    def problem(self, line: int, rule: str, message: str) -> Problem:
        return Problem(self.path, line, rule, message)

    def allows(self, problem: Problem) -> bool:
        """A line, or the line above it, may allow itself an exception: style-allow(rule): the reason."""
        for number in (problem.line, problem.line - 1):
            if 0 < number <= len(self.lines):
                allowed = _ALLOWED.search(self.lines[number - 1])
                if allowed and allowed["rule"] == problem.rule:
                    return True
        return False
