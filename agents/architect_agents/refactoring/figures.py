"""The numbers of a change: does the highest fall, and does no finding appear anywhere?

The figures come from the measure that the gate is handed (lizard's rules), for every language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from architect_agents.types import Check, Figures, FindingLimits, FunctionFigures

COMPLEXITY = "complexity"
NO_NEW_FINDINGS = "no-new-findings"

_FIGURES = ("ccn", "length", "parameters")
_WORDS = {"ccn": "CCN", "length": "length in lines", "parameters": "number of parameters"}


@dataclass(frozen=True, slots=True)
class Measured:
    """All functions of both versions, and which of them the change touches."""

    all_before: Sequence[FunctionFigures]
    all_after: Sequence[FunctionFigures]
    touched_before: Sequence[FunctionFigures]
    touched_after: Sequence[FunctionFigures]


def highest(functions: Sequence[FunctionFigures]) -> Figures:
    """The highest of each figure, 0 where there is no function."""
    return Figures(
        ccn=max((one.ccn for one in functions), default=0),
        length=max((one.length for one in functions), default=0),
        parameters=max((one.parameters for one in functions), default=0),
        nesting=max((one.nesting for one in functions), default=0),
    )


def goal(before: Figures, limits: FindingLimits) -> str:
    """The figure that has to fall: the CCN, unless only another one is above its limit."""
    if before.ccn <= limits.ccn:
        for name in ("length", "parameters"):
            if getattr(before, name) > getattr(limits, name):
                return name
    return "ccn"


def check_complexity(measured: Measured, limits: FindingLimits) -> Check:
    """The highest CCN among the touched functions falls.

    Where the CCN was within its limit and another figure was above, that figure has to fall and
    the CCN must not rise.
    """
    if not measured.touched_before or not measured.touched_after:
        return Check(COMPLEXITY, "failed", "No function that can be measured changed.")
    before, after = highest(measured.touched_before), highest(measured.touched_after)
    name = goal(before, limits)
    old, new = getattr(before, name), getattr(after, name)
    numbers = f"{_WORDS[name]} {old} → {new}"
    if new >= old:
        return Check(COMPLEXITY, "failed", f"The highest {numbers} does not fall.")
    if after.ccn > before.ccn:
        return Check(COMPLEXITY, "failed", f"The highest CCN rises: {before.ccn} → {after.ccn}.")
    return Check(COMPLEXITY, "passed", f"The highest {numbers}.")


def check_no_new_findings(measured: Measured, limits: FindingLimits) -> Check:
    """No function of the file newly exceeds a limit or moves further above one."""
    known = dict(_by_key(measured.all_before))
    for key, function in _by_key(measured.all_after):
        earlier = known.get(key)
        for name in _FIGURES:
            figure, limit = getattr(function, name), getattr(limits, name)
            if figure > limit and (earlier is None or figure > getattr(earlier, name)):
                text = (
                    f"`{function.qualified_name}` has {_WORDS[name]} {figure}, "
                    f"above the limit of {limit}."
                )
                return Check(NO_NEW_FINDINGS, "failed", text)
    return Check(NO_NEW_FINDINGS, "passed", "No function of the file got a new finding.")


def _by_key(
    functions: Sequence[FunctionFigures],
) -> list[tuple[tuple[str, int], FunctionFigures]]:
    """Each function under its qualified name and its occurrence among equal names."""
    counts: dict[str, int] = {}
    keyed = []
    for one in functions:
        occurrence = counts.get(one.qualified_name, 0)
        counts[one.qualified_name] = occurrence + 1
        keyed.append(((one.qualified_name, occurrence), one))
    return keyed
