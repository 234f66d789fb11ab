"""Only the target changed: everything else of the file stands, and helpers come in time."""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Iterator, Sequence

from architect_agents.refactoring.comparison import Comparison
from architect_agents.refactoring.module_source import (
    STATEMENT_FIELDS,
    Function,
    FunctionNode,
    ModuleSource,
    bound_name,
)
from architect_agents.refactoring.same_tree import same_tree
from architect_agents.refactoring.surface import module_names
from architect_agents.types import Check

NAME = "target-only"


def check_target_only(comparison: Comparison) -> Check:
    """Outside the changed functions there are only new helpers, imports and sentinels.

    A sentinel is a private name bound to ``object()``. Comments and the line ends of the file
    are kept as well.
    """
    for problem in _problems(comparison):
        return Check(NAME, "failed", problem)
    return Check(NAME, "passed", "Nothing outside the function changed but helpers and imports.")


def _problems(comparison: Comparison) -> Iterator[str]:
    yield from _other_functions(comparison)
    yield from _statements(comparison, comparison.before.tree.body, comparison.after.tree.body)
    yield from _imports(comparison)
    yield from _lost_comments(comparison)
    yield from _line_ends(comparison)
    yield from _conditional_helpers(comparison)
    yield from _late_helpers(comparison)


def _other_functions(comparison: Comparison) -> Iterator[str]:
    if not comparison.targets:
        name = comparison.target.qualified_name if comparison.target else ""
        yield f"The function `{name}` is gone." if name else "No function changed."
    targets = [one.before for one in comparison.targets]
    for change in comparison.changed:
        if not _belongs(change.before, targets):
            yield f"`{change.before.qualified_name}` changed as well."
    for function in comparison.removed:
        if not _belongs(function, targets):
            yield f"`{function.qualified_name}` was removed."


def _belongs(function: Function, targets: Sequence[Function]) -> bool:
    return any(function.key == one.key or one.contains(function) for one in targets)


def _statements(
    comparison: Comparison, before: Sequence[ast.AST], after: Sequence[ast.AST]
) -> Iterator[str]:
    """Walk two lists of statements at once, passing over what may be new in the second."""
    place = 0
    for new in after:
        if place < len(before) and _same_head(before[place], new):
            yield from _inner_statements(comparison, before[place], new)
            place += 1
        elif not _may_be_new(comparison, new):
            yield f"Line {_line(new)}, outside the function, changed or is new."
            return
    if place < len(before):
        yield f"Line {_line(before[place])} of the original, outside the function, is gone."


def _inner_statements(comparison: Comparison, before: ast.AST, after: ast.AST) -> Iterator[str]:
    if isinstance(before, FunctionNode):
        return  # functions are compared by name, see Comparison.changed
    for field in STATEMENT_FIELDS:
        inner = getattr(before, field, None)
        if isinstance(inner, list):
            yield from _statements(comparison, inner, getattr(after, field))


def _same_head(before: ast.AST, after: ast.AST) -> bool:
    """Whether the statements agree in all but the statements inside them."""
    if type(before) is not type(after):
        return False
    if isinstance(before, FunctionNode | ast.ClassDef):
        return before.name == getattr(after, "name", None)  # the surface check does the rest
    if isinstance(before, ast.Import | ast.ImportFrom):
        return _extends(before, after)
    return all(
        same_tree(getattr(before, field, None), getattr(after, field, None))
        for field in before._fields
        if field not in STATEMENT_FIELDS or not isinstance(getattr(before, field, None), list)
    )


def _extends(before: ast.Import | ast.ImportFrom, after: ast.AST) -> bool:
    """Whether an import statement still imports all it did, in the same order."""
    if getattr(before, "module", None) != getattr(after, "module", None):
        return False
    if getattr(before, "level", None) != getattr(after, "level", None):
        return False
    wanted = [(one.name, one.asname) for one in before.names]
    there = [(one.name, one.asname) for one in getattr(after, "names", [])]
    return [one for one in there if one in wanted] == wanted


def _may_be_new(comparison: Comparison, node: ast.AST) -> bool:
    if isinstance(node, FunctionNode):
        return any(node is helper.node for helper in comparison.added)
    return isinstance(node, ast.Import | ast.ImportFrom) or is_new_sentinel(comparison, node)


def is_new_sentinel(comparison: Comparison, node: ast.AST) -> bool:
    """Whether ``node`` is ``_NAME = object()`` for a private name that the file did not know."""
    return (
        isinstance(node, ast.Assign)
        and len(node.targets) == 1
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id.startswith("_")
        and node.targets[0].id not in comparison.before.identifiers
        and same_tree(node.value, ast.parse("object()", mode="eval").body)
    )


def _line(node: ast.AST) -> int:
    line = getattr(node, "lineno", 0) or getattr(getattr(node, "pattern", None), "lineno", 0)
    return int(line)


def _imports(comparison: Comparison) -> Iterator[str]:
    """An added import must not change what the rest of the file means."""
    known = _imported(comparison.before)
    taken = module_names(comparison.before.tree) | frozenset(dir(builtins))
    for key, name in _imported(comparison.after).items():
        if key in known:
            continue
        if key[0] == "__future__" or name == "*":
            yield f"The new import from `{key[0]}` changes the meaning of the whole file."
        elif name in taken:
            yield f"The new import rebinds `{name}`, which the file already uses."


def _imported(module: ModuleSource) -> dict[tuple[str, str, str], str]:
    """The imports outside functions and classes: (module, name, as) to the bound name."""
    found: dict[tuple[str, str, str], str] = {}
    stack: list[ast.AST] = [module.tree]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            origin = "." * getattr(node, "level", 0) + (getattr(node, "module", None) or "")
            for one in node.names:
                found[origin, one.name, one.asname or ""] = bound_name(one)
        elif not isinstance(node, FunctionNode | ast.ClassDef | ast.expr):
            stack.extend(ast.iter_child_nodes(node))
    return found


def _lost_comments(comparison: Comparison) -> Iterator[str]:
    inside = {
        line
        for one in comparison.targets
        for line in range(one.before.first_line, one.before.last_line + 1)
    }
    kept = Counter(line.strip() for line in comparison.after.lines)
    for number, text in enumerate(comparison.before.lines, start=1):
        comment = text.strip()
        if not comment.startswith("#"):
            continue
        if kept[comment] == 0 and number not in inside:
            yield f"The comment in line {number} of the original is gone."
        kept[comment] -= 1


def _line_ends(comparison: Comparison) -> Iterator[str]:
    before, after = _kinds_of_line_ends(comparison.before), _kinds_of_line_ends(comparison.after)
    if after - before:
        yield "The line ends of the file changed."


def _kinds_of_line_ends(module: ModuleSource) -> frozenset[str]:
    rest = module.text.replace("\r\n", "")
    kinds = {end for end in ("\n", "\r") if end in rest}
    if len(rest) < len(module.text):
        kinds.add("\r\n")
    return frozenset(kinds or {"\n"})


def _conditional_helpers(comparison: Comparison) -> Iterator[str]:
    """A helper stands at the top of the module or of a class, or beside its function."""
    module = comparison.after.tree
    for helper in comparison.helpers:
        parents = [module, *helper.scopes[-1:]]
        beside = any(
            helper.node in siblings and change.after.node in siblings
            for change in comparison.targets
            for siblings in _blocks(module)
        )
        if not beside and not any(helper.node in parent.body for parent in parents):
            yield f"`{helper.qualified_name}` is defined under a condition."


def _blocks(module: ast.Module) -> Iterator[list[ast.stmt]]:
    """All lists of statements outside functions."""
    stack: list[ast.AST] = [module]
    while stack:
        node = stack.pop()
        for field in STATEMENT_FIELDS:
            block = getattr(node, field, None)
            if isinstance(block, list):
                yield block
                stack.extend(one for one in block if not isinstance(one, FunctionNode))


def _late_helpers(comparison: Comparison) -> Iterator[str]:
    """A helper at module level must exist before anything that runs on import needs it."""
    body = comparison.after.tree.body
    for change in comparison.targets:
        outermost = (*change.after.scopes, change.after.node)[0]
        start = next((i for i, one in enumerate(body) if one is outermost), None)
        for helper in comparison.helpers:
            end = next((i for i, one in enumerate(body) if one is helper.node), None)
            if start is None or end is None:
                continue
            for statement in body[start + 1 : end]:
                if change.after.name in _names_run_on_import(comparison.after, statement):
                    yield (
                        f"Line {statement.lineno} may call `{change.after.name}` on import, "
                        f"before `{helper.name}` is defined."
                    )


def _names_run_on_import(module: ModuleSource, statement: ast.stmt) -> set[str]:
    """The names that running ``statement`` may reach through the functions of this module."""
    if isinstance(statement, FunctionNode):
        todo = [name for one in statement.decorator_list for name in _mentioned(one)]
    else:
        todo = list(_mentioned(statement))
    bodies: dict[str, list[ast.AST]] = {}
    for function in module.functions:
        bodies.setdefault(function.name, []).append(function.node)
    reached: set[str] = set()
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo.extend(other for node in bodies.get(name, ()) for other in _mentioned(node))
    return reached


def _mentioned(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Name):
            yield one.id
        elif isinstance(one, ast.Attribute):
            yield one.attr
