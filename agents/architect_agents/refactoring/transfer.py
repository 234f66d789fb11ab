"""Whether helpers get every value that they read, and hand back every one that is read later.

The syntax can't tell: inlined, the text is the same whether a result comes back or is lost.
Asked of the flow graph, for every call of a helper:

- no argument may be unbound where the call stands;
- no variable that the helper writes is read afterwards unless the call assigns it, and none is
  read where an exception out of the call would land;
- the helper reads nothing of its own before it has written it, and none of the caller's variables
  except by parameter;
- no closure holds a variable that the other side writes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from architect_agents.refactoring.binding import (
    Binding,
    Helper,
    NotAnExtractionError,
    Receiver,
    bind,
)
from architect_agents.refactoring.comparison import Change
from architect_agents.refactoring.flow import (
    FunctionFlow,
    Node,
    bindings_of,
    free_names,
    settled_names,
)
from architect_agents.refactoring.flow.scopes import type_parameters
from architect_agents.refactoring.module_source import FunctionNode, Scope, called_name


class Transfer:
    """The hand-over between one changed function and its helpers."""

    def __init__(
        self,
        change: Change,
        helpers: Mapping[str, Helper],
        receiver: Receiver | None,
        unread: frozenset[str],
    ) -> None:
        before, after = change.before, change.after
        self._before = before
        self._after = after
        self._helpers = helpers
        self._receiver = receiver
        self._unread = unread
        self._original = FunctionFlow(before.node)
        self._enclosing = _around(before.scopes) | type_parameters(before.node)
        self._settled_around = settled_names(before.scopes, before.node)
        self._flows = {name: FunctionFlow(one.node) for name, one in helpers.items()}

    def problems(self) -> Iterator[str]:
        """Each loss or confusion as one sentence.

        Raises:
            NotAnExtractionError: what is handed over is not the function's own.
        """
        yield from self._caller_names()
        for helper in self._helpers.values():
            yield from self._helper_names(helper)
        caller = FunctionFlow(self._after.node)
        yield from self._read_after_all(caller)
        for flow in (caller, *self._flows.values()):
            for statement, call in self._calls(flow.function):
                yield from self._call_problems(flow, statement, call)

    def _caller_names(self) -> Iterator[str]:
        """A variable that only a helper binds any more would be looked up as a global."""
        lost = free_names(self._after.node) & self._original.locals
        if lost:
            yield f"{_names(lost)} would not be bound any more in `{self._after.name}`."
        bindings = bindings_of(self._after.node)
        if bindings.nonlocals != self._original.nonlocals:
            yield f"The `nonlocal` names of `{self._after.name}` changed."
        undeclared = (bindings.locals & self._original.globals) | (
            bindings.globals - self._original.globals
        )
        if undeclared:
            yield f"{_names(undeclared)} is `global` in one version only."

    def _read_after_all(self, caller: FunctionFlow) -> Iterator[str]:
        """On the way out a result is None; then no ``finally`` and no closure may read it."""
        for flow in (caller, *self._flows.values()):
            held = {name for closure in flow.closures for name in closure.names}
            read = held | flow.globals | flow.nonlocals
            for statement in _own_statements(flow.function):
                if isinstance(statement, ast.Return):
                    read.update(*(node.live_out for node in flow.nodes_of(statement)))
            if self._unread & read:
                yield f"{_names(self._unread & read)} is read after the function has returned."

    def _helper_names(self, helper: Helper) -> Iterator[str]:
        flow = self._flows[helper.name]
        outer = self._original.locals | self._enclosing
        free = free_names(helper.node) & outer
        if free:
            yield f"`{helper.name}` reads {_names(free)} without being handed it."
        unbound = flow.live_before(helper.node.body[0]) - flow.parameters
        if unbound:
            yield f"`{helper.name}` may read {_names(unbound)} before it is bound."
        written = flow.writes(helper.node.body)
        if written & (self._original.globals | self._original.nonlocals):
            yield f"`{helper.name}` writes a variable of its own that was global or nonlocal."
        if flow.globals - self._original.globals or flow.nonlocals:
            yield f"`{helper.name}` declares a name that the original does not declare."
        if self._receiver is not None and self._receiver.name in written:
            yield f"`{helper.name}` assigns to `{self._receiver.name}`."

    def _calls(self, function: FunctionNode) -> Iterator[tuple[ast.stmt, ast.Call]]:
        for statement in _own_statements(function):
            for node in _own_expressions(statement):
                if isinstance(node, ast.Call) and called_name(node) in self._helpers:
                    yield statement, node

    def _call_problems(
        self, flow: FunctionFlow, statement: ast.stmt, call: ast.Call
    ) -> Iterator[str]:
        helper = self._helpers[called_name(call)]
        binding = bind(helper, call, self._receiver)
        arguments = {one.id for one in binding.values() if isinstance(one, ast.Name)}
        elsewhere = arguments - flow.locals - self._enclosing
        if elsewhere:
            # Asked for when the helper is called, not when it is needed: it may have changed.
            raise NotAnExtractionError(f"{_names(elsewhere)}, a global, is handed over")
        self._refuse_changing(helper, (arguments - flow.locals) & self._enclosing)
        written = self._written_outside(helper, binding)
        for node in flow.nodes_of(statement):
            read = arguments & node.effects.reads & flow.locals
            if node.assigned_in is not None and read - node.assigned_in:
                unbound = read - node.assigned_in
                yield f"{_names(unbound)} may be unbound where `{helper.name}` is called."
            lost = (written & node.live_out) - node.effects.writes
            if lost:
                yield f"`{helper.name}` writes {_names(lost)}, read later but not returned."
            if written & node.live_exceptional:
                caught = written & node.live_exceptional
                yield f"{_names(caught)} is read where an exception in `{helper.name}` is caught."
        yield from self._closure_problems(flow, statement, helper, binding)

    def _refuse_changing(self, helper: Helper, handed: frozenset[str] | set[str]) -> None:
        """A variable of a function around is looked up anew each time; an argument is not."""
        changing = handed - self._settled_around
        if changing:
            raise NotAnExtractionError(
                f"{_names(changing)} may be unbound before `{helper.name}` runs, or change"
            )

    def _written_outside(self, helper: Helper, binding: Binding) -> frozenset[str]:
        """What the helper writes, under the names of its caller."""
        names = self._flows[helper.name].writes(helper.node.body)
        return frozenset(_outer_name(binding, name) for name in names)

    def _closure_problems(
        self, flow: FunctionFlow, statement: ast.stmt, helper: Helper, binding: Binding
    ) -> Iterator[str]:
        inner = self._flows[helper.name]
        nodes = flow.nodes_of(statement)
        held_inside = {
            _outer_name(binding, name) for closure in inner.closures for name in closure.names
        }
        for node in _reachable(nodes) if held_inside else ():
            moved = held_inside & node.effects.touched & flow.locals
            if moved and node not in nodes:
                yield f"A closure made in `{helper.name}` holds {_names(moved)}, written later."
        written = self._written_outside(helper, binding)
        for closure in flow.closures:
            shared = closure.names & written
            if shared and any(node in _reachable([closure.made_at]) for node in nodes):
                yield f"`{helper.name}` writes {_names(shared)}, which a closure holds."
        rebound = {_outer_name(binding, name) for name in inner.rebound_by_closures}
        mentioned = {_outer_name(binding, name) for name in inner.locals}
        if (rebound & (flow.locals | flow.parameters)) or (flow.rebound_by_closures & mentioned):
            yield f"A closure rebinds a variable that `{helper.name}` and its caller share."


def _outer_name(binding: Binding, name: str) -> str:
    value = binding.get(name)
    return value.id if isinstance(value, ast.Name) else name


def _around(scopes: Sequence[Scope]) -> frozenset[str]:
    """The variables of the functions around, and all type parameters."""
    names: set[str] = set()
    for scope in scopes:
        if not isinstance(scope, ast.ClassDef):
            names |= bindings_of(scope).locals
        names.update(one.name for one in getattr(scope, "type_params", ()))
    return frozenset(names)


def _own_statements(function: FunctionNode) -> Iterator[ast.stmt]:
    """The statements of a function, without those of functions and classes in it."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.stmt):
            yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr):
            stack.extend(ast.iter_child_nodes(node))


def _own_expressions(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement's own expressions, without the statements inside it."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return
    stack: list[ast.AST] = [statement]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(one for one in ast.iter_child_nodes(node) if not isinstance(one, ast.stmt))


def _reachable(starts: Sequence[Node]) -> list[Node]:
    """The steps that may come after one of ``starts`` (itself only if it is in a loop)."""
    seen: dict[int, Node] = {}
    stack = [after for node in starts for after in (*node.successors, *node.on_exception)]
    while stack:
        node = stack.pop()
        if id(node) not in seen:
            seen[id(node)] = node
            stack.extend((*node.successors, *node.on_exception))
    return list(seen.values())


def _names(names: frozenset[str] | set[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))
