"""Measured in pieces, a text gets what it gets as a whole: every field, also while half typed."""

from __future__ import annotations

import random
import sysconfig
from pathlib import Path

import pytest

from architect_server.analysis.incremental.measured import NotProvableError
from architect_server.analysis.incremental.memory import Memory, OverBudgetError
from architect_server.analysis.incremental.text import IncrementalText
from architect_server.analysis.measure import measure
from half_typing import random_edit


def _sample() -> list[Path]:
    folder = Path(sysconfig.get_path("stdlib"))
    files = sorted(path for path in folder.rglob("*.py") if 800 < path.stat().st_size < 12_000)
    own = [path for path in files if "site-packages" not in path.parts and "test" not in path.name]
    return random.Random(20261122).sample(own, 24)


@pytest.mark.parametrize("path", _sample(), ids=lambda path: path.name)
def test_random_half_typed_edits_give_what_the_whole_gives(path: Path) -> None:
    chance = random.Random(path.name)
    sound = path.read_bytes().decode("utf-8", errors="replace").replace("\r", "")
    memory = Memory()
    for _ in range(3):
        text = sound
        try:
            pieces = IncrementalText(text, "python", memory)
        except NotProvableError:
            break
        for _ in range(3):
            start, end, new = random_edit(chance, text)
            text = text[:start] + new + text[end:]
            try:
                pieces.edit(start, end, new)
            except NotProvableError:
                break
            assert pieces.text == text
            assert pieces.metrics() == measure(text, "python", fast=False), (start, end, new)


CASES = {
    "a string that holds what looks like a function": (
        'def f():\n    a = """\ndef g():\n    pass\n"""\n    return a\n\n\ndef h():\n    return 1\n'
    ),
    "one-line methods between others": (
        "class A:\n    def f(self): return 1\n    def g(self):\n        return 2 if self else 3\n"
        "    def h(self): ...\n\n\nclass B:\n    def f(self):\n        return self or 1\n"
    ),
    "a statement below the class's methods": (
        "class A:\n    x = 1\n\n    def f(self):\n        pass\nx = 1\n    # comment\n"
        "class B:\n    class C:\n        def f(self):\n            pass\n        y = 1\n"
        "    def g(self):\n        pass\n"
    ),
    "a class's header over several lines": (
        "class A(\nB,\nC\n):\n    def f(self):\n        pass\n\n"
        "    def g(self):\n        pass\n\n\n"
        "class D(A.\nB):\n\n    x = 1\n    def f(self):\n        pass\n"
    ),
    "continued lines in a class's header": (
        "class \\\nA:\n    def f(self):\n        return 1\n\n    def g(self):\n        x = 1\n\n"
        "class B(A, \\\n        C):\n    def f(self):\n        pass\n\n"
        "    def g(self):\n        pass\n"
    ),
    "what looks like a t-string inside strings and comments": (
        "def f(a):\n    # not 't' but -t'\n"
        "    return a or '-t' + f'{a}' + '{t\"x{1 if a else 2}\"}'\n\n\n"
        "def g(a):\n    return a\n"
    ),
    "decorators over several lines": (
        'class A:\n    @a(\n        """\none\n""")\n    @b\n    def f(self):\n        pass\n\n'
        "    @c\n    async def g(self):\n        pass\n"
    ),
    "functions under conditions": (
        "if a:\n    def f():\n        pass\nelse:\n    def f():\n        return 1\n\n"
        "try:\n    class A:\n        def g(self):\n            pass\n"
        "        def h(self):\n            pass\nfinally:\n    pass\n"
    ),
    "a forgiven function, then another": (
        "def f(a):\n    return a or 1  # lizard forgives\n\ndef g(a):\n    return a\n"
    ),
    "Windows's line ends": (
        "class A:\r\n    def f(self):\r\n        pass\r\n\r\ndef g():\r\n    a\r\n"
    ),
    "soft keywords and words that only look like them": (
        'def f(a):\n    """Doc.\n\n    case one\n    """\n    match a:\n        case 1:\n'
        "            pass\n\ndef g(a):\n    match (\n        a\n    ):\n"
        "        case [b]:\n            return 1\n\ndef h(match):\n    match.case = case\n"
    ),
}


@pytest.mark.parametrize("text", CASES.values(), ids=CASES.keys())
def test_every_character_deleted_or_doubled_gives_what_the_whole_gives(text: str) -> None:
    memory = Memory()
    compared = 0
    for offset in range(len(text)):
        for start, end, new in ((offset, offset + 1, ""), (offset, offset, text[offset])):
            pieces = IncrementalText(text, "python", memory)
            try:
                pieces.edit(start, end, new)
            except NotProvableError:
                continue
            edited = text[:start] + new + text[end:]
            assert pieces.metrics() == measure(edited, "python", fast=False), (start, end, new)
            compared += 1
    assert compared > len(text)


_ONE_LINE = "def one(a): return a\nx = lambda a: a or 1\nif x:\n    def k():\n        yield x\n\n"


@pytest.mark.parametrize("old", ["    def k():\n", "def k"])
def test_a_forgiving_comment_forgives_what_it_forgives_in_the_whole(old: str) -> None:
    """Coverage-guided fuzzing found both: lizard takes a one-line function for open."""
    text = _ONE_LINE * 3
    for start in (text.index(old), text.index(old, len(_ONE_LINE))):
        for end in (start, start + 3):
            edited = f"{text[:start]}# lizard forgives{text[end:]}"
            pieces = IncrementalText(text, "python", Memory())
            try:
                pieces.edit(start, end, "# lizard forgives")
            except NotProvableError:
                continue
            assert pieces.metrics() == measure(edited, "python", fast=False)


def test_an_edit_of_one_function_leaves_the_others_objects_alone() -> None:
    text = "".join(f"def f{number}(a):\n    return a or 1\n\n\n" for number in range(100))
    pieces = IncrementalText(text, "python", Memory())
    before = pieces.metrics().functions
    at = text.index("return", text.index("f50"))
    pieces.edit(at, at, "b = ")
    after = pieces.metrics().functions
    assert sum(one is not other for one, other in zip(before, after, strict=True)) <= 2


def test_a_budget_that_does_not_suffice_changes_nothing() -> None:
    memory = Memory()
    pieces = IncrementalText("def f(a):\n    return a\n", "python", memory)
    before = pieces.metrics()
    memory.budget = 10
    with pytest.raises(OverBudgetError):
        pieces.edit(0, 0, "def g(a):\n    return a or 1\n\n")
    assert pieces.text == "def f(a):\n    return a\n"
    assert pieces.metrics() == before


@pytest.mark.parametrize(
    "text", ["\ufeffa = 1\n", "a = 1\rb = 2\n", "# GENERATED CODE\n", "a\f\n", "a = t''\n"]
)
def test_what_is_not_provable_is_refused(text: str) -> None:
    with pytest.raises(NotProvableError):
        IncrementalText(text, "python", Memory())


def test_a_prefix_makes_a_template_of_what_stands_far_behind_it() -> None:
    text = "def f(a):\n    return 'a long way from the prefix {t\"{1 if a else 2}\"}'\n"
    pieces = IncrementalText(text, "python", Memory())
    at = text.index("'")
    with pytest.raises(NotProvableError):
        pieces.edit(at, at, "f")
    assert pieces.metrics() == measure(text, "python", fast=False)


def test_a_one_line_function_before_one_that_breaks_later_is_not_taken_for_settled() -> None:
    text = "def h(): return 1\ndef f(a):\n    b = a\n    return b\n\n\ndef g(a):\n    return a\n"
    pieces = IncrementalText(text, "python", Memory())
    at = text.index("b = a")
    edited = text[:at] + "(((" + text[at:]
    try:
        pieces.edit(at, at, "(((")
    except NotProvableError:
        return
    assert pieces.metrics() == measure(edited, "python", fast=False)
