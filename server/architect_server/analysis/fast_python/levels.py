"""What begins and ends with an indentation: Python's blocks, and lizard's levels."""

from __future__ import annotations

from architect_server.analysis.fast_python.blocks import Block, Function, opened_block
from architect_server.analysis.fast_python.counting import Counting
from architect_server.analysis.fast_python.header import Declined
from architect_server.analysis.fast_python.tokens import opens_block
from architect_server.analysis.lizard_adapter import LINE_IN_BRACES

#: Statements that hold others; a function's nesting counts them.
CONTROL = frozenset(("if", "for", "while", "with", "try"))
#: What may change a block at its own indentation when it begins a statement.
BEGINS_SPECIALLY = CONTROL | {"@", "\\\n", "match"}


class Levels(Counting):
    """``blocks`` are Python's own.

    ``indents`` and ``stack`` are lizard's: one entry for each indentation, also of lines inside
    brackets, with the function that opened it or None.
    """

    def __init__(self, tokens: list[str], first_line: int) -> None:
        super().__init__(tokens)
        self.line = first_line
        self.found: list[Function] = []
        self.pending: Function | None = None
        self.indents = [0]
        self.blocks = [Block(0)]
        self.decorated_from = 0
        # Totals so far (of tokens: those that are none of code), and what of them belongs to
        # functions that were left already.
        self.nloc = self.no_code = 0
        self.nloc_given = self.tokens_given = 0
        self.last_line = 0

    def end_statement(self) -> None:
        """What ends with a statement, or with the block that a line's indentation leaves."""
        if self.loose:
            self.loose = False
            self.comprehensions.clear()
        current = self.current
        if current is not None and (current.frames or current.logical):
            current.close_frames(len(self.stack))

    def change_block(self, spaces: int) -> None:
        """Python's block ends or begins where a statement is indented by ``spaces``."""
        blocks = self.blocks
        if spaces > blocks[-1].indent:
            blocks.append(opened_block(self.keyword, blocks[-1], spaces))
        while spaces < blocks[-1].indent:
            blocks.pop()

    def begin_specially(self, token: str, index: int) -> None:
        """A statement begins with one of ``BEGINS_SPECIALLY``.

        Raises:
            Declined: lizard's view of it is not certain to be Python's.
        """
        if token == "\\\n":
            raise Declined  # the statement's first word is on the next line
        if token == "@":
            if not self.tokens[index + 1].isidentifier():
                raise Declined  # what counts as its line is another
            self.decorated_from = self.decorated_from or self.line
        elif token != "match" or opens_block(self.tokens, index):
            self.blocks[-1].note_control()

    def indent(self, spaces: int, token: str, index: int) -> None:
        """A line is indented otherwise than the one before; the ``token`` at ``index`` begins it.

        Raises:
            Declined: lizard gives it to another function than Python does.
        """
        indents = self.indents
        if spaces < indents[-1]:
            self.dedent(spaces, token, index)
        if indents[-1] < spaces:
            pending = self.pending
            if pending is not None:
                if pending.unseen:
                    raise Declined  # lizard takes it for this function's body
                self.pending = None
            indents.append(spaces)
            self.stack.append(pending)

    def dedent(self, spaces: int, token: str, index: int) -> None:
        """What is indented deeper ends, for lizard, before the ``token`` at ``index``.

        Raises:
            Declined: it would end another function than the innermost.
        """
        if token[:1] == ")":
            return
        while self.indents[-1] > spaces:
            self.indents.pop()
            self.pending = None
            nesting = self.stack.pop()
            if nesting is not None:
                if nesting is not self.current:
                    raise Declined
                self.settle(index)
                nesting.end_line = self.last_line
                self.found.append(nesting)
                self.current = next((one for one in reversed(self.stack) if one), None)

    def settle(self, index: int) -> None:
        """Give the lines, and the tokens before ``index``, to the function they stand in."""
        tokens = index - self.no_code
        if self.current is not None:
            self.current.nloc += self.nloc - self.nloc_given
            self.current.tokens += tokens - self.tokens_given
        self.nloc_given, self.tokens_given = self.nloc, tokens


def columns_of(lead: str) -> int:
    """How far a line is indented; ``lead`` begins with the line end before it."""
    if lead == LINE_IN_BRACES:
        raise Declined
    if "\t" in lead:
        if " \t" in lead:
            raise Declined  # lizard and Python measure such an indentation differently
        lead = lead.replace("\t", " " * 8)
    return len(lead) - 1
