"""Figures against limits: the findings, and the table of rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from architect_server.analysis.incremental.placed import PlacedFunctions
from architect_server.analysis.limits import Limits
from architect_server.analysis.model import FileMetrics, Finding, FunctionMetrics, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its stable ``code``, what it counts in which unit, and where the limit is from.

    ``noun`` names the figure in a message ("cyclomatic complexity").
    """

    code: str
    description: str
    unit: str
    noun: str
    source: str
    value: Callable[[FunctionMetrics], int]

    @property
    def default(self) -> int:
        """The limit that holds unless a setting says otherwise; 0 is off."""
        return int(getattr(Limits(), self.code))


_ALL = (
    Rule(
        "ccn",
        "Independent paths through the function, by lizard's counting.",
        "paths",
        "cyclomatic complexity",
        "lizard's default limit (lizard -C 15)",
        lambda function: function.ccn,
    ),
    Rule(
        "cognitive",
        "How hard the function is to follow: nested branches weigh more.",
        "points",
        "cognitive complexity",
        "SonarSource's cognitive complexity, as lizard's extension counts it (its limit is 15)",
        lambda function: function.cognitive,
    ),
    Rule(
        "parameters",
        "Parameters of the function, all that lizard counts (self among them).",
        "parameters",
        "parameters",
        "SonarSource's rule S107",
        lambda function: function.parameters,
    ),
    Rule(
        "length",
        "Lines from the function's first to its last.",
        "lines",
        "lines",
        "SonarSource's rule S138",
        lambda function: function.length,
    ),
    Rule(
        "nesting",
        "Blocks inside one another, the function's own body not counted.",
        "levels",
        "nested blocks",
        "our own count (SonarSource's rule S134 allows 3 or 4, by language)",
        lambda function: function.nesting,
    ),
)

#: Every rule by its code, in the order in which findings of one function are listed.
RULES: dict[str, Rule] = {rule.code: rule for rule in _ALL}

# A figure twice its limit is an error; below that it is a warning.
_ERROR_FROM = 2


def find(metrics: FileMetrics, limits: Limits) -> tuple[Finding, ...]:
    """A finding for every figure above its limit, in the order of the functions.

    Suppressed functions are among them (``finding.function.suppressed`` tells): whoever shows
    findings decides, nothing is lost here.
    """
    findings = []
    limited = _limited(limits)
    functions: Iterable[FunctionMetrics] = metrics.functions
    if isinstance(functions, PlacedFunctions):
        # One object for the same limits, so that a piece knows by a look that it was held to them.
        functions = functions.above(_same(limits), lambda one: _is_above(one, limited))
    for function in functions:
        for rule, limit in limited:
            value = rule.value(function)
            if value > limit:
                severity: Severity = "error" if value >= _ERROR_FROM * limit else "warning"
                message = _message(rule, function, value, limit)
                findings.append(Finding(rule.code, severity, message, function, value, limit))
    return tuple(findings)


_Limited = Sequence[tuple[Rule, int]]


@lru_cache(maxsize=64)
def _same(limits: Limits) -> Limits:
    return limits


@lru_cache(maxsize=64)  # it is asked for with every piece of a text
def _limited(limits: Limits) -> _Limited:
    """The rules that are on, each with its limit."""
    return tuple((rule, limit) for rule in _ALL if (limit := getattr(limits, rule.code)) > 0)


def above(functions: Iterable[FunctionMetrics], limits: Limits) -> list[FunctionMetrics]:
    """Those with a figure above its limit."""
    limited = _limited(limits)
    return [function for function in functions if _is_above(function, limited)]


def _is_above(function: FunctionMetrics, limited: _Limited) -> bool:
    return any(rule.value(function) > limit for rule, limit in limited)


def _message(rule: Rule, function: FunctionMetrics, value: int, limit: int) -> str:
    if rule.noun == rule.unit or rule.code == "nesting":
        return f"{function.qualified_name} has {value} {rule.noun} (limit {limit})"
    return f"{function.qualified_name} has {rule.noun} {value} (limit {limit})"
