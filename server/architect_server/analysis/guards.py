"""Looks at a text before lizard does: refuses what freezes it, evens out what moves its lines."""

from __future__ import annotations

from architect_server.analysis.text import BOM, unify_line_ends

#: Characters; a larger text is not measured.
MAX_CHARACTERS = 2_000_000

# Character steps that lizard's tokenizer may spend on one of its quadratic patterns. One step
# takes about a nanosecond in C, so this is under half a second.
_MAX_STEPS = 200_000_000

# Where no closing mark follows, lizard looks for it from each opening one to the text's end.
_SEARCHED_TO_THE_END = (("/*", "*/"), ('R"(', ')"'))

# lizard counts a line for each of these inside a comment. All are white space to it, as a
# blank is, so a blank in their place changes no other figure.
_FALSE_LINE_ENDS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"
_TO_BLANKS = str.maketrans(dict.fromkeys(_FALSE_LINE_ENDS, " "))


def prepare(text: str) -> str:
    """``text`` as lizard shall see it: no BOM, LF line ends, no character that moves its lines.

    Lines stay the protocol's; columns stay too, but on a first line that began with a BOM.
    """
    source = unify_line_ends(text.removeprefix(BOM))
    return source.translate(_TO_BLANKS) if has_false_line_ends(source) else source


def has_false_line_ends(text: str) -> bool:
    """Whether ``prepare`` would replace a character of ``text`` other than a line end."""
    # One after the other: each is a search for a byte, ten times as fast as a pattern for them all.
    return any(end in text for end in _FALSE_LINE_ENDS)


def openings(text: str) -> int:
    """How many marks ``text`` holds that lizard may follow to the end."""
    return sum(text.count(opening) for opening, _ in _SEARCHED_TO_THE_END)


def may_refuse(text: str, openings: int) -> bool:
    """Whether ``refusal`` need be asked about ``text``, which has so many ``openings``."""
    return len(text) > MAX_CHARACTERS or openings * len(text) > _MAX_STEPS


def refusal(text: str) -> str:
    """Why ``text`` must not reach lizard, as one sentence; empty if it may."""
    if len(text) > MAX_CHARACTERS:
        megabytes = MAX_CHARACTERS / 1_000_000
        return f"The file is larger than {megabytes:g} million characters."
    if len(text) ** 2 <= _MAX_STEPS:
        return ""  # whatever it holds
    for opening, closing in _SEARCHED_TO_THE_END:
        if text.count(opening) * len(text) <= _MAX_STEPS:
            continue
        tail = text.rfind(closing) + 1
        if text.count(opening, tail) * (len(text) - tail) > _MAX_STEPS:
            return f"{opening} is opened too often and never closed."
    return ""
