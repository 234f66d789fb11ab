"""Java: puts away annotations with arguments inside method bodies, where they stop lizard.

Behind ``@SuppressWarnings("unchecked") final …`` in a body lizard reads nothing any more, to the
end of the file. Each of its tokens becomes a ``;``, which counts as one token and as nothing else.
"""

from __future__ import annotations

import re

from architect_server.analysis import blocks

_ANNOTATION = re.compile(r"@(?!interface\b)[\w.]+\s*\(")
_STATEMENT = re.compile(r"\s*(?:try|if|for|while|switch|synchronized|else)\b")
_TYPE_BODY = re.compile(r"\b(?:class|record|interface|enum|new)\b")
_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*+"|[\w$]++|\S')
_BRACKET = re.compile(r"[(){}]")
_PARENTHESIS = re.compile(r"[()]")
# Characters; the arguments of no annotation are longer.
_LONGEST = 20_000


def put_away(source: str) -> str:
    """``source`` with those annotations as semicolons; lines and columns stay."""
    try:
        code, found = blocks.code(source, "java")
    except blocks.UnbalancedError:
        return source
    bodies = {
        block.opening
        for block in found
        if _STATEMENT.match(code, block.header)
        or not _TYPE_BODY.search(code, block.header, block.opening)
    }
    parts = []
    done = 0
    for start, end in _inside(code, bodies):
        semicolons = _TOKEN.sub(lambda token: ";".ljust(len(token[0])), source[start:end])
        parts += [source[done:start], semicolons]
        done = end
    return "".join((*parts, source[done:]))


def _inside(code: str, bodies: set[int]) -> list[tuple[int, int]]:
    """The stretches of annotations that stand directly in one of ``bodies``."""
    found = []
    around: list[int] = []
    at = 0
    for annotation in _ANNOTATION.finditer(code):
        if annotation.start() < at:
            continue
        _follow(code, at, annotation.start(), around)
        at = annotation.start()
        if around and around[-1] in bodies:
            at = _end(code, annotation.end())
            found.append((annotation.start(), at))
    return found


def _follow(code: str, start: int, end: int, around: list[int]) -> None:
    """Keep the offsets of the brackets that are open at ``end``, from those at ``start``."""
    for bracket in _BRACKET.finditer(code, start, end):
        if bracket[0] in "({":
            around.append(bracket.start())
        elif around:
            around.pop()


def _end(code: str, start: int) -> int:
    depth = 1
    for bracket in _PARENTHESIS.finditer(code, start, start + _LONGEST):
        depth += 1 if bracket[0] == "(" else -1
        if depth == 0:
            return bracket.end()
    return start
