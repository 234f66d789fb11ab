"""Names for helpers that a reviewer would accept: from a comment, a result, or a verb called."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

_WORDS = re.compile(r"[A-Za-z][a-z0-9]*|[A-Z]+(?![a-z])")
_IDENTIFIER_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+|\d+")
_LONGEST = 40
_MOST_WORDS = 4

#: Words of a comment that carry no meaning in a name, and marks that are no sentences.
_FILLERS = frozenset(
    """a about actually all also an and any are as at be been but by can could do does done each
    ever first for from had has have here how i if in into is it its just let like make may more
    must need needs next no not note now of on one only or other otherwise our out over please
    should since so some such sure than that the their them then there these they this those to
    too try up us use used using very was way we were what when where whether which while who why
    will with would you your""".split()  # noqa: SIM905
)
_MARKS = re.compile(
    r"(?i)\b(todo|fixme|xxx|hack|noqa|pragma|pylint|see|cf|type:|mypy:|fmt:|nosec|ruff)"
)
#: A comment with one of these tells a state of things, not what the code does.
_STATES = frozenset(
    """are be because can cannot could had has have if is isn may means might must need needs
    should so that was were when will would""".split()  # noqa: SIM905
)
_NUMBER = re.compile(r"_\d+$")
_DANGLING = re.compile(r"(_(and|or|of|in|is|the|to))+$")
_PUNCTUATED = re.compile(r"[.;:(\u2013\u2014]|\s-\s")

#: Calls that say nothing about what a piece of code is for.
_DULL_CALLS = frozenset(
    """Exception KeyError RuntimeError TypeError ValueError abs add all any append bool bytes cast
    copy debug decode deepcopy dict encode endswith enumerate error exception extend float format
    frozenset get getattr group hasattr id index info insert int isdigit isinstance issubclass
    items iter join keys len list log lower lstrip map match max min next open ord pop popleft
    print range replace repr reversed rstrip search set setattr setdefault sorted split splitlines
    startswith str strip sub sum super tuple type update upper values warn warning write
    zip""".split()  # noqa: SIM905
)
#: First words of a call's name that make it a verb.
_VERBS = frozenset(
    """add apply assign attach build calculate call cancel charge check choose clean clear close
    collect compare compile compute connect convert count create decide delete detect determine
    dispatch emit encode ensure evaluate execute expand export extract fetch fill filter find finish
    fix flush format generate get handle import init initialize insert install invoke iterate load
    lock log lookup make mark match measure merge migrate move normalise normalize notify open pack
    parse pick plan prepare print process publish push raise read receive record register reject
    release remove render replace report request reserve reset resolve restore retry return run save
    scan schedule search select send serialize set setup skip sort split start stop store submit
    sync trim try unpack update upload validate verify visit walk wrap write""".split()  # noqa: SIM905
)


def unique(base: str, taken: frozenset[str]) -> str:
    """``base``, or ``base_2``, … such that nobody uses it yet."""
    return first_free([base], taken)


def first_free(names: Iterable[str], taken: frozenset[str]) -> str:
    """The first of ``names`` that nobody uses yet; else the first of all with a number."""
    proposed = list(names)
    free = next((name for name in proposed if name not in taken), None)
    if free is not None:
        return free
    stem, number = _NUMBER.sub("", proposed[0]), 2
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"


def private(words: str) -> str:
    """A private function's name made of ``words``."""
    name = re.sub(r"\W|_+", "_", words, flags=re.ASCII).strip("_").lower() or "helper"
    while len(name) > _LONGEST and "_" in name:
        name = name.rpartition("_")[0]
    return f"_{_DANGLING.sub('', name)}"


def from_comment(comment: str) -> str | None:
    """The first clause of a comment as a name of two to four words, if it is a clear one."""
    if _MARKS.search(comment) or not comment.isascii():
        return None
    clause = _PUNCTUATED.split(comment.strip().lstrip("#").strip())[0].split(",")[0]
    if re.search(r"[=\[\]{}<>`'\"/\\]", clause):
        return None
    words = [word.lower() for word in _WORDS.findall(clause)]
    telling = [word for word in words if word not in _FILLERS and len(word) > 1]
    if _STATES & set(words):
        return None
    if not 2 <= len(telling) <= _MOST_WORDS + 1:
        return None
    return "_".join(telling[:_MOST_WORDS])


def block_names(
    function: str,
    statements: Sequence[ast.stmt],
    *,
    inputs: Sequence[str],
    outputs: Sequence[str],
    comment: str,
) -> Iterator[str]:
    """Private names for a helper made of ``statements`` cut out of ``function``, best first.

    ``outputs`` that are ``inputs`` as well are updated, others are computed.
    """
    function = _NUMBER.sub("", function.strip("_"))
    purpose = _purpose(statements)
    if purpose is None or purpose in function:
        purpose = "step"
    sources = (
        from_comment(comment),
        _from_outputs(statements, inputs, outputs),
        _from_loop(statements),
        _from_checks(function, statements),
        _from_verbs(statements),
        _from_attributes(statements),
        f"{function}_{purpose}" if not function.endswith("_step") else function,
    )
    return (private(words) for words in sources if words)


def _from_outputs(
    statements: Sequence[ast.stmt], inputs: Sequence[str], outputs: Sequence[str]
) -> str | None:
    telling = [name.strip("_") for name in outputs if len(name.strip("_")) > 1]
    if not telling or len(telling) != len(outputs):
        return None
    made = {
        target.id: node.value
        for node in _walk(statements)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    collected = all(isinstance(made.get(name), ast.List | ast.Dict | ast.Set) for name in outputs)
    verb = "update" if set(outputs) <= set(inputs) else "collect" if collected else "compute"
    return f"{verb}_{'_and_'.join(telling)}"


def _from_loop(statements: Sequence[ast.stmt]) -> str | None:
    """A loop is named after what is done in it and what it goes over."""
    main = _heaviest(statements)
    if isinstance(main, ast.For | ast.AsyncFor):
        verb = _verb_called(main.body)
        over = _noun(main.iter) or _noun(main.target)
        usual = "check" if any(isinstance(node, ast.Raise) for node in _walk([main])) else "process"
        if over:
            return f"{verb.split('_')[0] if verb else usual}_{over}"
    return None


def _from_checks(function: str, statements: Sequence[ast.stmt]) -> str | None:
    """Conditions that do nothing but raise check something."""
    raising = [one for one in statements if isinstance(one, ast.If)]
    if not raising or not all(isinstance(one.body[-1], ast.Raise) for one in raising):
        return None
    return f"check_{_purpose(statements) or function}"


def _from_attributes(statements: Sequence[ast.stmt]) -> str | None:
    """What is assigned to ``self.total`` updates the total."""
    names = [
        node.attr
        for node in _walk(statements)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    ]
    return f"update_{names[0].strip('_')}" if len(set(names)) == 1 else None


def _walk(statements: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    return (node for statement in statements for node in ast.walk(statement))


def _heaviest(statements: Sequence[ast.stmt]) -> ast.stmt:
    def length(statement: ast.stmt) -> int:
        return (statement.end_lineno or statement.lineno) - statement.lineno

    return max(statements, key=length)


def _noun(node: ast.expr) -> str | None:
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in _DULL_CALLS and node.args:
            return _noun(node.args[0])
        if isinstance(node.func, ast.Attribute) and node.func.attr in _DULL_CALLS:
            return _noun(node.func.value)
        return _noun(node.func)
    if isinstance(node, ast.Attribute):
        name = node.attr
    elif isinstance(node, ast.Name):
        name = node.id
    else:
        return None
    name = _snake(name)
    return name if len(name) > 2 and name not in ("self", "cls") else None


def _from_verbs(statements: Sequence[ast.stmt]) -> str | None:
    verb = _verb_called(statements)
    return verb if verb and "_" in verb else None


def _verb_called(statements: Sequence[ast.stmt]) -> str | None:
    """The name of the first call that begins with a verb."""
    for name in _called_names(statements):
        if name not in _DULL_CALLS and _snake(name).split("_")[0] in _VERBS:
            return _snake(name)
    return None


def _called_names(statements: Sequence[ast.stmt]) -> Iterator[str]:
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                if isinstance(node.func, ast.Attribute):
                    yield node.func.attr
                elif isinstance(node.func, ast.Name):
                    yield node.func.id


def _purpose(statements: Sequence[ast.stmt]) -> str | None:
    """The subject of the heaviest statement's condition, or what it goes over."""
    main = _heaviest(statements)
    test = getattr(main, "test", None) or getattr(main, "subject", None)
    return _condition_subject(test) if test is not None else None


def condition_names(
    function: str, guarded: Sequence[ast.stmt], condition: ast.expr
) -> Iterator[str]:
    """Private names for a predicate: what is done if it holds, or what it is about."""
    function = _NUMBER.sub("", function.strip("_"))
    subject = _condition_subject(condition)
    verb = _verb_called(guarded)
    if guarded and isinstance(guarded[0], ast.Raise):
        yield private(f"is_invalid_{_first_name(condition) or function}")
    if verb:
        yield private(f"should_{verb}")
    if isinstance(condition, ast.Compare) and isinstance(condition.ops[0], ast.Eq) and subject:
        yield private(f"has_matching_{subject}")
    if subject:
        yield private(f"meets_{subject}_condition")
    yield private(f"meets_{function}_condition")


def _first_name(condition: ast.expr) -> str | None:
    names = (_noun(node) for node in ast.walk(condition) if isinstance(node, ast.Name))
    return next(filter(None, names), None)


def _condition_subject(condition: ast.expr) -> str | None:
    """The first telling name in a condition, attributes before the objects that have them."""
    for node in ast.walk(condition):
        if isinstance(node, ast.Name | ast.Attribute):
            noun = _noun(node)
            if noun and noun not in _DULL_CALLS and not noun.isupper():
                return noun
    return None


def _snake(name: str) -> str:
    return "_".join(word.lower() for word in _IDENTIFIER_WORDS.findall(name))
