"""Code that asks where it was called from must not move into a helper one frame deeper."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from architect_agents.refactoring.comparison import Comparison
from architect_agents.refactoring.module_source import Function, ModuleSource
from architect_agents.types import Check

NAME = "frame-depth"

# Calls that look at the frames above, under any object.
_FRAME_READERS = frozenset(
    {
        "_getframe",
        "_getframemodulename",
        "currentframe",
        "extract_stack",
        "findCaller",
        "format_stack",
        "print_stack",
        "walk_stack",
    }
)
_READS_OWN_NAMES = frozenset({"locals", "vars", "dir"})  # when called without an argument
_RUNS_TEXT = frozenset({"eval", "exec"})  # in the caller's names, unless told otherwise
_ANY_DEPTH = 1_000_000


def check_frame_depth(comparison: Comparison) -> Check:
    """No helper depends on the frame, the class or the local names of the code it came from."""
    for problem in _problems(comparison):
        return Check(NAME, "failed", problem)
    return Check(NAME, "passed", "No moved code asks for its frame, its class or its local names.")


def _problems(comparison: Comparison) -> Iterator[str]:
    for change in comparison.targets:
        for node in ast.walk(change.before.node):
            reader = _reads_local_names(node)
            if reader:
                yield f"`{change.before.qualified_name}` uses `{reader}`, which sees its variables."
    for helper in comparison.helpers:
        for node in ast.walk(helper.node):
            reader = _reads_local_names(node)
            if reader:
                yield f"`{helper.qualified_name}` uses `{reader}`, which sees only its own names."
        yield from _class_problems(comparison, helper)
        yield from _depth_problems(comparison.after, helper)


def _reads_local_names(node: ast.AST) -> str:
    """The name of a built-in that reads the local variables, or nothing."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return ""
    name, given = node.func.id, len(node.args) + len(node.keywords)
    if (name in _READS_OWN_NAMES and given == 0) or (name in _RUNS_TEXT and given < 2):
        return name
    return ""


def _depth_problems(module: ModuleSource, helper: Function) -> Iterator[str]:
    """Follow the calls of ``helper`` through the functions of this module, nearest first."""
    bodies: dict[str, list[ast.AST]] = {}
    for function in module.functions:
        bodies.setdefault(function.name, []).append(function.node)
    level, frontier, seen = 0, [helper.node.name], {helper.node.name}
    while frontier:
        found: list[str] = []
        for node in (one for name in frontier for body in bodies[name] for one in ast.walk(body)):
            if not isinstance(node, ast.Call):
                continue
            if _looks_up(node) > level:
                way = "" if level == 0 else " through what it calls"
                yield (
                    f"`{helper.qualified_name}` uses `{called_name(node)}` (line {node.lineno})"
                    f"{way}, which depends on how deep it is called."
                )
            found.append(called_name(node))
        frontier = [name for name in dict.fromkeys(found) if name in bodies and name not in seen]
        seen.update(frontier)
        level += 1


def _looks_up(call: ast.Call) -> int:
    """How many frames above its own a call looks.

    ``stacklevel=2`` names the caller of the function that it stands in. Where that function is
    itself called by the helper, the caller named is the helper: the same file, so no harm.
    """
    name = called_name(call)
    if name in _FRAME_READERS or _is_inspect_stack(call):
        return _ANY_DEPTH
    level: ast.expr | None = next((k.value for k in call.keywords if k.arg == "stacklevel"), None)
    if level is None and name == "warn" and len(call.args) > 2:
        level = call.args[2]
    if level is None:
        return 0
    if isinstance(level, ast.Constant) and isinstance(level.value, int):
        return level.value - 1
    return _ANY_DEPTH


def _is_inspect_stack(call: ast.Call) -> bool:
    func = call.func
    return (
        isinstance(func, ast.Attribute)
        and func.attr in {"stack", "trace"}
        and isinstance(func.value, ast.Name)
        and func.value.id == "inspect"
    )


def called_name(call: ast.Call) -> str:
    """``f`` for ``f()`` and for ``x.y.f()``; nothing where the callee has no name."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _class_problems(comparison: Comparison, helper: Function) -> Iterator[str]:
    """``super()``, ``__class__`` and ``__private`` names mean something only inside a class."""
    classes = {_innermost_class(change.after) for change in comparison.targets}
    same_class = classes == {_innermost_class(helper)}
    decorators = {getattr(one, "id", "") for one in helper.node.decorator_list}
    is_method = same_class and helper.class_node is not None and "staticmethod" not in decorators
    for node in ast.walk(helper.node):
        if not is_method and _needs_instance(node):
            yield f"`{helper.qualified_name}` uses `super()` where there is no instance for it."
        name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
        if not same_class and _is_mangled(name):
            yield f"`{helper.qualified_name}` uses `{name}`, whose meaning depends on the class."


def _innermost_class(function: Function) -> ast.ClassDef | None:
    return next((one for one in reversed(function.scopes) if isinstance(one, ast.ClassDef)), None)


def _needs_instance(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return called_name(node) == "super" and not node.args
    return isinstance(node, ast.Name) and node.id == "__class__"


def _is_mangled(name: object) -> bool:
    return isinstance(name, str) and name.startswith("__") and not name.endswith("__")
