"""Whether a verdict is about the text that there is: its version and its hash."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from architect_agents.types import Check, Outcome, Proposal, RefactorRequest, Verdict

NAME = "same-text"


def unknown(request: RefactorRequest) -> Check:
    """For whoever judges without knowing what became of the text meanwhile."""
    return Check(NAME, "not-run", f"Judged for {_identity(request.source, request.version)}.")


def checked(
    request: RefactorRequest, now: str | None, version: int | None = None, *, moves: bool = False
) -> Check:
    """Compare the text that was judged with what it is ``now``; None: it is gone.

    ``moves``: the edit is judged anew for another text before it is applied, so that nothing is
    wrong yet where the text has changed.
    """
    judged = _identity(request.source, request.version)
    if now == request.source:
        return Check(NAME, "passed", f"The text is still {_identity(now, version)}.")
    became = "gone" if now is None else f"now {_identity(now, version)}"
    told = f"The text is {became}, but {judged} was judged."
    if moves:
        return Check(NAME, "not-run", f"{told} What is applied is judged anew.")
    return Check(NAME, "failed", told)


def with_check(verdict: Verdict, check: Check) -> Verdict:
    """The verdict with ``check`` as its first line; a proof counts only where nothing failed."""
    rest = tuple(one for one in verdict.checks if one.name != NAME)
    proof = None if check.status == "failed" else verdict.proof
    return replace(verdict, checks=(check, *rest), proof=proof)


def outcome_with(outcome: Outcome, check: Check) -> Outcome:
    """The outcome with ``check`` in the verdicts of all its proposals, and what follows from it."""

    def told(proposal: Proposal) -> Proposal:
        return replace(proposal, verdict=with_check(proposal.verdict, check))

    others = () if check.status == "failed" else tuple(map(told, outcome.alternatives))
    proposal = outcome.proposal and told(outcome.proposal)
    rejected = outcome.status == "proposed" and proposal and not proposal.verdict.accepted
    status = "rejected" if rejected else outcome.status
    return replace(outcome, status=status, proposal=proposal, alternatives=others)


def _identity(text: str, version: int | None) -> str:
    """For example "version 7, sha256 1f0c…": the first twelve digits of the hash."""
    digits = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"version {version}, sha256 {digits}" if version is not None else f"sha256 {digits}"
