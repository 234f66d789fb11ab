"""Which new annotations do no harm where they are evaluated."""

from __future__ import annotations

import ast

_SAFE_ANNOTATIONS = frozenset(
    {
        *("bool", "bytes", "complex", "dict", "float", "frozenset", "int", "list", "object"),
        *("set", "str", "tuple", "type"),
    }
)


def annotations_are_lazy(tree: ast.Module) -> bool:
    """Whether the module asks for annotations that are only kept as text."""
    return any(
        isinstance(one, ast.ImportFrom)
        and one.module == "__future__"
        and any(alias.name == "annotations" for alias in one.names)
        for one in tree.body
    )


def is_harmless(annotation: ast.expr) -> bool:
    """``None``, strings, built-in classes, and ``|`` and ``[…]`` of these."""
    return all(
        node.id in _SAFE_ANNOTATIONS
        if isinstance(node, ast.Name)
        else isinstance(
            node, ast.Constant | ast.BinOp | ast.BitOr | ast.Subscript | ast.Tuple | ast.Load
        )
        for node in ast.walk(annotation)
    )
