"""Template strings (Python 3.14's ``t"…"``): read as f-strings, whose parts lizard looks into.

lizard takes a t-string for a name and a plain string, so that a branch inside its braces counts
for nothing; the same branch in an f-string counts. An older Python cannot parse one at all. With
the letter exchanged both read it, and no line or column moves.
"""

from __future__ import annotations

import re

# A quote behind the prefix: quotes are rarer than letters, and so sooner found.
_MAY_STAND = re.compile(
    r"[\"'](?:(?<=(?<![\w\"'\\])[tT][\"'])|(?<=(?<![\w\"'\\])(?:[rR][tT]|[tT][rR])[\"']))"
)

# Comments and strings, with a string's prefix in front.
_QUOTED = re.compile(
    r"#[^\n]*+"
    r"|(?P<prefix>(?<!\w)[a-zA-Z]{1,2}+)?+"
    r'(?:"""(?:[^"\\]|\\.|"(?!""))*+"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*+'''"
    r'|"(?:[^"\\\n]|\\.)*+"'
    r"|'(?:[^'\\\n]|\\.)*+')",
    re.S,
)
_TEMPLATE = frozenset(("t", "rt", "tr"))
_FORMAT = str.maketrans("tT", "fF")


def present(source: str) -> bool:
    """Whether a t-string may stand in ``source``: never false where one does."""
    return _MAY_STAND.search(source) is not None


def as_format_strings(source: str) -> str:
    """``source`` with every t-string as an f-string, those inside other strings' braces too."""
    if not present(source):
        return source
    return _QUOTED.sub(_exchanged, source)


def _exchanged(match: re.Match[str]) -> str:
    prefix = match["prefix"]
    if not prefix or (prefix.lower() not in _TEMPLATE and "f" not in prefix.lower()):
        return match[0]
    if prefix.lower() in _TEMPLATE:
        prefix = prefix.translate(_FORMAT)
    quoted = match[0][len(prefix) :]
    return prefix + quoted[:1] + as_format_strings(quoted[1:-1]) + quoted[-1:]
