# SPDX-License-Identifier: Apache-2.0
"""Finds scopes, declarations, functions and statements in the tokens of one C or C++ file.

No compiler: it knows the brackets and a few words, which is enough for code that clang-format has laid out.
"""
import dataclasses

from style.source import Token

OPENING = {"(": ")", "[": "]", "{": "}"}
CLOSING = set(OPENING.values())
CONDITIONAL = {"if", "for", "while", "switch", "catch"}
NO_FUNCTION = {
    "operator", "requires", "noexcept", "alignas", "decltype", "explicit", "static_assert", "__attribute__"
}
NOT_AN_OPERAND = {"return", "co_return", "co_await", "co_yield", "case", "else", "do"}


@dataclasses.dataclass
class Statement:
    """A full expression without the bodies of the lambdas in it."""

    tokens: list[Token]
    lambdas: int = 0


@dataclasses.dataclass
class Lambda:
    line: int
    captures: bool
    is_coroutine: bool


@dataclasses.dataclass
class Body:
    last_line: int = 0
    nesting: int = 0
    deepest_line: int = 0
    is_coroutine: bool = False
    statements: list[Statement] = dataclasses.field(default_factory=list)
    lambdas: list[Lambda] = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class Declaration:
    """What stands before a semicolon or a body, outside of functions."""

    head: list[Token] # without its template<…>
    line: int
    access: str # "public", "private", "protected", "signals", or "hidden" for an anonymous namespace
    body: Body | None = None

    @property
    def name(self) -> str:
        opening = self.parameters_at()
        return self.head[opening - 1].text if opening else "?"

    def parameters_at(self) -> int:
        """The index of the parenthesis that opens the parameters; 0 when this is no function."""
        for index, token in top_level(self.head):
            if token.text != "(" or index == 0:
                continue
            before = self.head[index - 1].text
            if before in NO_FUNCTION:
                continue
            is_operator = index > 1 and "operator" in (self.head[index - 2].text, self.head[index - 3].text)
            if before.isidentifier() or before == ")" or is_operator:
                return index
        return 0

    def parameters(self) -> list[list[Token]]:
        opening = self.parameters_at()
        return split_list(self.head[opening + 1:closing_of(self.head, opening)]) if opening else []


def closing_of(tokens: list[Token], opening: int) -> int:
    depth = 0
    for index in range(opening, len(tokens)):
        if tokens[index].text in OPENING:
            depth += 1
        elif tokens[index].text in CLOSING:
            depth -= 1
            if depth == 0:
                return index
    return len(tokens) - 1


def after_angles(tokens: list[Token], opening: int) -> int:
    """The index behind the > that closes the < at `opening`."""
    depth = 0
    for index in range(opening, len(tokens)):
        depth += {"<": 1, ">": -1}.get(tokens[index].text, 0)
        if depth == 0:
            return index + 1
    return len(tokens)


def top_level(tokens: list[Token]):
    """Every token outside of brackets, the opening bracket included, with its index."""
    index = 0
    while index < len(tokens):
        yield index, tokens[index]
        index = closing_of(tokens, index) + 1 if tokens[index].text in OPENING else index + 1


def split_list(tokens: list[Token]) -> list[list[Token]]:
    items, item, depth = [], [], 0
    for token in tokens:
        depth += (token.text in OPENING or token.text == "<") - (token.text in CLOSING or token.text == ">")
        if token.text == "," and depth == 0:
            items.append(item)
            item = []
        else:
            item.append(token)
    return items + [item] if item else items


class _BodyReader:
    """Walks the statements of one function; depth counts the blocks and lambdas around a statement."""

    def __init__(self, tokens: list[Token], body: Body):
        self.tokens = tokens
        self.body = body

    def text(self, index: int) -> str:
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def block(self, index: int, depth: int) -> int:
        """From an opening brace to behind the closing one."""
        if depth > self.body.nesting:
            self.body.nesting, self.body.deepest_line = depth, self.tokens[index].line
        index += 1
        while index < len(self.tokens) and self.text(index) != "}":
            index = self.statement(index, depth)
        if index < len(self.tokens):
            self.body.last_line = self.tokens[index].line
        return index + 1

    def nested(self, index: int, depth: int) -> int:
        """The statement that a condition governs, in braces or not."""
        if self.text(index) == "{":
            return self.block(index, depth + 1)
        if depth + 1 > self.body.nesting and index < len(self.tokens):
            self.body.nesting, self.body.deepest_line = depth + 1, self.tokens[index].line
        return self.statement(index, depth + 1)

    def statement(self, index: int, depth: int) -> int:
        word = self.text(index)
        if word == "{":
            return self.block(index, depth) # The braces of a case are no level of their own.
        if word in CONDITIONAL:
            return self.conditional(index, depth)
        if word in ("else", "do", "try") or (word.isupper() and self.text(index + 1) == "{"):
            if word == "else" and self.text(index + 1) == "if":
                return self.conditional(index + 1, depth) # An else-if chain stays on one level.
            return self.nested(index + 1, depth)
        if word in ("case", "default"):
            while index < len(self.tokens) and self.text(index) not in (":", ";", "}"):
                index += 1
            return index + 1
        if word.isidentifier() and self.text(index + 1) == ":":
            return index + 2
        return self.expression(index, depth)

    def conditional(self, index: int, depth: int) -> int:
        while index < len(self.tokens) and self.text(index) != "(":
            index += 1
        index = self.expression(index + 1, depth, end=")")
        return index if self.text(index) == ";" else self.nested(index, depth)

    def expression(self, index: int, depth: int, end: str = ";") -> int:
        """Up to and behind `end` outside of brackets."""
        statement, brackets = Statement([]), 0
        while index < len(self.tokens):
            word = self.text(index)
            if brackets == 0 and word == end:
                break
            if brackets == 0 and word == "}": # A macro without its semicolon.
                index -= 1
                break
            if word == "[" and self.begins_lambda(index):
                statement.lambdas += 1
                index = self.lambda_body(index, depth)
                continue
            brackets += (word in OPENING) - (word in CLOSING)
            statement.tokens.append(self.tokens[index])
            index += 1
        self.body.is_coroutine |= any(token.text in ("co_await", "co_return") for token in statement.tokens)
        self.body.statements.append(statement)
        return index + 1

    def begins_lambda(self, index: int) -> bool:
        before = self.text(index - 1)
        if self.text(index + 1) == "[" or before == "[":
            return False # An attribute.
        if before == "auto" or (before in ("&", "&&") and self.text(index - 2) == "auto"):
            return False # A structured binding.
        is_operand = before.isidentifier() and before not in NOT_AN_OPERAND
        if is_operand or before in (")", "]", '""'):
            return False
        return self.text(closing_of(self.tokens, index) + 1) not in ("=", ".")

    def lambda_body(self, index: int, depth: int) -> int:
        line, end = self.tokens[index].line, closing_of(self.tokens, index)
        captures = end > index + 1
        index = end + 1
        while index < len(self.tokens) and self.text(index) not in ("{", ";"):
            index = closing_of(self.tokens, index) + 1 if self.text(index) == "(" else index + 1
        if self.text(index) != "{":
            return index
        inner = Body()
        index = _BodyReader(self.tokens, inner).block(index, depth + 1)
        if inner.nesting > self.body.nesting:
            self.body.nesting, self.body.deepest_line = inner.nesting, inner.deepest_line
        self.body.statements += inner.statements
        self.body.lambdas += [*inner.lambdas, Lambda(line, captures, inner.is_coroutine)]
        return index


class _ScopeReader:
    """Walks what stands outside of functions and collects its declarations."""

    def __init__(self, tokens: list[Token]):
        self.tokens = tokens
        self.declarations: list[Declaration] = []

    def scope(self, index: int, access: str, is_class: bool) -> int:
        """From the first token inside a scope to behind its closing brace."""
        head: list[Token] = []
        while index < len(self.tokens):
            token = self.tokens[index]
            if token.text == "}":
                return index + 1
            if token.text == ";":
                self.add(head, access)
                head, index = [], index + 1
            elif token.text == ":" and is_class and (label := access_label(head)):
                access, head, index = label, [], index + 1
            elif token.text == "(" or token.text == "[":
                end = closing_of(self.tokens, index) + 1
                head, index = head + self.tokens[index:end], end
            elif token.text == "{":
                head, index = self.brace(head, index, access)
            else:
                head.append(token)
                index += 1
        return index

    def class_scope(self, index: int, outer: str, access: str) -> int:
        first = len(self.declarations)
        index = self.scope(index, access, True)
        for declaration in self.declarations[first:]:
            if outer != "public": # What stands in a hidden class is hidden, whatever its own label says.
                declaration.access = outer
        return index

    def brace(self, head: list[Token], index: int, access: str) -> tuple[list[Token], int]:
        kind = kind_of_brace(head)
        if kind == "value": # The statement goes on behind it.
            end = closing_of(self.tokens, index) + 1
            return head + self.tokens[index:end], end
        if kind == "namespace":
            is_hidden = bool(head) and head[-1].text == "namespace"
            return [], self.scope(index + 1, "hidden" if is_hidden else access, False)
        if kind == "class":
            return head, self.class_scope(index + 1, access, default_access(head))
        declaration = self.add(head, access, Body())
        return [], _BodyReader(self.tokens, declaration.body).block(index, 0)

    def add(self, head: list[Token], access: str, body: Body | None = None) -> Declaration:
        line = head[0].line if head else 0
        declaration = Declaration(without_template(head), line, access, body)
        if head:
            self.declarations.append(declaration)
        return declaration


def without_template(head: list[Token]) -> list[Token]:
    while len(head) > 1 and head[0].text == "template":
        head = head[after_angles(head, 1):]
    return head


def access_label(head: list[Token]) -> str:
    words = [token.text for token in head]
    if words in (["Q_SIGNALS"], ["signals"]):
        return "signals"
    if words and words[0] in ("public", "private", "protected") and len(words) <= 2:
        return words[0]
    return ""


def default_access(head: list[Token]) -> str:
    words = {token.text for _, token in top_level(without_template(head))}
    return "private" if "class" in words else "public"


def kind_of_brace(head: list[Token]) -> str:
    """What an opening brace outside of functions opens: namespace, class, function, or a value."""
    words = [token.text for _, token in top_level(without_template(head))]
    if "namespace" in words or words[:1] == ["extern"] and words[1:] == ['""']:
        return "namespace"
    if "=" in words and "operator" not in words or "enum" in words and "(" not in words:
        return "value"
    if "requires" in words and head[-1].text == ")" and words[-2:-1] == ["requires"]:
        return "value"
    if "(" not in words:
        return "class" if {"class", "struct", "union"} & set(words) else "value"
    behind = words[words.index("("):]
    if ":" in behind and (head[-1].text.isidentifier() or head[-1].text == ">"):
        return "value" # A member's initialiser: Type() : m_member{…}
    return "function"


def read(tokens: list[Token]) -> list[Declaration]:
    reader, index = _ScopeReader(tokens), 0
    while index < len(tokens): # A stray closing brace, from an #if/#else pair, ends no file.
        index = reader.scope(index, "public", False)
    return reader.declarations
