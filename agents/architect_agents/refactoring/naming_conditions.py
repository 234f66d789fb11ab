"""Names for predicates: what is done if they hold, or what they say."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from architect_agents.refactoring.naming_words import (
    NUMBER,
    noun_of,
    private,
    snake,
    subject_of,
    verb_called,
)

#: First words of names that are statements already.
_SAYING = frozenset(
    """allows are can contains exists has have includes is matches may must needs should supports
    uses was were""".split()  # noqa: SIM905
)
_AFFIXES = {"startswith": "prefix", "endswith": "suffix"}
_DENIALS = ("has_no_", "has_other_", "is_not_", "not_")
_LONGEST = 40


def condition_names(
    function: str, guarded: Sequence[ast.stmt], parts: Sequence[ast.expr], word: str = "and"
) -> Iterator[str]:
    """Private names for a predicate, best first.

    ``guarded`` is what is done if it holds, empty where that is not all of the condition;
    ``parts`` are what it consists of, joined by ``word``.
    """
    function = NUMBER.sub("", snake(function))
    if guarded and isinstance(guarded[0], ast.Raise):
        yield private(f"is_invalid_{_first_name(parts[0]) or function}")
    verb = verb_called(guarded)
    if verb:
        yield private(f"should_{verb}")
    said = _said(parts, word)
    if said:
        yield private(said)
    subject = subject_of(parts[0])
    if subject:
        yield private(f"is_{subject}_relevant")
    yield private(f"should_{function}")


def _said(parts: Sequence[ast.expr], word: str) -> str | None:
    """The first two things that the condition says, as far as a name holds them."""
    if len(parts) == 1 and isinstance(parts[0], ast.BoolOp):
        word = "and" if isinstance(parts[0].op, ast.And) else "or"
        parts = parts[0].values
    phrases = list(dict.fromkeys(filter(None, map(phrase_of, parts))))
    if not phrases:
        return None
    if len(phrases) == 1:
        return phrases[0]
    first, second = phrases[:2]
    # "has_total_and_paid", but not "has_no_total_or_paid" for what says "or has paid".
    opening = "" if first.startswith(_DENIALS) else f"{first.split('_')[0]}_"
    both = f"{first}_{word}_{second.removeprefix(opening)}"
    return both if len(both) <= _LONGEST else first


def phrase_of(test: ast.expr) -> str | None:
    """What one test says: ``is_leaf``, ``has_no_parent``; None where there are no words for it."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _denied(phrase_of(test.operand))
    if isinstance(test, ast.Call):
        return _of_call(test)
    if isinstance(test, ast.Name | ast.Attribute | ast.Subscript):
        noun = noun_of(test)
        if noun is None:
            return None
        return noun if noun.split("_")[0] in _SAYING else f"has_{noun}"
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        return _of_comparison(test.left, test.ops[0], test.comparators[0])
    if isinstance(test, ast.BoolOp):
        return next(filter(None, map(phrase_of, test.values)), None)
    return None


def _denied(phrase: str | None) -> str | None:
    if phrase is None:
        return None
    first, _, rest = phrase.partition("_")
    if first == "has":
        return f"has_no_{rest}"
    return f"is_not_{rest}" if first == "is" and rest else f"not_{phrase}"


def _of_kind(kinds: ast.expr) -> str | None:
    """What ``isinstance`` says, with two classes at most."""
    nouns = [noun_of(kind) for kind in (kinds.elts if isinstance(kinds, ast.Tuple) else [kinds])]
    known = [noun for noun in nouns[:2] if noun]
    return f"is_{'_or_'.join(known)}" if known else None


def _of_call(call: ast.Call) -> str | None:
    func = call.func
    name = snake(func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", ""))
    if name == "isinstance" and len(call.args) == 2:
        return _of_kind(call.args[1])
    about = noun_of(func.value) if isinstance(func, ast.Attribute) else None
    if name in _AFFIXES and about:
        return f"has_{about}_{_AFFIXES[name]}"
    if name.split("_")[0] in _SAYING and "_" in name:
        return name
    if name.startswith("is") and name[2:].isalpha():
        return f"is_{name[2:]}"
    noun = about if name == "get" else noun_of(call)
    return f"has_{noun}" if noun else None


def _of_comparison(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> str | None:
    about = noun_of(left)
    other = _value(right)
    if about is None:
        return None
    if isinstance(operator, ast.Is | ast.IsNot) and _is_none(right):
        return f"has_no_{about}" if isinstance(operator, ast.Is) else f"has_{about}"
    if isinstance(operator, ast.Eq | ast.Is):
        return f"is_{other}" if other else f"has_matching_{about}"
    if isinstance(operator, ast.NotEq | ast.IsNot):
        return f"is_not_{other}" if other else f"has_other_{about}"
    if isinstance(operator, ast.In | ast.NotIn):
        where = noun_of(right)
        into = f"in_{where}" if where else f"known_{about}"
        return f"is_not_{into}" if isinstance(operator, ast.NotIn) else f"is_{into}"
    size = "large" if isinstance(operator, ast.Gt | ast.GtE) else "small"
    return f"has_{size}_{about}"


def _value(node: ast.expr) -> str | None:
    """The words of a constant or of a name that stands for one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return snake(node.value) if node.value.isidentifier() and len(node.value) > 2 else None
    return noun_of(node) if isinstance(node, ast.Name | ast.Attribute) else None


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _first_name(condition: ast.expr) -> str | None:
    names = (noun_of(node) for node in ast.walk(condition) if isinstance(node, ast.Name))
    return next(filter(None, names), None)
