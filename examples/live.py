"""One small run against the real model, with your own key, and what it cost: ``make live``.

Asks for a refactoring of a function of 20 lines in a folder of its own, then one question. At
most MOST_USD, by estimate. Without a key it says so and ends well.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from architect_agents.errors import ArchitectError
from architect_agents.inquiry import Inquiry
from architect_agents.model_architect import ModelArchitect
from architect_agents.models.credentials import why_unavailable
from architect_agents.types import Usage
from architect_server.analysis.measure import measure
from architect_server.asking import Surroundings, architect_for, make_gate, request_for
from architect_server.document import Document
from architect_server.model_access import model_provider
from architect_server.settings import Layer, SettingsByPlace

MOST_USD = 0.25
SOURCE = '''"""Shipping costs."""


def shipping_cost(weight, express, country, member):
    if weight <= 0:
        raise ValueError("nothing to ship")
    cost = 4.0
    if country == "de":
        if weight > 5:
            cost += 3.0
    elif country in ("fr", "at", "nl"):
        cost += 6.0
        if weight > 5:
            cost += 5.0
    else:
        cost += 15.0
        if weight > 5 or express:
            cost += 10.0
    if express:
        cost = cost * 2 if member else cost * 2.5
    elif member and cost > 10:
        cost -= 2.0
    return cost
'''
QUESTION = "In one sentence: what would you test first in this function?"


def main() -> int:
    """Ask; 0 also without a key, 1 if the run failed."""
    if missing := why_unavailable():
        print(f"Skipped, nothing was sent. {missing}")
        return 0
    print(f"Asking {model_provider()}, for at most {MOST_USD:.2f} USD by estimate.")
    with tempfile.TemporaryDirectory(prefix="architect-live-") as folder:
        try:
            usages = asyncio.run(_ask(Path(folder)))
        except ArchitectError as error:
            print(f"Failed: {error}")
            return 1
    print(
        f"\nIt took {sum(one.seconds for one in usages):.0f} seconds and cost about "
        f"{sum(one.usd for one in usages):.4f} USD."
    )
    return 0


async def _ask(folder: Path) -> list[Usage]:
    path = folder / "shipping.py"
    path.write_text(SOURCE, encoding="utf-8")
    document = Document(path.as_uri(), 1, "python", SOURCE)
    limits = {"limits": {"ccn": 6}, "ask": {"maxCost": MOST_USD / 2}}
    settings = SettingsByPlace(Layer("make live", limits)).of(path, "python", folder)
    surroundings = Surroundings(settings, path, folder)
    (function,) = measure(SOURCE, "python").functions
    request = request_for(document, function, surroundings)
    architect = architect_for(request, surroundings, offline=False)
    assert isinstance(architect, ModelArchitect)
    outcome = await architect.propose(request, make_gate(), _say)
    print(f"\n{outcome.status}: {outcome.title}\n{outcome.rationale}")
    if outcome.proposal is not None:
        verdict = outcome.proposal.verdict
        print(f"CCN {verdict.before.ccn} before, {verdict.after.ccn} after.")
        for check in verdict.checks:
            print(f"  {check.name}: {check.status} {check.detail}".rstrip())
    inquiry = Inquiry("question", path.name, "python", SOURCE, QUESTION, workspace=folder)
    answer = await architect.consult(inquiry, make_gate(), _say)
    print(f"\n{answer.title}\n{answer.text}")
    for usage in (outcome.usage, answer.usage):
        print(
            f"{usage.model}: {usage.turns} turns, {usage.input_tokens:,} tokens in, "
            f"{usage.output_tokens:,} out, {usage.cache_read_tokens:,} from the cache, "
            f"about {usage.usd:.4f} USD"
        )
    return [outcome.usage, answer.usage]


def _say(line: str, percentage: int | None) -> None:
    print(f"  … {line}", file=sys.stderr)


if __name__ == "__main__":
    raise SystemExit(main())
