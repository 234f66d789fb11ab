"""Whatever is typed gets a result that is honest about itself, and pieces agree with the whole."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from half_typing import SNIPPETS, random_edit
from text_promises import LANGUAGES, edits_agree_with_the_whole, keeps_its_word

# What freezes, kills or misleads lizard, and what its readers look for in one language or another.
_MARKS = (
    *SNIPPETS, '"""', "'''", "\\" * 23, "/*", "*/", 'R"(', "//", "<", "? a : b", "function f(a) {",
    "}", "int f(int a) {", "#if X\n", "#endif\n", "=> ", "`${", "end\n", "begin\n",
    "fn f(a) -> A {",
    "\0", "\ud800", "\r", "\ufeff", "\u2028", "case x:\n", "switch (a) {", "@",
    "template <class A>",
)  # fmt: skip
_TEXT = st.lists(st.sampled_from(_MARKS) | st.text(max_size=8), max_size=25).map("".join)
_PYTHON = st.lists(
    st.sampled_from(
        (
            "class A:\n    x = 1\n\n    def f(self, a):\n        return a or [b for b in a]\n\n",
            "def g(a, *, b=1):\n    while a and b:\n        a -= 1\n\n\n",
            '@deco(1)\nasync def h(a: "int") -> None:\n    """Doc."""\n    return a if a else 1\n',
            "match a:\n    case 1 if b:\n        c = 1\n\n",
            "def one(a): return a\nx = lambda a: a or 1\n",
            "if x:\n    def k():\n        yield f'{x!r:>{y}}'\n\n",
        )
    ),
    min_size=1,
    max_size=5,
).map("".join)


@settings(
    derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=150
)
@given(_TEXT, st.sampled_from(LANGUAGES))
def test_every_text_in_every_language_gets_an_honest_result(text: str, language: str) -> None:
    keeps_its_word(text, language)


@settings(
    derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=60
)
@given(_PYTHON, st.integers(0, 2**32), st.integers(1, 4))
def test_edits_of_any_python_give_what_the_whole_gives(text: str, seed: int, count: int) -> None:
    chance, now, edits = random.Random(seed), text, []
    for _ in range(count):
        start, end, new = random_edit(chance, now)
        edits.append((start, end, new))
        now = now[:start] + new + now[end:]
    edits_agree_with_the_whole(text, edits)
