"""Which variables of the functions around can be handed to another function as arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from architect_agents.refactoring.flow.function_flow import FunctionFlow
from architect_agents.refactoring.flow.nodes import Node
from architect_agents.refactoring.flow.scopes import (
    FUNCTIONS,
    SCOPES,
    FunctionNode,
    bindings_of,
    rebound_names,
    within_scope,
)


def settled_names(scopes: Sequence[ast.AST], function: FunctionNode) -> frozenset[str]:
    """Variables of ``scopes`` (outermost first) that have one value as long as ``function`` lives.

    A closure looks a variable up whenever it needs it, an argument is looked up once. That is the
    same only for what is surely bound before the inner function is made, and never again.
    """
    chain = [*scopes, function]
    found: set[str] = set()
    hidden: set[str] = set()
    for scope, inner in zip(reversed(chain[:-1]), reversed(chain[1:]), strict=True):
        if isinstance(scope, FUNCTIONS):
            own = bindings_of(scope).locals - hidden
            hidden |= own
            found |= own & _settled_before(scope, inner)
    return frozenset(found)


def _settled_before(scope: FunctionNode, inner: ast.AST) -> frozenset[str]:
    """The variables of ``scope`` that are bound for good when its statement ``inner`` begins."""
    assert isinstance(inner, ast.stmt)
    flow = FunctionFlow(scope)
    assigned = flow.assigned_before(inner)
    if assigned is None:
        return frozenset()
    later = (node.effects.touched for node in _behind(flow.nodes_of(inner)))
    rebound = (rebound_names(one) for one in within_scope(scope.body) if isinstance(one, SCOPES))
    return assigned.difference(*later, *rebound)


def _behind(starts: Sequence[Node]) -> Iterator[Node]:
    """Whatever may run after ``starts``, and they themselves."""
    pending = list(starts)
    seen: set[int] = set()
    while pending:
        node = pending.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            pending += [*node.successors, *node.on_exception]
