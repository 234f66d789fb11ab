"""What code does, as a multiset: calls, attributes, constants, comparisons, exceptions.

Two versions of a function that do the same work mention the same things the same number of
times. The reverse does not hold (an inverted condition keeps every word), so this is no proof;
it is what can be said of an edit that the round trip can't prove. For such an edit the check
fails if anything was lost or invented, because a right edit that merges two equal calls is
rarer than a wrong one that drops a call; the detail lists the difference, so that a model can
repair it and a person can judge it.

Left out on purpose, because honest refactorings change them: names of variables, the number of
``if``, ``and``, ``or``, ``not``, ``return``, ``break`` and ``continue``, and which of the two
forms of a comparison stands (``is``/``is not``, ``<``/``>=``).
"""

from __future__ import annotations

import ast
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from architect_agents.refactoring.comparison import Comparison, outermost
from architect_agents.refactoring.module_source import called_name
from architect_agents.types import Check

NAME = "fingerprint"

Fingerprint = Counter[str]

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Is: "comparison by identity",
    ast.IsNot: "comparison by identity",
    ast.In: "test of membership",
    ast.NotIn: "test of membership",
    ast.Eq: "comparison by equality",
    ast.NotEq: "comparison by equality",
    ast.Lt: "comparison < or >=",
    ast.GtE: "comparison < or >=",
    ast.Gt: "comparison > or <=",
    ast.LtE: "comparison > or <=",
}
_WORDS: dict[type[ast.AST], str] = {
    ast.Raise: "raise",
    ast.Assert: "assert",
    ast.Delete: "del",
    ast.With: "with",
    ast.AsyncWith: "async with",
    ast.Yield: "yield",
    ast.Subscript: "subscript",
    ast.Slice: "slice",
    ast.Starred: "unpacking",
    ast.Lambda: "lambda",
    ast.Global: "global",
    ast.Nonlocal: "nonlocal",
}
# What handing a result over to the caller needs: `return None`, `if done:`, `is not None`.
_GLUE = frozenset({"constant None", "constant True", "constant False", "comparison by identity"})


def check_fingerprint(comparison: Comparison, proved: bool) -> Check:
    """Nothing was lost or invented, unless the round trip has proved more than that already."""
    if proved:
        return Check(NAME, "passed", "The round trip proves that nothing was lost or invented.")
    lost, invented = difference(comparison)
    if not lost and not invented:
        text = "The same calls, attributes, constants, comparisons and exceptions, as often."
        return Check(NAME, "passed", text)
    parts = [f"lost {_listed(lost)}"] if lost else []
    parts += [f"invented {_listed(invented)}"] if invented else []
    return Check(NAME, "failed", f"The new version {' and '.join(parts)}.")


def difference(comparison: Comparison) -> tuple[Fingerprint, Fingerprint]:
    """What the touched functions lost and what they invented, with how often."""
    own = {helper.name for helper in comparison.added}
    before = fingerprint(one.node for one in outermost(comparison.touched_before))
    after = fingerprint((one.node for one in outermost(comparison.touched_after)), own)
    lost, invented = before - after, after - before
    if comparison.helpers:
        for glue in _GLUE:
            invented.pop(glue, None)
    lost.pop("constant None", None)  # `return None` and `return` are one
    return lost, invented


def fingerprint(nodes: Iterable[ast.AST], own: Iterable[str] = ()) -> Fingerprint:
    """The multiset of what functions mention; calls of the ``own`` helpers don't count."""
    skipped = frozenset(own)
    found: Fingerprint = Counter()
    for root in nodes:
        docstrings = _docstrings(root)
        for node in ast.walk(root):
            if node not in docstrings:
                found.update(_items(node, skipped))
    return found


def _docstrings(root: ast.AST) -> set[ast.AST]:
    """The constants that only describe; annotations and headers are the surface's business."""
    left_out: set[ast.AST] = set()
    for node in ast.walk(root):
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            left_out.add(first.value)
        for header in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if isinstance(header, ast.AST):
                left_out.update(ast.walk(header))
        for decorator in getattr(node, "decorator_list", ()):
            left_out.update(ast.walk(decorator))
    return left_out


def _items(node: ast.AST, own: frozenset[str]) -> Iterator[str]:
    describe = _DESCRIPTIONS.get(type(node))
    if describe is not None:
        yield from describe(node, own)
    elif type(node) in _WORDS:
        yield _WORDS[type(node)]


def _call(node: ast.Call, own: frozenset[str]) -> Iterator[str]:
    name = called_name(node) or "(…)"
    if name not in own:
        keywords = [f"{one.arg}=" if one.arg else "**" for one in node.keywords]
        yield f"call {name}({', '.join([*['·'] * len(node.args), *sorted(keywords)])})"


def _attribute(node: ast.Attribute, own: frozenset[str]) -> Iterator[str]:
    if node.attr not in own:
        yield f"attribute .{node.attr} {'read' if isinstance(node.ctx, ast.Load) else 'written'}"


def _awaited(node: ast.Await | ast.YieldFrom, own: frozenset[str]) -> Iterator[str]:
    if not (isinstance(node.value, ast.Call) and called_name(node.value) in own):
        yield "await" if isinstance(node, ast.Await) else "yield from"


def _constant(node: ast.Constant, own: frozenset[str]) -> Iterator[str]:
    yield f"constant {_short(repr(node.value))}"


def _comparison(node: ast.Compare, own: frozenset[str]) -> Iterator[str]:
    yield from (_COMPARISONS[type(operator)] for operator in node.ops)


def _operator(node: ast.BinOp | ast.UnaryOp | ast.AugAssign, own: frozenset[str]) -> Iterator[str]:
    if not isinstance(node.op, ast.Not):
        in_place = " in place" if isinstance(node, ast.AugAssign) else ""
        yield f"operator {type(node.op).__name__}{in_place}"


def _handler(node: ast.ExceptHandler, own: frozenset[str]) -> Iterator[str]:
    yield f"except {ast.unparse(node.type) if node.type else '(everything)'}"


_DESCRIPTIONS: dict[type[ast.AST], Callable[[Any, frozenset[str]], Iterator[str]]] = {
    ast.Call: _call,
    ast.Attribute: _attribute,
    ast.Await: _awaited,
    ast.YieldFrom: _awaited,
    ast.Constant: _constant,
    ast.Compare: _comparison,
    ast.BinOp: _operator,
    ast.UnaryOp: _operator,
    ast.AugAssign: _operator,
    ast.ExceptHandler: _handler,
}


def _short(text: str) -> str:
    if len(text) <= 40:
        return text
    # The whole text has to count, though only its beginning is shown.
    return f"{text[:30]}… (checksum {zlib.crc32(text.encode('utf-8', 'replace')):08x})"


def _listed(items: Fingerprint) -> str:
    shown = [f"`{key}`" + (f" {n} times" if n > 1 else "") for key, n in sorted(items.items())]
    return ", ".join(shown[:6]) + (f" and {len(shown) - 6} more" if len(shown) > 6 else "")
