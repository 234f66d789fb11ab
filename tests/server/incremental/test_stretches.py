"""Where two texts differ is known after any number of edits, and several are measured at once."""

from __future__ import annotations

import random
import sysconfig
from pathlib import Path

import pytest

from architect_server.analysis.incremental.measured import NotProvableError
from architect_server.analysis.incremental.memory import Memory
from architect_server.analysis.incremental.stretches import Stretch, between, edited, trimmed
from architect_server.analysis.incremental.text import IncrementalText
from architect_server.analysis.measure import measure
from half_typing import random_edit


def _applied(stretches: list[Stretch], old: str, new: str) -> str:
    """``old`` with what ``new`` has in the stretches."""
    parts, at = [], 0
    for one in stretches:
        parts += [old[at : one.start], new[one.new_start : one.new_end]]
        at = one.end
    return "".join([*parts, old[at:]])


@pytest.mark.parametrize("seed", range(20))
def test_what_lies_outside_the_stretches_is_the_same_in_both_texts(seed: int) -> None:
    chance = random.Random(seed)
    old = new = "".join(chance.choice("ab \n") for _ in range(2_000))
    stretches: list[Stretch] = []
    for _ in range(12):
        start = chance.randrange(len(new) + 1)
        end = min(len(new), start + chance.choice((0, 0, 1, 30, 400)))
        text = "".join(chance.choice("ab \n") for _ in range(chance.choice((0, 1, 5, 200))))
        stretches = edited(stretches, start, end, len(text))
        new = new[:start] + text + new[end:]
        assert _applied(stretches, old, new) == new
        least = [one for one in (trimmed(each, old, new) for each in stretches) if one]
        assert _applied(least, old, new) == new
    assert _applied(between(old, new), old, new) == new


def test_edits_far_apart_stay_apart_and_what_is_taken_back_is_none() -> None:
    old = "a" * 1_000
    typed = edited(edited([], 100, 100, 1), 900, 901, 5)
    assert [(one.start, one.end) for one in typed] == [(100, 100), (899, 900)]
    assert [trimmed(one, old, old) for one in edited(edited([], 9, 9, 1), 9, 10, 0)] == [None]


def _sample() -> list[Path]:
    folder = Path(sysconfig.get_path("stdlib"))
    files = sorted(path for path in folder.glob("*.py") if 3_000 < path.stat().st_size < 20_000)
    return random.Random(20261126).sample(files, 16)


@pytest.mark.parametrize("path", _sample(), ids=lambda path: path.name)
def test_several_edits_at_once_give_what_the_whole_gives(path: Path) -> None:
    chance = random.Random(path.name)
    sound = path.read_bytes().decode("utf-8", errors="replace").replace("\r", "")
    memory, compared = Memory(), 0
    for number in (2, 3, 5, 2, 3):
        try:
            pieces = IncrementalText(sound, "python", memory)
        except NotProvableError:
            pytest.skip("measured as a whole")
        text, stretches = sound, list[Stretch]()
        for _ in range(number):
            start, end, new = random_edit(chance, text)
            text = text[:start] + new + text[end:]
            stretches = edited(stretches, start, end, len(new))
        try:
            pieces.become(text, stretches)
        except NotProvableError:
            continue
        assert pieces.metrics() == measure(text, "python", fast=False)
        # From there back, so that the old parts are those of a broken text.
        back = [Stretch(one.new_start, one.new_end, one.start, one.end) for one in stretches]
        pieces.become(sound, back)
        assert pieces.metrics() == measure(sound, "python", fast=False)
        compared += 1
    assert compared > 0


def test_what_a_string_swallows_is_not_measured_again_behind_it() -> None:
    sound = "a = 1\n\nb = 2\n\n" + "c = [\n    1,\n]\n\n" * 40 + "d = 4\n"
    pieces = IncrementalText(sound, "python", Memory())
    first, second = sound.index("b = 2"), sound.index("d = 4")
    opened, closed = 'x = """\n', f'{"e" * 200}"""\n'
    text = f"{sound[:first]}{opened}{sound[first:second]}{closed}{sound[second:]}"
    stretches = edited([], first, first, len(opened))
    behind = second + len(opened)
    pieces.become(text, edited(stretches, behind, behind, len(closed)))
    assert sum(part.piece.length for part in pieces.parts) == len(text)
    assert pieces.metrics() == measure(text, "python", fast=False)
