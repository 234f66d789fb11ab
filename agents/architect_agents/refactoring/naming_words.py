"""The words that names are made of: nouns and verbs of code, clauses of comments."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

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
    """are be because can cannot could did does doesn don had has have if is isn may means might
    must need needs should so that was were when will would""".split()  # noqa: SIM905
)
NUMBER = re.compile(r"_\d+$")
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
#: Names that say nothing about what they hold.
_DULL_NOUNS = frozenset(
    """args attr cls data elem elt idx info item items iter key kwargs name names node num obj
    other out res result results ret retval rv self tmp val value values""".split()  # noqa: SIM905
)
#: Calls that tell somebody that something is wrong.
_REPORTS = frozenset(
    """add_error add_message complain error fail log_error report report_error report_warning
    system_message warn warning""".split()  # noqa: SIM905
)


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


def snake(name: str) -> str:
    """``parseURL`` → ``parse_url``."""
    return "_".join(word.lower() for word in _IDENTIFIER_WORDS.findall(name))


def noun_of(node: ast.expr | None) -> str | None:
    """What an expression is about: the last part of a dotted name, the thing a getter gets."""
    if isinstance(node, ast.Await | ast.Starred):
        node = node.value
    if isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Call):
        return _noun_of_call(node)
    if isinstance(node, ast.Attribute):
        name = node.attr
    elif isinstance(node, ast.Name):
        name = node.id
    else:
        return None
    name = snake(name)
    return name if len(name) > 2 and name not in ("self", "cls") else None


def _noun_of_call(call: ast.Call) -> str | None:
    """``enumerate(lines)`` and ``lines.items()`` are about lines, ``get_lines()`` too."""
    func = call.func
    if isinstance(func, ast.Name) and func.id in _DULL_CALLS:
        return noun_of(call.args[0]) if call.args else None
    if isinstance(func, ast.Attribute) and func.attr in _DULL_CALLS:
        return noun_of(func.value)
    name = noun_of(func)
    verb, _, rest = (name or "").partition("_")
    return rest if verb in _VERBS and rest else name


def is_telling(noun: str | None) -> bool:
    """Whether the noun says more than that something is there."""
    return noun is not None and noun not in _DULL_NOUNS and noun not in _DULL_CALLS


def walk_all(statements: Sequence[ast.stmt]) -> Iterator[ast.AST]:
    """Every node of the statements."""
    return (node for statement in statements for node in ast.walk(statement))


def calls_in(statements: Sequence[ast.stmt]) -> Iterator[tuple[str, ast.Call]]:
    """The calls by name, with the part before the dot left out."""
    for node in walk_all(statements):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield node.func.attr, node
            elif isinstance(node.func, ast.Name):
                yield node.func.id, node


def verb_called(statements: Sequence[ast.stmt]) -> str | None:
    """The name of the first call that begins with a verb."""
    for name, _ in calls_in(statements):
        if name not in _DULL_CALLS and name not in _REPORTS and is_verb(snake(name)):
            return snake(name)
    return None


def is_verb(name: str) -> bool:
    """Whether the first word of a name in snake case is a verb that we know."""
    return name.split("_")[0] in _VERBS


def reports(statements: Sequence[ast.stmt]) -> bool:
    """Whether something in the statements complains: raises, warns, reports."""
    return any(isinstance(node, ast.Raise) for node in walk_all(statements)) or any(
        name in _REPORTS for name, _ in calls_in(statements)
    )


def heaviest(statements: Sequence[ast.stmt]) -> ast.stmt:
    """The statement with the most lines."""

    def length(statement: ast.stmt) -> int:
        return (statement.end_lineno or statement.lineno) - statement.lineno

    return max(statements, key=length)


def subject_of(condition: ast.expr) -> str | None:
    """The first telling name in a condition, attributes before the objects that have them."""
    nouns = (
        noun_of(node) for node in ast.walk(condition) if isinstance(node, ast.Name | ast.Attribute)
    )
    found = [noun for noun in nouns if noun and noun not in _DULL_CALLS and not noun.isupper()]
    return next(filter(is_telling, found), found[0] if found else None)
