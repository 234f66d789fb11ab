"""Whatever is extracted from whatever function: it returns, raises and does the same as before."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from architect_agents.refactoring.blocks import blocks
from architect_agents.refactoring.conditions import conditions
from architect_agents.refactoring.extract_block import plan_extraction
from architect_agents.refactoring.extract_predicate import plan_predicate, write_predicate
from architect_agents.refactoring.module_source import read_module
from architect_agents.refactoring.refusal import RefusedError
from architect_agents.refactoring.subject import Subject
from architect_agents.refactoring.write_block import suggest_name, write_extraction
from random_functions import FunctionMaker, Kind, behaviour

ARGUMENTS = [(0, 1), (1, 2), (2, None), ([], 0)]


def extractions(source: str) -> list[str]:
    """The module after each extraction that is possible in ``f``."""
    module = read_module(source)
    subject = Subject(module, module.functions[0])
    done = []
    for block, _ in blocks(subject, least=0):
        try:
            plan = plan_extraction(subject, block)
            done.append(write_extraction(subject, plan, suggest_name(subject, plan)))
        except RefusedError:
            continue
    for condition in conditions(subject, least=0):
        try:
            done.append(write_predicate(subject, plan_predicate(subject, condition), "_holds"))
        except RefusedError:
            continue
    return done


def assert_same_behaviour(before: str, after: str) -> None:
    for arguments in ARGUMENTS:
        expected, found = behaviour(before, arguments), behaviour(after, arguments)
        assert found == expected, f"\n{before}\n{after}\n{arguments}\n{expected}\n{found}"


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("kind", ["plain", "generator", "async"])
@given(seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_extraction_keeps_results_exceptions_and_traces(kind: Kind, seed: int) -> None:
    source = FunctionMaker(random.Random(seed), kind).source()
    found = extractions(source)
    chosen = random.Random(seed).sample(found, min(len(found), 6))
    for after in chosen:
        assert_same_behaviour(source, after)
