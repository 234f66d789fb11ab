"""What forbids moving a piece of code into a function of its own, whatever its variables are."""

from __future__ import annotations

import ast

from architect_agents.refactoring.blocks import Block
from architect_agents.refactoring.code_facts import CodeFacts
from architect_agents.refactoring.refusal import RefusedError
from architect_agents.refactoring.subject import Subject

_STOPS = frozenset({"StopIteration", "StopAsyncIteration"})
_BROAD = frozenset({"Exception", "BaseException"})


def refuse_immovable(subject: Subject, facts: CodeFacts) -> None:
    """Raise ``RefusedError`` if code with these facts must stay where it is."""
    for refusal in (facts.immovable, subject.reads_own_names):
        if refusal is not None:
            raise RefusedError(refusal.code, refusal.sentence)
    if facts.stored & subject.flow.nonlocals:
        raise RefusedError("nonlocal", "The block writes a variable of an enclosing function.")
    subject.refuse_frame_readers(facts.called)


def names_from_around(subject: Subject, read: frozenset[str]) -> frozenset[str]:
    """Variables of functions around that code which reads these names has to be handed.

    Raises:
        RefusedError: they may change as long as the function lives, or may not be bound yet.
    """
    own = subject.flow.locals | subject.flow.globals
    outer = (read & subject.enclosing_names) - own
    unsettled = outer - subject.settled_names
    if unsettled:
        names = ", ".join(f"`{name}`" for name in sorted(unsettled))
        raise RefusedError("enclosing-function", f"The block needs {names} from a function around.")
    return outer


def refuse_translated_exceptions(block: Block, facts: CodeFacts) -> None:
    """``StopIteration`` leaving a generator or coroutine becomes ``RuntimeError``.

    A block that becomes one must not stand where somebody tells the two apart. Handlers that
    take any exception matter only if the block itself asks an iterator for its next value.
    """
    for place in block.ancestors:
        statement = place.statement
        if not isinstance(statement, ast.Try | ast.TryStar) or place.field != "body":
            continue
        for handler in statement.handlers:
            caught = _last_names(handler.type) if handler.type else _BROAD
            if caught & (_STOPS | {"RuntimeError"}) or (facts.may_stop and caught & _BROAD):
                raise RefusedError(
                    "stop-iteration", "A `StopIteration` in the block would be caught differently."
                )


def _last_names(node: ast.expr) -> set[str]:
    names = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    return names | {inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)}
