"""Which of the refactorings that are possible is the best: what a reader has to follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from architect_agents.refactoring.blocks import Block
from architect_agents.refactoring.cohesion import cohesion_of
from architect_agents.refactoring.conditions import Condition
from architect_agents.refactoring.exits import Form
from architect_agents.refactoring.extract_block import Extraction, plan_extraction
from architect_agents.refactoring.extract_predicate import (
    PredicateExtraction,
    plan_predicate,
    suggest_predicate_name,
    write_predicate,
)
from architect_agents.refactoring.placement import Placement
from architect_agents.refactoring.refusal import RefusedError
from architect_agents.refactoring.subject import Subject
from architect_agents.refactoring.write_block import suggest_name, write_extraction

#: So many values may go in and come out; up to the second number only where nothing else helps.
PARAMETERS = (5, 7)
OUTPUTS = (2, 4)
#: How many have to be known to be better than all that could follow, so that the rest needn't be
#: looked at.
SETTLED = 4


@dataclass(frozen=True, slots=True)
class Legal:
    """A planned extraction with its rank: the lower the better.

    The rank is whether the helper's interface is wide, the complexity left with a penalty for
    what does not belong together, the effort of reading, and the line.
    """

    rank: tuple[bool, int, int, int]
    plan: Extraction | PredicateExtraction

    @property
    def lines(self) -> tuple[int, int]:
        """The first and last line that it takes hold of."""
        return self.plan.lines

    def write(self, subject: Subject) -> tuple[str, str]:
        """The helper's name and the whole module."""
        if isinstance(self.plan, Extraction):
            name = suggest_name(subject, self.plan)
            return name, write_extraction(subject, self.plan, name)
        name = suggest_predicate_name(subject, self.plan)
        return name, write_predicate(subject, self.plan, name)


def is_settled(found: Sequence[Legal], estimate: int) -> bool:
    """Whether nothing that leaves ``estimate`` or more can be among the best any more."""
    better = [one for one in found if not one.rank[0] and one.rank[1] < estimate]
    return len(better) >= SETTLED


def planned(subject: Subject, candidate: Block | Condition, estimate: int) -> Legal:
    """Plan and rank: complexity first, then what a reader has to follow across the call."""
    if isinstance(candidate, Condition):
        predicate = plan_predicate(subject, candidate)
        wide = _is_wide(predicate.placement, len(predicate.parameters), 0)
        return Legal((wide, estimate, len(predicate.parameters) + 1, 0), predicate)
    plan = plan_extraction(subject, candidate)
    wide = _is_wide(plan.placement, len(plan.parameters), len(plan.outputs))
    reports = _choices(plan.form)
    effort = len(plan.parameters) + 2 * len(plan.outputs) + 2 * reports - plan.has_comment
    effort += plan.form.kind in ("flag-and-values", "named-jumps")
    effort += 3 * len(subject.imported & set(plan.parameters))
    left = estimate + reports + cohesion_of(subject, candidate).penalty
    return Legal((wide, left, effort, candidate.first_line), plan)


def _choices(form: Form) -> int:
    """How many branches the caller needs to do what the helper reports."""
    if form.kind == "named-jumps":
        return len(form.told_kinds)
    return int(form.kind in ("flag", "optional", "flag-and-values"))


def _is_wide(placement: Placement, parameters: int, outputs: int) -> bool:
    """Whether more crosses the call than a reader likes to follow.

    Raises:
        RefusedError: it is more than anybody wants.
    """
    counted = parameters + placement.takes_receiver
    if counted > PARAMETERS[1]:
        raise RefusedError("too-many-inputs", f"More than {PARAMETERS[1]} values go in.")
    if outputs > OUTPUTS[1]:
        raise RefusedError("too-many-outputs", f"More than {OUTPUTS[1]} values come out.")
    return parameters > PARAMETERS[0] or outputs > OUTPUTS[0]
