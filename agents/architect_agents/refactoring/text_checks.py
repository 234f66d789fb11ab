"""What can be said of a language for which there is no syntax tree: by lines and tokens.

Nothing here is a proof. The functions and their lines are the measure's; tokens are read by a
few rules that C-like and scripting languages share.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest

from architect_agents.refactoring.figures import Measured
from architect_agents.types import Check, FunctionFigures

_TOKEN = re.compile(
    r"""
      (?P<comment> //[^\n]* | /\*.*?\*/ | \#[^\n]* )
    | (?P<string> "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | `(?:\\.|[^`\\])*` )
    | (?P<number> \b\d[\w.]* )
    | (?P<member> (?:\.|->|::)\s*[A-Za-z_]\w* )
    | (?P<word> [A-Za-z_$]\w* )
    | (?P<comparison> ===|!==|==|!=|<=|>=|<|> )
    | (?P<bracket> [()\[\]{}] )
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENING = {"(": ")", "[": "]", "{": "}"}
_NOT_CALLED = frozenset(
    {"if", "for", "while", "switch", "catch", "return", "function", "fn", "func", "def", "elif"}
)
_THROWING = frozenset({"throw", "raise", "panic"})
_IMPORT = re.compile(r"\s*(import\b|from\b|use\b|using\b|#\s*include\b|require\b|\W*require\()")
# Of a pair of comparisons an honest guard clause may turn one into the other.
_SAME_COMPARISON = {"!=": "==", "!==": "===", ">=": "<", "<=": ">"}


def touched(
    before: str,
    after: str,
    all_before: Sequence[FunctionFigures],
    all_after: Sequence[FunctionFigures],
) -> Measured:
    """Sort out which functions changed, came or went, by name and text."""
    old, new = _texts(before, all_before), _texts(after, all_after)
    return Measured(
        all_before,
        all_after,
        [one for key, (one, text) in old.items() if new.get(key, (one, ""))[1] != text],
        [one for key, (one, text) in new.items() if old.get(key, (one, ""))[1] != text],
    )


def _texts(
    source: str, functions: Sequence[FunctionFigures]
) -> dict[tuple[str, int], tuple[FunctionFigures, str]]:
    lines = source.splitlines()
    found: dict[tuple[str, int], tuple[FunctionFigures, str]] = {}
    counts: Counter[str] = Counter()
    for one in functions:
        key = (one.qualified_name, counts[one.qualified_name])
        counts[one.qualified_name] += 1
        found[key] = (one, "\n".join(lines[one.start_line - 1 : one.end_line]))
    return found


def check_brackets(before: str, after: str, measured: Measured, function: str) -> Check:
    """As far as it goes: brackets still balance and the functions are still found."""
    if _balanced(before) and not _balanced(after):
        return Check("parses", "failed", "The brackets of the new version do not balance.")
    names = {one.qualified_name for one in measured.all_after}
    lost = [one.qualified_name for one in measured.all_before if one.qualified_name not in names]
    if lost:
        return Check("parses", "failed", f"The function `{lost[0]}` is no longer found.")
    if function and all(one.qualified_name != function for one in measured.all_before):
        return Check("parses", "failed", f"The original has no function `{function}`.")
    text = "Brackets balance and every function is still found; nothing more was parsed."
    return Check("parses", "passed", text)


def _balanced(source: str) -> bool:
    expected: list[str] = []
    for match in _TOKEN.finditer(source):
        if match.lastgroup != "bracket":
            continue
        if match.group() in _OPENING:
            expected.append(_OPENING[match.group()])
        elif not expected or expected.pop() != match.group():
            return False
    return not expected


def check_lines_outside(before: str, after: str, measured: Measured, function: str) -> Check:
    """Outside the touched functions the lines are the same, but for blank lines and imports."""
    name = "target-only"
    new = {one.qualified_name for one in measured.all_after}
    new -= {one.qualified_name for one in measured.all_before}
    others = [
        one.qualified_name
        for one in measured.touched_after
        if function and one.qualified_name != function and one.qualified_name not in new
    ]
    if others:
        return Check(name, "failed", f"`{others[0]}` changed as well.")
    expected = _lines_outside(before, measured.touched_before)
    place = 0
    for line in _lines_outside(after, measured.touched_after):
        if place < len(expected) and line == expected[place]:
            place += 1
        elif not _IMPORT.match(line):
            return Check(name, "failed", f"A line outside the function is new: `{line[:60]}`.")
    if place < len(expected):
        return Check(name, "failed", f"A line outside is gone: `{expected[place][:60]}`.")
    return Check(name, "passed", "Outside the function the lines are the same.")


def _lines_outside(source: str, functions: Sequence[FunctionFigures]) -> list[str]:
    inside = {n for one in functions for n in range(one.start_line, one.end_line + 1)}
    lines = enumerate(source.splitlines(), start=1)
    return [line.strip() for n, line in lines if n not in inside and line.strip()]


def check_tokens(before: str, after: str, measured: Measured) -> Check:
    """Calls, members, literals, comparisons and throws as a multiset."""
    name = "fingerprint"
    known = {one.qualified_name for one in measured.all_before}
    helpers = {
        one.qualified_name.split("::")[-1].split(".")[-1]
        for one in measured.touched_after
        if one.qualified_name not in known
    }
    old = token_fingerprint(_text_of(before, measured.touched_before), helpers)
    new = token_fingerprint(_text_of(after, measured.touched_after), helpers)
    lost, invented = sorted((old - new).elements()), sorted((new - old).elements())
    if not lost and not invented:
        text = "The same calls, members, literals and comparisons; this is no proof."
        return Check(name, "passed", text)
    parts = [f"lost {_listed(lost)}"] if lost else []
    parts += [f"invented {_listed(invented)}"] if invented else []
    return Check(name, "failed", f"The new version {' and '.join(parts)}.")


def token_fingerprint(text: str, helpers: set[str]) -> Counter[str]:
    """What the text mentions and how often; ``helpers`` are left out."""
    found: Counter[str] = Counter()
    matches = [one for one in _TOKEN.finditer(text) if one.lastgroup != "comment"]
    for match, following in zip_longest(matches, matches[1:]):
        kind, token = match.lastgroup, match.group()
        called = following is not None and following.group() == "("
        bare = token.lstrip(".:-> \t")
        if bare in helpers:
            continue
        if kind in {"string", "number", "member"} or token in _THROWING:
            found[token] += 1
        elif kind == "word" and called and token not in _NOT_CALLED:
            found[f"{token}()"] += 1
        elif kind == "comparison":
            found[_SAME_COMPARISON.get(token, token)] += 1
    return found


def _text_of(source: str, functions: Sequence[FunctionFigures]) -> str:
    lines = source.splitlines()
    inside = sorted({n for one in functions for n in range(one.start_line - 1, one.end_line)})
    return "\n".join(lines[n] for n in inside if n < len(lines))


def _listed(items: list[str]) -> str:
    shown = [f"`{one[:40]}`" for one in items[:6]]
    return ", ".join(shown) + (f" and {len(items) - 6} more" if len(items) > 6 else "")
