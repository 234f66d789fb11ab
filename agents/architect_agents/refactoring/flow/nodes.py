"""The parts of a control-flow graph: its nodes, and the ways that lead out of a statement."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from architect_agents.refactoring.flow.effects import NOTHING, Effects

#: More nodes than any function that a person reads; ``finally`` inside ``finally`` multiplies.
MOST_NODES = 60_000


class FlowTooLargeError(Exception):
    """The function's graph would be too large to be worth solving."""


@dataclass(eq=False, slots=True)
class Node:
    """One step of execution; the sets are filled in by the solver.

    ``way`` is "return", "break", "continue" or "raise" in the copies of ``finally`` clauses
    that lie on these ways, else "next". ``index`` counts the nodes as they were built, so that
    going by it meets what comes later first, as a backward analysis wants it.
    """

    index: int
    statement: ast.stmt | None
    effects: Effects = NOTHING
    successors: list[Node] = field(default_factory=list)
    on_exception: tuple[Node, ...] = ()
    way: str = "next"
    live_in: frozenset[str] = frozenset()
    assigned_in: frozenset[str] | None = None

    @property
    def live_out(self) -> frozenset[str]:
        """Names live after it on the ways without exception."""
        return frozenset().union(*(node.live_in for node in self.successors))

    @property
    def live_exceptional(self) -> frozenset[str]:
        """Names live where an exception raised in it lands inside the function."""
        return frozenset().union(*(node.live_in for node in self.on_exception))


@dataclass(slots=True)
class Graph:
    """``nodes`` are in the order of building: roughly from the function's end to its start.

    The maps go from ``id(statement)``: ``entries`` to the nodes where it begins, ``follows`` to
    the nodes after it, ``owned`` to all nodes of its own evaluation.
    """

    entry: Node
    leave: Node
    nodes: list[Node]
    entries: Mapping[int, Sequence[Node]]
    follows: Mapping[int, Sequence[Node]]
    owned: Mapping[int, Sequence[Node]]


@dataclass(frozen=True, slots=True)
class Ways:
    """Where control goes when it doesn't simply go on: ``raises``, and jumps by kind."""

    raises: tuple[Node, ...]
    jumps: Mapping[str, Callable[[], Node]]

    def raising_to(self, *targets: Node) -> Ways:
        return Ways(targets, self.jumps)

    def in_loop(self, after: Node, again: Node) -> Ways:
        return Ways(
            self.raises,
            {**self.jumps, "break": lambda: after, "continue": lambda: again},
        )

    def through(self, passage: Callable[[str, Node], Node]) -> Ways:
        """The same ways, each leading through ``passage(kind, target)``, built when first used."""

        def led(kind: str, target: Callable[[], Node]) -> Callable[[], Node]:
            return functools.cache(lambda: passage(kind, target()))

        return Ways(self.raises, {kind: led(kind, to) for kind, to in self.jumps.items()})
