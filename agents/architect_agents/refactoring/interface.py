"""What a block takes in and what it must give back, and why some blocks can't be moved."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from architect_agents.refactoring.flow import Closure, FunctionFlow, Node
from architect_agents.refactoring.refusal import RefusedError

_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Interface:
    """``inputs`` are read from before the block, ``outputs`` are written and read behind it.

    An output that isn't written on every way through the block is an input as well.
    """

    inputs: frozenset[str]
    outputs: frozenset[str]


class _Region:
    """The graph nodes of a block, and the edges that lead out of it."""

    def __init__(self, flow: FunctionFlow, statements: Sequence[ast.stmt]) -> None:
        self.flow = flow
        self.nodes = sorted(flow.nodes_within(statements), key=lambda node: node.index)
        self.own = {id(node) for node in self.nodes}
        self.entries = flow.entries_of(statements[0])
        self.entry_ways = {node.way for node in self.entries}
        self.writes = flow.writes(statements)
        self.reads = flow.reads(statements)

    def contains(self, node: Node) -> bool:
        return id(node) in self.own

    def elsewhere(self, field: str) -> frozenset[str]:
        """Names that nodes outside of the block read, or touch."""
        inside = Counter(name for node in self.nodes for name in getattr(node.effects, field))
        everywhere = self.flow.counts[field]
        return frozenset(name for name, count in everywhere.items() if count > inside[name])

    @property
    def assigned(self) -> frozenset[str]:
        """Variables that a plain assignment of the block binds."""
        return frozenset(
            target.id
            for node in self.nodes
            if isinstance(node.statement, ast.Assign)
            for target in node.statement.targets
            if isinstance(target, ast.Name)
        )

    def annotated_elsewhere(self) -> frozenset[str]:
        """Names that a statement outside of the block annotates without a value."""
        inside = {id(node.statement) for node in self.nodes}
        bare = self.flow.bare_annotations
        return frozenset(name for name, statement in bare if id(statement) not in inside)

    def ends_function(self, node: Node) -> bool:
        """Whether ``node``'s ways out of the block are those of a ``return``."""
        return isinstance(node.statement, ast.Return) or (
            node.way == "return" and "return" not in self.entry_ways
        )

    def targets(self, *, returning: bool) -> list[Node]:
        """Nodes outside that the block leads to without exception."""
        return [
            target
            for node in self.nodes
            if self.ends_function(node) == returning
            for target in node.successors
            if not self.contains(target)
        ]

    def exception_targets(self) -> list[Node]:
        return [
            target
            for node in self.nodes
            for target in node.on_exception
            if not self.contains(target)
        ]


def interface_of(
    flow: FunctionFlow,
    statements: Sequence[ast.stmt],
    *,
    ends_function: bool = False,
    returns_tell: bool = False,
) -> Interface:
    """Find inputs and outputs of ``statements``.

    ``ends_function``: the caller returns right after the block whatever happens in it, so
    nothing has to be given back. ``returns_tell``: a ``return`` in the block gives the outputs
    back as well, beside a flag, so they have to be bound there.

    Raises:
        RefusedError: a write would be lost, or an input may be unbound.
    """
    region = _Region(flow, statements)
    assigned = flow.assigned_before(statements[0])
    if assigned is None:
        raise RefusedError("unreachable", "Nothing leads to this block.")
    _refuse_lost_writes(region)
    outputs = region.writes & _live_in(region.targets(returning=False))
    if ends_function and outputs:
        raise RefusedError("lost-write", f"{_named(outputs)} is still needed after the block.")
    inputs = _exposed_reads(region, outputs, returns_tell=returns_tell)
    unbound = inputs - assigned
    if unbound:
        raise RefusedError("maybe-unbound", f"{_named(unbound)} may be unbound before the block.")
    _refuse_unbound_deletes(region, inputs | outputs)
    _refuse_shared_variables(region)
    interface = Interface(inputs, outputs)
    _refuse_lost_scope(region, interface)
    return interface


def _live_in(nodes: Iterable[Node]) -> frozenset[str]:
    return frozenset().union(*(node.live_in for node in nodes))


def _named(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _refuse_lost_writes(region: _Region) -> None:
    """What the block wrote is lost where an exception or a ``return`` leaves it."""
    lost = region.writes & _live_in(region.exception_targets())
    if lost:
        raise RefusedError(
            "write-live-on-exception",
            f"{_named(lost)} is written here and read where an exception is handled.",
        )
    lost = region.writes & _live_in(region.targets(returning=True))
    if lost:
        raise RefusedError(
            "write-live-on-return", f"{_named(lost)} is written here and read in a `finally`."
        )


def _exposed_reads(
    region: _Region, outputs: frozenset[str], *, returns_tell: bool
) -> frozenset[str]:
    """Names read inside before they are written there; leaving the block reads the outputs."""
    variables = region.flow.locals
    live: dict[int, frozenset[str]] = {id(node): _NOTHING for node in region.nodes}
    changed = True
    while changed:
        changed = False
        for node in region.nodes:
            tells = returns_tell or not region.ends_function(node)
            leaving = outputs if tells else frozenset()
            before = node.effects.reads & variables
            after: set[str] = set()
            for target in node.successors:
                after |= live.get(id(target), leaving)
            before |= after - node.effects.writes - node.effects.deletes
            for target in node.on_exception:
                before |= live.get(id(target), _NOTHING)
            if before != live[id(node)]:
                live[id(node)] = before
                changed = True
    return _NOTHING.union(*(live[id(entry)] for entry in region.entries))


def _refuse_unbound_deletes(region: _Region, shared: frozenset[str]) -> None:
    """``del x`` in a helper would leave the caller's ``x`` bound."""
    deleted = frozenset().union(*(node.effects.deletes for node in region.nodes)) & shared
    if deleted:
        raise RefusedError("deletes", f"{_named(deleted)} is deleted in the block.")


def _refuse_lost_scope(region: _Region, interface: Interface) -> None:
    """What the rest of the function still binds, it has to read, and the other way round.

    A name that only the block binds would be looked up outside of the function; a value that
    only the block reads would be assigned for nothing.
    """
    flow = region.flow
    bound, read = region.elsewhere("touched"), region.elsewhere("reads")
    lost = (region.writes & read) - bound - interface.outputs - flow.parameters
    if lost:
        raise RefusedError("lost-scope", f"{_named(lost)} would no longer be a local variable.")
    orphaned = (region.reads & bound) - read - interface.inputs - interface.outputs
    if orphaned:
        raise RefusedError("dead-store", f"{_named(orphaned)} would be assigned for nothing.")
    idle = (region.assigned & read) - region.reads - interface.outputs
    if idle:
        raise RefusedError("dead-store", f"{_named(idle)} would be assigned for nothing.")
    bare = region.annotated_elsewhere() - read - bound - interface.inputs - interface.outputs
    if bare & (region.reads | region.writes):
        raise RefusedError("bare-annotation", f"{_named(bare)} would be annotated for nothing.")


def _refuse_shared_variables(region: _Region) -> None:
    """A closure sees later writes of a variable, an argument doesn't.

    So a variable may be written in the block or held by a closure outside, and written outside
    or held by a closure in it, but not both.
    """
    flow = region.flow
    used = region.reads | region.writes
    rebound = flow.rebound_by_closures & used
    if rebound:
        raise RefusedError("nonlocal", f"{_named(rebound)} is rebound by a closure.")
    inside = [one for one in flow.closures if region.contains(one.made_at)]
    outside = [one for one in flow.closures if not region.contains(one.made_at)]
    held = _held(outside) & region.writes
    if held:
        raise RefusedError(
            "closure-outside", f"{_named(held)} is written here and held by a closure elsewhere."
        )
    held = _held(inside)
    if held:
        held &= _written_later(region)
    if held:
        raise RefusedError(
            "closure-inside", f"{_named(held)} is held by a closure here and written later."
        )


def _held(closures: Iterable[Closure]) -> frozenset[str]:
    return frozenset().union(*(one.names for one in closures))


def _written_later(region: _Region) -> frozenset[str]:
    """Names that may be written after the block was left, also by the block's next run."""
    targets = [*region.targets(returning=False), *region.targets(returning=True)]
    pending = [*targets, *region.exception_targets()]
    seen: set[int] = set()
    written: set[str] = set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        written |= node.effects.touched
        pending += node.successors
        pending += node.on_exception
    return frozenset(written)
