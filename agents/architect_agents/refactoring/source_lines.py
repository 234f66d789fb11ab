"""A module's text as exact pieces: lines with their ends, offsets, and where strings go on."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cached_property

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BLANKS = re.compile(r"[ \t\f]*")
_STRINGS = (ast.JoinedStr, getattr(ast, "TemplateStr", ast.JoinedStr))


class SourceLines:
    r"""The lines of ``text`` as Python counts them (``\n``, ``\r\n`` and ``\r`` end one).

    Line numbers are 1-based as in ``ast``. Joining ``lines`` gives ``text`` again.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines: list[str] = _LINE.findall(text)

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.lines:
            starts.append(starts[-1] + len(line))
        return starts

    @cached_property
    def newline(self) -> str:
        r"""The line end of the first line, ``\n`` if there is none."""
        return self.end_of(self.lines[0]) if self.lines else "\n"

    @staticmethod
    def end_of(line: str) -> str:
        """The line end that ``line`` carries."""
        return line[len(line.rstrip("\r\n")) :] or "\n"

    def line(self, number: int) -> str:
        return self.lines[number - 1]

    def indentation(self, number: int) -> str:
        """The blanks, tabs and form feeds with which the line begins."""
        matched = _BLANKS.match(self.line(number))
        return matched.group() if matched else ""

    def column(self, number: int, utf8_column: int) -> int:
        """The code-point column of ``ast``'s column, which counts bytes of UTF-8."""
        line = self.line(number)
        if line.isascii():
            return utf8_column
        return len(line.encode("utf-8", "surrogatepass")[:utf8_column].decode("utf-8", "ignore"))

    def offset(self, number: int, utf8_column: int) -> int:
        """Offset in code points of a place that ``ast`` gives."""
        return self._starts[number - 1] + self.column(number, utf8_column)

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """Offsets of ``node``'s first character and behind its last."""
        end_line, end_column = self.end_of_node(node)
        end = self._starts[end_line - 1] + end_column
        return self.offset(node.lineno, node.col_offset), end

    def end_of_node(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """The line, and the code-point column behind the last character, of ``node``."""
        end_line, end_column = node.end_lineno, node.end_col_offset
        assert end_line is not None
        assert end_column is not None
        return end_line, self.column(end_line, end_column)

    def segment(self, node: ast.expr | ast.stmt) -> str:
        """The exact text of ``node``."""
        start, end = self.span(node)
        return self.text[start:end]

    def before(self, node: ast.expr | ast.stmt) -> str:
        """What stands on ``node``'s first line before it."""
        return self.line(node.lineno)[: self.column(node.lineno, node.col_offset)]

    def after(self, node: ast.expr | ast.stmt) -> str:
        """What stands on ``node``'s last line after it, without the line end."""
        end_line, end_column = self.end_of_node(node)
        return self.line(end_line)[end_column:].rstrip("\r\n")

    def lines_inside_strings(self, root: ast.AST) -> frozenset[int]:
        """Lines that begin inside a string literal: their indentation is part of a value."""
        return frozenset(
            number for node in _strings_over_lines(root) for number in self._continued(node)
        )

    def _continued(self, node: ast.expr) -> Iterator[int]:
        """A literal may be several string tokens, each on lines of its own."""
        segment = re.sub(r"\r\n?", "\n", self.segment(node))
        open_strings: list[int] = []
        try:
            for token in tokenize.generate_tokens(io.StringIO(f"({segment})").readline):
                name = tokenize.tok_name[token.type]
                if name.endswith("STRING_START"):
                    open_strings.append(token.start[0])
                elif name.endswith("STRING_END"):
                    begun = open_strings.pop()
                    yield from range(node.lineno + begun, node.lineno + token.end[0])
                elif token.type == tokenize.STRING:
                    yield from range(node.lineno + token.start[0], node.lineno + token.end[0])
        except (tokenize.TokenError, SyntaxError, IndexError):
            yield from range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)


def _strings_over_lines(root: ast.AST) -> Iterator[ast.expr]:
    pending = [root]
    while pending:
        node = pending.pop()
        text = isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
        if isinstance(node, ast.expr) and (text or isinstance(node, _STRINGS)):
            if node.end_lineno != node.lineno:
                yield node
        else:
            pending += ast.iter_child_nodes(node)


def is_parenthesised(text: str) -> bool:
    """Whether the first character is a parenthesis that only the last one closes."""
    if not (text.startswith("(") and text.endswith(")")):
        return False
    try:
        # As the arguments of a call: the call ends where the first parenthesis is closed.
        inner = ast.parse(f"f{text}", mode="eval").body
    except SyntaxError:
        return False
    lines = SourceLines(f"f{text}")
    return isinstance(inner, ast.Call) and lines.span(inner)[1] == len(lines.text)
