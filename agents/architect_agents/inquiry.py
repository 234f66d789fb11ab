"""Reviews and questions: what one can ask beside a refactoring, and the shape of the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from architect_agents.candidate import TargetDocument
from architect_agents.loop import Feedback
from architect_agents.memory.lessons import general
from architect_agents.model import ToolSpec, Turn
from architect_agents.refactoring.splice import edits_between
from architect_agents.sandbox.redaction import marks
from architect_agents.tools.tool import Arguments, ToolFailure, schema
from architect_agents.types import Gate, Proposal, RefactorRequest, Usage

Kind = Literal["review", "question"]
Severity = Literal["high", "medium", "low", "note"]
SEVERITIES: tuple[Severity, ...] = ("high", "medium", "low", "note")


@dataclass(frozen=True, slots=True)
class Inquiry:
    """Something to review, or a question about it.

    ``first_line`` and ``last_line`` (1-based, inclusive) are the lines that matter; 0 and 0 mean
    the whole document. The other fields are as in types.RefactorRequest.
    """

    kind: Kind
    path: str
    language: str
    source: str
    question: str = ""
    first_line: int = 0
    last_line: int = 0
    workspace: Path | None = None
    trusted: bool = False

    @property
    def request(self) -> RefactorRequest:
        """The inquiry as the gate wants it: about every function that a change touches."""
        return RefactorRequest(
            self.path,
            self.language,
            self.source,
            function="",
            start_line=max(1, self.first_line),
            question=self.question,
            workspace=self.workspace,
            trusted=self.trusted,
        )

    @property
    def document(self) -> TargetDocument:
        lines = self.source.count("\n") + 1
        return TargetDocument(
            self.source, self.language, self.first_line or 1, self.last_line or lines
        )


@dataclass(frozen=True, slots=True)
class ReviewFinding:
    """One point of a review. Texts may be empty where they do not apply.

    ``complexity`` is "before → after" in Big-O with its reason. ``proposal`` is a change that was
    handed in with the point, with the gate's verdict; to be offered only if it was accepted.
    """

    first_line: int
    last_line: int
    severity: Severity
    title: str
    why: str
    principle: str = ""
    complexity: str = ""
    what_to_do: str = ""
    tests: str = ""
    distributed: str = ""
    proposal: Proposal | None = None


@dataclass(frozen=True, slots=True)
class Consultation:
    """The answer to an inquiry. ``text`` is Markdown by the model: the verdict, or the answer.

    ``lesson`` is the general pattern that was handed in with it, empty if none; ``recorded`` is
    what went into the agent's memory, a line each; ``conversation`` is what was
    said, for a follow-up question.
    """

    inquiry: Inquiry
    title: str
    text: str
    findings: tuple[ReviewFinding, ...] = ()
    usage: Usage = field(default_factory=Usage)
    architect: str = ""
    lesson: str = ""
    recorded: tuple[str, ...] = ()
    conversation: tuple[Turn, ...] = ()


_WORDS, _LINE = {"type": "string"}, {"type": "integer"}
REPORT = ToolSpec(
    name="report",
    description=(
        "Hand in the review. `summary` is the verdict in Markdown, with what you did not look at. "
        "`findings` come most serious first; none is a good answer if you say why in the summary. "
        "For each: the lines (1-based), the severity, a `title`, `why` it matters here, the "
        "`principle` that is hurt, `complexity` before and after in Big-O with the reasoning, "
        "`what_to_do`, the `tests` to add, and consequences for a `distributed` system. A "
        "small safe change may come along as `edits`, pairs of old_string and new_string, each "
        "old_string occurring exactly once in the document; it is checked before it is shown. "
        "`lesson` may hold what is worth remembering for other code: the general pattern in one "
        "or two plain sentences, without code, names or paths of this project."
    ),
    input_schema=schema(
        {
            "title": _WORDS,
            "summary": _WORDS,
            "findings": {
                "type": "array",
                "items": schema(
                    {
                        "first_line": _LINE,
                        "last_line": _LINE,
                        "severity": {"type": "string", "enum": list(SEVERITIES)},
                        "title": _WORDS,
                        "why": _WORDS,
                    },
                    {
                        "principle": _WORDS,
                        "complexity": _WORDS,
                        "what_to_do": _WORDS,
                        "tests": _WORDS,
                        "distributed": _WORDS,
                        "edits": {
                            "type": "array",
                            "items": schema({"old_string": _WORDS, "new_string": _WORDS}),
                        },
                    },
                ),
            },
        },
        {"lesson": _WORDS},
    ),
    strict=True,
)
ANSWER = ToolSpec(
    name="answer",
    description="Hand in the answer to the question, in Markdown, under a short title.",
    input_schema=schema({"title": _WORDS, "text": _WORDS}),
    strict=True,
)


@dataclass(slots=True)
class AnswerForm:
    """Takes the answer to a free question. Implements loop.Finish."""

    inquiry: Inquiry
    spec: ToolSpec = ANSWER

    async def accept(self, arguments: Arguments) -> Consultation | Feedback:
        """See loop.Finish."""
        text = _text(arguments, "text")
        if not text:
            return Feedback("The answer has no `text`.")
        return Consultation(self.inquiry, _text(arguments, "title") or "Answer", text)

    def nothing(self, text: str) -> Consultation:
        """An answer in plain text is one too."""
        said = text.strip() or "The model ended without an answer."
        return Consultation(self.inquiry, "Answer", said)


@dataclass(slots=True)
class ReviewForm:
    """Takes a review, and has the gate look at each change that comes along with it."""

    inquiry: Inquiry
    gate: Gate
    say: Callable[[str], None]
    spec: ToolSpec = REPORT

    async def accept(self, arguments: Arguments) -> Consultation | Feedback:
        """See loop.Finish."""
        summary = _text(arguments, "summary")
        raw = arguments.get("findings")
        if not summary or not isinstance(raw, list):
            return Feedback("A review has a `summary` and a list of `findings`.")
        lines = self.inquiry.source.count("\n") + 1
        findings = []
        for number, entry in enumerate(raw, 1):
            if not isinstance(entry, Mapping) or not _text(entry, "title"):
                return Feedback(f"Finding {number} is no object with a `title`.")
            findings.append(await self._finding(entry, lines))
        findings.sort(key=lambda finding: SEVERITIES.index(finding.severity))
        title = _text(arguments, "title") or "Review"
        lesson = general(_text(arguments, "lesson"), self.inquiry.request)
        return Consultation(self.inquiry, title, summary, tuple(findings), lesson=lesson)

    def nothing(self, text: str) -> Consultation:
        """A review in plain text has no findings to point at, but its text is shown."""
        said = text.strip() or "The model ended without a review."
        return Consultation(self.inquiry, "Review", said)

    async def _finding(self, entry: Mapping[str, Any], lines: int) -> ReviewFinding:
        given = entry.get("severity")
        severity: Severity = next((one for one in SEVERITIES if one == given), "note")
        first = _line(entry.get("first_line"), lines)
        return ReviewFinding(
            first_line=first,
            last_line=max(first, _line(entry.get("last_line"), lines)),
            severity=severity,
            title=_text(entry, "title"),
            why=_text(entry, "why"),
            principle=_text(entry, "principle"),
            complexity=_text(entry, "complexity"),
            what_to_do=_text(entry, "what_to_do"),
            tests=_text(entry, "tests"),
            distributed=_text(entry, "distributed"),
            proposal=await self._proposal(entry),
        )

    async def _proposal(self, entry: Mapping[str, Any]) -> Proposal | None:
        """The change of a finding with its verdict; None if there is none that can be built."""
        edits = entry.get("edits")
        if not isinstance(edits, list) or not edits:
            return None
        try:
            candidate = self.inquiry.document.with_edits(edits)
        except (ToolFailure, AttributeError):
            return None
        if candidate == self.inquiry.source or marks(candidate) - marks(self.inquiry.source):
            return None
        title = _text(entry, "title")
        self.say(f"checking “{title}”")
        verdict = await asyncio.to_thread(self.gate.judge, self.inquiry.request, candidate)
        changes = edits_between(self.inquiry.source, candidate)
        return Proposal(title, _text(entry, "why"), changes, verdict)


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    return value.strip() if isinstance(value, str) else ""


def _line(value: Any, lines: int) -> int:
    number = value if isinstance(value, int) else 1
    return min(max(1, number), lines)
