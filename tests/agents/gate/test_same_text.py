"""The first line of a verdict: whether the text is still the one that was judged."""

from __future__ import annotations

from architect_agents.same_text import checked, outcome_with, unknown
from architect_agents.types import (
    Check,
    Figures,
    Outcome,
    Proposal,
    RefactorRequest,
    SourceEdit,
    Verdict,
)

REQUEST = RefactorRequest("a.py", "python", "a = 1\n", "f", 1, version=3)
VERDICT = Verdict(
    (unknown(REQUEST), Check("parses", "passed")), Figures(9), Figures(4), "round-trip"
)
PROPOSAL = Proposal("t", "r", (SourceEdit(0, 1, "b"),), VERDICT)
OUTCOME = Outcome("proposed", "t", "r", PROPOSAL, alternatives=(PROPOSAL,))


def test_the_same_text_is_known_by_version_and_hash() -> None:
    check = checked(REQUEST, "a = 1\n", 3)
    assert (check.name, check.status) == ("same-text", "passed")
    assert "version 3, sha256 " in check.detail
    outcome = outcome_with(OUTCOME, check)
    assert outcome.status == "proposed"
    for proposal in (outcome.proposal, *outcome.alternatives):
        assert proposal is not None
        assert proposal.verdict.checks == (check, Check("parses", "passed"))
        assert proposal.verdict.proof == "round-trip"


def test_a_text_that_changed_or_went_rejects_what_was_found_for_it() -> None:
    for now in ("a = 2\n", None):
        outcome = outcome_with(OUTCOME, checked(REQUEST, now))
        assert outcome.status == "rejected"
        assert outcome.proposal is not None
        assert not outcome.proposal.verdict.accepted
        assert outcome.proposal.verdict.proof is None
        assert not outcome.alternatives


def test_where_the_edit_moves_along_a_change_elsewhere_speaks_against_nothing() -> None:
    check = checked(REQUEST, "a = 2\n", 4, moves=True)
    assert check.status == "not-run"
    assert "version 4" in check.detail
    assert "judged anew" in check.detail
    assert outcome_with(OUTCOME, check).status == "proposed"


def test_an_end_without_a_proposal_stays_as_it_is() -> None:
    nothing = Outcome("no-proposal", "t", "r")
    assert outcome_with(nothing, checked(REQUEST, None)) == nothing
