"""Two classic data-flow problems, each swept over the graph until nothing changes.

*Liveness* runs backwards and joins by union: a name is live where some way leads to a read of
it without a write in between. *Definite assignment* runs forwards and joins by intersection: a
name is assigned where every way from the function's start binds it.

An exception may come before a statement has bound anything: on the exceptional edges nothing is
killed, and nothing but what was bound before counts as bound.
"""

from __future__ import annotations

from architect_agents.refactoring.flow.nodes import Graph, Node


def solve_liveness(graph: Graph, variables: frozenset[str]) -> None:
    """Fill in ``live_in`` of every node, limited to ``variables``."""
    changed = True
    while changed:
        changed = False
        for node in graph.nodes:  # from the end to the start: few sweeps suffice
            live = node.effects.reads & variables
            live |= node.live_out - node.effects.writes - node.effects.deletes
            live |= node.live_exceptional
            if live != node.live_in:
                node.live_in = live
                changed = True


def solve_assignment(graph: Graph, variables: frozenset[str], at_start: frozenset[str]) -> None:
    """Fill in ``assigned_in``; it stays None for nodes that no way leads to."""
    graph.entry.assigned_in = at_start
    changed = True
    while changed:
        changed = False
        for node in reversed(graph.nodes):
            if node.assigned_in is not None:
                changed |= _hand_on(node, variables)


def _hand_on(node: Node, variables: frozenset[str]) -> bool:
    """Give what is assigned behind ``node`` to the nodes after it; True if one of them changed."""
    assigned = node.assigned_in or frozenset()
    remaining = assigned - node.effects.deletes
    behind = remaining | (node.effects.writes & variables)
    changed = False
    for targets, given in ((node.successors, behind), (node.on_exception, remaining)):
        for target in targets:
            before = target.assigned_in
            target.assigned_in = given if before is None else before & given
            changed |= target.assigned_in != before
    return changed
