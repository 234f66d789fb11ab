"""What a file itself says about types: its classes, their attributes, its functions' results."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence
from functools import lru_cache

from architect_agents.refactoring.module_source import FunctionNode, ModuleSource, bound_name
from architect_agents.refactoring.surface import is_generator, module_names

#: Classes of the standard library that hold plain values, by the module they come from.
_CLASSES = {
    "datetime": ("date", "datetime", "time", "timedelta"),
    "decimal": ("Decimal",),
    "fractions": ("Fraction",),
    "io": ("BytesIO", "StringIO"),
    "pathlib": ("Path", "PurePath"),
    "uuid": ("UUID",),
}
#: Methods of well-known classes whose result always has the same type.
_METHODS = {
    "Decimal": dict.fromkeys(("copy_abs", "normalize", "quantize"), "Decimal"),
    "bytes": {"decode": "str"},
    "str": {
        **dict.fromkeys(("capitalize", "casefold", "format", "join", "lower", "lstrip"), "str"),
        **dict.fromkeys(("replace", "rstrip", "strip", "title", "upper", "zfill"), "str"),
        **dict.fromkeys(("endswith", "isalpha", "isdigit", "isspace", "startswith"), "bool"),
        **dict.fromkeys(("count", "find", "index", "rfind"), "int"),
        **dict.fromkeys(("rsplit", "split", "splitlines"), "list[str]"),
        "encode": "bytes",
    },
}
_HOLDING_ITEMS = (
    *("Collection", "Iterable", "Iterator", "List", "Sequence", "Set"),
    *("deque", "frozenset", "list", "set"),
)
_HOLDING_PAIRS = ("Dict", "Mapping", "MutableMapping", "defaultdict", "dict")
_BUILTINS = frozenset(dir(builtins))
#: Decorators under which a method still is one.
_PLAIN = frozenset({"abstractmethod", "classmethod", "override", "staticmethod"})
_PROPERTIES = frozenset({"cached_property", "property"})


class FileTypes:
    """Types of what one module defines. All answers are source texts, None where unknown."""

    def __init__(self, module: ModuleSource) -> None:
        body = module.tree.body
        self._names = module_names(module.tree)
        self._classes = {one.name: one for one in body if isinstance(one, ast.ClassDef)}
        self._functions = {one.name: one for one in body if isinstance(one, ast.FunctionDef)}
        self._imported = {
            bound_name(alias)
            for one in body
            if isinstance(one, ast.ImportFrom) and not one.level
            for alias in one.names
            if alias.name in _CLASSES.get(one.module or "", ()) and alias.asname is None
        }

    @classmethod
    def of(cls, module: ModuleSource) -> FileTypes:
        return _file_types(module)

    def defines(self, name: str) -> bool:
        """Whether the module binds the name, so that it is no built-in here."""
        return name in self._names

    def can_name(self, known: str, hidden: frozenset[str]) -> bool:
        """Whether a helper may write down this type, where the names ``hidden`` mean others."""
        names = {
            node.id
            for node in ast.walk(ast.parse(known, mode="eval"))
            if isinstance(node, ast.Name)
        }
        # What is both may be either.
        return not names & hidden and names <= self._names ^ _BUILTINS

    def result(self, name: str) -> str | None:
        """The type of ``name(…)``: of an instance, or by a function's own annotation."""
        if name in self._imported:
            return name
        if name in self._classes:
            return name if self._is_plain(name) else None
        function = self._functions.get(name)
        return _returned(function) if function and not function.decorator_list else None

    def attribute(self, owner: str, name: str) -> str | None:
        """The type of an attribute of an instance of the class ``owner``."""
        for member in self._members(owner):
            if isinstance(member, ast.AnnAssign) and getattr(member.target, "id", "") == name:
                return plain(member.annotation)
            if isinstance(member, FunctionNode) and member.name == name:
                is_property = _decorators(member) & _PROPERTIES
                return _returned(member) if is_property else None
        return None

    def method_result(self, owner: str, name: str) -> str | None:
        """The type of what a method of the class ``owner`` returns."""
        members = self._members(owner)
        found = [one for one in members if getattr(one, "name", "") == name]
        if len(found) == 1 and isinstance(found[0], ast.FunctionDef):
            return _returned(found[0]) if _decorators(found[0]) <= _PLAIN else None
        if name in ("items", "values", "keys"):
            return _view(owner, name)
        return None if found else _METHODS.get(owner, {}).get(name)

    def item(self, whole: str) -> str | None:
        """The type of the elements of a value of the type ``whole``."""
        for name in _HOLDING_ITEMS:
            if parts := parts_of(whole, name):
                return parts[0]
        for name in _HOLDING_PAIRS:
            if parts := parts_of(whole, name):
                return parts[0]
        parts = parts_of(whole, "tuple")
        if len(parts) == 2 and parts[1] == "...":
            return parts[0]
        return "str" if whole == "str" else None

    def _is_plain(self, name: str) -> bool:
        """Whether calling the class gives an instance of it, and it takes no type parameters."""
        node = self._classes[name]
        generic = any(isinstance(base, ast.Subscript) for base in node.bases)
        made = any(getattr(one, "name", "") == "__new__" for one in node.body)
        return not (generic or made or node.keywords or getattr(node, "type_params", []))

    def _members(self, owner: str) -> Sequence[ast.stmt]:
        """The statements of a class and, behind them, of its bases in this file."""
        found: list[ast.stmt] = []
        pending, seen = [owner], set[str]()
        while pending:
            name = pending.pop(0)
            if name in self._classes and name not in seen and self._is_plain(name):
                seen.add(name)
                found += self._classes[name].body
                pending += [getattr(base, "id", "") for base in self._classes[name].bases]
        return found


@lru_cache(maxsize=4)
def _file_types(module: ModuleSource) -> FileTypes:
    return FileTypes(module)


def parts_of(whole: str, name: str) -> list[str]:
    """``A`` and ``B`` of ``name[A, B]``; nothing for any other type."""
    if not whole.startswith(f"{name}["):
        return []
    node = ast.parse(whole, mode="eval").body
    if not isinstance(node, ast.Subscript) or getattr(node.value, "id", "") != name:
        return []
    items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    return ["..." if _is_dots(item) else ast.unparse(item) for item in items]


def _is_dots(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is ...


def _view(owner: str, name: str) -> str | None:
    """``items()``, ``values()`` and ``keys()`` of a mapping, as something to loop over."""
    for mapping in _HOLDING_PAIRS:
        parts = parts_of(owner, mapping)
        if len(parts) == 2:
            shown = {"items": f"tuple[{', '.join(parts)}]", "keys": parts[0], "values": parts[1]}
            return f"Iterable[{shown[name]}]"
    return None


def _returned(function: FunctionNode) -> str | None:
    if not isinstance(function, ast.FunctionDef) or function.returns is None:
        return None
    if is_generator(function) or getattr(function, "type_params", []):
        return None
    return plain(function.returns)


def _decorators(function: FunctionNode) -> frozenset[str]:
    return frozenset(
        getattr(one, "attr", getattr(one, "id", "?")) for one in function.decorator_list
    )


def plain(annotation: ast.expr) -> str | None:
    """A type as it is written; None where it is quoted, None itself, or no type of a value."""
    for node in ast.walk(annotation):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return None
        if getattr(node, "attr", getattr(node, "id", "")) in ("ClassVar", "Final", "Self"):
            return None
    text = ast.unparse(annotation)
    return None if text in ("None", "NoReturn", "Never", "Any") else text
