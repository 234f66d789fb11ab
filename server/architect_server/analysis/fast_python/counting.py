"""What adds to a function's complexity: decisions, and the rules of cognitive complexity."""

from __future__ import annotations

from architect_server.analysis.fast_python.header import Declined
from architect_server.analysis.fast_python.state import State
from architect_server.analysis.fast_python.tokens import ASSIGNMENTS, opens_block
from architect_server.analysis.model import Decision

# lizard's cognitive counter forgets the logical operator before one of these.
_BREAKERS = frozenset((*ASSIGNMENTS, ";", ",", "?", ":", "return", "yield", "{"))


class Counting(State):
    """Handlers of the tokens that count, and of the brackets they stand in."""

    def __init__(self, tokens: list[str]) -> None:
        super().__init__(tokens)
        #: Depths of the open brackets that hold a comprehension.
        self.comprehensions: list[int] = []
        #: Whether anything is remembered that ends with a bracket or with the statement.
        self.loose = False
        handlers = self.handlers
        handlers.update(dict.fromkeys("([{"))
        handlers.update(dict.fromkeys(")]}", self._close))
        handlers.update(dict.fromkeys(("elif", "while", "except", "finally"), self._branch))
        handlers.update(dict.fromkeys(("and", "or"), self._logical))
        handlers.update(dict.fromkeys(("match", "case"), self._soft_keyword))
        handlers.update({"if": self._if, "else": self._else, "for": self._for})
        handlers["lambda"] = self._lambda

    def _close(self, token: str, index: int) -> None:
        self.depth -= 1
        if self.depth < 0:
            raise Declined
        if self.loose:
            while self.comprehensions and self.comprehensions[-1] > self.depth:
                self.comprehensions.pop()
            if self.current is not None:
                self.current.close_bracket(self.depth)

    def _branch(self, token: str, index: int) -> None:
        function = self.current
        if function is None:
            return
        function.decisions.append(Decision(self.line, token))
        if index == self.statement and token != "finally":
            function.branch(len(self.stack), hybrid=token == "elif")

    def _logical(self, token: str, index: int) -> None:
        """A sequence of the same operator costs 1."""
        function = self.current
        if function is None:
            return
        function.decisions.append(Decision(self.line, token))
        operator, place = function.logical.get(self.depth, ("", index))
        if operator != token or self._broken(place, index):
            function.cognitive += 1
        function.logical[self.depth] = (token, index)
        self.loose = True

    def _broken(self, start: int, end: int) -> bool:
        """Whether the sequence of operators from ``start`` on has ended before ``end``."""
        depth = 0
        for token in self.tokens[start + 1 : end]:
            if depth == 0 and token in _BREAKERS:
                return True
            depth += (token in ("(", "[", "{")) - (token in (")", "]", "}"))
        return False

    def _if(self, token: str, index: int) -> None:
        function = self.current
        if function is None:
            return
        function.logical.pop(self.depth, None)
        if index == self.statement:
            function.decisions.append(Decision(self.line, token))
            function.branch(len(self.stack))
            return
        in_comprehension = self.depth in self.comprehensions
        kind = "comprehension if" if in_comprehension else "ternary"
        function.decisions.append(Decision(self.line, kind))
        self.loose = True
        if self.depth:
            function.pending_ifs.append(self.depth)
        else:
            function.ternary(self.depth)

    def _else(self, token: str, index: int) -> None:
        function = self.current
        if function is None:
            return
        function.logical.pop(self.depth, None)
        if index == self.statement:
            function.branch(len(self.stack), hybrid=True)
        elif function.take_pending_if(self.depth):
            function.ternary(self.depth)

    def _for(self, token: str, index: int) -> None:
        starts = index == self.statement
        if not starts:
            if not self.depth:
                raise Declined
            self.comprehensions.append(self.depth)
            self.loose = True
        function = self.current
        if function is None:
            return
        function.decisions.append(Decision(self.line, "for" if starts else "comprehension"))
        if starts:
            function.branch(len(self.stack))
        else:
            function.take_pending_if(self.depth)

    def _lambda(self, token: str, index: int) -> None:
        function = self.current
        if function is not None:
            function.logical.pop(self.depth, None)
            if index != self.statement:
                function.frames.append((None, self.depth))
                self.loose = True

    def _soft_keyword(self, token: str, index: int) -> None:
        opens = opens_block(self.tokens, index)
        if opens is None:
            raise Declined
        if not opens:
            self._own_name(token, index)
        elif index != self.statement:
            raise Declined
        elif self.current is not None:
            if token == "case":
                self.current.decisions.append(Decision(self.line, token))
            else:
                self.current.branch(len(self.stack))

    def _own_name(self, token: str, index: int) -> None:
        """A call of a function to itself counts once."""
        function = self.current
        if function is None or token != function.name or function.recursive:
            return
        if self.calls_itself(index):
            function.recursive = True
            function.cognitive += 1
