"""What one statement or expression says about itself, worked out once however often it is asked."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from architect_agents.refactoring.flow import free_names
from architect_agents.refactoring.flow.scopes import COMPREHENSIONS, SCOPES, evaluated_outside
from architect_agents.refactoring.jumps import FALLS, Exits, exits_in_turn, exits_of
from architect_agents.refactoring.module_source import called_name
from architect_agents.refactoring.refusal import Refusal

#: Built-in calls that look at the frame they are made in; a method may have one of these names.
_FRAME_BUILTINS = frozenset({"eval", "exec", "locals"})
#: These look at the frame only if they are called without an argument.
_BARE_FRAME_BUILTINS = frozenset({"vars", "dir"})
#: Calls, by any path, that look at the frames above.
_FRAME_CALLS = frozenset(
    {
        "_getframe",
        "_getframemodulename",
        "currentframe",
        "extract_stack",
        "format_stack",
        "getouterframes",
        "print_stack",
    }
)
_FRAME_NAMES = frozenset({"__class__", "__tracebackhide__", "__traceback_hide__"})
#: Direct ways to a ``StopIteration``.
_STOPPING_CALLS = frozenset({"__next__", "anext", "next", "send", "throw"})


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """``immovable`` says why the code must stay in its frame, None if nothing speaks for that.

    ``mentioned`` are all names that it and the scopes nested in it read or write, ``stored``
    those it binds itself; ``order`` are the names at their first mention, in the order of the
    text. ``private`` is a name that Python mangles in a class, or empty; ``called`` are the last
    names of all that is called.
    """

    immovable: Refusal | None = None
    mentioned: frozenset[str] = frozenset()
    stored: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()
    private: str = ""
    called: frozenset[str] = frozenset()
    yields: bool = False
    awaits: bool = False
    may_stop: bool = False
    exits: Exits = FALLS


def facts_of(part: ast.AST) -> CodeFacts:
    """Look at everything in ``part`` once."""
    own, everything = list(_own_nodes(part)), list(ast.walk(part))
    names = [node for node in own if isinstance(node, ast.Name)]
    nested = [free_names(node) for node in own if isinstance(node, SCOPES)]
    names.sort(key=lambda node: (node.lineno, node.col_offset))
    return CodeFacts(
        immovable=next(filter(None, (*map(_immovable, own), *map(_frame_call, everything))), None),
        mentioned=frozenset(node.id for node in names).union(*nested),
        stored=frozenset(node.id for node in names if not isinstance(node.ctx, ast.Load)),
        order=tuple(dict.fromkeys(node.id for node in names)),
        private=next(filter(None, map(_private_name, everything)), ""),
        called=frozenset(called_name(node) for node in everything if isinstance(node, ast.Call)),
        yields=any(isinstance(node, ast.Yield | ast.YieldFrom) for node in own),
        awaits=any(map(_awaits, own)),
        may_stop=any(map(_may_stop, own)),
        exits=exits_of([part]) if isinstance(part, ast.stmt) else FALLS,
    )


def joined(facts: Iterable[CodeFacts]) -> CodeFacts:
    """The facts of several parts, one after the other."""
    parts = list(facts)
    return CodeFacts(
        immovable=next((one.immovable for one in parts if one.immovable), None),
        mentioned=frozenset().union(*(one.mentioned for one in parts)),
        stored=frozenset().union(*(one.stored for one in parts)),
        order=tuple(dict.fromkeys(name for one in parts for name in one.order)),
        private=next((one.private for one in parts if one.private), ""),
        called=frozenset().union(*(one.called for one in parts)),
        yields=any(one.yields for one in parts),
        awaits=any(one.awaits for one in parts),
        may_stop=any(one.may_stop for one in parts),
        exits=exits_in_turn(one.exits for one in parts),
    )


def _own_nodes(part: ast.AST) -> Iterator[ast.AST]:
    """``part`` and what is below, comprehensions too, but not the insides of nested scopes."""
    pending = [part]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, SCOPES):
            pending += evaluated_outside(node)
        else:
            pending += ast.iter_child_nodes(node)


def _immovable(node: ast.AST) -> Refusal | None:
    if isinstance(node, ast.Name) and node.id in _FRAME_NAMES:
        return Refusal("frame", f"`{node.id}` belongs to the frame of the function.")
    if isinstance(node, ast.Global | ast.Nonlocal):
        return Refusal("declaration", "A `global` or `nonlocal` declaration stands here.")
    if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
        return Refusal("star-import", "A star import binds names that nobody can see.")
    return None


def _frame_call(call: ast.AST) -> Refusal | None:
    """Nested functions count as well: called from where they were made, they see one frame more."""
    if not isinstance(call, ast.Call):
        return None
    callee = call.func
    name = getattr(callee, "id", None) or getattr(callee, "attr", "")
    if isinstance(callee, ast.Name):
        looks = name in _FRAME_BUILTINS or (name in _BARE_FRAME_BUILTINS and not call.args)
    else:
        owner = getattr(getattr(callee, "value", None), "id", "")
        looks = name == "stack" and owner == "inspect"
    has_level = any(item.arg == "stacklevel" for item in call.keywords)
    has_level = has_level or (name == "warn" and len(call.args) > 2)
    if looks or has_level or name in _FRAME_CALLS:
        return Refusal("frame", f"`{name}(…)` depends on the frame that it is called from.")
    return None


def _private_name(node: ast.AST) -> str:
    name = getattr(node, "attr", None) or getattr(node, "id", None) or ""
    return name if name.startswith("__") and not name.endswith("__") else ""


def _awaits(node: ast.AST) -> bool:
    """Whether the node needs an ``async def`` around it."""
    if isinstance(node, COMPREHENSIONS):
        return any(part.is_async for part in node.generators)
    return isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith)


def _may_stop(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        called = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
        return called in _STOPPING_CALLS
    return isinstance(node, ast.Name) and node.id in ("StopIteration", "StopAsyncIteration")
