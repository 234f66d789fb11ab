"""Which shell commands an agent file allows: `Bash(git diff:*)` and its like.

A rule narrows what may run; the jail is what makes it safe. So a command that can't be taken
apart with certainty is refused as soon as there are rules at all.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from fnmatch import fnmatchcase

from architect_agents.agent_file import ToolRule

#: Ways to hide a command in another; with rules in force none of them is taken apart.
_HIDING = re.compile(r"\$\(|`|<\(|>\(|\$\{|<<|\beval\b|\bexec\b|\$'")
#: `2>&1` and `&>`: an ampersand that separates nothing.
_BETWEEN_STREAMS = re.compile(r"\d?>&\d?|&>>?")
_SEPARATORS = {"&&", "||", ";", "|", "&", "|&", ";;", "(", ")", "{", "}", "!"}


def why_not(command: str, allowed: Sequence[ToolRule], denied: Sequence[ToolRule]) -> str:
    """Why the rules forbid ``command``, "" if they don't. Denial comes before permission.

    Each part of a compound command has to pass by itself.
    """
    forbidden = [rule.specifier for rule in denied if rule.name == "Bash" and rule.specifier]
    permitted = [rule.specifier for rule in allowed if rule.name == "Bash"]
    if not permitted or "" in permitted:
        permitted = []  # the tool as a whole
    if not permitted and not forbidden:
        return ""
    if _HIDING.search(command):
        return "The agent file limits commands, so none may hide another ($(…), eval, <<)."
    reasons = (_why_not_part(part, permitted, forbidden) for part in parts(command))
    return next(filter(None, reasons), "")


def _why_not_part(part: str | None, permitted: Sequence[str], forbidden: Sequence[str]) -> str:
    if part is None:
        return "The command can't be taken apart: its quotes do not match."
    for pattern in forbidden:
        if matches(part, pattern):
            return f"The agent file forbids Bash({pattern})."
    if permitted and not any(matches(part, pattern) for pattern in permitted):
        return f"The agent file allows only {', '.join(f'Bash({one})' for one in permitted)}."
    return ""


def matches(command: str, pattern: str) -> bool:
    """``git diff:*`` is a prefix that ends with a word; ``*`` elsewhere stands for any text."""
    if pattern.endswith(":*"):
        prefix = pattern[:-2]
        return command == prefix or command.startswith(f"{prefix} ")
    return fnmatchcase(command, pattern) if "*" in pattern else command == pattern


def parts(command: str) -> list[str | None]:
    """The simple commands of a compound one; None for what can't be split."""
    command = _BETWEEN_STREAMS.sub(" ", command)
    lexer = shlex.shlex(command, posix=False, punctuation_chars="();|&\n")
    lexer.whitespace = " \t\r"
    lexer.commenters = ""
    lexer.whitespace_split = True
    found: list[str | None] = []
    words: list[str] = []
    try:
        for token in lexer:
            if token in _SEPARATORS or "\n" in token or set(token) <= set("();|&"):
                found.append(" ".join(words))
                words = []
            else:
                words.append(token)
    except ValueError:
        return [None]
    found.append(" ".join(words))
    return [part for part in found if part != ""]
