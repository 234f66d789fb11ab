"""How a proposal is told: its title and its reasons; and why there is none."""

from __future__ import annotations

from collections.abc import Sequence

from architect_agents.refactoring.refusal import Refusal
from architect_agents.refactoring.search import Step
from architect_agents.refactoring.search_goals import Goal
from architect_agents.types import Figures

_HELP = "A model, with a key in the settings, may find another way."
_UNITS = {"ccn": "CCN {} → {}", "length": "{} → {} lines", "nesting": "nesting {} → {}"}
_PARTS = {"helper": "a block", "predicate": "a condition"}
_AS_THEY_WERE = "The statements themselves, their comments and their order are as they were."


def title_of(
    function: str, steps: Sequence[Step], goal: Goal, before: Figures, after: Figures
) -> str:
    """For example "Extract 2 helpers from place_order: CCN 23 → 8"."""
    extracted = [step.kind for step in steps if step.helper]
    rewritten = len(steps) - len(extracted)
    name = short(function)
    if not extracted:
        what = f"Rewrite {_counted(rewritten, 'place')} in {name}"
    else:
        noun = extracted[0] if len(set(extracted)) == 1 else "helper"
        what = f"Extract {_counted(len(extracted), noun)} from {name}"
        if rewritten:
            what += f", rewrite {_counted(rewritten, 'place')}"
    figure = goal.figure
    return f"{what}: {_numbers(goal, getattr(before, figure), getattr(after, figure))}"


def rationale_of(steps: Sequence[Step], goal: Goal) -> str:
    """A sentence for each step, and what all of them keep."""
    sentences = [_sentence(step, goal) for step in steps]
    if all(step.helper for step in steps):
        sentences.append(_AS_THEY_WERE)
    return " ".join(sentences)


def _sentence(step: Step, goal: Goal) -> str:
    before, after, helper = step.figures
    numbers = _numbers(goal, before, after)
    if not step.helper:
        return f"{step.what} in `{short(step.function)}` ({numbers})."
    return (
        f"`{short(step.helper)}` takes over {_PARTS[step.kind]} of `{short(step.function)}` "
        f"({numbers}; the {step.kind} has {helper})."
    )


def why_nothing(refusals: Sequence[Refusal], *, out_of_time: bool) -> str:
    """What stands in the way, the most frequent first, and what would help."""
    if out_of_time:
        return f"The function is so large that nothing safe was found in time. {_HELP}"
    if not refusals:
        return (
            f"There is no block or condition whose extraction would lower the complexity. {_HELP}"
        )
    reasons = " ".join(refusal.sentence for refusal in refusals[:3])
    return f"Every block that is worth extracting is held back by something. {reasons} {_HELP}"


def short(name: str) -> str:
    """The last part of a qualified name."""
    return name.rpartition(".")[2]


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}s" if count > 1 else f"a {noun}"


def _numbers(goal: Goal, before: int, after: int) -> str:
    return _UNITS[goal.figure].format(before, after)
