"""Proposals that passed: each with its edit, and with its verdict in words."""

from __future__ import annotations

from dataclasses import dataclass

from architect_agents.types import Proposal
from architect_server.document import Splice
from architect_server.wording import summary, titled


@dataclass(frozen=True, slots=True)
class Offer:
    """One checked proposal. ``title`` ends with its verdict, ``summary`` is a line for each check.

    ``splices`` apply to the document that was judged. ``helpers`` are the qualified names of the
    functions that it adds.
    """

    title: str
    summary: str
    splices: tuple[Splice, ...]
    helpers: tuple[str, ...] = ()

    @classmethod
    def of(cls, proposal: Proposal) -> Offer:
        return cls(
            titled(proposal.title, proposal.verdict),
            summary(proposal.verdict),
            tuple(Splice(edit.start, edit.end, edit.text) for edit in proposal.edits),
            proposal.helpers,
        )
