"""Comments that ask for silence: read, honoured, and told when they are wrong or no longer needed.

Ours is ``# architect: ignore[ccn] why it may stay`` on a function's first line or the line above
it, ``ignore-file[…]`` for a whole file. The reason is required. ``# noqa: C901``, ``NOSONAR`` and
``#lizard forgives`` are honoured too. A suppressed function is still measured and still found;
its findings only carry who silenced them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from architect_server.analysis import comments
from architect_server.analysis.incremental.placed import PlacedFunctions
from architect_server.analysis.model import FileMetrics, Finding, FunctionMetrics
from architect_server.analysis.rules import RULES
from architect_server.analysis.text import LineTable

Kind = Literal["architect", "noqa", "NOSONAR", "lizard forgives"]
Problem = Literal["suppression-without-reason", "unknown-rule", "stale-suppression"]

_OURS = re.compile(
    r"architect:\s*ignore(?P<file>-file)?\s*(?:\[(?P<codes>[^\]]*)\])?(?P<reason>.*)", re.S
)
_NOQA = re.compile(
    r"#\s*(?P<file>(?:ruff|flake8)\s*:\s*)?noqa(?::\s*(?P<codes>[A-Z][\w, ]*))?", re.I
)
_FORGIVES = re.compile(r"#lizard forgives\((?P<metrics>[^)]*)\)")
_END_OF_COMMENT = re.compile(r"\s*(?:\*/|\*\)|-->|\]\])\s*$")

#: What a quick fix leaves where the person writes the reason; it is none by itself.
PLACEHOLDER = "<why it may stay>"

# Other tools' codes for what our rules find.
_RULE_OF = {"C901": "ccn", "PLR0913": "parameters", "PLR0917": "parameters"}
_RULE_OF_METRIC = {
    "cyclomatic_complexity": "ccn",
    "cognitive_complexity": "cognitive",
    "parameter_count": "parameters",
    "length": "length",
    "max_nesting_depth": "nesting",
}
_EVERY_RULE = frozenset(RULES)
_SIGNS = ("architect:", "NOSONAR", "#lizard forgives(")


@dataclass(frozen=True, slots=True)
class Suppression:
    """One comment that asks for silence.

    ``start`` and ``end`` are the comment's offsets, ``line`` is 1-based. ``codes`` are rule
    codes; those that no rule has are in ``unknown``. ``whole_file``: ours, ruff's or flake8's.
    """

    kind: Kind
    start: int
    end: int
    line: int
    codes: frozenset[str]
    reason: str = ""
    unknown: tuple[str, ...] = ()
    whole_file: bool = False

    @property
    def holds(self) -> bool:
        """Ours needs a reason."""
        return self.kind != "architect" or bool(self.reason)

    @property
    def label(self) -> str:
        """For a finding: who asks for silence, and why if it says so."""
        return self.reason if self.kind == "architect" else self.kind


@dataclass(frozen=True, slots=True)
class SuppressionFinding:
    """Something is wrong with one of our comments; ``start`` and ``end`` are its offsets.

    ``removal`` is what a quick fix takes out of the text.
    """

    rule: Problem
    message: str
    start: int
    end: int
    line: int
    removal: tuple[int, int]


def read(text: str, language: str) -> tuple[Suppression, ...]:
    """Every comment of ``text`` that asks for silence, in order."""
    if not _may_ask(text):
        return ()
    table = LineTable(text)
    found = []
    for comment in comments.find(text, language):
        suppression = _parse(comment, table.position(comment.start)[0] + 1)
        if suppression:
            found.append(suppression)
    return tuple(found)


def _may_ask(text: str) -> bool:
    """Whether anything in ``text``, be it a comment or not, reads like a wish for silence.

    Most ``noqa`` are about rules that are not ours.
    """
    if any(sign in text for sign in _SIGNS):
        return True
    return "noqa" in text.lower() and any(map(_silenced_by_noqa, _NOQA.finditer(text)))


def _silenced_by_noqa(match: re.Match[str]) -> frozenset[str]:
    if not match["codes"]:
        return _EVERY_RULE
    codes = re.findall(r"[A-Z]+\d+", match["codes"].upper())
    return frozenset(_RULE_OF[code] for code in codes if code in _RULE_OF)


def read_in(text: str, metrics: FileMetrics) -> tuple[Suppression, ...]:
    """The same of the text that ``metrics`` are of; pieces that are known are not read again."""
    language, functions = metrics.language, metrics.functions
    whole = metrics.confidence.level == "complete"
    if whole and isinstance(functions, PlacedFunctions) and functions.text == text:
        return tuple(functions.suppressions(lambda piece: read(piece, language)))
    return read(text, language)


def _parse(comment: comments.Comment, line: int) -> Suppression | None:
    if match := _OURS.search(comment.text):
        return _ours(comment, line, match)
    if match := _NOQA.search(comment.text):
        silenced = _silenced_by_noqa(match)
        whole_file = match["file"] is not None
        noqa = Suppression(
            "noqa", comment.start, comment.end, line, silenced, whole_file=whole_file
        )
        return noqa if silenced else None
    if "NOSONAR" in comment.text:
        return Suppression("NOSONAR", comment.start, comment.end, line, _EVERY_RULE)
    if match := _FORGIVES.search(comment.text):
        metrics = {metric.strip() for metric in match["metrics"].split(",")}
        rules = frozenset(_RULE_OF_METRIC[name] for name in metrics & _RULE_OF_METRIC.keys())
        return Suppression("lizard forgives", comment.start, comment.end, line, rules)
    return None


def _ours(comment: comments.Comment, line: int, match: re.Match[str]) -> Suppression:
    written = [code.strip() for code in (match["codes"] or "").split(",") if code.strip()]
    known = frozenset(code for code in written if code in RULES)
    reason = _END_OF_COMMENT.sub("", match["reason"]).strip(" \t:-")
    return Suppression(
        "architect",
        comment.start,
        comment.end,
        line,
        codes=known if written else _EVERY_RULE,
        reason="" if reason == PLACEHOLDER else reason,
        unknown=tuple(code for code in written if code not in RULES),
        whole_file=bool(match["file"]),
    )


def mark(findings: Sequence[Finding], suppressions: Sequence[Suppression]) -> tuple[Finding, ...]:
    """The same findings; those that somebody silences carry the reason in ``suppressed``."""
    return tuple(_marked(finding, suppressions) for finding in findings)


def _marked(finding: Finding, suppressions: Sequence[Suppression]) -> Finding:
    for suppression in suppressions:
        if suppression.holds and _silences(suppression, finding):
            return replace(finding, suppressed=suppression.label)
    own = finding.function.suppressed
    return replace(finding, suppressed=own) if own else finding


def _silences(suppression: Suppression, finding: Finding) -> bool:
    return finding.rule in suppression.codes and _belongs(suppression, finding.function)


def _belongs(suppression: Suppression, function: FunctionMetrics) -> bool:
    """Whether the comment stands at the function: on its first lines, ours also right above them.

    lizard's stands anywhere inside the function. Without a list of metrics it silences all of
    it, which ``function.suppressed`` tells.
    """
    if suppression.whole_file:
        return True
    if suppression.kind == "lizard forgives":
        return function.start_line <= suppression.line <= function.end_line
    first = function.edit_line - (suppression.kind == "architect")
    return first <= suppression.line <= function.name_span.line


def check(
    text: str,
    metrics: FileMetrics,
    findings: Iterable[Finding],
    suppressions: Iterable[Suppression],
) -> tuple[SuppressionFinding, ...]:
    """What is wrong with our own comments: no reason, unknown rules, nothing left to silence.

    ``findings`` are all of the file, suppressed or not. While the file is not completely
    measured no comment is called stale.
    """
    all_findings = list(findings)
    problems = []
    for suppression in suppressions:
        if suppression.kind == "architect":
            for rule, message in _problems(suppression, metrics, all_findings):
                span = (suppression.start, suppression.end)
                removal = _removal(text, suppression)
                problems.append(SuppressionFinding(rule, message, *span, suppression.line, removal))
    return tuple(problems)


def _problems(
    suppression: Suppression, metrics: FileMetrics, findings: Sequence[Finding]
) -> Iterator[tuple[Problem, str]]:
    for code in suppression.unknown:
        known = ", ".join(RULES)
        yield "unknown-rule", f"There is no rule {code!r}; the rules are {known}."
    if not suppression.reason:
        yield (
            "suppression-without-reason",
            "A suppression needs a reason behind the bracket; without one it is not honoured.",
        )
        return
    needed = any(_silences(suppression, finding) for finding in findings)
    if suppression.codes and not needed and metrics.confidence.level == "complete":
        rules = ", ".join(code for code in RULES if code in suppression.codes)
        yield "stale-suppression", f"Nothing here is above its limit any more ({rules})."


def _removal(text: str, suppression: Suppression) -> tuple[int, int]:
    """The comment with the blanks before it, or its whole line if nothing else stands there."""
    table = LineTable(text)
    line = suppression.line - 1
    start, end = table.line_start(line), table.line_end(line)
    before = text[start : suppression.start]
    if before.strip():
        return start + len(before.rstrip()), suppression.end
    if text[suppression.end : end].strip():
        return suppression.start, suppression.end
    return start, table.line_start(line + 1)


def insertion(text: str, language: str, finding: Finding, reason: str) -> tuple[int, str]:
    """Where (offset) and what to insert so that ``finding`` is silenced for ``reason``.

    The comment gets its own line above the function and its decorators, with its indentation
    and the text's line end.
    """
    table = LineTable(text)
    line = finding.function.edit_line - 1
    own = table.line_text(line)
    blank = own[: len(own) - len(own.lstrip())]
    end = text[table.line_end(line) : table.line_start(line + 1)] or "\n"
    note = f"{comments.line_mark(language)} architect: ignore[{finding.rule}] {reason}"
    return table.line_start(line), f"{blank}{note}{end}"
