"""What a +1 was: reads lizard's tokens as they pass and names the construct that counts."""

from __future__ import annotations

_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")
_NAMES = {"?": "ternary", "&&": "and", "||": "or"}


class KindReader:
    """Follows the token stream of one file; ``kind`` names the token that is being counted.

    In Python the same word counts as different things: ``for`` begins a loop or a
    comprehension, ``if`` a statement, a comprehension's filter or a ternary. Only their place
    tells. Elsewhere the token itself is the name.
    """

    def __init__(self, *, python: bool) -> None:
        self._python = python
        self._line = 0
        self._statement_start = True
        self._previous = ""
        # One entry per open bracket (the first stands for none): a comprehension began there.
        self._comprehensions = [False]

    @property
    def depth(self) -> int:
        """How many brackets are open, or 1 where a comprehension stood outside all brackets."""
        return len(self._comprehensions) - 1 + self._comprehensions[0]

    def see(self, symbol: str, line: int) -> None:
        """Take in the next token, which ends on ``line``."""
        if not self._python:
            return
        # A backslash at a line's end counts as a token of the next line.
        fresh = line != self._line and len(self._comprehensions) == 1
        self._statement_start = fresh or (self._statement_start and self._previous == "async")
        self._line = line
        self._previous = symbol
        if symbol in _OPENING:
            self._comprehensions.append(False)
        elif symbol in _CLOSING and len(self._comprehensions) > 1:
            self._comprehensions.pop()
        elif symbol == "for" and not self._statement_start:
            self._comprehensions[-1] = True

    def kind(self, symbol: str) -> str:
        """The name of the construct that ``symbol``, the last one seen, adds."""
        if not self._python or self._statement_start:
            return _NAMES.get(symbol, symbol)
        if symbol == "for":
            return "comprehension"
        if symbol == "if":
            return "comprehension if" if self._comprehensions[-1] else "ternary"
        return symbol
