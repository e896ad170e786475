# SPDX-License-Identifier: Apache-2.0
"""Sizes of functions, GCC 12's coroutine traps, and bool parameters of public functions."""
import ast

from style import structure
from style.source import SourceFile

MAX_FUNCTION_LINES = 60
MAX_NESTING = 3
AWAIT = "co_await"


def check(file: SourceFile):
    if file.path.suffix == ".py":
        yield from check_python(file)
    if not file.is_c_family:
        return
    for declaration in structure.read(file.tokens):
        if declaration.body:
            yield from size_problems(file, declaration)
            yield from await_problems(file, declaration.body)
            yield from parameter_problems(file, declaration)
        if file.is_header:
            yield from bool_problems(file, declaration)


def check_python(file: SourceFile):
    for node in ast.walk(ast.parse(file.text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = node.end_lineno - node.lineno + 1
            if lines > MAX_FUNCTION_LINES:
                yield file.problem(node.lineno, "function-size", too_long(node.name, lines))


def too_long(name: str, lines: int) -> str:
    return f"{name} has {lines} lines, limit {MAX_FUNCTION_LINES}"


def size_problems(file: SourceFile, declaration: structure.Declaration):
    first, body = declaration.line, declaration.body
    lines = body.last_line - first + 1
    if lines > MAX_FUNCTION_LINES:
        yield file.problem(first, "function-size", too_long(declaration.name, lines))
    if body.nesting > MAX_NESTING:
        message = f"{declaration.name} nests {body.nesting} levels deep, limit {MAX_NESTING}"
        yield file.problem(body.deepest_line, "nesting", message)


def await_problems(file: SourceFile, body: structure.Body):
    for statement in body.statements:
        awaits = [token for token in statement.tokens if token.text == AWAIT]
        if not awaits:
            continue
        line = awaits[0].line
        if len(awaits) > 1:
            yield file.problem(line, "await", "two co_await in one statement: give the first value a name")
        if statement.lambdas:
            yield file.problem(line, "await", "a lambda inside a co_await statement: name it first (GCC 12 frees it twice)")
        if has_braced_argument(statement.tokens):
            yield file.problem(line, "await", "braces inside a co_await statement: name the value first (GCC 12 frees it twice)")
    for inner in body.lambdas:
        if inner.captures and inner.is_coroutine:
            yield file.problem(inner.line, "await", "a capturing lambda must not be a coroutine: its captures die with it")


def has_braced_argument(tokens: list[structure.Token]) -> bool:
    """Braces behind the co_await, but not those of a declaration's own value: auto x{co_await …}."""
    first = next(index for index, token in enumerate(tokens) if token.text == AWAIT)
    return any(token.text == "{" for token in tokens[first:])


def parameter_problems(file: SourceFile, declaration: structure.Declaration):
    """A coroutine's frame outlives the temporaries of its caller. A plain T & cannot bind to one."""
    if not declaration.body.is_coroutine:
        return
    for parameter in declaration.parameters():
        words = [token.text for token in parameter]
        if "&&" in words or ("&" in words and "const" in words[:words.index("&")]):
            message = f"{declaration.name} is a coroutine: take its parameters by value"
            yield file.problem(parameter[0].line, "await", message)


def bool_problems(file: SourceFile, declaration: structure.Declaration):
    behind = {token.text for token in declaration.head[declaration.parameters_at():]}
    if declaration.access != "public" or "override" in behind or declaration.head[0].text in ("using", "typedef"):
        return
    if declaration.name.lower().endswith("bool"):
        return # The name says what the argument is: cbor_put_bool(writer, true).
    for parameter in declaration.parameters():
        words = [token.text for token in parameter if token.text != "const"]
        if words[:1] == ["bool"] and words[1:2] not in (["("], ["&"], ["*"]):
            message = f"{declaration.name} takes a bool: give the two meanings names (an enum class)"
            yield file.problem(parameter[0].line, "bool-parameter", message)
