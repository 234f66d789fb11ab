"""Whether two syntax trees say the same, wherever they stand: compared without recursion."""

from __future__ import annotations

import ast
from collections.abc import Callable

#: ``skip(before, after)`` is asked for every pair of nodes; True leaves the pair out.
Skip = Callable[[ast.AST, ast.AST], bool]

# How a literal was written and how a name is used follow from the rest of the tree.
_IGNORED_FIELDS = frozenset({"kind", "type_comment", "type_ignores", "ctx"})


def first_difference(
    before: object, after: object, skip: Skip | None = None
) -> tuple[object, object] | None:
    """The first pair of parts that differ, in the order of the text, or None.

    The parts are nodes where possible, so that a message can name a line; where two lists differ
    in length, the two lists are given.
    """
    stack: list[tuple[object, object, object, object]] = [(before, after, before, after)]
    while stack:
        one, other, near_one, near_other = stack.pop()
        if isinstance(one, ast.AST) and type(one) is type(other):
            assert isinstance(other, ast.AST)
            if skip is not None and skip(one, other):
                continue
            stack.extend(
                (getattr(one, name, None), getattr(other, name, None), one, other)
                for name in reversed(one._fields)
                if name not in _IGNORED_FIELDS
            )
        elif isinstance(one, list) and isinstance(other, list):
            if len(one) != len(other):
                return near_one, near_other
            stack.extend(
                (left, right, left, right)
                for left, right in zip(reversed(one), reversed(other), strict=True)
            )
        elif not _same_leaf(one, other):
            return near_one, near_other
    return None


def same_tree(before: object, after: object, skip: Skip | None = None) -> bool:
    """Whether nothing differs but the place."""
    return first_difference(before, after, skip) is None


def _same_leaf(one: object, other: object) -> bool:
    # ``1 == True == 1.0`` and ``0.0 == -0.0``: only type and spelling tell them apart.
    return type(one) is type(other) and (one is other or repr(one) == repr(other))
