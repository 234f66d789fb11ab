"""What a run came to as a page of Markdown, for a person to read and keep."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from architect_agents.inquiry import Consultation, ReviewFinding
from architect_agents.types import Outcome, Proposal, RefactorRequest, Usage, Verdict


def as_markdown(consultation: Consultation) -> str:
    """The page: verdict or answer, the points, what it cost. Ends with a line end."""
    inquiry = consultation.inquiry
    parts = [f"# {consultation.title}", _place(consultation), consultation.text]
    if inquiry.question:
        parts.insert(2, "\n".join(f"> {line}" for line in inquiry.question.splitlines()))
    if inquiry.kind == "review":
        parts += [
            section
            for number, finding in enumerate(consultation.findings, 1)
            for section in _finding(number, finding)
        ]
    parts += [*_memory(consultation.recorded), _cost(consultation.usage, consultation.architect)]
    return "\n\n".join(part for part in parts if part) + "\n"


_HEADINGS = {
    "proposed": "Proposed",
    "rejected": "Rejected: not offered",
    "leave-as-is": "Leave it as it is",
    "no-proposal": "No proposal",
}


def outcome_as_markdown(request: RefactorRequest, outcome: Outcome) -> str:
    """The page of a refactoring: why, its verdict, the change, what was kept, what it cost."""
    parts = [
        f"# {outcome.title}",
        f"**{_HEADINGS[outcome.status]}**: `{request.function}` in `{request.path}`",
    ]
    if request.question.strip():
        parts.append("\n".join(f"> {line}" for line in request.question.splitlines()))
    proposal = outcome.proposal
    parts.append(proposal.rationale if proposal else outcome.rationale)
    if proposal is not None:
        parts += ["## Checks", _checks(proposal.verdict), "## Change", _diff(request, proposal)]
    parts += [*_memory(outcome.recorded), _cost(outcome.usage, outcome.architect)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _checks(verdict: Verdict) -> str:
    rows = [
        f"| {check.name} | {check.status} | {' '.join(check.detail.split()).replace('|', '/')} |"
        for check in verdict.checks
    ]
    figures = f"Complexity {verdict.before.ccn} before, {verdict.after.ccn} after."
    return "\n".join([figures, "", "| check | result | |", "|---|---|---|", *rows])


def _diff(request: RefactorRequest, proposal: Proposal) -> str:
    after = request.source
    for edit in sorted(proposal.edits, key=lambda edit: edit.start, reverse=True):
        after = after[: edit.start] + edit.text + after[edit.end :]
    before, now = request.source.splitlines(), after.splitlines()
    lines = difflib.unified_diff(before, now, request.path, request.path, lineterm="")
    text = "\n".join(lines)
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}diff\n{text}\n{fence}"


def _memory(recorded: Sequence[str]) -> list[str]:
    """What the agent's memory was given; `architect memory` shows and clears it."""
    if not recorded:
        return []
    lines = "\n".join(f"- {' '.join(line.split())}" for line in recorded)
    return ["## Kept in the agent's memory", lines]


def _place(consultation: Consultation) -> str:
    inquiry = consultation.inquiry
    if not inquiry.first_line:
        return f"`{inquiry.path}`"
    return f"`{inquiry.path}`, lines {inquiry.first_line} to {inquiry.last_line}"


def _finding(number: int, finding: ReviewFinding) -> Iterator[str]:
    lines = f"line {finding.first_line}"
    if finding.last_line > finding.first_line:
        lines = f"lines {finding.first_line} to {finding.last_line}"
    yield f"## {number}. {finding.title}"
    yield f"**{finding.severity}**, {lines}" + (
        f" ({finding.principle})" if finding.principle else ""
    )
    yield finding.why
    for label, text in (
        ("Complexity", finding.complexity),
        ("What to do", finding.what_to_do),
        ("Tests", finding.tests),
        ("In a distributed system", finding.distributed),
    ):
        if text:
            yield f"**{label}.** {text}"
    if finding.proposal is not None:
        yield _change(number, finding)


def _change(number: int, finding: ReviewFinding) -> str:
    assert finding.proposal is not None
    verdict = finding.proposal.verdict
    if verdict.accepted:
        return f"A change comes with this point and passed its checks: “Apply suggestion {number}”."
    reasons = "; ".join(f"{check.name}: {check.detail}" for check in verdict.failures)
    return f"A change came with this point but did not pass its checks ({reasons})."


def _cost(usage: Usage, architect: str) -> str:
    if not usage.model:
        return ""
    return (
        f"---\n\n{architect or 'The architect'} with {usage.model}: {usage.turns} turns, "
        f"{usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens:,} tokens in, "
        f"{usage.output_tokens:,} out, about {usage.usd:.2f} USD, {usage.seconds:.0f} seconds."
    )
