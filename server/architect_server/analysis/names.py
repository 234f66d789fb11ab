"""Where a function's name stands, and what it is called in full, where no ``ast`` can say so."""

from __future__ import annotations

import re
from collections.abc import Sequence

from architect_server.analysis.model import Span

_HEADER = re.compile(r"([ \t\f]*)(?:async[ \t]+)?(def|class)[ \t]+(\w+)")
_ANONYMOUS = re.compile(r"\bfunction\b|=>|->|\blambda\b|\bfunc\b|\|")

_GENERIC_METHOD = re.compile(
    r"[ \t]*(?:(?:public|private|protected|static|async|override)[ \t]+|\*[ \t]*)*(\w+)[ \t]*<"
)


def bare_name(name: str) -> str:
    """The word to look for in the text: the last part of ``Order::total``, ``a.b``, ``get size``.

    A name of Objective-C (``countOf: inside:``) begins with its own word.
    """
    last = re.split(r"::|\.", name)[-1].strip() or name
    words = last.split()
    if len(words) > 1:
        return words[0].rstrip(":") if words[0].endswith(":") else words[-1]
    return last


def name_span(lines: Sequence[str], line: int, name: str) -> Span:
    """The name's own characters on ``line`` (1-based).

    A function without a name is marked at the word or arrow that makes it one, else its whole
    line.
    """
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    word = re.escape(bare_name(name))
    for pattern in (rf"(?<!\w){word}(?=\s*[(<=:\[])", rf"(?<!\w){word}(?!\w)"):
        if match := re.search(pattern, text):
            return Span(line, match.start(), match.end())
    if match := _ANONYMOUS.search(text):
        return Span(line, match.start(), match.end())
    start = len(text) - len(text.lstrip())
    return Span(line, start, max(start, len(text.rstrip())))


def method_name(lines: Sequence[str], line: int) -> str:
    """The name of a TypeScript method that begins on ``line`` with type parameters, or "".

    lizard takes it for a function without a name.
    """
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    if "=>" in text.partition("(")[2] or "function" in text:
        return ""
    match = _GENERIC_METHOD.match(text)
    return match[1] if match else ""


def python_names(lines: Sequence[str]) -> dict[int, str]:
    """Qualified names by the 1-based line of their ``def``, from indentation alone.

    For text that is half typed: a ``def`` or ``class`` belongs to the nearest one above it that
    is indented less.
    """
    names: dict[int, str] = {}
    around: list[tuple[int, str]] = []
    for number, line in enumerate(lines, start=1):
        match = _HEADER.match(line)
        if match is None:
            continue
        indent = len(match[1].expandtabs(8))
        while around and around[-1][0] >= indent:
            around.pop()
        qualified = ".".join([*(name for _, name in around), match[3]])
        around.append((indent, match[3]))
        if match[2] == "def":
            names[number] = qualified
    return names


def decorated_from(lines: Sequence[str], line: int) -> int:
    """The first of the decorator lines directly above the ``def`` at ``line`` (1-based)."""
    indent = _indent(lines[line - 1])
    while line > 1 and _is_decorator(lines[line - 2], indent):
        line -= 1
    return line


def _is_decorator(line: str, indent: int) -> bool:
    return line.lstrip().startswith("@") and _indent(line) == indent


def _indent(line: str) -> int:
    expanded = line.expandtabs(8)
    return len(expanded) - len(expanded.lstrip())


def indentation_depth(lines: Sequence[str], start: int, end: int) -> int:
    """Levels of indentation below a function's first body level, for lines ``start``..``end``.

    Blank lines do not count. It stands in for nesting where neither ``ast`` nor braces tell.
    """
    levels = [_indent(lines[start - 1])]
    deepest = 0
    for line in lines[start:end]:
        if not line.strip():
            continue
        indent = _indent(line)
        while len(levels) > 1 and indent < levels[-1]:
            levels.pop()
        if indent > levels[-1]:
            levels.append(indent)
        deepest = max(deepest, len(levels) - 2)
    return deepest
