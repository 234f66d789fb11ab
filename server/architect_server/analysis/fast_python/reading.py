"""One pass over a Python text: lines, blocks and functions, as lizard and as Python see them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from architect_server.analysis.fast_python.blocks import Block, Function, opened_block
from architect_server.analysis.fast_python.counting import Counting
from architect_server.analysis.fast_python.header import Declined, end_of_body, read_header
from architect_server.analysis.fast_python.state import Top
from architect_server.analysis.fast_python.tokens import ASSIGNMENTS, BEGINS_DEFINITION, opens_block
from architect_server.analysis.lizard_adapter import LINE_IN_BRACES
from architect_server.analysis.raw import Rest

_CONTROL = frozenset(("if", "for", "while", "with", "try"))
_BEGINS_SPECIALLY = _CONTROL | {"@", "\\\n", "match"}
# After one of these a triple-quoted string is a value, else a comment that is no code.
_BEFORE_VALUE = frozenset(
    (*ASSIGNMENTS, "//=", "**=", "(", "return", ",", "[", "+", "-", "*", "/", "//", "%")
)
_TRIPLE = ('"""', "'''")

# A line's kind: it begins outside strings, brackets and continued lines; a simple statement does.
CLEAN, SIMPLE = 1, 2
_NO_SIMPLE = "if elif else for while with try except finally match case def class async @"
_KINDS = dict.fromkeys(_NO_SIMPLE.split(), CLEAN)

# lizard doubles the names with every level of nested functions.
_MAX_DEPTH = 4


class Reading(Counting):
    """The pass itself; ``run`` it once.

    ``first_line`` is that of the first token (1-based), which begins a statement of the module.

    ``indents`` and ``stack`` are lizard's: one entry for each indentation, also of lines inside
    brackets, with the function that opened it or None. ``blocks`` are Python's own.
    """

    def __init__(self, tokens: list[str], source: str, first_line: int = 1) -> None:
        super().__init__(tokens)
        self.line = first_line
        #: The last one that was met, or where the text begins.
        self.top = Top(0, first_line)
        self.found: list[Function] = []
        self.pending: Function | None = None
        self.indents = [0]
        self.blocks = [Block(0)]
        self.decorated_from = 0
        self.first_lead = "\n"
        if first_line == 1:
            self.first_lead += source[: len(source) - len(source.lstrip(" \t"))]
        #: The indentation of what begins a line; see ``_columns``.
        self.columns: dict[str, int] = {}
        #: The indentation at which a statement changes neither blocks nor lizard's levels.
        self.steady = -1
        self.stream: Iterator[tuple[int, str]] = iter(())
        # Totals so far (of tokens: those that are none of code), and what of them belongs to
        # functions that were left already.
        self.nloc = self.no_code = 0
        self.nloc_given = self.tokens_given = 0
        self.last_line = 0
        #: By 1-based line, up to the one behind the last.
        self.line_kinds = bytearray(source.count("\n") + 3)
        #: Whether lizard would read a text behind this one as if it stood alone.
        self.rest: Rest = "always"
        self.handlers.update({"async": self._async, "def": self._def, "class": self._class})
        self.handlers["\\\n"] = self._continuation

    def run(self) -> list[Function]:
        """All functions, by their lines.

        Raises:
            Declined: lizard itself must be asked.
        """
        try:
            return self._run()
        finally:
            # They refer to this, which would be kept until the next collection of garbage.
            self.handlers.clear()

    def _run(self) -> list[Function]:
        tokens, handlers = self.tokens, self.handlers
        if tokens[0][0] not in "\n#":
            self._begin_line(self.first_lead, tokens[0], 0)
        self.stream = enumerate(tokens)
        for index, token in self.stream:
            if token < "(":  # a line end, a comment, a string or some operator
                first = token[0]
                if first == "\n":
                    self.line += 1
                    self.no_code += 1
                    following = tokens[index + 1]
                    if following[0] not in "\n#":
                        self._begin_line(token, following, index + 1)
                    elif not self.depth:
                        self.line_kinds[self.line] = CLEAN
                elif first == "#":
                    self.no_code += 1
                elif first in "\"'":
                    self._string(token, index)
            elif token in handlers:
                handler = handlers[token]
                if handler is None:
                    self.depth += 1
                else:
                    handler(token, index)
        if self.depth:
            raise Declined
        self._dedent(0, "", len(tokens))
        self.line_kinds[self.line] = CLEAN
        self.found.sort(key=lambda function: function.line)
        return self.found

    def next_index(self) -> int:
        """Index of the token that comes next; it is passed."""
        return next(self.stream, (len(self.tokens), ""))[0]

    # --- lines and blocks ----------------------------------------------------------------

    def _begin_line(self, lead: str, token: str, index: int) -> None:
        spaces = self.columns.get(lead)
        if spaces is None:
            spaces = self.columns[lead] = _columns(lead)
        if self.depth:
            self._begin_inside(spaces, token, index)
        else:
            self.line_kinds[self.line] = _KINDS.get(token, SIMPLE)
            if spaces != self.steady or token in _BEGINS_SPECIALLY:
                self._begin_statement(spaces, token, index)
            self.statement = index
            self.keyword = token
            self._end_statement()
        self.nloc += 1
        self.last_line = self.line

    def _begin_inside(self, spaces: int, token: str, index: int) -> None:
        """Inside brackets a line is one of lizard's, and none of Python's."""
        if spaces < self.blocks[-1].indent and token != ")":
            raise Declined  # lizard ends the function here
        if spaces != self.indents[-1]:
            self._indent(spaces, token, index)
            self.steady = -1

    def _begin_statement(self, spaces: int, token: str, index: int) -> None:
        if spaces != self.blocks[-1].indent:
            self._change_block(spaces)
        if token in _BEGINS_SPECIALLY:
            self._begin_specially(token, index)
        if spaces != self.indents[-1]:
            self._indent(spaces, token, index)
        if not spaces and token in BEGINS_DEFINITION:
            self._note_top(token, index)
        self.steady = spaces

    def _note_top(self, token: str, index: int) -> None:
        decorated = self.decorated_from not in (0, self.line)
        if not decorated and (self.rest == "always" or token == "def"):
            self.top = Top(index, self.line)

    def _end_statement(self) -> None:
        """What ends with a statement, or with the block that a line's indentation leaves."""
        if self.loose:
            self.loose = False
            self.comprehensions.clear()
        current = self.current
        if current is not None and (current.frames or current.logical):
            current.close_frames(len(self.stack))

    def _change_block(self, spaces: int) -> None:
        blocks = self.blocks
        if spaces > blocks[-1].indent:
            blocks.append(opened_block(self.keyword, blocks[-1], spaces))
        while spaces < blocks[-1].indent:
            blocks.pop()

    def _begin_specially(self, token: str, index: int) -> None:
        if token == "\\\n":
            raise Declined  # the statement's first word is on the next line
        if token == "@":
            if not self.tokens[index + 1].isidentifier():
                raise Declined  # what counts as its line is another
            self.decorated_from = self.decorated_from or self.line
        elif token != "match" or opens_block(self.tokens, index):
            self.blocks[-1].note_control()

    def _indent(self, spaces: int, token: str, index: int) -> None:
        indents = self.indents
        if spaces < indents[-1]:
            self._dedent(spaces, token, index)
        if indents[-1] < spaces:
            pending = self.pending
            if pending is not None:
                if pending.unseen:
                    raise Declined  # lizard takes it for this function's body
                self.pending = None
            indents.append(spaces)
            self.stack.append(pending)

    def _dedent(self, spaces: int, token: str, index: int) -> None:
        if token[:1] == ")":
            return
        while self.indents[-1] > spaces:
            self.indents.pop()
            self.pending = None
            nesting = self.stack.pop()
            if nesting is not None:
                if nesting is not self.current:
                    raise Declined
                self._settle(index)
                nesting.end_line = self.last_line
                self.found.append(nesting)
                self.current = next((one for one in reversed(self.stack) if one), None)

    def _settle(self, index: int) -> None:
        """Give the lines, and the tokens before ``index``, to the function they stand in."""
        tokens = index - self.no_code
        if self.current is not None:
            self.current.nloc += self.nloc - self.nloc_given
            self.current.tokens += tokens - self.tokens_given
        self.nloc_given, self.tokens_given = self.nloc, tokens

    def _class(self, token: str, index: int) -> None:
        if index == self.statement:
            name = self.tokens[index + 1]
            if not name.isidentifier():
                raise Declined  # a continued line parts the word from the name
            self.blocks[-1].class_name = name
            self.decorated_from = 0

    def _async(self, token: str, index: int) -> None:
        if index == self.statement:
            self.statement = index + 1
            self.keyword = self.tokens[index + 1]
            if self.keyword in _CONTROL:
                self.blocks[-1].note_control()

    def _def(self, token: str, index: int) -> None:
        if index != self.statement:
            raise Declined
        header = read_header(self.tokens, index + 1)
        self._settle(index + 2)  # the name counts as its surroundings' token
        outer = [one for one in self.stack if one is not None]
        if len(outer) > _MAX_DEPTH:
            raise Declined
        prefix = "".join(f"{one.name}." for one in outer)
        function = Function(prefix + header.name, header.name, self.line, header.parameters)
        function.edit_line = self.decorated_from or self.line
        self.decorated_from = 0
        self.blocks[-1].define(function)
        self.current = self.pending = function
        self.handlers.setdefault(function.name, self._own_name)
        self.line += header.line_ends
        self.no_code += header.no_code
        self.nloc += header.lines
        end = header.end
        if self.tokens[end][0] not in "\n#":
            end = self._one_line(function, end, outer)
        next(islice(self.stream, end - index - 2, None))

    def _one_line(self, function: Function, start: int, outer: list[Function]) -> int:
        """A function whose body begins at ``start``, on its header's line; returns the body's end.

        lizard does not list it, and takes what follows for its body. That is of no account
        where no function is around it, and the next deeper line is another function's.
        """
        if outer:
            raise Declined
        end = end_of_body(self.tokens, start, function.bare_name)
        self._settle(end)
        function.end_line = self.last_line = self.line
        function.unseen = True
        self.found.append(function)
        self.current = None
        self.rest = "before a def"
        return end

    # --- tokens that hold line ends --------------------------------------------------------

    def _continuation(self, token: str, index: int) -> None:
        if self.tokens[index + 1][0] in "\n#":
            raise Declined  # the statement ends on an empty line
        self._take_lines(1)

    def _take_lines(self, count: int) -> None:
        self.line += count
        self.nloc += count
        self.last_line = self.line

    def _string(self, token: str, index: int) -> None:
        if len(token) == 1:
            raise Declined
        line_ends = token.count("\n")
        if line_ends:
            self._take_lines(line_ends)
            if not self.depth:
                self._end_statement()  # lizard's cognitive counter sees a new line, and forgets
        if token[:3] in _TRIPLE and len(token) >= 6:
            before = self.before(index)
            if before < 0 or self.tokens[before] not in _BEFORE_VALUE:
                self.nloc -= line_ends + 1


def _columns(lead: str) -> int:
    """How far a line is indented; ``lead`` begins with the line end before it."""
    if lead == LINE_IN_BRACES:
        raise Declined
    if "\t" in lead:
        if " \t" in lead:
            raise Declined  # lizard and Python measure such an indentation differently
        lead = lead.replace("\t", " " * 8)
    return len(lead) - 1
