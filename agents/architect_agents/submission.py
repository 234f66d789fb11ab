"""The `submit` tool: a model's proposal, built into a document, judged by the gate, fed back."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from architect_agents.candidate import TargetDocument
from architect_agents.extraction_order import carry_out, read_orders
from architect_agents.gate import feedback
from architect_agents.loop import Feedback
from architect_agents.memory.lessons import general
from architect_agents.model import ToolSpec
from architect_agents.refactoring.splice import edits_between
from architect_agents.sandbox.redaction import marks
from architect_agents.tools.tool import Arguments, ToolFailure, schema
from architect_agents.types import Gate, Outcome, Proposal, RefactorRequest, Verdict

_WORDS = {"type": "string"}
_DEFINED = re.compile(r"^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)", re.MULTILINE)
SUBMIT = ToolSpec(
    name="submit",
    description=(
        "Hand in the result. `decision` is `edit` for a change or `leave-as-is` if the function "
        "is best left alone. `title` names the change in a few words; `rationale` says in a few "
        "sentences why it is better, for a colleague who reviews it. Give an edit in one way:\n"
        "- `extractions` (Python only, and what has to come first there): a plan. Runs of whole "
        "statements by their lines, each moved exactly as it stands into a helper of that name, "
        "or the lines of an `if` or `while` header, whose condition moves; parameters and results "
        "are worked out for you, and the result can be proved. Name the helpers as the reader of "
        "the function would.\n"
        "- `function_source`: the whole new text in place of the function, from its first line "
        "to its last; helpers may stand before or after it, at the same indentation.\n"
        "- `edits`: pairs of old_string and new_string, applied to the document in order, each "
        "old_string occurring exactly once.\n"
        "- none of these: what you made of the document with your editing tools.\n"
        "In Python an edit that is no plan is taken only after a plan, or with `no_plan`: in a "
        "sentence, what it does that moving code can't.\n"
        "The change is checked: it must parse, keep every public name and its signature, lose no "
        "name, lower the figures, keep the behaviour and make nothing else worse. What fails "
        "comes back to you. `lesson` may hold what is worth remembering for other code: the "
        "general pattern in one or two plain sentences, without code, names or paths of this "
        "project."
    ),
    input_schema=schema(
        {
            "decision": {"type": "string", "enum": ["edit", "leave-as-is"]},
            "title": _WORDS,
            "rationale": _WORDS,
        },
        {
            "function_source": _WORDS,
            "lesson": _WORDS,
            "no_plan": _WORDS,
            "extractions": {
                "type": "array",
                "items": schema(
                    {
                        "start_line": {"type": "integer"},
                        "end_line": {"type": "integer"},
                        "name": _WORDS,
                    }
                ),
            },
            "edits": {
                "type": "array",
                "items": schema({"old_string": _WORDS, "new_string": _WORDS}),
            },
        },
    ),
    strict=True,
)
#: The ways to write down an edit, of which a submission takes one.
FORMS = ("extractions", "function_source", "edits")
#: What a free edit gets that comes before a plan. It does not count as a failure.
PLAN_FIRST = (
    "Hand in a plan first: `extractions`, which are carried out exactly and can be proved. If "
    "moving code can't do what this edit does, submit it again and say in `no_plan` what that is."
)
NO_PROPOSAL = "The architect came to no proposal"


@dataclass(slots=True)
class Submission:
    """Takes what the model hands in for one request. Implements loop.Finish.

    ``repairs`` says how often a failing proposal is fed back; the next failure ends the run.
    ``staged()`` is the document as the run's tools have left it in the copy of the project.
    """

    request: RefactorRequest
    document: TargetDocument
    gate: Gate
    say: Callable[[str], None]
    repairs: int = 3
    staged: Callable[[], str] | None = None
    spec: ToolSpec = SUBMIT
    _failures: int = field(default=0, init=False)
    _planned: bool = field(default=False, init=False)

    async def accept(self, arguments: Arguments) -> Outcome | Feedback:
        """See loop.Finish."""
        title = str(arguments.get("title") or "Simplify the function").strip()
        rationale = str(arguments.get("rationale") or "").strip()
        decision = arguments.get("decision")
        if decision == "leave-as-is":
            return self._leave(title, rationale)
        try:
            if decision != "edit":
                raise ToolFailure("`decision` must be `edit` or `leave-as-is`.")
            if self._lacks_plan(arguments):
                return Feedback(PLAN_FIRST)
            candidate = await asyncio.to_thread(self._candidate, arguments)
        except ToolFailure as failure:
            return self._unusable(str(failure))
        self.say(f"checking “{title}”")
        verdict = await asyncio.to_thread(self.gate.judge, self.request, candidate)
        edits = edits_between(self.request.source, candidate)
        helpers = _new_functions(self.request, candidate)
        proposal = Proposal(title, rationale, edits, verdict, helpers)
        if verdict.accepted:
            lesson = general(str(arguments.get("lesson") or ""), self.request)
            return Outcome("proposed", title, rationale, proposal, lesson=lesson)
        self._failures += 1
        if self._failures > self.repairs:
            return Outcome("rejected", title, _reasons(verdict), proposal)
        return Feedback(
            f"The change did not pass its checks:\n{feedback(verdict)}\n"
            f"Repair it and submit again ({self._left()}), or decide `leave-as-is`."
        )

    def _lacks_plan(self, arguments: Arguments) -> bool:
        """Whether this is a free edit where a plan, which can be proved, was not tried."""
        self._planned = self._planned or bool(arguments.get("extractions"))
        told = str(arguments.get("no_plan") or "").strip()
        return self.request.language == "python" and not (self._planned or told)

    def nothing(self, text: str) -> Outcome:
        """See loop.Finish."""
        return Outcome("no-proposal", NO_PROPOSAL, text.strip() or "The model ended without one.")

    def _leave(self, title: str, rationale: str) -> Outcome | Feedback:
        if not rationale:
            return self._unusable("`leave-as-is` needs a rationale.")
        return Outcome("leave-as-is", title, rationale)

    def _unusable(self, why: str) -> Outcome | Feedback:
        self._failures += 1
        if self._failures > self.repairs:
            return Outcome("no-proposal", NO_PROPOSAL, f"Its last change could not be used: {why}")
        return Feedback(f"This can't be used: {why} Submit again ({self._left()}).")

    def _left(self) -> str:
        left = self.repairs - self._failures + 1
        return "last try" if left == 1 else f"{left} tries left"

    def _candidate(self, arguments: Arguments) -> str:
        given = {name: arguments.get(name) for name in FORMS if arguments.get(name)}
        if len(given) > 1:
            raise ToolFailure(f"An edit is one of {', '.join(FORMS)}, not several.")
        form, value = next(iter(given.items()), ("", None))
        candidate = self._built(form, value)
        if candidate == self.request.source:
            raise ToolFailure(
                f"The change leaves the document as it is; give one of {', '.join(FORMS)}."
            )
        shown = marks(candidate) - marks(self.request.source)
        if shown:
            raise ToolFailure(
                f"The text holds {', '.join(sorted(shown))}, which stands for something you were "
                "not shown. Use `edits` that leave those lines alone."
            )
        return candidate

    def _built(self, form: str, value: Any) -> str:
        """The document after an edit of that form; without one, as the tools have left it."""
        if not form:
            return self.staged() if self.staged else self.request.source
        if form == "function_source" and isinstance(value, str):
            return self.document.with_function(value)
        if form == "edits" and _objects(value):
            return self.document.with_edits(value)
        if form == "extractions" and _objects(value):
            return self._extracted(value)
        raise ToolFailure(f"`{form}` has the wrong form; see the tool's schema.")

    def _extracted(self, orders: list[Any]) -> str:
        if self.request.language != "python":
            raise ToolFailure("`extractions` are for Python; use `function_source` or `edits`.")
        first = self.document.first
        return carry_out(self.request.source, self.request.function, first, read_orders(orders))


def _new_functions(request: RefactorRequest, candidate: str) -> tuple[str, ...]:
    """The names of functions that only the new version has, in the order of the text."""
    if request.language != "python":
        return ()
    known = set(_DEFINED.findall(request.source))
    return tuple(dict.fromkeys(name for name in _DEFINED.findall(candidate) if name not in known))


def _objects(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, dict) for entry in value)


def _reasons(verdict: Verdict) -> str:
    return "\n".join(f"- {check.name}: {check.detail or 'failed'}" for check in verdict.failures)
