"""Puts the outcome of the comparison with lizard into a page of Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Protocol


class _Difference(Protocol):
    root: str
    path: str
    line: int
    function: str
    kind: str
    ours: str
    lizards: str


#: Every class of difference, and what it means.
CLASSES = {
    "body on the header's line": "`def f(a): return a`, the stubs of overloads and protocols: "
    "lizard sees no such function, and its tokens go to the next one",
    "around such a function": "a function whose inner functions lizard misreads gets their tokens "
    "or loses its own",
    "wrapped return annotation": "`) -> tuple[⏎ … ⏎]:` as formatters wrap it: lizard ends the "
    "function at its signature",
    "dedented continuation line": "a line inside brackets that is indented less than the "
    "function: lizard ends the function there",
    "swallowed by a misread neighbour": "lizard has not left the function before it yet",
    "a file that lizard cannot read": "`.pyi`, `.mts`, `.hxx`: lizard takes it for C; we read it "
    "as what it is",
    "forgiven by a comment": "`#lizard forgives`: lizard prints nothing; we measure and mark it",
    "t-string": "lizard does not look into it; we count what stands in its braces as in an "
    "f-string",
    "corrected": "another language, where lizard loses its way: at type parameters in TypeScript, "
    "at annotations in Java's method bodies, in most of Structured Text; the lines of Vue and "
    "Erlang",
    "in a broken file": "the text does not parse (Python 2, deliberately broken test data): what "
    "can be checked is, the rest is lizard's, and the file is marked as partial",
    "not a function": "lizard prints a function where there is none: `ast` sees none, or it "
    "made one of a TypeScript declaration whose type parameters it misread, or of an `if` in C#",
    "lizard's command line dies": "an exception or a time-out in lizard ends its whole run",
    "not equal": "a difference that nothing explains: a bug of ours",
}

_LISTED = (
    "wrapped return annotation",
    "dedented continuation line",
    "swallowed by a misread neighbour",
    "not a function",
    "lizard's command line dies",
    "not equal",
)


def write_report(
    subject: str,
    versions: Mapping[str, str],
    counts: Counter[tuple[str, str]],
    differences: Iterable[_Difference],
) -> str:
    """The whole page. ``counts`` is by (root, figure)."""
    differences = list(differences)
    parts = [
        "# Agreement with lizard",
        "",
        f"{subject}. Written by `python benchmarks/parity.py`, which compares lines, CCN, NLOC, "
        "tokens and parameters of every function with the output of `python -m lizard --csv`.",
        "",
        *_summary(counts),
        "",
        *_roots(versions, counts),
        "",
        "## Classes of difference",
        "",
        *_classes(counts),
    ]
    for kind in _LISTED:
        parts += _listing(kind, [item for item in differences if item.kind == kind])
    return "\n".join(parts) + "\n"


def _total(counts: Counter[tuple[str, str]], figure: str) -> int:
    return sum(number for (_, name), number in counts.items() if name == figure)


def _summary(counts: Counter[tuple[str, str]]) -> list[str]:
    functions = _total(counts, "functions")
    equal = _total(counts, "equal")
    unexplained = _total(counts, "not equal")
    renamed = _total(counts, "class added to the name")
    languages = sorted(name for name, figure in counts if figure == "files of the language")
    files = ", ".join(f"{counts[name, 'files of the language']:,} {name}" for name in languages)
    return [
        f"{_total(counts, 'files'):,} files ({files}), {_total(counts, 'lines'):,} lines, "
        f"{functions:,} functions. Where lizard saw the whole function, {equal:,} of "
        f"{equal + unexplained:,} are equal; {functions - equal - unexplained:,} are of a class "
        f"below. Of the equal ones {renamed:,} carry a fuller name than lizard's (their class; "
        "each outer function once).",
    ]


def _roots(versions: Mapping[str, str], counts: Counter[tuple[str, str]]) -> list[str]:
    roots = sorted({root for root, figure in counts if figure == "files"})
    lines = [
        "| source | version | files | lines | functions | equal | explained | unexplained "
        "| broken files | misread files |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for root in roots:
        functions = counts[root, "functions"]
        equal = counts[root, "equal"]
        unexplained = counts[root, "not equal"]
        partial = counts[root, "partial"] + counts[root, "skipped"]
        lines.append(
            f"| {root} | {versions.get(root, '')} | {counts[root, 'files']:,} "
            f"| {counts[root, 'lines']:,} | {functions:,} | {equal:,} "
            f"| {functions - equal - unexplained:,} | {unexplained:,} | {partial:,} "
            f"| {counts[root, 'misread']:,} |"
        )
    return lines


def _classes(counts: Counter[tuple[str, str]]) -> list[str]:
    lines = ["| class | functions | what it is |", "|---|---:|---|"]
    for kind, meaning in CLASSES.items():
        lines.append(f"| {kind} | {_total(counts, kind):,} | {meaning} |")
    return lines


def _listing(kind: str, differences: list[_Difference]) -> list[str]:
    if not differences:
        return []
    lines = ["", f"## {kind[0].upper()}{kind[1:]}", "", "| where | function | ours | lizard |"]
    lines.append("|---|---|---|---|")
    for item in sorted(differences, key=lambda item: (item.root, item.path, item.line)):
        where = f"{item.root}: {_tail(item)}:{item.line}"
        lines.append(f"| {where} | `{item.function}` | {item.ours} | {item.lizards} |")
    return lines


def _tail(item: _Difference) -> str:
    """The path from the root on, so that no folder of this machine is named."""
    _, found, tail = item.path.replace("\\", "/").partition(f"/{item.root}/")
    return tail if found else "/".join(item.path.replace("\\", "/").split("/")[-2:])
