"""One judgement for editor and command line: figures against limits, and who asks for silence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from architect_server.analysis import suppression
from architect_server.analysis.generated import generated_line
from architect_server.analysis.model import FileMetrics, Finding
from architect_server.analysis.rules import find
from architect_server.analysis.suppression import SuppressionFinding
from architect_server.ignores import matches, repository_of
from architect_server.settings import Settings


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to be said of one text.

    ``findings`` holds suppressed ones too, each with who silences it; ``problems`` is what is
    wrong with our own suppressions. ``set_aside`` says why nothing in the file counts (vendored or
    generated code); it is only asked where there is something to set aside.
    """

    findings: tuple[Finding, ...] = ()
    problems: tuple[SuppressionFinding, ...] = ()
    set_aside: str = ""


def judge(
    text: str,
    metrics: FileMetrics,
    settings: Settings,
    path: Path | None = None,
    workspace: Path | None = None,
) -> Judgement:
    """Hold ``metrics`` of ``text`` against the settings for ``path`` (None: an untitled text).

    Globs for vendored code are relative to the repository, or else to ``workspace``.
    """
    found = find(metrics, settings.limits)
    asked = suppression.read_in(text, metrics)
    problems = suppression.check(text, metrics, found, asked)
    findings = suppression.mark(found, asked)
    whole_file = ""
    if findings or not metrics.functions:
        whole_file = silence_of_the_place(settings, path, workspace) or silence_of_the_text(
            text, metrics.language, settings
        )
        findings = tuple(_marked(finding, settings, whole_file) for finding in findings)
    return Judgement(findings, problems, whole_file)


def unsilenced(metrics: FileMetrics, settings: Settings) -> tuple[Finding, ...]:
    """The findings of a text, or of a piece of it, where neither a comment nor the file asks for
    silence.
    """
    found = suppression.mark(find(metrics, settings.limits), ())
    return tuple(_marked(finding, settings, "") for finding in found)


def silence_of_the_place(settings: Settings, path: Path | None, workspace: Path | None) -> str:
    """Why every finding is suppressed in a file at ``path``, whatever it holds; or empty."""
    if path is not None and settings.vendored:
        base = repository_of(path.parent) or workspace or path.parent
        if matches(settings.vendored, base, path):
            return "vendored code (suppress.vendored)"
    return ""


def silence_of_the_text(text: str, language: str, settings: Settings) -> str:
    """Why every finding of ``text`` is suppressed, as its head says; or empty."""
    line = generated_line(text, language) if settings.suppress_generated else None
    return "" if line is None else f"generated code, as line {line} says"


def _marked(finding: Finding, settings: Settings, whole_file: str) -> Finding:
    """A comment at the function says most; then the whitelist, then what holds for the file."""
    if finding.suppressed:
        return finding
    place = settings.allowed.get(finding.function.name)
    by_whitelist = f"lizard's whitelist, {place}" if place else ""
    silence = by_whitelist or whole_file
    return replace(finding, suppressed=silence) if silence else finding
