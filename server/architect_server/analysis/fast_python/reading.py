"""One pass over a Python text: lines, blocks and functions, as lizard and as Python see them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from architect_server.analysis.fast_python.blocks import Function
from architect_server.analysis.fast_python.header import Declined, end_of_body, read_header
from architect_server.analysis.fast_python.levels import (
    BEGINS_SPECIALLY,
    CONTROL,
    Levels,
    columns_of,
)
from architect_server.analysis.fast_python.state import Top
from architect_server.analysis.fast_python.tokens import ASSIGNMENTS, BEGINS_DEFINITION
from architect_server.analysis.raw import Rest

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


class Reading(Levels):
    """The pass itself; ``run`` it once.

    ``first_line`` is that of the first token (1-based), which begins a statement of the module.
    """

    def __init__(self, tokens: list[str], source: str, first_line: int = 1) -> None:
        super().__init__(tokens, first_line)
        #: The last one that was met, or where the text begins.
        self.top = Top(0, first_line)
        self.first_lead = "\n"
        if first_line == 1:
            self.first_lead += source[: len(source) - len(source.lstrip(" \t"))]
        #: The indentation of what begins a line; see ``columns_of``.
        self.columns: dict[str, int] = {}
        #: The indentation at which a statement changes neither blocks nor lizard's levels.
        self.steady = -1
        self.stream: Iterator[tuple[int, str]] = iter(())
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
        self.dedent(0, "", len(tokens))
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
            spaces = self.columns[lead] = columns_of(lead)
        if self.depth:
            self._begin_inside(spaces, token, index)
        else:
            self.line_kinds[self.line] = _KINDS.get(token, SIMPLE)
            if spaces != self.steady or token in BEGINS_SPECIALLY:
                self._begin_statement(spaces, token, index)
            self.statement = index
            self.keyword = token
            self.end_statement()
        self.nloc += 1
        self.last_line = self.line

    def _begin_inside(self, spaces: int, token: str, index: int) -> None:
        """Inside brackets a line is one of lizard's, and none of Python's."""
        if spaces < self.blocks[-1].indent and token != ")":
            raise Declined  # lizard ends the function here
        if spaces != self.indents[-1]:
            self.indent(spaces, token, index)
            self.steady = -1

    def _begin_statement(self, spaces: int, token: str, index: int) -> None:
        if spaces != self.blocks[-1].indent:
            self.change_block(spaces)
        if token in BEGINS_SPECIALLY:
            self.begin_specially(token, index)
        if spaces != self.indents[-1]:
            self.indent(spaces, token, index)
        if not spaces and token in BEGINS_DEFINITION:
            self._note_top(token, index)
        self.steady = spaces

    def _note_top(self, token: str, index: int) -> None:
        decorated = self.decorated_from not in (0, self.line)
        if not decorated and (self.rest == "always" or token == "def"):
            self.top = Top(index, self.line)

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
            if self.keyword in CONTROL:
                self.blocks[-1].note_control()

    def _def(self, token: str, index: int) -> None:
        if index != self.statement:
            raise Declined
        header = read_header(self.tokens, index + 1)
        self.settle(index + 2)  # the name counts as its surroundings' token
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
        self.settle(end)
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
                self.end_statement()  # lizard's cognitive counter sees a new line, and forgets
        if token[:3] in _TRIPLE and len(token) >= 6:
            before = self.before(index)
            if before < 0 or self.tokens[before] not in _BEFORE_VALUE:
                self.nloc -= line_ends + 1
