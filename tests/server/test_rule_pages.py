"""Every rule has its page: what it counts, an example that is right, and the source."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from architect_server.analysis.measure import measure
from architect_server.analysis.rules import RULES
from architect_server.cli.formats.reported import PROBLEMS

INDEX = Path(__file__).parents[2] / "docs" / "rules.md"


def page(code: str) -> str:
    """The page as it travels with the package."""
    return (files("architect_server") / "rules" / f"{code}.md").read_text("utf-8")


@pytest.mark.parametrize("code", RULES)
def test_a_rules_page_says_all_that_is_promised(code: str) -> None:
    text = page(code)
    assert text.startswith(f"# {code}: ")
    for part in ("What it counts", "Limit", "Why it matters", "When to leave it be", "Source"):
        assert f"**{part}.**" in text, part
    limit = RULES[code].default
    assert f"**Limit.** {limit if limit else 'Off by default (0)'}" in text


@pytest.mark.parametrize("code", PROBLEMS)
def test_what_can_be_wrong_with_a_suppression_has_a_page(code: str) -> None:
    assert page(code).startswith(f"# {code}: ")
    assert "```python" in page(code)


EXAMPLES = {
    "ccn": ("shipping", 5),
    "cognitive": ("late", 7),
    "length": ("total", 6),
    "nesting": ("first", 3),
    "parameters": ("book", 8),
}


@pytest.mark.parametrize("code", RULES)
def test_the_example_on_the_page_has_the_figure_it_claims(code: str) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", page(code), re.DOTALL)
    name, claimed = EXAMPLES[code]
    function = next(f for f in measure(example, "python").functions if f.name == name)
    assert RULES[code].value(function) == claimed
    assert str(claimed) in example


def test_the_index_lists_every_rule_with_its_default() -> None:
    index = INDEX.read_text("utf-8")
    for code, rule in RULES.items():
        row = re.search(
            rf"^\| \[{code}\]\(\S+/{code}\.md\) \| .* \| (\w+) \|$", index, re.MULTILINE
        )
        assert row is not None, code
        assert row[1] == str(rule.default or "off")
    for code in PROBLEMS:
        assert f"| [{code}](" in index
