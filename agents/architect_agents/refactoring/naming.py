"""Names for helpers that a reviewer would accept: the author's own words where there are some.

In this order: a comment above the block, the values that it hands back, what it goes over, what
it checks, what it calls, what it assigns, what it is about, and at last where it stands. A number
is added only where all of these are taken.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from architect_agents.refactoring.naming_words import (
    NUMBER,
    calls_in,
    from_comment,
    heaviest,
    is_telling,
    is_verb,
    noun_of,
    private,
    reports,
    snake,
    subject_of,
    verb_called,
    walk_all,
)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a block stands: all of it optional.

    ``each`` is what the innermost loop around it binds, ``test`` the condition whose branch it
    is, ``caught`` what the handler around it catches. ``is_first`` and ``is_last`` are about the
    function's own statements.
    """

    each: ast.expr | None = None
    test: ast.expr | None = None
    caught: ast.expr | None = None
    is_first: bool = False
    is_last: bool = False


def unique(base: str, taken: frozenset[str]) -> str:
    """``base``, or ``base_2``, … such that nobody uses it yet."""
    return first_free([base], taken)


def first_free(names: Iterable[str], taken: frozenset[str]) -> str:
    """The first of ``names`` that nobody uses yet; else the first of all with a number."""
    proposed = list(names)
    free = next((name for name in proposed if name not in taken), None)
    if free is not None:
        return free
    stem, number = NUMBER.sub("", proposed[0]), 2
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def block_names(
    function: str,
    statements: Sequence[ast.stmt],
    *,
    inputs: Sequence[str],
    outputs: Sequence[str],
    comment: str,
    position: Position | None = None,
) -> Iterator[str]:
    """Private names for a helper made of ``statements`` cut out of ``function``, best first.

    ``outputs`` that are ``inputs`` as well are updated, others are computed.
    """
    function = NUMBER.sub("", snake(function))
    sources = (
        from_comment(comment),
        _from_outputs(statements, inputs, outputs),
        _from_loop(statements),
        _from_checks(function, statements),
        _from_calls(function, statements),
        _from_assigned(statements),
        _from_result(statements),
        *_from_position(function, statements, position or Position()),
    )
    names = (private(words) for words in sources if words)
    return (name for name in names if name != f"_{function}")


def _from_outputs(
    statements: Sequence[ast.stmt], inputs: Sequence[str], outputs: Sequence[str]
) -> str | None:
    telling = [snake(name) for name in outputs if len(name.strip("_")) > 1]
    if not telling or len(telling) != len(outputs):
        return None
    made = _made(statements)
    collected = all(isinstance(made.get(name), ast.List | ast.Dict | ast.Set) for name in outputs)
    verb = "update" if set(outputs) <= set(inputs) else "collect" if collected else "compute"
    if len(telling) == 1 and not is_telling(telling[0]):
        return _from_value(verb, made.get(outputs[0]), statements)
    return f"{verb}_{'_and_'.join(telling)}"


def _made(statements: Sequence[ast.stmt]) -> dict[str, ast.expr]:
    """What is assigned to each variable, the last of several."""
    return {
        target.id: node.value
        for node in walk_all(statements)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _from_value(verb: str, value: ast.expr | None, statements: Sequence[ast.stmt]) -> str | None:
    """For a result with a name that says nothing: what it is made of, or depends on."""
    about = noun_of(value) if isinstance(value, ast.Call) else None
    about = about if is_telling(about) else _purpose(statements)
    return f"{verb}_{about}" if is_telling(about) else None


def _from_loop(statements: Sequence[ast.stmt]) -> str | None:
    """A loop is named after what is done in it and what it goes over."""
    main = heaviest(statements)
    if isinstance(main, ast.For | ast.AsyncFor):
        verb = verb_called(main.body)
        over = noun_of(main.iter) or noun_of(main.target)
        usual = "check" if reports([main]) else "process"
        if over:
            return f"{verb.split('_')[0] if verb else usual}_{over}"
    return None


def _from_checks(function: str, statements: Sequence[ast.stmt]) -> str | None:
    """Conditions that do nothing but complain check something."""
    choices = [one for one in statements if isinstance(one, ast.If)]
    if not choices or not all(isinstance(one.body[-1], ast.Raise) for one in choices):
        return None
    return f"check_{_purpose(statements) or function}"


def _from_calls(function: str, statements: Sequence[ast.stmt]) -> str | None:
    """What is called, and with what; something that complains checks what it is about."""
    purpose = _purpose(statements)
    if reports(statements) and is_telling(purpose):
        return f"check_{purpose}"
    for name, call in calls_in(statements):
        words = snake(name)
        if verb_called([ast.Expr(call)]) != words or words == function:
            continue
        if "_" in words:
            return words
        about = noun_of(call.args[0]) if call.args else None
        if not is_telling(about) and isinstance(call.func, ast.Attribute):
            about = noun_of(call.func.value)
        if is_telling(about):
            return f"{words}_{about}"
    return None


def _from_assigned(statements: Sequence[ast.stmt]) -> str | None:
    """Who assigns to ``self.total`` updates the total; who assigns to ``box[i]`` fills the box."""
    stored = [
        node
        for node in walk_all(statements)
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store)
    ]
    names = {noun_of(node) for node in stored}
    if len(names) != 1:
        return None
    (name,) = names
    verb = "fill" if all(isinstance(node, ast.Subscript) for node in stored) else "update"
    return f"{verb}_{name}" if name else None


def _from_result(statements: Sequence[ast.stmt]) -> str | None:
    """What is made by a call and returned is made; what is added to a list or text is added."""
    returned = [node.value for node in walk_all(statements) if isinstance(node, ast.Return)]
    made = [noun_of(value) for value in returned if isinstance(value, ast.Call)]
    if made and len(set(made)) == 1 and is_telling(made[0]):
        return f"make_{made[0]}"
    grown = {
        noun_of(call.func.value)
        for name, call in calls_in(statements)
        if name in ("append", "extend", "add", "write") and isinstance(call.func, ast.Attribute)
    }
    if len(grown) == 1 and is_telling(next(iter(grown))):
        return f"add_to_{grown.pop()}"
    return None


def _from_position(
    function: str, statements: Sequence[ast.stmt], position: Position
) -> Iterator[str]:
    """What the block is about, and at last where it stands."""
    purpose = _purpose(statements)
    if purpose and is_telling(purpose) and _adds_to(function, purpose):
        yield f"handle_{purpose}" if is_verb(function) else f"{function}_{purpose}"
        yield f"{function}_{purpose}"
    about = subject_of(position.test) if position.test is not None else None
    around = (
        noun_of(position.each),
        noun_of(position.caught),
        about if is_telling(about) else None,
    )
    yield from (f"handle_{noun}" for noun in around if noun)
    yield from (f"{function}_{noun}" for noun in _nouns(statements) if _adds_to(function, noun))
    if position.is_last:
        yield f"finish_{function}"
    if position.is_first:
        yield f"begin_{function}"
    yield f"{function}_part"


def _adds_to(function: str, noun: str) -> bool:
    """Whether ``noun`` says what the function's name does not.

    An earlier helper that is called here has a name that begins with the function's.
    """
    return noun not in function and function not in noun


def _nouns(statements: Sequence[ast.stmt]) -> Iterator[str]:
    """What the statements mention and what says something, in no special order."""
    found = (noun_of(node) for node in walk_all(statements) if isinstance(node, ast.expr))
    return (noun for noun in (_purpose(statements), *found) if noun and is_telling(noun))


def _purpose(statements: Sequence[ast.stmt]) -> str | None:
    """The subject of the heaviest statement's condition, or what it goes over."""
    main = heaviest(statements)
    test = getattr(main, "test", None) or getattr(main, "subject", None)
    return subject_of(test) if test is not None else None
