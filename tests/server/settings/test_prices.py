"""Prices of the user's own: read as they stand, refused in a sentence, never a repository's."""

from __future__ import annotations

from typing import Any

import pytest

from architect_server.settings import Layer, resolve

MINE = {"my.model-8b": {"input": 0, "output": 0.5}, "other": {"input": 1, "output": 2}}


@pytest.mark.parametrize("options", [{"ask": {"prices": MINE}}, {"ask.prices": MINE}])
def test_prices_are_read_with_dots_in_the_names_of_models(options: dict[str, Any]) -> None:
    settings, problems = resolve([Layer("editor", options)])
    assert problems == ()
    assert settings.prices == MINE


WRONG: dict[str, Any] = {
    "a number": 3,
    "one number a model": {"mine": 3},
    "no output": {"mine": {"input": 1}},
    "an unknown key": {"mine": {"input": 1, "output": 2, "cache": 3}},
    "a negative price": {"mine": {"input": -1, "output": 2}},
    "a text": {"mine": {"input": "1", "output": 2}},
}


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG.keys())
def test_what_is_no_price_is_said_and_not_used(value: Any) -> None:
    settings, problems = resolve([Layer("editor", {"ask": {"prices": value}})])
    assert settings.prices == {}
    assert len(problems) == 1
    assert "'ask.prices' must be a table of models" in problems[0]


def test_a_repository_sets_no_prices() -> None:
    layer = Layer("pyproject.toml", {"ask": {"prices": MINE}}, from_repository=True)
    settings, problems = resolve([layer])
    assert settings.prices == {}
    assert "only the user's own settings" in problems[0]
