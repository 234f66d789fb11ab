"""Who is asked, about what, where: what a refactoring, a review and a question have in common.

One of the few bridges to ``architect_agents``.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from architect_agents.errors import ArchitectError
from architect_agents.types import (
    Architect,
    FindingLimits,
    FunctionFigures,
    Listen,
    Preview,
    RefactorRequest,
    Step,
    Usage,
)
from architect_server.analysis.limits import Limits
from architect_server.analysis.model import FunctionMetrics
from architect_server.document import Document
from architect_server.settings import Settings

if TYPE_CHECKING:
    from architect_agents.gate import RefactoringGate
    from architect_agents.inquiry import Inquiry
    from architect_agents.limits import Price

__all__ = [
    "Diagnostics",
    "Listen",
    "Preview",
    "Refused",
    "Step",
    "Surroundings",
    "Usage",
    "architect_for",
    "figures",
    "finding_limits",
    "make_gate",
    "preview_of",
    "request_for",
    "shown_path",
]

#: What the editor shows: for the uri or path of a document, or "" for all that are open.
Diagnostics = Callable[[str], Awaitable[Sequence[Mapping[str, Any]]]]


class Refused(Exception):
    """No architect was asked, or none could answer; ``str`` is the sentence for the person."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a document stands: its settings, its file (None: untitled) and workspace.

    ``trusted`` says whether the user lets code of that workspace run. ``diagnostics`` asks the
    editor what it shows, ``listen`` hears of every step of a run, ``now`` gives the document as
    it has become (None: it is closed); all three where there is an editor.
    """

    settings: Settings
    path: Path | None = None
    workspace: Path | None = None
    trusted: bool = False
    diagnostics: Diagnostics | None = None
    listen: Listen | None = None
    now: Callable[[], Document | None] | None = None


def figures(source: str, language: str) -> Sequence[FunctionFigures]:
    """The analysis as the gate wants it handed in: the editor's own numbers."""
    # Loaded at the first question, as the gate is.
    from architect_server import proposal_figures

    return proposal_figures.figures(source, language)


def finding_limits(limits: Limits) -> FindingLimits:
    """The limits in force, as the gate knows them; a rule that is off never fires."""
    off = 1_000_000
    return FindingLimits(
        limits.ccn or off,
        limits.parameters or off,
        limits.length or off,
        limits.nesting or off,
    )


def make_gate() -> RefactoringGate:
    """The judge of every proposal, with our numbers."""
    # Loaded at the first question: no editor should wait for it at the start.
    from architect_agents.gate import RefactoringGate

    return RefactoringGate(figures)


def request_for(
    document: Document,
    function: FunctionMetrics,
    surroundings: Surroundings,
    question: str = "",
) -> RefactorRequest:
    """What an architect is asked about ``function``."""
    return RefactorRequest(
        path=shown_path(document, surroundings),
        language=document.language_id,
        source=document.text,
        function=function.qualified_name,
        start_line=function.start_line,
        limits=finding_limits(surroundings.settings.limits),
        question=question,
        workspace=surroundings.workspace,
        trusted=surroundings.trusted,
        version=document.version,
    )


def shown_path(document: Document, surroundings: Surroundings) -> str:
    """The path inside the workspace; a document's name where it lies outside or nowhere."""
    path, workspace = surroundings.path, surroundings.workspace
    if path is not None and workspace is not None and path.is_relative_to(workspace):
        return path.relative_to(workspace).as_posix()
    return document.name


def architect_for(
    request: RefactorRequest, surroundings: Surroundings, offline: bool, agent: str = ""
) -> Architect:
    """The model's architect where there is a key and the user allows it; else the embedded one.

    ``agent`` names another agent than the settings do.

    Raises:
        Refused: there is no usable agent of that name.
    """
    from architect_agents.architect import choose_architect
    from architect_agents.limits import Limits as RunLimits
    from architect_agents.places import user_facilities

    settings = surroundings.settings
    facilities = user_facilities(
        settings.web,
        diagnostics=surroundings.diagnostics,
        daily_usd=settings.max_daily_cost,
        listen=surroundings.listen,
        prices=_prices(settings),
    )
    try:
        return choose_architect(
            request,
            measure=figures,
            offline=offline or settings.offline,
            agent=agent or settings.agent,
            model=settings.model,
            limits=RunLimits(
                turns=settings.max_turns, seconds=settings.max_seconds, usd=settings.max_cost
            ),
            facilities=facilities,
        )
    except ArchitectError as error:
        raise Refused(str(error)) from error


def _prices(settings: Settings) -> dict[str, Price]:
    from architect_agents.limits import price_from

    return {model: price_from(usd) for model, usd in settings.prices.items()}


def preview_of(asked: RefactorRequest | Inquiry, surroundings: Surroundings) -> Preview:
    """What asking would send first, redacted, with estimates of tokens and price.

    Raises:
        Refused: there is no usable agent.
    """
    from architect_agents.places import user_facilities
    from architect_agents.preview import preview

    settings = surroundings.settings
    try:
        return preview(
            asked,
            measure=figures,
            offline=settings.offline,
            agent=settings.agent,
            model=settings.model,
            facilities=user_facilities(
                settings.web, diagnostics=surroundings.diagnostics, prices=_prices(settings)
            ),
        )
    except ArchitectError as error:
        raise Refused(str(error)) from error
