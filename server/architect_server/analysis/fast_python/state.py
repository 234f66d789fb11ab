"""What one pass over the tokens knows at a token: the function it is in, lines, brackets."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from architect_server.analysis.fast_python.blocks import Function

Handler = Callable[[str, int], None]


class Top(NamedTuple):
    """A definition in the first column, where lizard is at rest: its first token's index, line."""

    token: int
    line: int


_SELF = frozenset(("this", "self", "cls"))


class State:
    """``handlers`` are asked for their tokens, with the token's index.

    None stands for a bracket that opens: it is only counted.
    """

    def __init__(self, tokens: list[str]) -> None:
        #: Behind the last one stands an empty comment, so that every token has a next one.
        self.tokens = [*tokens, "#"]
        self.handlers: dict[str, Handler | None] = {}
        self.current: Function | None = None
        #: lizard's levels: one for each indentation, with the function that opened it or None.
        self.stack: list[Function | None] = []
        self.line = 1
        #: Brackets that are open.
        self.depth = 0
        #: Index of the token that begins a statement, and that token.
        self.statement = -1
        self.keyword = ""

    def before(self, index: int) -> int:
        """Index of the token of code before the one at ``index``; -1 if there is none."""
        index -= 1
        while index >= 0 and self.tokens[index][0] in "\n#":
            index -= 1
        return index

    def calls_itself(self, name: int) -> bool:
        """Whether the function's own name, which stands at ``name``, is called there."""
        tokens = self.tokens
        dot = self.before(name)
        if dot >= 0 and tokens[dot] == ".":
            owner = self.before(dot)
            if owner < 0 or tokens[owner] not in _SELF:
                return False
        after = name + 1
        while after < len(tokens) and tokens[after][0] in "\n#\\":
            after += 1
        return after < len(tokens) and tokens[after] == "("
