"""The function that shall become simpler, with everything that is known about it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import cached_property

from architect_agents.refactoring.annotation_rules import annotations_are_lazy
from architect_agents.refactoring.code_facts import CodeFacts, facts_of, joined
from architect_agents.refactoring.flow import (
    FunctionFlow,
    FunctionNode,
    bindings_of,
    settled_names,
)
from architect_agents.refactoring.flow.scopes import (
    FUNCTIONS,
    parameters_of,
    type_parameters,
    within_scope,
)
from architect_agents.refactoring.frame_depth import FrameReaders
from architect_agents.refactoring.module_source import (
    Function,
    ModuleSource,
    bound_name,
    statement_children,
)
from architect_agents.refactoring.refusal import Refusal, RefusedError
from architect_agents.refactoring.source_lines import SourceLines
from architect_agents.refactoring.variable_types import VariableTypes

#: Methods that are class methods without saying so.
_IMPLICIT_CLASS_METHODS = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})
#: What the first parameter of a method is called by convention.
_INSTANCES = frozenset({"_self", "self", "this"})
_CLASSES = frozenset({"cls", "klass", "mcls", "mcs", "meta", "metacls"})
#: Built-ins that see the caller's variables if they get fewer arguments than this.
_READING_NAMES = {"dir": 1, "eval": 2, "exec": 2, "locals": 1, "vars": 1}


class Subject:
    """One function of a readable module, ready to be taken apart.

    ``earlier_helpers`` are names of functions that earlier steps cut out; ``frames`` is what was
    known of the module before them.

    Raises:
        RefusedError: its body can't be cut by lines (``def f(): return 1``).
        FlowTooLargeError, RecursionError: see ``FunctionFlow``.
    """

    def __init__(
        self,
        module: ModuleSource,
        function: Function,
        earlier_helpers: frozenset[str] = frozenset(),
        frames: FrameReaders | None = None,
    ) -> None:
        self._frames = frames or FrameReaders(module)
        self.earlier_helpers = earlier_helpers
        self.module = module
        self.function = function
        self.node: FunctionNode = function.node
        self.lines = SourceLines(module.text)
        first = self.node.body[0]
        if first.lineno == self.node.lineno or self.lines.before(first).strip():
            raise RefusedError("one-line-body", "The body stands on the line of the `def`.")
        self.indentation = self.lines.indentation(self.node.lineno)
        self.body_indentation = self.lines.indentation(first.lineno)
        if "\f" in self.body_indentation or not self.body_indentation.startswith(self.indentation):
            raise RefusedError(
                "mixed-indentation", "The indentation mixes tabs, blanks or form feeds."
            )
        self.unit = self.body_indentation[len(self.indentation) :]
        self.newline = self.lines.end_of(self.lines.line(self.node.lineno))
        self.flow = FunctionFlow(self.node)
        self._facts: dict[int, CodeFacts] = {}

    def facts(self, parts: Iterable[ast.AST]) -> CodeFacts:
        """The facts of some statements or expressions of this function."""
        return joined(map(self._facts_of, parts))

    def _facts_of(self, part: ast.AST) -> CodeFacts:
        known = self._facts.get(id(part))
        if known is None:
            known = self._facts[id(part)] = facts_of(part)
        return known

    @cached_property
    def reads_own_names(self) -> Refusal | None:
        """Why no variable may leave the function: something in it looks at all of them."""
        for node in ast.walk(self.node):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                given = len(node.args) + len(node.keywords)
                if given < _READING_NAMES.get(node.func.id, 0):
                    text = f"`{node.func.id}(…)` sees the variables of the function."
                    return Refusal("frame", text)
        return None

    @cached_property
    def siblings(self) -> list[ast.stmt]:
        """The statement list that holds the function."""
        scopes = self.function.scopes
        pending: list[ast.AST] = [scopes[-1] if scopes else self.module.tree]
        while pending:
            node = pending.pop()
            for field in ("body", "orelse", "finalbody"):
                inner = getattr(node, field, None)
                if isinstance(inner, list) and self.node in inner:
                    return inner
            pending += statement_children(node)
        raise RefusedError("not-found", "The function is not a statement of this module.")

    def last_call(self, name: str) -> int:
        """The last line that calls the earlier helper ``name``, 0 if none does."""
        return self._helper_calls.get(name, 0)

    @cached_property
    def _helper_calls(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for node in ast.walk(self.node):
            if isinstance(node, ast.Call):
                name: str = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
                found[name] = max(found.get(name, 0), node.lineno)
        return found

    def in_order(self, names: frozenset[str] | set[str], facts: CodeFacts) -> tuple[str, ...]:
        """The function's own parameters first, then variables by their first mention."""
        rank = {arg.arg: index for index, arg in enumerate(self.parameters)}
        for name in facts.order:
            rank.setdefault(name, len(rank))
        return tuple(sorted(names, key=lambda name: (rank.get(name, len(rank)), name)))

    @property
    def is_async(self) -> bool:
        return isinstance(self.node, ast.AsyncFunctionDef)

    @cached_property
    def is_generator(self) -> bool:
        return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in self.own_nodes)

    @cached_property
    def own_nodes(self) -> tuple[ast.AST, ...]:
        """Everything in the body but the insides of nested scopes."""
        return tuple(within_scope(self.node.body))

    @cached_property
    def parameters(self) -> list[ast.arg]:
        return parameters_of(self.node.args)

    @cached_property
    def written(self) -> frozenset[str]:
        """Variables that the body binds again, parameters among them."""
        return self.flow.writes(self.node.body) | self.flow.rebound_by_closures

    @cached_property
    def imported(self) -> frozenset[str]:
        """Variables that hold a module imported in the body: strange things to hand on."""
        return frozenset(
            bound_name(alias)
            for node in self.own_nodes
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        )

    @property
    def class_node(self) -> ast.ClassDef | None:
        return self.function.class_node

    @cached_property
    def decorators(self) -> frozenset[str]:
        """The last names of the decorators, such as ``setter`` of ``@price.setter``."""
        return frozenset(_last_name(node) for node in self.node.decorator_list)

    @property
    def is_class_method(self) -> bool:
        return "classmethod" in self.decorators or self.node.name in _IMPLICIT_CLASS_METHODS

    @cached_property
    def receiver(self) -> str | None:
        """``self`` or ``cls`` under the name it has here; None if there is none to rely on.

        A function in a class that calls its first parameter something else may be meant to be
        called through the class, with whatever as its first argument.
        """
        positional = [*self.node.args.posonlyargs, *self.node.args.args]
        if self.class_node is None or "staticmethod" in self.decorators or not positional:
            return None
        name = positional[0].arg
        return name if name in (_INSTANCES | _CLASSES) and name not in self.written else None

    @property
    def receiver_is_certain(self) -> bool:
        """Whether the receiver is what a method called on it gets as its own.

        A decorator that nobody knows (``@validator``, ``@declared_attr``) may hand a class to a
        function that is no class method.
        """
        return self.receiver in _INSTANCES or self.is_class_method or not self.decorators

    @cached_property
    def enclosing_names(self) -> frozenset[str]:
        """Names that functions around this one bind, and its own type parameters.

        A helper elsewhere would not see them.
        """
        return type_parameters(self.node).union(
            *(bindings_of(one).locals for one in self.function.scopes if isinstance(one, FUNCTIONS))
        )

    @cached_property
    def types(self) -> VariableTypes:
        """What the text tells of the types of this function's variables."""
        return VariableTypes(self.module, self.function, self.receiver)

    @property
    def annotations_are_lazy(self) -> bool:
        return annotations_are_lazy(self.module.tree)

    @cached_property
    def settled_names(self) -> frozenset[str]:
        """Those of ``enclosing_names`` that a helper can be handed."""
        return settled_names(self.function.scopes, self.node)

    def refuse_frame_readers(self, called: frozenset[str]) -> None:
        """Raise ``RefusedError`` if one of these functions sees how deep it is called."""
        for name in sorted(called):
            reader = self._frames.behind(name)
            if reader is not None:
                text = f"`{name}(…)` depends on how deep it is called (line {reader.lineno})."
                raise RefusedError("frame", text)

    @cached_property
    def string_lines(self) -> frozenset[int]:
        """Lines of the function that begin inside a string literal."""
        return self.lines.lines_inside_strings(self.node)

    @cached_property
    def taken_names(self) -> frozenset[str]:
        """Names that a helper or a new variable must not have: every word of the module.

        Words of strings count as well: they may be names to ``getattr`` or ``__all__``. In a
        class with bases ``_send`` is taken where ``send`` is known: the base may have both.
        """
        words = frozenset(re.findall(r"\w+", self.module.text))
        if self.class_node is None or not self.class_node.bases:
            return words
        return words | {f"_{word}" for word in words}


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
