"""A half-typed Python text, made readable: the one block that does not parse is taken out.

While somebody types, one function is broken and the rest of the file is not. Without the block
around the broken line ``ast`` reads everything else, so that its figures stand still.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from architect_server.analysis.python_outline import Stumble, parses, stumble

_HEADER = re.compile(r"[ \t]*(?:@|(?:async[ \t]+def|def|class)\b)")
_CLOSING = re.compile(r"[ \t]*[)\]}]")

# Comments and strings, so that what looks like code can be told from what is quoted.
_QUOTED = re.compile(
    r"#[^\n]*"
    r'|"""(?:[^\\]|\\.)*?(?:"""|\Z)'
    r"|'''(?:[^\\]|\\.)*?(?:'''|\Z)"
    r'|"(?:[^"\\\n]|\\.)*+"'
    r"|'(?:[^'\\\n]|\\.)*+'",
    re.S,
)
_QUOTED_CODE = re.compile(
    r"\n[ \t]*(?:(?:async[ \t]+)?def[ \t]+\w+[ \t]*\(|class[ \t]+\w+[ \t]*[(:])"
)

# Each attempt parses the text again; a text with more broken blocks is not Python.
_ATTEMPTS = 8

# So many quotes are tried as the one too many.
_SUSPECTS = 4


@dataclass(frozen=True, slots=True)
class Block:
    """Lines ``first``..``last`` (1-based, inclusive) that were taken out, and why.

    ``stub`` is whether a ``pass`` must hold their place, so that no block is left empty.
    """

    first: int
    last: int
    line: int
    why: str
    stub: bool = True


def repaired(source: str) -> tuple[str, tuple[Block, ...]] | Stumble:
    """``source`` (LF line ends, no BOM) without the blocks that do not parse, and these.

    The text keeps its lines: a block becomes ``pass`` and empty lines. Where it is broken in too
    many places, it is told where it still is.
    """
    lines = source.split("\n")
    broken: list[Block] = []
    attempts = 0
    while error := stumble("\n".join(lines)):
        attempts += 1
        around = _blocks_around(lines, error)
        block = next((block for block in around if block not in broken), None)
        if block is None or attempts == _ATTEMPTS:
            return error
        broken = [other for other in broken if not _inside(other, block)] + [block]
        _take_out(lines, block)
    return "\n".join(lines), tuple(broken)


def _blocks_around(lines: list[str], error: Stumble) -> Iterator[Block]:
    """The line at which Python stumbled, then the definitions around it, innermost first."""
    line = min(error.line, len(lines))
    while line > 1 and not lines[line - 1].strip():
        line -= 1
    if error.why.startswith("unterminated triple-quoted"):
        suspects = [Block(at, at, error.line, error.why) for at in _swallowing_lines(lines)]
        others = []
        for block in suspects:
            if _mends(lines, block):
                yield block
            else:
                others.append(block)
        yield from others
    if error.why == "unexpected indent":
        yield Block(line, _same_depth_end(lines, line), error.line, error.why, stub=False)
    elif not _HEADER.match(lines[line - 1]):
        yield Block(line, line, error.line, error.why)
    indent = _indent(lines[line - 1]) + 1
    for number in range(line, 0, -1):
        text = lines[number - 1]
        if _HEADER.match(text) and _indent(text) < indent:
            indent = _indent(text)
            first = _first_decorator(lines, number)
            yield Block(first, _block_end(lines, number), error.line, error.why)


def _swallowing_lines(lines: list[str]) -> list[int]:
    """The lines of quotes that swallow a ``def`` or ``class``: one of them is one too many.

    Python blames the last quotes of the file, since every pair in between is turned around.
    """
    text = "\n".join(lines)
    found = [
        text.count("\n", 0, match.start()) + 1
        for match in _QUOTED.finditer(text)
        if match[0].startswith(('"""', "'''")) and _QUOTED_CODE.search(match[0])
    ]
    return found[:_SUSPECTS]


def _mends(lines: list[str], block: Block) -> bool:
    """Whether Python can parse the text once ``block`` is taken out."""
    trial = list(lines)
    _take_out(trial, block)
    return parses("\n".join(trial))


def _same_depth_end(lines: list[str], line: int) -> int:
    """The last line from ``line`` on that is indented as deep as it, or deeper."""
    indent = _indent(lines[line - 1])
    last = line
    for number in range(line + 1, len(lines) + 1):
        text = lines[number - 1]
        if text.strip():
            if _indent(text) < indent:
                break
            last = number
    return last


def _inside(inner: Block, outer: Block) -> bool:
    return outer.first <= inner.first and inner.last <= outer.last


def _first_decorator(lines: list[str], line: int) -> int:
    """The first line of the decorators above the definition at ``line``, or ``line``."""
    indent = _indent(lines[line - 1])
    first = line
    for number in range(line - 1, 0, -1):
        text = lines[number - 1]
        same = _indent(text) == indent
        if same and text.lstrip().startswith("@"):
            first = number
        elif not text.strip() or _indent(text) < indent or (same and not _CLOSING.match(text)):
            break
    return first


def _block_end(lines: list[str], start: int) -> int:
    """The last line of the block that begins at ``start``, by indentation."""
    indent = _indent(lines[start - 1])
    last = start
    for number in range(start + 1, len(lines) + 1):
        text = lines[number - 1]
        if not text.strip():
            continue
        if _indent(text) <= indent and not _CLOSING.match(text):
            break
        last = number
    return last


def _take_out(lines: list[str], block: Block) -> None:
    first = lines[block.first - 1]
    if block.first == block.last:
        # A line typed too far to the left must not end the blocks that go on below it.
        below = next((line for line in lines[block.last :] if line.strip()), "")
        first = max(first, below, key=_indent)
    blank = first[: len(first) - len(first.lstrip())]
    empty = [""] * (block.last - block.first)
    lines[block.first - 1 : block.last] = [f"{blank}pass" if block.stub else "", *empty]


def _indent(line: str) -> int:
    expanded = line.expandtabs(8)
    return len(expanded) - len(expanded.lstrip())
