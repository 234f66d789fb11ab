"""A text measured once, in stretches: the same as lizard's reading of the whole."""

from __future__ import annotations

import random

import pytest

from architect_server.analysis import fast_python, guards
from architect_server.analysis.measure import measure
from architect_server.analysis.measure_once import measure_once

READ = [
    "def plain(a, b):\n    if a and b:\n        return a\n    return b\n",
    "x = {\n    'a': 1,\n}\n",
    "if x:\n    y = 1\nelse:\n    def other(a): \n        return a\n",
    '@a(\n    1,\n)\ndef documented():\n    """Doc.\n\ndef none(a):\n    pass\n"""\n    return a\n',
    "class A:\n    @b\n    def f(self):\n        for x in self:\n            yield\n\n    y = 2\n",
    "def one_line(a): return a\n",
    "async def later(a):\n    async with a:\n        await a\n",
    "# a comment\n\n\n",
]
DECLINED = [
    "def outer(a):\n    def g(b): return b\n    return g(a) if a else 1\n",
    "def left(a):\n    return g(a,\n b if a else 2)\n",
    '@one\n@two(3)\ndef text(a=f"{1}"):\n    """\ndef none():\n    pass\n"""\n    return a or 1\n',
    "class B:\n    def f(self, a):\n        def g(b): return b\n        return g\n\n    x = 1\n",
    "class C:\n    def f(self, a=1 if x else 2):\n        return a\n    def g(self): return 1\n",
    "def unread(a):\n    assert a and a \\\n        # b\n\n\n",
    "if x:\n    def g(b=1 if x else 2):\n        return b\n",
    "def sql(a):\n    return f'''{\n        a if a else 1\n    } where {a}'''\n",
    "def read_on(a):\n    b = a \\\n        # b\n    for c in a:\n        a = 1 if c else \\\n 2\n",
    "def deep(a) -> tuple[\n    int\n]:\n    return a\n",
    "for x in y:\n    def g(b): return b if x else 1\n    x = 1\n",
]


def _texts(count: int) -> list[str]:
    rng = random.Random(11)
    made = []
    for _ in range(count):
        pieces = rng.choices(READ, k=rng.randrange(1, 5)) + rng.choices(DECLINED, k=2)
        rng.shuffle(pieces)
        made.append(rng.choice(["", "\n\n"]).join(pieces))
    return made


TEXTS = [*READ, *DECLINED, *_texts(400)]


@pytest.mark.parametrize("source", DECLINED)
def test_each_of_these_is_declined_by_the_fast_pass(source: str) -> None:
    assert fast_python.functions(source) is None


def test_it_equals_lizards_reading_of_the_whole() -> None:
    for source in TEXTS:
        assert measure_once(source, "python") == measure(source, "python", fast=False), source


@pytest.mark.parametrize("end", ["", "\n", "    ", "\\\n"])
def test_it_does_so_whatever_the_text_ends_with(end: str) -> None:
    for source in TEXTS[: len(READ) + len(DECLINED)]:
        text = DECLINED[0] + source.rstrip("\n") + end
        assert measure_once(text, "python") == measure(text, "python", fast=False), text


def test_the_stretches_of_a_text_are_the_text() -> None:
    read_alone = 0
    for source in TEXTS:
        lines = guards.prepare(source).split("\n")
        line = 1
        for stretch in fast_python.stretches(source):
            if stretch.functions is None:
                assert stretch.line >= line
                own = stretch.text.split("\n")
                line = stretch.line + len(own) - (not stretch.is_last)
                assert lines[stretch.line - 1 : line - 1] == own[: line - stretch.line]
                read_alone += line - stretch.line < len(lines)
    assert read_alone > 100
