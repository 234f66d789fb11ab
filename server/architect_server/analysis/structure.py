"""What lizard's tokens tell besides its figures: blocks in braces, functions by their keyword."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

# After one of these a brace opens a literal or a pattern, not a block.
_BEFORE_LITERAL = frozenset(
    ("=", "(", ",", ":", "[", "return", "?", "&&", "||", "import", "export")
)


class BlockDepth:
    """How many blocks in braces are open; braces that look like literals do not count."""

    def __init__(self) -> None:
        self.depth = 0
        self._previous = ""
        self._blocks: list[bool] = []

    def see(self, symbol: str) -> bool:
        """Take in the next token; whether it opened or closed a block."""
        changed = False
        if symbol == "{":
            changed = self._previous not in _BEFORE_LITERAL
            self._blocks.append(changed)
            self.depth += changed
        elif symbol == "}" and self._blocks:
            changed = self._blocks.pop()
            self.depth -= changed
        self._previous = symbol
        return changed


class DeclaredFunctions:
    """Named functions with a body in braces, by the keyword that declares them.

    lizard loses some of them without a word (type parameters in TypeScript, one-liners in
    JavaScript); who counts the declarations notices. An empty keyword sees nothing.
    """

    def __init__(self, keyword: str) -> None:
        self._keyword = keyword
        self._previous = ""
        self._line: int | None = None
        self._depth = 0
        self._lines: list[int] = []

    def see(self, symbol: str, line: int) -> None:
        """Take in the next token, which ends on ``line``."""
        if not self._keyword:
            return
        if self._previous == self._keyword and symbol != "*":
            self._line = line if symbol.isidentifier() else None
            self._depth = 0
        elif self._line is not None:
            self._look_for_body(symbol)
        if symbol != "*":
            self._previous = symbol

    def _look_for_body(self, symbol: str) -> None:
        if symbol in ("(", ")"):
            self._depth += 1 if symbol == "(" else -1
        elif self._depth == 0:
            if symbol == "{" and self._line is not None:
                self._lines.append(self._line)
            if symbol in ("{", ";", "}", self._keyword):
                self._line = None

    def missing_from(self, found: Iterable[int]) -> tuple[int, ...]:
        """The lines on which more functions are declared than ``found`` has start lines."""
        missing = Counter(self._lines) - Counter(found)
        return tuple(sorted(missing))
