"""The comments of a text with their places, without a parser: strings are told from comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

# How comments begin (and end, where they do), by languageId; everything else is like C.
_HASH = ("python", "ruby", "perl", "r", "gdscript", "gdscript3")
_STYLES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_HASH, (r"#[^\n\r]*",)),
    "erlang": (r"%[^\n\r]*",),
    "lua": (r"--\[\[.*?\]\]", r"--[^\n\r]*"),
    "plsql": (r"--[^\n\r]*", r"/\*.*?\*/"),
    "sql": (r"--[^\n\r]*", r"/\*.*?\*/"),
    "php": (r"#[^\n\r]*", r"//[^\n\r]*", r"/\*.*?\*/"),
    "st": (r"//[^\n\r]*", r"\(\*.*?\*\)"),
    "vue": (r"//[^\n\r]*", r"/\*.*?\*/", r"<!--.*?-->"),
    **dict.fromkeys(
        ("fortran", "fortran-modern", "FortranFreeForm", "FortranFixedForm"), (r"![^\n\r]*",)
    ),
}
_LIKE_C = (r"//[^\n\r]*", r"/\*.*?\*/")

_PYTHON_STRINGS = (
    r'"""(?:[^"\\]++|\\.|"(?!""))*+"""',
    r"'''(?:[^'\\]++|\\.|'(?!''))*+'''",
)
_STRINGS = (r'"(?:[^"\\\n\r]++|\\.)*+"', r"'(?:[^'\\\n\r]++|\\.)*+'")
_TEMPLATES = (r"`(?:[^`\\]|\\.)*+`",)
# One quote also begins a lifetime in Rust; only a single character stands between two.
_RUST_STRINGS = (r'"(?:[^"\\]|\\.)*+"', r"'(?:[^'\\\n\r]|\\.)'")


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment: its text with its marks, and its offsets (``end`` exclusive)."""

    text: str
    start: int
    end: int


@cache
def _pattern(language: str) -> re.Pattern[str]:
    comments = "|".join(_STYLES.get(language, _LIKE_C))
    strings = {"python": _PYTHON_STRINGS + _STRINGS, "rust": _RUST_STRINGS}.get(
        language, _TEMPLATES + _STRINGS
    )
    return re.compile(f"(?P<comment>{comments})|{'|'.join(strings)}", re.S)


def find(text: str, language: str) -> Iterator[Comment]:
    """Every comment of ``text`` in order; ``language`` is an LSP languageId."""
    for match in _pattern(language).finditer(text):
        if match["comment"] is not None:
            yield Comment(match["comment"], match.start(), match.end())


_LINE_MARKS = {
    **dict.fromkeys(_HASH, "#"),
    **dict.fromkeys(("lua", "plsql", "sql"), "--"),
    **dict.fromkeys(("fortran", "fortran-modern", "FortranFreeForm", "FortranFixedForm"), "!"),
    "erlang": "%",
}


def line_mark(language: str) -> str:
    """How a comment to the end of its line begins in ``language``."""
    return _LINE_MARKS.get(language, "//")
