"""What is sure about a name at some place of a function, from the module's text alone."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from architect_agents.refactoring.flow.scopes import names_written_by, within_scope
from architect_agents.refactoring.module_source import bound_name
from architect_agents.refactoring.subject import Subject

_BUILTINS = frozenset(dir(builtins))
#: Methods of ``str`` that give a ``str``.
_STRING_METHODS = frozenset(
    {
        *("capitalize", "casefold", "expandtabs", "format", "join", "lower", "lstrip", "replace"),
        *("removeprefix", "removesuffix", "rstrip", "strip", "swapcase", "title", "upper"),
    }
)


class Names:
    """Asked about one function; the module is read once."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        tree = subject.module.tree
        nodes = list(ast.walk(tree))
        #: Everything that anything in the module binds, at any level.
        self._bound = {name for node in nodes for name in names_written_by(node)}
        self._bound |= {arg.arg for arg in nodes if isinstance(arg, ast.arg)}
        self._star = any(
            isinstance(node, ast.ImportFrom) and node.names[0].name == "*" for node in nodes
        )
        self._early = self._bound_early(tree)

    def is_builtin(self, name: str) -> bool:
        """Whether the name surely means Python's own: nothing in the module binds it."""
        return name in _BUILTINS and name not in self._bound and not self._star

    def is_steady(self, name: str) -> bool:
        """Whether it is a variable that nothing changes behind the function's back."""
        flow = self._subject.flow
        return name in flow.locals and name not in flow.rebound_by_closures

    def is_readable(self, node: ast.expr, statement: ast.stmt) -> bool:
        """Whether reading the name does nothing and can't fail where ``statement`` stands."""
        if not isinstance(node, ast.Name):
            return False
        if node.id in self._subject.flow.locals:
            return self._is_assigned(node.id, statement)
        return self.is_builtin(node.id) or node.id in self._early

    def string_reason(self, name: str) -> str | None:
        """Why the variable is a ``str``: "" if the code shows it, else what its annotation says.

        None: it may be something else.
        """
        if not self.is_builtin("str") or not self.is_steady(name):
            return None
        annotated = self._annotation(name)
        if annotated is not None:
            is_string = isinstance(annotated, ast.Name) and annotated.id == "str"
            unchanged = name not in self._subject.written
            said = f"`{name}` is taken for the `str` that its annotation says"
            return said if is_string and unchanged else None
        values = list(self._values(name))
        sure = values and name not in self._subject.flow.parameters
        return "" if sure and all(map(self._is_string, values)) else None

    def _is_assigned(self, name: str, statement: ast.stmt) -> bool:
        reached = [
            node.assigned_in
            for node in self._subject.flow.nodes_of(statement)
            if node.assigned_in is not None
        ]
        return bool(reached) and all(name in assigned for assigned in reached)

    def _annotation(self, name: str) -> ast.expr | None:
        found = (arg.annotation for arg in self._subject.parameters if arg.arg == name)
        return next(found, None)

    def _values(self, name: str) -> Iterator[ast.expr | None]:
        """What is assigned to the variable; None for any other way of binding it."""
        for node in self._subject.own_nodes:
            if isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == name for target in node.targets
            ):
                yield node.value
            elif name in set(names_written_by(node)) and not isinstance(node, ast.Name):
                yield None
        plain = sum(isinstance(value, ast.expr) for value in self._plain(name))
        stored = sum(
            isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load)
            for node in self._subject.own_nodes
        )
        if stored != plain:
            yield None

    def _plain(self, name: str) -> Iterator[ast.expr]:
        for node in self._subject.own_nodes:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name) and target.id == name:
                        yield node.value

    def _is_string(self, value: ast.expr | None) -> bool:
        if isinstance(value, ast.Constant):
            return isinstance(value.value, str)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            return value.func.id in ("str", "repr") and self.is_builtin(value.func.id)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            return value.func.attr in _STRING_METHODS and self._is_string(value.func.value)
        return isinstance(value, ast.JoinedStr)

    def _bound_early(self, tree: ast.Module) -> frozenset[str]:
        """Names that statements of the module itself bind above the function, and never unbind."""
        scopes = self._subject.function.scopes
        first = scopes[0].lineno if scopes else self._subject.node.lineno
        found: set[str] = set()
        for statement in tree.body:
            if statement.lineno >= first:
                break
            found.update(_surely_bound(statement))
        deleted = {
            node.id
            for node in within_scope(tree.body)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del)
        }
        declared = {
            name for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names
        }
        return frozenset(found - deleted - declared)


def _surely_bound(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        yield from (bound_name(alias) for alias in statement.names)
    elif isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        yield statement.name
    elif isinstance(statement, ast.Assign):
        yield from (one.id for one in statement.targets if isinstance(one, ast.Name))
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        yield from names_written_by(statement.target)
