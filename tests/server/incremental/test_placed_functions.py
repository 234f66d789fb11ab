"""What is found and silenced in a text of pieces is what is found in the whole, after any edit."""

from __future__ import annotations

import pickle
import random
from pathlib import Path

import pytest

from architect_server.analysis import suppression
from architect_server.analysis.incremental.measured import NotProvableError
from architect_server.analysis.incremental.memory import Memory
from architect_server.analysis.incremental.text import IncrementalText
from architect_server.analysis.limits import Limits
from architect_server.analysis.measure import measure
from architect_server.judgement import judge
from architect_server.settings import Settings
from half_typing import random_edit

_TEXT = (
    '"""Of the module: # noqa: C901"""\n\n\n'
    + "".join(
        f"class A{number}:\n    # architect: ignore[ccn] reason {number}\n"
        f"    def f(self, a, b):\n        if a and b or a:\n            return '# noqa'\n\n"
        f"    def g(self, a):  # noqa: C901\n        return [a for a in a if a and a]\n\n\n"
        for number in range(8)
    )
    + "def h(a):\n    # architect: ignore[length]\n    return a or 1\n"
)
_SETTINGS = (Settings(Limits(ccn=2)), Settings(Limits(ccn=3, parameters=2, cognitive=1)))


@pytest.mark.parametrize("seed", range(4))
def test_a_judgement_by_pieces_is_that_of_the_whole(seed: int) -> None:
    chance = random.Random(seed)
    memory = Memory()
    text = _TEXT
    pieces: IncrementalText | None = None
    complete = 0
    for _ in range(60):
        edit = random_edit(chance, text)
        if chance.random() < 0.6:
            at = text.index("\n", chance.randrange(len(text) - 1)) + 1
            edit = (at, at, "\n")
        text = text[: edit[0]] + edit[2] + text[edit[1] :]
        try:
            if pieces is None:
                pieces = IncrementalText(text, "python", memory)
            else:
                pieces.edit(*edit)
        except NotProvableError:
            text, pieces = _TEXT, None
            continue
        metrics, whole = pieces.metrics(), measure(text, "python")
        complete += metrics.confidence.level == "complete"
        for settings in _SETTINGS:
            found = judge(text, metrics, settings, Path("/a/b.py"), Path("/a"))
            assert found == judge(text, whole, settings, Path("/a/b.py"), Path("/a"))
        if metrics.confidence.level == "complete":
            assert suppression.read_in(text, metrics) == suppression.read(text, "python")
        else:
            text, pieces = _TEXT, None
    assert complete > 10


def test_the_comments_of_another_text_are_read_in_that_text() -> None:
    metrics = IncrementalText(_TEXT, "python", Memory()).metrics()
    other = "\n" + _TEXT
    assert suppression.read_in(other, metrics) == suppression.read(other, "python")


def test_functions_that_nobody_looked_at_are_functions_all_the_same() -> None:
    functions = IncrementalText(_TEXT, "python", Memory()).metrics().functions
    assert len(functions) == 17
    assert functions[-1].name == "h"
    assert functions == measure(_TEXT, "python").functions
    assert pickle.loads(pickle.dumps(functions)) == tuple(functions)
