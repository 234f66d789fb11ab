"""Strange source: a right edit or a sentence, never an exception, never a wrong edit."""

from __future__ import annotations

import ast
import sys
import time

import pytest

from architect_agents.embedded import EmbeddedArchitect
from architect_agents.gate import RefactoringGate
from architect_agents.refactoring.splice import apply_edits
from architect_agents.types import FindingLimits, FunctionFigures, Outcome, RefactorRequest
from lizard_measure import lizard_measure

#: A body that is worth extracting; indented by one level.
BODY = """\
    for item in items:
        if item.a and item.b:
            item.run()
        elif item.c or item.d:
            item.stop()
        for part in item.parts:
            if part and part.open:
                part.close()
    for item in items:
        if item.e and item.f:
            item.walk()
        elif item.g or item.h:
            item.sleep()
"""

IMPROVED = {
    "plain": f"def f(items):\n{BODY}",
    "carriage returns": f"def f(items):\n{BODY}".replace("\n", "\r"),
    "byte order mark": f"\ufeffdef f(items):\n{BODY}",
    "encoding cookie": f"# -*- coding: latin-1 -*-\ndef f(items):\n{BODY}",
    "form feed between functions": f"x = 1\n\f\ndef f(items):\n{BODY}\f\ny = 2\n",
    "form feed in a blank line": f"def f(items):\n    x = 1\n\f\n{BODY}    return x\n",
    "tabs": f"def f(items):\n{BODY}".replace("    ", "\t"),
    "two blanks": f"def f(items):\n{BODY}".replace("    ", "  "),
    "type comments": f"def f(items):\n    # type: (list) -> None\n    x = []  # type: list\n{BODY}",
    "future import": f"from __future__ import annotations\ndef f(items: Later) -> None:\n{BODY}",
    "type checking": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a import Later\n"
        f"def f(items: 'Later') -> None:\n{BODY}"
    ),
    "conditional definition": (
        "import sys\nif sys.platform:\n    def f(items):\n"
        + BODY.replace("    ", "        ", 1).replace("\n    ", "\n        ")
        + "else:\n    f = None\n"
    ),
    "metaclass": (
        "class C(B, metaclass=M, flag=True):\n    __slots__ = ()\n    def f(self, items):\n"
        + "".join(f"    {line}\n" for line in BODY.splitlines())
    ),
    "pattern matching": (
        f"def f(items):\n    match items:\n        case [first, *_] if first:\n"
        f"            first()\n        case {{'k': v, **rest}} | (v, rest):\n"
        f"            v(rest)\n{BODY}"
    ),
    "except star": (
        f"def f(items):\n    try:\n        items()\n    except* ValueError as group:\n"
        f"        print(group)\n{BODY}"
    ),
    "async generator inside": (
        f"async def f(items):\n    async def g():\n        async for x in items:\n"
        f"            yield x\n    async for y in g():\n        await y\n{BODY}"
    ),
    "async generator itself": f"async def f(items):\n    yield items\n{BODY}",
    "deep nesting": "def f(items):\n"
    + "".join(f"{' ' * depth}if items:\n" for depth in range(1, 40))
    + " " * 40
    + "pass\n",
    "no last newline": f"def f(items):\n{BODY}".rstrip("\n"),
    "wide characters": f"s = '\U0001d518\U0001d52b'\ndef f(items): # \U0001d518\n{BODY}",
    "backslashes": "def f(items):\n" + BODY.replace("item.a and item.b", "item.a and \\\n item.b"),
}

LEFT_ALONE = {
    "empty": "",
    "comments only": "# nothing\n",
    "null byte": f"def f(items):\n{BODY}\0",
    "Python 2": f"def f(items):\n{BODY}    print 'x'\n",
    "half typed": f"def f(items):\n{BODY}    if (\n",
    "mixed tabs and blanks": "def f(items):\n    if items:\n\tprint(1)\n        print(2)\n",
    "one line": "def f(items): return [i for i in items if i and i.a and i.b and i.c and i.d]\n",
    "deep expression": f"def f(items):\n    return {'-' * 3000}items\n",
    "deep parentheses": f"def f(items):\n    return {'(' * 150}items{')' * 150}\n",
    "long sum": f"def f(items):\n    return {' + '.join(['items'] * 3000)}\n",
    "locals everywhere": f"def f(items):\n{BODY}    for item in items:\n        print(locals())\n",
}


def request(source: str) -> RefactorRequest:
    name = "C.f" if "class C" in source else "f"
    lines = source.replace("\r\n", "\n").replace("\r", "\n").partition("def f")[0].count("\n")
    return RefactorRequest("a.py", "python", source, name, lines + 1, FindingLimits(ccn=10))


def measure(source: str, language: str) -> list[FunctionFigures]:
    """Lizard's figures; like the product's own measure it knows every line end of Python."""
    return lizard_measure(source.replace("\r\n", "\n").replace("\r", "\n"), language)


async def ask(source: str, deadline: float = 3.0) -> Outcome:
    architect = EmbeddedArchitect(measure, deadline)
    return await architect.propose(request(source), RefactoringGate(measure), lambda *_: None)


@pytest.mark.parametrize("source", IMPROVED.values(), ids=IMPROVED.keys())
async def test_strange_but_right_source_gets_a_proved_proposal(source: str) -> None:
    outcome = await ask(source)
    assert outcome.status == "proposed", (outcome.rationale, outcome.proposal)
    assert outcome.proposal is not None
    assert outcome.proposal.verdict.proof == "round-trip"
    ast.parse(apply_edits(source, outcome.proposal.edits).removeprefix("\ufeff"))


@pytest.mark.parametrize("source", LEFT_ALONE.values(), ids=LEFT_ALONE.keys())
async def test_what_cannot_be_done_is_said_in_sentences(source: str) -> None:
    outcome = await ask(source)
    assert outcome.status in ("no-proposal", "rejected")
    assert outcome.rationale.endswith(".")


async def test_type_parameters_are_understood_where_python_knows_them() -> None:
    source = f"type Pair[T] = tuple[T, T]\n\ndef f[T: (int, str)](items: list[T]) -> None:\n{BODY}"
    outcome = await ask(source)
    if sys.version_info >= (3, 12):
        assert outcome.status == "proposed"
    else:
        assert "can't read it" in outcome.rationale


async def test_five_thousand_lines_are_answered_within_the_deadline() -> None:
    lines = [f"    if items and x{n % 7}:\n        x{n % 7} = {n}\n" for n in range(2500)]
    start = "".join(f"    x{n} = {n}\n" for n in range(7))
    source = f"def f(items):\n{start}{''.join(lines)}    return x0\n"
    begun = time.monotonic()
    outcome = await ask(source, deadline=2.0)
    assert outcome.rationale.endswith(".")
    assert time.monotonic() - begun < 20  # the deadline, and a slow machine reading the file
