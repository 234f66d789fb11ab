"""Code that asks where it was called from must not move into a helper one frame deeper."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from architect_agents.refactoring.comparison import Comparison
from architect_agents.refactoring.flow.scopes import names_written_by, parameters_of, within_scope
from architect_agents.refactoring.module_source import Function, ModuleSource, called_name
from architect_agents.types import Check

NAME = "frame-depth"
#: The parameter of ``warnings.warn``, and of the functions that hand it on.
LEVEL = "stacklevel"

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
_WORDS = re.compile("|".join((*_FRAME_READERS, LEVEL, "inspect", r"warn\(")))
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
    for level, call in _looking_up(module, helper.node.name, 0):
        way = "" if level == 0 else " through what it calls"
        yield (
            f"`{helper.qualified_name}` uses `{called_name(call)}` (line {call.lineno})"
            f"{way}, which depends on how deep it is called."
        )


class FrameReaders:
    """Which functions of a module, called in a helper, would see that there is a helper.

    It holds as well for what is left of the module while one of its functions is taken apart.
    """

    def __init__(self, module: ModuleSource) -> None:
        self._module = module
        self._known: dict[str, ast.Call | None] = {}

    def behind(self, name: str) -> ast.Call | None:
        """The call that looks so far up, from the function ``name`` on, by whatever object."""
        if name not in self._known:
            found = _looking_up(self._module, name, 1)
            self._known[name] = next((call for _, call in found), None)
        return self._known[name]


def _looking_up(module: ModuleSource, name: str, level: int) -> Iterator[tuple[int, ast.Call]]:
    """Calls that look at frames above a helper, from the function ``name`` on.

    ``level`` is how many frames that function stands below the helper.
    """
    calls = _calls_by_function(module)
    frontier, seen = [name] if name in calls else [], {name}
    while frontier:
        found = [one for each in frontier for one in calls[each]]
        for call, frames in found:
            if frames > level:
                yield level, call
        names = dict.fromkeys(called_name(call) for call, _ in found)
        frontier = [each for each in names if each in calls and each not in seen]
        seen.update(frontier)
        level += 1


@lru_cache(maxsize=4)
def _calls_by_function(module: ModuleSource) -> Mapping[str, Sequence[tuple[ast.Call, int]]]:
    """The calls in all functions of a name, each with how many frames above its own it looks.

    Nothing where no word of the module has to do with frames.
    """
    if not _WORDS.search(module.text):
        return {}
    found: dict[str, list[tuple[ast.Call, int]]] = {}
    for function in module.functions:
        known = dict.fromkeys(_calls_handing_on(function), _highest_level(module, function))
        calls = found.setdefault(function.name, [])
        for node in ast.walk(function.node):
            if isinstance(node, ast.Call):
                calls.append((node, _looks_up(node, known.get(node))))
    return found


def _calls_handing_on(function: Function) -> list[ast.Call]:
    """The calls in the function's own scope, if it has a parameter for the level."""
    if LEVEL not in (one.arg for one in parameters_of(function.node.args)):
        return []
    return [node for node in within_scope(function.node.body) if isinstance(node, ast.Call)]


def _highest_level(module: ModuleSource, function: Function) -> int | None:
    """What the parameter ``stacklevel`` of ``function`` is at most: its default, or by calls.

    None where there is no such parameter, or where that can't be told from the text.
    """
    default = _default_of_level(function.node.args)
    if default is None or _writes_level(function):
        return None
    names = [one.arg for one in (*function.node.args.posonlyargs, *function.node.args.args)]
    place = names.index(LEVEL) if LEVEL in names else len(names)
    place -= function.class_node is not None  # a call of a method does not mention ``self``
    calls = (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))
    named = (call for call in calls if called_name(call) == function.name)
    return _highest([default, *(given for call in named for given in _given_levels(call, place))])


def _highest(levels: Sequence[ast.AST]) -> int | None:
    """The highest of some numbers; None where one of them is something else."""
    known = [one.value for one in levels if isinstance(one, ast.Constant)]
    numbers = [one for one in known if isinstance(one, int)]
    return max(numbers) if len(numbers) == len(levels) else None


def _default_of_level(arguments: ast.arguments) -> ast.expr | None:
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = [
        *zip(reversed(positional), reversed(arguments.defaults), strict=False),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return next((value for parameter, value in pairs if parameter.arg == LEVEL), None)


def _writes_level(function: Function) -> bool:
    own = within_scope(function.node.body)
    return any(LEVEL in names_written_by(node) for node in own)


def _given_levels(call: ast.Call, place: int) -> Iterator[ast.AST]:
    """What a call may hand in for the parameter that stands at ``place``."""
    yield from (one for one in call.args if isinstance(one, ast.Starred))
    yield from (one.value if one.arg else one for one in call.keywords if one.arg in (None, LEVEL))
    yield from call.args[place : place + 1]


def _looks_up(call: ast.Call, default: int | None = None) -> int:
    """How many frames above its own a call looks; ``default`` is what ``stacklevel`` is here.

    ``stacklevel=2`` names the caller of the function that it stands in. Where that function is
    itself called by the helper, the caller named is the helper: the same file, so no harm.
    """
    name = called_name(call)
    if name in _FRAME_READERS or _is_inspect_stack(call):
        return _ANY_DEPTH
    level: ast.expr | None = next((k.value for k in call.keywords if k.arg == LEVEL), None)
    if level is None and name == "warn" and len(call.args) > 2:
        level = call.args[2]
    if level is None:
        return 0
    if isinstance(level, ast.Constant) and isinstance(level.value, int):
        return level.value - 1
    if isinstance(level, ast.Name) and level.id == LEVEL and default is not None:
        return default - 1
    return _ANY_DEPTH


def _is_inspect_stack(call: ast.Call) -> bool:
    func = call.func
    return (
        isinstance(func, ast.Attribute)
        and func.attr in {"stack", "trace"}
        and isinstance(func.value, ast.Name)
        and func.value.id == "inspect"
    )


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
