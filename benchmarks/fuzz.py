"""Coverage-guided fuzzing of the analysis, for as long as one likes.

    python -m venv .tools/fuzz && .tools/fuzz/bin/pip install atheris -e .
    .tools/fuzz/bin/python benchmarks/fuzz.py CORPUS_FOLDER -max_total_time=3600 -timeout=60

Stops at the first input that breaks a promise of ``tests/text_promises.py`` (libFuzzer writes it
to a file, which as the only argument repeats it). What freezes lizard itself for a while is no
such thing: the server measures in a process that it kills.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import atheris

with atheris.instrument_imports(include=["architect_server", "lizard_languages", "lizard_ext"]):
    from half_typing import random_edit
    from text_promises import LANGUAGES, edits_agree_with_the_whole, keeps_its_word

# Processor seconds of an edit on the loop, with a wide margin for a machine that does other things.
_FELT = 0.5

_PIECES = (
    "class A:\n    x = 1\n\n    def f(self, a):\n        return a or [b for b in a if b]\n\n",
    "def g(a, *, b=1):\n    try:\n        while a and b:\n            a -= 1\n"
    "    except E:\n        pass\n\n\n",
    '@deco(1)\nasync def h(a: "int") -> tuple[int, str]:\n    """Doc."""\n'
    "    return a if a else 1\n",
    "match a:\n    case 1 if b:\n        c = 1\n    case _:\n        pass\n\n",
    "def one(a): return a\nx = lambda a: a or 1\n"
    "if x:\n    def k():\n        yield f'{x!r:>{y}}'\n\n",
)


def test_one_input(data: bytes) -> None:
    """Half of the inputs are a text in any language, half are edits of a Python text."""
    choices = atheris.FuzzedDataProvider(data)
    if choices.ConsumeBool():
        language = choices.PickValueInList(list(LANGUAGES))
        keeps_its_word(choices.ConsumeUnicode(choices.remaining_bytes()), language)
        return
    text = "".join(
        choices.PickValueInList(list(_PIECES)) for _ in range(choices.ConsumeIntInRange(1, 4))
    )
    edits = []
    now = text
    for _ in range(choices.ConsumeIntInRange(1, 4)):
        if choices.ConsumeBool():
            start, end, new = random_edit(random.Random(choices.ConsumeInt(4)), now)
        else:
            start = choices.ConsumeIntInRange(0, len(now))
            end = min(len(now), start + choices.ConsumeIntInRange(0, 30))
            new = choices.ConsumeUnicodeNoSurrogates(choices.ConsumeIntInRange(0, 20))
        edits.append((start, end, new))
        now = now[:start] + new + now[end:]
    edits_agree_with_the_whole(text, edits, _FELT)


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
