"""One Python module as the checks need it: read without ever raising, its functions indexed."""

from __future__ import annotations

import ast
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

#: The fields in which a statement keeps other statements (``handlers`` and ``cases`` hold
#: nodes that themselves have a ``body``).
STATEMENT_FIELDS = ("body", "handlers", "orelse", "finalbody", "cases")

# ``warnings.catch_warnings`` changes state of the whole process, and the gate runs on workers.
_parsing = threading.Lock()


class UnreadableSourceError(Exception):
    """This interpreter can't read the text as Python; ``str(error)`` is half a sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function with its place in the module.

    ``occurrence`` counts functions of the same qualified name from 0 (overloads, the getter and
    setter of a property, conditional definitions). ``scopes`` are the classes and functions
    around it, outermost first.
    """

    qualified_name: str
    occurrence: int
    node: FunctionNode
    scopes: tuple[Scope, ...]

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def key(self) -> tuple[str, int]:
        return (self.qualified_name, self.occurrence)

    @property
    def is_nested(self) -> bool:
        """Whether it is defined inside another function, at any depth."""
        return any(not isinstance(scope, ast.ClassDef) for scope in self.scopes)

    @property
    def class_node(self) -> ast.ClassDef | None:
        """The class whose method it is, if it is one."""
        last = self.scopes[-1] if self.scopes else None
        return last if isinstance(last, ast.ClassDef) else None

    @property
    def first_line(self) -> int:
        """The 1-based line of the first decorator, or of ``def``."""
        return min([self.node.lineno, *(one.lineno for one in self.node.decorator_list)])

    @property
    def last_line(self) -> int:
        """The 1-based last line, inclusive."""
        return self.node.end_lineno or self.node.lineno

    def contains(self, other: Function) -> bool:
        """Whether ``other`` is defined inside this function."""
        return self.node in other.scopes


class ModuleSource:
    """A readable module: its text, lines, tree, and functions in the order of the text."""

    def __init__(self, text: str, tree: ast.Module) -> None:
        self.text = text
        self.tree = tree
        self._compiles = False

    def compile(self) -> None:
        """Find what only the compiler rejects, such as a ``return`` outside of a function.

        Raises:
            SyntaxError, ValueError, OverflowError, RecursionError, MemoryError: as ``compile``.
        """
        if not self._compiles:
            with _quiet():
                compile(self.tree, "<module>", "exec", dont_inherit=True)
            self._compiles = True

    @cached_property
    def lines(self) -> list[str]:
        """Lines as Python counts them: a form feed does not end one."""
        return self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        found: list[Function] = []
        counts: dict[str, int] = {}
        for node, scopes in walk_definitions(self.tree):
            if isinstance(node, ast.ClassDef):
                continue
            name = ".".join([scope.name for scope in scopes] + [node.name])
            found.append(Function(name, counts.get(name, 0), node, scopes))
            counts[name] = counts.get(name, 0) + 1
        return tuple(found)

    @cached_property
    def by_key(self) -> dict[tuple[str, int], Function]:
        return {function.key: function for function in self.functions}

    @cached_property
    def identifiers(self) -> frozenset[str]:
        """Every name and attribute that the module mentions anywhere."""
        found: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, Scope):
                found.add(node.name)
            elif isinstance(node, ast.alias):
                found.add(bound_name(node))
        return frozenset(found)

    def named(self, qualified_name: str) -> list[Function]:
        """All functions of that name: an overloaded function is several."""
        return [one for one in self.functions if one.qualified_name == qualified_name]

    def find(self, qualified_name: str, start_line: int) -> Function | None:
        """The function of that name whose ``def`` stands nearest to ``start_line``."""
        same = self.named(qualified_name)
        return min(same, key=lambda one: abs(one.node.lineno - start_line), default=None)


def called_name(call: ast.Call) -> str:
    """``f`` for ``f()`` and for ``x.y.f()``; nothing where the callee has no name."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def bound_name(alias: ast.alias) -> str:
    """The name that an import binds: ``import a.b`` binds ``a``."""
    return alias.asname or alias.name.split(".")[0]


def statement_children(node: ast.AST) -> Iterator[ast.AST]:
    """The statements, handlers and cases directly inside ``node``, in the order of the text."""
    for name in STATEMENT_FIELDS:
        inner = getattr(node, name, None)
        if isinstance(inner, list):
            yield from inner


def walk_definitions(tree: ast.AST) -> Iterator[tuple[Scope, tuple[Scope, ...]]]:
    """Every class and function under ``tree`` with the scopes around it, without recursion."""
    stack: list[tuple[ast.AST, tuple[Scope, ...]]] = [(tree, ())]
    while stack:
        node, scopes = stack.pop()
        inner = scopes
        if isinstance(node, Scope):
            yield node, scopes
            inner = (*scopes, node)
        stack.extend((child, inner) for child in reversed(list(statement_children(node))))


def read_module(text: str) -> ModuleSource:
    """Parse ``text`` and compile it; the tree is shared between callers and must not be changed.

    Raises:
        UnreadableSourceError: a syntax error, null bytes, nesting that is too deep, or a syntax
            that this interpreter does not know.
    """
    module = parse_module(text)
    with _readable():
        module.compile()
    return module


@lru_cache(maxsize=8)
def parse_module(text: str) -> ModuleSource:
    """As ``read_module``, for a text that is judged later: what only the compiler finds stays."""
    source = text.removeprefix("\ufeff")
    with _readable():
        return ModuleSource(source, parse_quietly(source))


@contextmanager
def _readable() -> Iterator[None]:
    """Raise ``UnreadableSourceError`` for whatever parser and compiler raise."""
    try:
        yield
    except SyntaxError as error:
        raise UnreadableSourceError(_syntax_reason(error)) from error
    except (RecursionError, MemoryError) as error:
        raise UnreadableSourceError("it is nested too deeply to be read") from error
    except (ValueError, OverflowError) as error:
        raise UnreadableSourceError(f"it can't be read as text of a program ({error})") from error


def parse_quietly(source: str) -> ast.Module:
    """A fresh tree of ``source``.

    Warnings about the code (an invalid escape, ``is`` with a literal) are the linter's business.

    Raises:
        SyntaxError, ValueError, OverflowError, RecursionError, MemoryError: as ``ast.parse``.
    """
    with _quiet():
        return ast.parse(source)


@contextmanager
def _quiet() -> Iterator[None]:
    with _parsing, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _syntax_reason(error: SyntaxError) -> str:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    where = f" at line {error.lineno}" if error.lineno else ""
    return f"Python {version} can't read it{where} ({error.msg})"
