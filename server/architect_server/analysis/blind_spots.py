"""Forms of function that lizard is known to misread, by language: where they stand in a text."""

from __future__ import annotations

import re
from collections.abc import Collection

# C#: a generic member whose body is an expression, `T Get<T>(T a) where T : class => a;`.
_CSHARP = re.compile(
    r"^[ \t]*(?:(?:public|private|protected|internal|static|async|override|virtual|sealed|new)"
    r"[ \t]+)*[\w<>\[\],.?]+[ \t]+\w+[ \t]*<[^>()]*>[ \t]*\([^;{}()]*\)[^;{}()]*=>",
    re.M,
)
# Ruby: `def a(b) = b`, which has no `end`; lizard takes the next one.
_RUBY = re.compile(r"^[ \t]*def[ \t]+[\w.]+[?!]?[ \t]*(?:\([^()\n]*\))?[ \t]+=[ \t]", re.M)


def lines(source: str, extension: str, begun: Collection[int]) -> set[int]:
    """The 1-based lines on which such a function begins; ``extension`` is lizard's.

    ``begun`` are the lines on which lizard lets a function begin.
    """
    if extension == "cs":
        return _lines(_CSHARP, source).difference(begun)
    if extension == "rb":
        return _lines(_RUBY, source)
    return set()


def _lines(form: re.Pattern[str], source: str) -> set[int]:
    return {source.count("\n", 0, match.start()) + 1 for match in form.finditer(source)}
