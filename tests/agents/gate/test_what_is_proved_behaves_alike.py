"""What the gate proves about random functions with seeded mistakes behaves as before."""

from __future__ import annotations

import random

import pytest

from gate_soundness import Soundness
from random_functions import KINDS, FunctionMaker, Kind


@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_no_mistake_that_changes_behaviour_is_proved(kind: Kind) -> None:
    found = Soundness()
    for seed in range(3):
        rng = random.Random(seed)
        found.try_function(FunctionMaker(rng, kind).source(), rng)
    assert not found.wrong, "\n".join(found.wrong)
    assert found.outcomes["mistake, rejected"] >= 4, found.outcomes
    assert found.outcomes["right, proved"] >= 2, found.outcomes
