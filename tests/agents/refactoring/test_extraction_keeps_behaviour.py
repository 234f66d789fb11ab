"""Whatever is extracted from whatever function: it returns, raises and does the same as before.

A seeded sample for each kind of function; `benchmarks/random_refactorings.py` tries thousands.
"""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from random_extractions import difference, extractions
from random_functions import KINDS, FunctionMaker, Kind


@pytest.mark.timeout(600)
@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("kind", KINDS)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=20, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_extraction_keeps_results_exceptions_and_traces(kind: Kind, seed: int) -> None:
    source = FunctionMaker(random.Random(seed), kind).source()
    found = extractions(source)
    for after in random.Random(seed).sample(found, min(len(found), 6)):
        assert not difference(source, after)
