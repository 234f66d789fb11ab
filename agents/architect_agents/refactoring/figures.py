"""The numbers of a change: does the highest fall, and does no finding appear anywhere?

The figures come from the measure that the gate is handed (lizard's rules), for every language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from architect_agents.types import Check, Figures, FindingLimits, FunctionFigures

COMPLEXITY = "complexity"
NO_NEW_FINDINGS = "no-new-findings"

_FIGURES = ("ccn", "length", "parameters", "nesting")
_WORDS = {
    "ccn": "CCN",
    "length": "length in lines",
    "parameters": "number of parameters",
    "nesting": "nesting",
}


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


def falls_elsewhere(before: Figures, after: Figures, limits: FindingLimits) -> str:
    """The figure beside the CCN that was above its limit and falls, or nothing.

    Such a fall is an aim of its own where the CCN was no finding.
    """
    if before.ccn > limits.ccn:
        return ""
    for name in ("length", "parameters", "nesting"):
        old, new = getattr(before, name), getattr(after, name)
        if old > getattr(limits, name) and new < old:
            return name
    return ""


def check_complexity(measured: Measured, limits: FindingLimits) -> Check:
    """The highest CCN among the touched functions falls.

    Where it was within its limit, it may also stay if another figure falls that was above.
    """
    if not measured.touched_before or not measured.touched_after:
        return Check(COMPLEXITY, "failed", "No function that can be measured changed.")
    before, after = highest(measured.touched_before), highest(measured.touched_after)
    numbers = f"{before.ccn} → {after.ccn}"
    if after.ccn < before.ccn:
        return Check(COMPLEXITY, "passed", f"The highest CCN {numbers}.")
    other = falls_elsewhere(before, after, limits)
    if after.ccn == before.ccn and other:
        fall = f"{getattr(before, other)} → {getattr(after, other)}"
        return Check(COMPLEXITY, "passed", f"The highest {_WORDS[other]} {fall}.")
    return Check(COMPLEXITY, "failed", f"The highest CCN {numbers} does not fall.")


def check_no_new_findings(measured: Measured, limits: FindingLimits) -> Check:
    """No function of the file newly exceeds a limit or moves further above one.

    One finding may move: where a touched function comes down to its limit, one new function may
    be above it, by less than the old one was. So the first step on a huge function is possible.
    """
    moved = ""
    for name in _FIGURES:
        limit = getattr(limits, name)
        resolved = _resolved(measured, name, limit)
        for earlier, function in _above(measured, name, limit):
            figure = getattr(function, name)
            text = f"`{function.qualified_name}` has {_WORDS[name]} {figure}, above {limit}"
            if earlier is not None or not resolved or resolved[-1] <= figure:
                return Check(NO_NEW_FINDINGS, "failed", f"{text}.")
            resolved.pop()
            moved = f"{text}, in the place of a finding that was worse."
    text = moved or "No function of the file got a new finding."
    return Check(NO_NEW_FINDINGS, "passed", text)


def _above(
    measured: Measured, name: str, limit: int
) -> list[tuple[FunctionFigures | None, FunctionFigures]]:
    """The functions above ``limit`` that are new (with None) or were lower before."""
    known = dict(_by_key(measured.all_before))
    return [
        (known.get(key), function)
        for key, function in _by_key(measured.all_after)
        if getattr(function, name) > limit
        and (key not in known or getattr(function, name) > getattr(known[key], name))
    ]


def _resolved(measured: Measured, name: str, limit: int) -> list[int]:
    """The figures of the functions that were above ``limit`` and no longer are, lowest first."""
    now = dict(_by_key(measured.all_after))
    return sorted(
        getattr(function, name)
        for key, function in _by_key(measured.all_before)
        if getattr(function, name) > limit and (key not in now or getattr(now[key], name) <= limit)
    )


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
