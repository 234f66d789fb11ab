"""Two versions of a module side by side: which functions changed, came and went."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from architect_agents.refactoring.module_source import Function, FunctionNode, ModuleSource
from architect_agents.refactoring.same_tree import same_tree

#: In the place of a line: the function is known by its name only.
ANY_LINE = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A function that both versions have, and whose own code differs."""

    before: Function
    after: Function


class Comparison:
    """What a check is given.

    ``target`` is the function that shall change (as it stood before), or None where every change
    is to be judged. A function counts as changed if its own code differs; a change inside a
    nested function is a change of the nested function.
    """

    def __init__(self, before: ModuleSource, after: ModuleSource, target: Function | None) -> None:
        self.before = before
        self.after = after
        self.target = target

    @cached_property
    def changed(self) -> tuple[Change, ...]:
        pairs = (
            Change(function, self.after.by_key[function.key])
            for function in self.before.functions
            if function.key in self.after.by_key
        )
        return tuple(pair for pair in pairs if not self._same_own_code(pair))

    @cached_property
    def added(self) -> tuple[Function, ...]:
        """The functions that only the new version has."""
        return tuple(one for one in self.after.functions if one.key not in self.before.by_key)

    @cached_property
    def removed(self) -> tuple[Function, ...]:
        return tuple(one for one in self.before.functions if one.key not in self.after.by_key)

    @cached_property
    def moved(self) -> tuple[Function, ...]:
        """The added nested functions that came along, unchanged, with the code around them."""
        gone = [one for one in self.removed if one.is_nested]
        return tuple(
            one
            for one in self.added
            if one.is_nested and any(same_tree(other.node, one.node) for other in gone)
        )

    @cached_property
    def helpers(self) -> tuple[Function, ...]:
        """The added functions that are not nested in another function."""
        return tuple(one for one in self.added if not one.is_nested)

    @cached_property
    def targets(self) -> tuple[Change, ...]:
        """The outermost changed functions: what the refactoring is about.

        A target whose nested function alone changed is still the target.
        """
        if self.target is not None:
            after = self.after.by_key.get(self.target.key)
            return () if after is None else (Change(self.target, after),)
        return tuple(
            one
            for one in self.changed
            if not any(other.before.contains(one.before) for other in self.changed)
        )

    @property
    def touched_before(self) -> tuple[Function, ...]:
        """The changed and removed functions, as they were."""
        return (*(one.before for one in self.changed), *self.removed)

    @property
    def touched_after(self) -> tuple[Function, ...]:
        """The changed functions as they are now, and the added ones."""
        return (*(one.after for one in self.changed), *self.added)

    def _same_own_code(self, pair: Change) -> bool:
        one, other = pair.before, pair.after
        lines = self.before.lines[one.first_line - 1 : one.last_line]
        if lines == self.after.lines[other.first_line - 1 : other.last_line]:
            return True

        def is_nested_pair(left: ast.AST, right: ast.AST) -> bool:
            return (
                left is not one.node
                and isinstance(left, FunctionNode)
                and isinstance(right, FunctionNode)
                and left.name == right.name
            )

        return same_tree(one.node, other.node, skip=is_nested_pair)


def find_target(
    before: ModuleSource, after: ModuleSource, name: str, start_line: int
) -> Function | None:
    """The function that a request means: None for an empty name, or if there is none.

    Of several functions of one name, the one nearest to ``start_line``; for ``ANY_LINE`` the
    first that changed, else the last.
    """
    if not name or start_line != ANY_LINE:
        return before.find(name, start_line) if name else None
    named = before.named(name)
    changed = [one.before for one in Comparison(before, after, None).changed]
    return next((one for one in named if one in changed), named[-1] if named else None)


def outermost(functions: Sequence[Function]) -> list[Function]:
    """The functions that are not nested inside another one of the list."""
    return [one for one in functions if not any(other.contains(one) for other in functions)]
