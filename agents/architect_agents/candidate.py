"""Builds the whole new document from what a model hands in: a function, or pairs of old and new."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from architect_agents.tools.replacing import newline_of, replaced
from architect_agents.tools.tool import ToolFailure
from architect_agents.types import FunctionFigures, Measure, RefactorRequest

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def source_lines(source: str) -> list[str]:
    """The lines with their ends; only LF, CR and CRLF end a line, as in the figures."""
    return _LINE.findall(source)


def target_figures(request: RefactorRequest, measure: Measure) -> FunctionFigures | None:
    """The figures of the function that is asked about, nearest to its line if names repeat."""
    named = [
        function
        for function in measure(request.source, request.language)
        if function.qualified_name == request.function
    ]
    distance = {id(one): abs(one.start_line - request.start_line) for one in named}
    return min(named, key=lambda one: distance[id(one)], default=None)


@dataclass(frozen=True, slots=True)
class TargetDocument:
    """The document of a request, with the lines of its function: ``first`` to ``last``, 1-based.

    The model sees LF only. Where the document's line ends are all of one kind, they are put back.
    """

    source: str
    language: str
    first: int
    last: int

    @property
    def newline(self) -> str:
        """The document's line end, or "" if it mixes them (then nothing is converted)."""
        return newline_of(self.source)

    @property
    def seen(self) -> str:
        """The document as the model sees it."""
        return self.source.replace(self.newline, "\n") if self.newline else self.source

    @property
    def function(self) -> str:
        """The function as the model sees it."""
        return "".join(source_lines(self.seen)[self.first - 1 : self.last])

    def with_function(self, text: str) -> str:
        """The document with the function replaced by ``text``, set to the old indentation."""
        text = text.replace("\r\n", "\n").strip("\n")
        if not text.strip():
            raise ToolFailure("`function_source` is empty.")
        lines = source_lines(self.seen)
        indent = _indent(lines[self.first - 1])
        if not text.startswith(indent) or not indent:
            text = textwrap.indent(textwrap.dedent(text), indent)
        first = self.first
        if text.lstrip().startswith("@"):
            first = self._first_decorator()
        end = "\n" if lines[self.last - 1].endswith(("\n", "\r")) else ""
        return self._restored("".join([*lines[: first - 1], text + end, *lines[self.last :]]))

    def with_edits(self, edits: Sequence[Mapping[str, Any]]) -> str:
        """The document after each ``old_string`` was replaced by its ``new_string``, in order."""
        text = self.seen
        for number, edit in enumerate(edits, 1):
            old, new = edit.get("old_string"), edit.get("new_string")
            if not isinstance(old, str) or not isinstance(new, str) or not old:
                raise ToolFailure(f"Edit {number} needs both `old_string` and `new_string`.")
            old, new = old.replace("\r\n", "\n"), new.replace("\r\n", "\n")
            text = replaced(text, old, new, f"edit {number}")
        return self._restored(text)

    def _restored(self, text: str) -> str:
        return text.replace("\n", self.newline) if self.newline else text

    def _first_decorator(self) -> int:
        """The line where the function's decorators begin; its own line if there are none."""
        try:
            tree = ast.parse(self.source) if self.language == "python" else None
        except (SyntaxError, ValueError, RecursionError):
            return self.first
        decorators = [
            item.lineno
            for node in (ast.walk(tree) if tree else ())
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.lineno == self.first
            for item in node.decorator_list
        ]
        return min(decorators, default=self.first)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]
