"""The functions of a Python text as ``ast`` sees them: names, spans and nesting."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from architect_server.analysis.model import Span

_DEFINITION = re.compile(r"(?:async(?:[^\S\n]|\\\n)+)?def(?:[^\S\n]|\\\n)+(\w+)")

_BLOCKS = (
    ast.If,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.With,
    ast.AsyncWith,
    ast.Try,
    ast.TryStar,
    ast.Match,
)


@dataclass(slots=True)
class PythonFunction:
    """One ``def``. Lines are 1-based and inclusive; columns are 0-based code points.

    ``def_line`` is the line of the name (lizard's start line). ``body`` is where its first
    statement stands, ``one_line`` whether that is on the header's own logical line.
    ``enclosing`` is the index of the function around it, or None.
    """

    name: str
    qualified_name: str
    def_line: int
    end_line: int
    edit_line: int
    name_span: Span
    body: tuple[int, int]
    one_line: bool
    enclosing: int | None
    nesting: int = 0


class Stumble(NamedTuple):
    """At which line (1-based) ``ast`` stumbles over a text, and why in a clause."""

    line: int
    why: str


class UnparsableError(ValueError):
    """``ast`` cannot read the text: at which line (1-based) it stumbled, and why in a clause."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line = line
        self.why = why


def outline(source: str) -> list[PythonFunction]:
    """Every function and method of ``source`` (LF line ends, no BOM), in text order.

    Raises:
        UnparsableError: the text is not Python of the running interpreter.
    """
    return _Outliner(source).functions(_parse(source))


# The compiler looks at the first statement's future features as soon as it has parsed the whole.
_UNKNOWN_FEATURE = "from __future__ import _\n"
_PARSED = "future feature _ is not defined"


def parses(source: str) -> bool:
    """Whether ``outline`` can read ``source``; half as dear as reading it."""
    return stumble(source) is None


def stumble(source: str) -> Stumble | None:
    """What ``outline`` would raise about ``source``, if it would; as dear as ``parses``."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(_UNKNOWN_FEATURE + source, "source.py", "exec", dont_inherit=True)
    except SyntaxError as error:
        return None if error.msg == _PARSED else _told(error, lines_above=1)
    except (ValueError, RecursionError, MemoryError):
        pass
    try:  # an interpreter that looks at them at another time
        _parse(source)
    except UnparsableError as error:
        return Stumble(error.line, error.why)
    return None


# "expected an indented block after 'if' statement on line 3" is raised at the line behind it.
_BLAMED_LINE = re.compile(r"after .* on line (\d+)")
_LINE_IN_REASON = re.compile(r"\bline (\d+)")


def _told(error: SyntaxError, lines_above: int = 0) -> Stumble:
    """What Python says of a text that stood below ``lines_above`` lines."""
    why = lines_moved(error.msg or "invalid syntax", -lines_above)
    blamed = _BLAMED_LINE.search(why)
    line = int(blamed[1]) if blamed else (error.lineno or 1) - lines_above
    return Stumble(max(1, line), why)


def lines_moved(why: str, lines: int) -> str:
    """What Python says about a text, once that stands ``lines`` further down."""
    if not lines or "line" not in why:
        return why
    return _LINE_IN_REASON.sub(lambda match: f"line {int(match[1]) + lines}", why)


def _parse(source: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except SyntaxError as error:
        raise UnparsableError(*_told(error)) from error
    except ValueError as error:
        raise UnparsableError(1, "it holds a character that Python does not take") from error
    except (RecursionError, MemoryError) as error:
        raise UnparsableError(1, "it is nested too deeply for Python") from error


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a block stands: name prefix, function around it, depth of control blocks in that."""

    prefix: str = ""
    enclosing: int | None = None
    depth: int = 0


class _Outliner:
    def __init__(self, source: str) -> None:
        self._source = source
        self._lines = source.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._found: list[PythonFunction] = []

    def functions(self, tree: ast.Module) -> list[PythonFunction]:
        # A stack of iterators instead of recursion: depth is the text's choice, not ours.
        stack: list[tuple[Iterator[ast.stmt], _Place]] = [(iter(tree.body), _Place())]
        while stack:
            statements, place = stack[-1]
            statement = next(statements, None)
            if statement is None:
                stack.pop()
            else:
                stack.extend(reversed(self._blocks(statement, place)))
        return self._found

    def _blocks(
        self, statement: ast.stmt, place: _Place
    ) -> list[tuple[Iterator[ast.stmt], _Place]]:
        """The blocks inside ``statement``, each with its place."""
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            self._found.append(self._function(statement, place))
            inner = _Place(f"{self._found[-1].qualified_name}.", len(self._found) - 1)
            return [(iter(statement.body), inner)]
        if isinstance(statement, ast.ClassDef):
            inner = _Place(f"{place.prefix}{statement.name}.", place.enclosing)
            return [(iter(statement.body), inner)]
        if isinstance(statement, _BLOCKS):
            return self._control(statement, place)
        return []

    def _control(
        self, statement: ast.stmt, place: _Place
    ) -> list[tuple[Iterator[ast.stmt], _Place]]:
        inner = _Place(place.prefix, place.enclosing, place.depth + 1)
        if inner.enclosing is not None:
            function = self._found[inner.enclosing]
            function.nesting = max(function.nesting, inner.depth)
        blocks = []
        for suite in _suites(statement):
            elif_ = isinstance(statement, ast.If) and _is_elif(statement, suite)
            blocks.append((iter(suite), place if elif_ else inner))
        return blocks

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, place: _Place
    ) -> PythonFunction:
        start = self._starts[node.lineno - 1] + self._column(node.lineno, node.col_offset)
        match = _DEFINITION.match(self._source, start)
        if match is None:  # pragma: no cover - every def that ast accepts begins like this
            raise UnparsableError(node.lineno, "unknown form of def")
        def_line = node.lineno + self._source.count("\n", start, match.start(1))
        column = match.start(1) - self._starts[def_line - 1]
        first = node.body[0]
        body = (first.lineno, self._column(first.lineno, first.col_offset))
        return PythonFunction(
            name=match[1],
            qualified_name=f"{place.prefix}{match[1]}",
            def_line=def_line,
            end_line=node.end_lineno or node.lineno,
            edit_line=min([node.lineno, *(mark.lineno for mark in node.decorator_list)]),
            name_span=Span(def_line, column, column + len(match[1])),
            body=body,
            one_line=self._shares_line(node.lineno, first.lineno, body[1]),
            enclosing=place.enclosing,
        )

    def _shares_line(self, header: int, line: int, column: int) -> bool:
        """Whether a body at ``line`` and ``column`` stands behind its header's colon."""
        before = self._lines[line - 1][:column].strip()
        return bool(before) or (line > header and self._lines[line - 2].endswith("\\"))

    def _column(self, line: int, byte_column: int) -> int:
        """``ast`` counts UTF-8 bytes, we count code points."""
        text = self._lines[line - 1]
        if text.isascii():
            return byte_column
        return len(text.encode("utf-8", "surrogatepass")[:byte_column].decode("utf-8", "replace"))


def _suites(statement: ast.stmt) -> list[Sequence[ast.stmt]]:
    """The lists of statements directly inside a control statement, in text order."""
    suites: list[Sequence[ast.stmt]] = [getattr(statement, "body", [])]
    suites += [part.body for part in getattr(statement, "handlers", [])]
    suites += [part.body for part in getattr(statement, "cases", [])]
    suites += [getattr(statement, "orelse", []), getattr(statement, "finalbody", [])]
    return [suite for suite in suites if suite]


def _is_elif(statement: ast.If, suite: Sequence[ast.stmt]) -> bool:
    """``elif`` is an ``If`` alone in the ``orelse`` of another, in the same column."""
    return (
        suite is statement.orelse
        and isinstance(suite[0], ast.If)
        and suite[0].col_offset == statement.col_offset
    )
