"""The linear patterns match exactly what lizard's own, exponential ones match."""

from __future__ import annotations

import random
import re

import pytest
from lizard_languages import python_tokens, token_pattern

from architect_server.analysis.linear_patterns import LINEAR_PATTERNS

_ALPHABETS = {
    "quotes": ['"', '"', "'", "\\", "a", "\n", '"""', "'''", '\\"'],
    "angles": ["<", ">", "?", " ", "a", "extends", ",", "(", "=", "."],
}


@pytest.mark.parametrize("slow", LINEAR_PATTERNS)
def test_the_installed_lizard_has_the_pattern_that_is_replaced(slow: str) -> None:
    own = token_pattern.compiled_token_pattern().pattern + python_tokens._PY_TRIPLE_QUOTE
    replaced = LINEAR_PATTERNS[slow]
    assert slow in own or replaced in own


@pytest.mark.parametrize("alphabet", _ALPHABETS.values(), ids=_ALPHABETS.keys())
def test_both_find_the_same_matches_in_random_text(alphabet: list[str]) -> None:
    chance = random.Random(20261122)
    pairs = [
        (re.compile(slow, re.S), re.compile(linear, re.S))
        for slow, linear in LINEAR_PATTERNS.items()
    ]
    for _ in range(6_000):
        text = "".join(chance.choices(alphabet, k=chance.randint(1, 22)))
        for slow, linear in pairs:
            assert slow.findall(text) == linear.findall(text), text
