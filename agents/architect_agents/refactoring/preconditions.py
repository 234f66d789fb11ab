"""What forbids moving a piece of code into a function of its own, whatever its variables are."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from architect_agents.refactoring.blocks import Block
from architect_agents.refactoring.flow import free_names
from architect_agents.refactoring.flow.scopes import COMPREHENSIONS, SCOPES, within_scope
from architect_agents.refactoring.refusal import RefusedError
from architect_agents.refactoring.subject import Subject

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
#: What an exception becomes when it leaves a generator or coroutine instead of plain code.
_TRANSLATED = frozenset({"StopIteration", "StopAsyncIteration", "Exception", "BaseException"})
_TRANSLATED_TO = frozenset({"RuntimeError"})


def refuse_immovable(subject: Subject, parts: Sequence[ast.AST]) -> None:
    """Raise ``RefusedError`` if ``parts`` must stay in the frame of the function."""
    for node in within_scope(parts):
        if isinstance(node, ast.Call):
            _refuse_frame_call(node)
        elif isinstance(node, ast.Name) and node.id in _FRAME_NAMES:
            raise RefusedError("frame", f"`{node.id}` belongs to the frame of the function.")
        elif isinstance(node, ast.Global | ast.Nonlocal):
            raise RefusedError("declaration", "A `global` or `nonlocal` declaration stands here.")
        elif isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            raise RefusedError("star-import", "A star import binds names that nobody can see.")
    _refuse_outer_variables(subject, parts)


def _refuse_frame_call(call: ast.Call) -> None:
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
        raise RefusedError("frame", f"`{name}(…)` depends on the frame that it is called from.")


def _refuse_outer_variables(subject: Subject, parts: Sequence[ast.AST]) -> None:
    """A helper does not stand where the variables of an enclosing function are seen."""
    used = names_mentioned(parts)
    written = {
        node.id
        for node in within_scope(parts)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    }
    if written & subject.flow.nonlocals:
        raise RefusedError("nonlocal", "The block writes a variable of an enclosing function.")
    outer = (used & subject.enclosing_names) - subject.flow.locals - subject.flow.globals
    if outer:
        names = ", ".join(f"`{name}`" for name in sorted(outer))
        raise RefusedError("enclosing-function", f"The block needs {names} from a function around.")


def names_mentioned(parts: Sequence[ast.AST]) -> frozenset[str]:
    """Names that ``parts`` and the scopes nested in them read or write."""
    found: set[str] = set()
    for node in within_scope(parts):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, SCOPES):
            found |= free_names(node)
        elif isinstance(node, COMPREHENSIONS):
            found |= _all_names(node)
    return frozenset(found)


def _all_names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


def refuse_translated_exceptions(block: Block) -> None:
    """``StopIteration`` leaving a generator or coroutine becomes ``RuntimeError``.

    A block that becomes one must not stand where the difference would be caught.
    """
    for place in block.ancestors:
        statement = place.statement
        if not isinstance(statement, ast.Try | ast.TryStar) or place.field != "body":
            continue
        for handler in statement.handlers:
            caught = _all_last_names(handler.type) if handler.type else _TRANSLATED
            if caught & (_TRANSLATED | _TRANSLATED_TO):
                raise RefusedError(
                    "stop-iteration", "A `StopIteration` in the block would be caught differently."
                )


def _all_last_names(node: ast.expr) -> set[str]:
    names = _all_names(node)
    return names | {inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)}


def is_generator_code(parts: Sequence[ast.AST]) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in within_scope(parts))


def is_async_code(parts: Sequence[ast.AST]) -> bool:
    """Whether ``parts`` need an ``async def`` around them."""
    return any(
        isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith)
        or (isinstance(node, COMPREHENSIONS) and _awaits_inside(node))
        for node in within_scope(parts)
    )


def _awaits_inside(node: ast.AST) -> bool:
    return any(
        isinstance(inner, ast.Await) or (isinstance(inner, ast.comprehension) and inner.is_async)
        for inner in ast.walk(node)
    )
