"""Why a function has the figures it has, in words: lizard, C901 and cognitive side by side."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from architect_server.analysis import c901, template_strings
from architect_server.analysis.model import Decision, FunctionMetrics
from architect_server.analysis.own_parameters import own_parameters
from architect_server.analysis.own_text import own_text
from architect_server.analysis.text import LineTable

_INSIDE = " in nested function"

# How a sentence names what one tool counts and the other does not.
_WORDS = {
    "and": "`and`",
    "or": "`or`",
    "ternary": "ternary",
    "comprehension": "comprehension",
    "comprehension if": "filter of a comprehension",
    "try else": "`else` of a `try`",
    "nested function": "nested function",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """The figures of one function by each way of counting, and why they differ.

    ``c901`` is None where ruff has no such figure: outside Python, or while the function
    does not parse. ``c901_decisions`` are its +1s as ``decisions`` are lizard's.
    ``own_parameters`` are lizard's without ``self`` and ``cls``.
    """

    function: FunctionMetrics
    c901: int | None
    c901_decisions: tuple[Decision, ...]
    differences: tuple[str, ...]
    own_parameters: int


def explain(text: str | LineTable, language: str, function: FunctionMetrics) -> Explanation:
    """Explain the figures of ``function``, which ``measure`` gave for the text in ``language``.

    Line ends may be of any kind. Only the function's own lines are parsed.
    """
    table = text if isinstance(text, LineTable) else LineTable(text)
    counted = None
    if language == "python":
        own = template_strings.as_format_strings(own_text(table, function))
        counted = c901.count(own).get(function.start_line)
    start = table.line_start(function.start_line - 1)
    passed = own_parameters(table.text, start, language, function)
    if counted is None:
        return Explanation(function, None, (), _own_words(function), passed)
    words = (*_own_words(function), *_against_c901(function, counted))
    return Explanation(function, len(counted) + 1, counted, words, passed)


def _own_words(function: FunctionMetrics) -> tuple[str, ...]:
    words = []
    if function.corrected and function.raw_ccn is None:
        words.append(
            "lizard itself does not see this function; these are the figures by its rules."
        )
    elif function.corrected:
        words.append(
            f"lizard itself prints {function.raw_ccn} here: it misreads the layout, or does "
            "not look into a t-string; these are the figures that its rules give for the whole "
            "function."
        )
    if function.suppressed:
        words.append(f"Suppressed: {function.suppressed}.")
    return tuple(words)


def _against_c901(function: FunctionMetrics, counted: tuple[Decision, ...]) -> tuple[str, ...]:
    """One sentence for what lizard alone counts, one for what C901 alone counts."""
    inside = sum(decision.kind.endswith(_INSIDE) for decision in counted)
    lizards = Counter(decision.kind for decision in function.decisions)
    theirs = Counter(decision.kind for decision in counted if not decision.kind.endswith(_INSIDE))
    sentences = []
    if "case" in (only := lizards - theirs):
        only["`case _`"] = only.pop("case")
    if only:
        sentences.append(f"lizard counts {_listed(only)}; C901 does not.")
    if only := theirs - lizards:
        sentences.append(f"C901 counts {_listed(only)}; lizard does not.")
    if inside:
        sentences.append(
            f"C901 counts {inside} inside nested functions here as well; lizard counts them in "
            "those functions alone."
        )
    return tuple(sentences)


def _listed(kinds: Counter[str]) -> str:
    return ", ".join(f"{_times(number)}{_word(kind)}" for kind, number in sorted(kinds.items()))


def _times(number: int) -> str:
    return f"{number}x " if number > 1 else ""


def _word(kind: str) -> str:
    return _WORDS.get(kind) or (kind if kind.startswith("`") else f"`{kind}`")


def hover(explanation: Explanation, limits: dict[str, int] | None = None) -> str:
    """The explanation as Markdown: a table of the figures, the sentences, each +1 with its line.

    ``limits`` (rule code → limit) are shown beside the figures they hold for.
    """
    function = explanation.function
    limits = limits or {}
    rows = [
        ("Cyclomatic complexity, lizard", function.ccn, limits.get("ccn")),
        ("Cognitive complexity, lizard -Ecognitive", function.cognitive, limits.get("cognitive")),
        ("Parameters, lizard", function.parameters, limits.get("parameters")),
        ("Length in lines", function.length, limits.get("length")),
        ("Nesting depth", function.nesting, limits.get("nesting")),
        ("Lines of code (NLOC), lizard", function.nloc, None),
        ("Tokens, lizard", function.tokens, None),
    ]
    if explanation.own_parameters != function.parameters:
        rows.insert(3, ("Parameters without self and cls", explanation.own_parameters, None))
    if explanation.c901 is not None:
        rows.insert(1, ("Cyclomatic complexity, ruff C901", explanation.c901, None))
    table = [f"| {name} | {value} | {limit or ''} |" for name, value, limit in rows]
    parts = [f"**{function.qualified_name}**", "", "| | | limit |", "|---|---:|---:|", *table]
    if explanation.differences:
        parts += ["", *(f"- {sentence}" for sentence in explanation.differences)]
    if function.decisions:
        parts += ["", f"Each +1 by lizard: {_places(function.decisions)}."]
    return "\n".join(parts)


def _places(decisions: tuple[Decision, ...]) -> str:
    """``2x `if` (lines 3, 9), `and` (line 9)``, in the order in which the kinds first appear."""
    lines: dict[str, list[int]] = {}
    for decision in decisions:
        lines.setdefault(decision.kind, []).append(decision.line)
    parts = []
    for kind, found in lines.items():
        noun = "lines" if len(set(found)) > 1 else "line"
        numbers = ", ".join(str(line) for line in sorted(set(found)))
        parts.append(f"{_times(len(found))}{_word(kind)} ({noun} {numbers})")
    return ", ".join(parts)
