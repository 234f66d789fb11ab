"""Where a new helper goes: beside the function as a method, or to the module."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Literal

from architect_agents.refactoring.code_facts import CodeFacts
from architect_agents.refactoring.flow.scopes import within_scope
from architect_agents.refactoring.refusal import RefusedError
from architect_agents.refactoring.subject import Subject

HelperKind = Literal["method", "class-method", "static-method", "function"]

#: Classes in which a new method would be a new member of what the class describes.
_NO_PLACE_FOR_HELPERS = frozenset(
    {"Protocol", "NamedTuple", "TypedDict", "Enum", "IntEnum", "Flag", "IntFlag", "StrEnum"}
)
#: What an enumeration calls while its body runs.
_MAKING_MEMBERS = frozenset({"__init__", "__new__", "_generate_next_value_"})


@dataclass(frozen=True, slots=True)
class Placement:
    """The helper stands behind the 1-based line ``after_line``, indented by ``indentation``.

    ``receiver`` is how it is called: ``self`` for a method, None for a plain function.
    """

    kind: HelperKind
    receiver: str | None
    indentation: str
    after_line: int

    @property
    def takes_receiver(self) -> bool:
        return self.kind in ("method", "class-method")


def place_helper(
    subject: Subject, facts: CodeFacts, inputs: frozenset[str], line: int
) -> Placement:
    """Decide where a helper with code of these ``facts`` and these ``inputs`` stands.

    ``line`` is where the code is cut out: helpers stand in the order of their calls.

    Raises:
        RefusedError: the code needs to be a method (``super()``, ``__private``) and can't be.
    """
    kind = _kind(subject, facts, inputs)
    needs_class = _needs_class(subject, facts)
    if needs_class and kind != "method" and kind != "class-method":
        raise RefusedError("needs-class", needs_class)
    if kind == "function":
        _refuse_early_calls(subject)
        return Placement(kind, None, *_outside(subject, line))
    after_line = _end_of_group(subject, line)
    return Placement(kind, subject.receiver, subject.indentation, after_line)


def _kind(subject: Subject, facts: CodeFacts, inputs: frozenset[str]) -> HelperKind:
    receiver = subject.receiver
    if receiver is None or subject.class_node is None or _closed_to_helpers(subject.class_node):
        return "function"
    if subject.function.is_nested:
        return "function"  # a method of a class in a function would be nested itself
    if receiver not in inputs and not _calls_super(facts):
        return "static-method"
    if not subject.receiver_is_certain:
        return "function"
    return "class-method" if subject.is_class_method else "method"


def _closed_to_helpers(node: ast.ClassDef) -> bool:
    bases = {_last_name(base) for base in node.bases}
    methods = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
    return bool(bases & _NO_PLACE_FOR_HELPERS) or "__getattribute__" in methods


def _last_name(base: ast.expr) -> str:
    if isinstance(base, ast.Subscript):
        base = base.value
    return base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")


def _calls_super(facts: CodeFacts) -> bool:
    return "super" in facts.mentioned


def _needs_class(subject: Subject, facts: CodeFacts) -> str:
    """Why the code only works inside its class; empty if it works anywhere."""
    if _calls_super(facts):
        return "`super()` works only in a method."
    in_class = any(isinstance(scope, ast.ClassDef) for scope in subject.function.scopes)
    if in_class and facts.private:
        return f"The private name `{facts.private}` works only inside its class."
    return ""


def _refuse_early_calls(subject: Subject) -> None:
    """A helper behind the class does not stand yet while the class body runs."""
    outermost = subject.function.scopes[0] if subject.function.scopes else None
    if not isinstance(outermost, ast.ClassDef):
        return
    member = (*subject.function.scopes[1:], subject.node)[0].name
    used = {node.id for node in within_scope(outermost.body) if isinstance(node, ast.Name)}
    makes_members = member in _MAKING_MEMBERS and bool(
        {_last_name(base) for base in outermost.bases} & _NO_PLACE_FOR_HELPERS
    )
    if member in used or makes_members:
        raise RefusedError("class-body", f"`{member}` may run before a helper would be defined.")


def _outside(subject: Subject, line: int) -> tuple[str, int]:
    """Indentation and line of a plain function: behind the outermost scope around the subject."""
    scopes = subject.function.scopes
    if not scopes:
        return subject.indentation, _end_of_group(subject, line)
    outermost = scopes[0]
    return (
        subject.lines.indentation(outermost.lineno),
        _after_comments(subject, outermost.end_lineno or outermost.lineno),
    )


def _end_of_group(subject: Subject, line: int) -> int:
    """The last line of the function, or of the definitions that belong together with it.

    Overloads, and the setter and deleter of a property, follow their first definition. Behind
    them stand the helpers that an earlier step cut out of what comes before ``line``.
    """
    siblings = subject.siblings
    place = siblings.index(subject.node)
    last: ast.stmt = subject.node
    for later in siblings[place + 1 :]:
        name = getattr(later, "name", "")
        stands_before = name in subject.earlier_helpers and subject.last_call(name) < line
        if not stands_before and not _belongs_to(later, subject.node.name):
            break
        last = later
    return _after_comments(subject, last.end_lineno or last.lineno)


def _belongs_to(node: ast.AST, name: str) -> bool:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    owners = {
        decorator.value.id
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Attribute) and isinstance(decorator.value, ast.Name)
    }
    return node.name == name or name in owners


def _after_comments(subject: Subject, last_line: int) -> int:
    """Comments that end the function's body, deeper than its ``def``, stay with it."""
    own = subject.indentation
    number = kept = last_line
    for line in subject.lines.lines[last_line:]:
        number += 1
        text = line.strip()
        if text and not (text.startswith("#") and len(line) - len(line.lstrip()) > len(own)):
            break
        if text:
            kept = number
    return kept
