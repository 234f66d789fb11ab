"""Python measured in one pass over its tokens, several times faster than lizard.

The pass follows lizard's rules token by token, and Python's own block structure beside them. It
is for text that is known to parse. Where lizard would misread the layout, or where a rule is
not worth repeating here (soft keywords, lizard's own comments, one-line functions), it declines
and the caller asks lizard itself. What it does answer equals lizard's figures and ``ast``'s
names and spans in every field.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from architect_server.analysis import lizard_adapter
from architect_server.analysis.fast_python_blocks import Block, Function, opened_block
from architect_server.analysis.fast_python_header import Declined, read_header
from architect_server.analysis.model import Decision, FunctionMetrics, Span

_DECLINED = re.compile(
    r"lizard[ ]forgive|GENERATED[ ]CODE|/\*"
    # a blank between an f-string's prefix and its quotes ends the prefix for lizard
    r"""|(?<!\w)[fFrRbB]{1,2}[^\S\n]++["']"""
)
_CONTROL = frozenset(("if", "for", "while", "with", "try"))
_DEF_LINE = re.compile(r"[ \t]*+(?:async[ \t]++)?def[ \t]++")
_SELF = frozenset(("this", "self", "cls"))
# fmt: off
_ASSIGNMENTS = ("=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=")
# After one of these a triple-quoted string is a value, else a comment that is no code.
_BEFORE_VALUE = frozenset((
    *_ASSIGNMENTS, "//=", "**=", "(", "return", ",", "[", "+", "-", "*", "/", "//", "%",
))
# Before one of these match and case are names.
_BEHIND_NAME = frozenset((*_ASSIGNMENTS, "//=", "**=", ".", ":", ",", ":="))
# fmt: on
# lizard's cognitive counter forgets the logical operator before one of these.
_BREAKERS = (*_ASSIGNMENTS, ";", ",", "?", ":", "return", "yield")

_MAX_DEPTH = 4

_Handler = Callable[[str, int, int], None]


@cache
def _tokenize() -> Callable[[str], list[str]] | None:
    """Tokens as lizard's, but blanks are left out and a line end carries the next indentation.

    None with a lizard whose pattern is not the one known here.
    """
    pattern = lizard_adapter.python_pattern()
    body = pattern.replace(r"|\n|[^\S\n]+|.", r"|\n[^\S\n]*|.")
    return None if body == pattern else re.compile(rf"[^\S\n]*+({body})", re.M | re.S).findall


def functions(source: str) -> list[FunctionMetrics] | None:
    """The figures of every function in ``source``, in the order of their lines.

    ``source`` must have passed ``guards.prepare`` and parse as Python. None where the pass
    declines.
    """
    tokenize = _tokenize()
    if tokenize is None or _DECLINED.search(source):
        return None
    try:
        found = _Pass(tokenize(source), source).run()
    except Declined:
        return None
    lines = source.split("\n")
    return [_metrics(function, lines) for function in found]


def _metrics(function: Function, lines: list[str]) -> FunctionMetrics:
    match = _DEF_LINE.match(lines[function.line - 1])
    start = match.end() if match else 0
    return FunctionMetrics(
        function.name,
        function.qualified_name,
        function.line,
        function.end_line,
        function.edit_line,
        Span(function.line, start, start + len(function.bare_name)),
        len(function.decisions) + 1,
        function.nloc,
        function.tokens,
        function.parameters,
        function.nesting,
        function.cognitive,
        tuple(function.decisions),
    )


def tokens(source: str) -> list[str]:
    """The tokens of ``source`` as lizard cuts them, without blanks.

    Empty with a lizard whose pattern is not the one known here.
    """
    tokenize = _tokenize()
    return tokenize(source) if tokenize else []


def is_soft_keyword(tokens: list[str], index: int) -> bool:
    """Whether lizard may take the ``match`` or ``case`` at ``index`` for a keyword."""
    if index and tokens[index - 1][0] != "\n":
        return False
    return index + 1 >= len(tokens) or tokens[index + 1] not in _BEHIND_NAME


class _Pass:
    """The state of one pass.

    ``indents`` and ``stack`` are lizard's: one entry for each indentation, also of lines inside
    brackets, with the function that opened it or None. ``blocks`` are Python's own.
    """

    def __init__(self, tokens: list[str], source: str) -> None:
        self.tokens = lizard_adapter.expand_format_strings(tokens)
        self.found: list[Function] = []
        self.current: Function | None = None
        self.pending: Function | None = None
        self.indents = [0]
        self.stack: list[Function | None] = []
        self.blocks = [Block(0)]
        self.keyword = ""
        self.decorated_from = 0
        #: Index of the token that begins a statement.
        self.statement = -1
        self.depth = 0
        self.comprehensions = [False]
        self.handlers = self._handlers()
        self.lead = "\n" + source[: len(source) - len(source.lstrip(" \t"))]
        # Totals so far, and what of them belongs to functions that were left already.
        self.nloc = self.counted = 0
        self.nloc_given = self.tokens_given = 0
        self.line = 1
        self.last_line = 0
        self.skip_to = 0

    def _handlers(self) -> dict[str, _Handler]:
        handlers: dict[str, _Handler] = dict.fromkeys(_BREAKERS, self._breaker)
        handlers.update(dict.fromkeys("([{", self._open))
        handlers.update(dict.fromkeys(")]}", self._close))
        handlers.update(dict.fromkeys(("elif", "while", "except", "finally"), self._branch))
        handlers.update(dict.fromkeys(("and", "or"), self._logical))
        handlers.update({"if": self._if, "else": self._else, "for": self._for})
        handlers.update({"lambda": self._lambda, "async": self._async, "def": self._def})
        handlers.update(dict.fromkeys(("match", "case"), self._soft_keyword))
        handlers.update({"class": self._class, "\\\n": self._continuation})
        return handlers

    def run(self) -> list[Function]:
        """All functions, by their lines.

        Raises:
            Declined: lizard itself must be asked.
        """
        fresh = True
        handlers = self.handlers
        for index, token in enumerate(self.tokens):
            first = token[0]
            if first == "\n":
                self.line += 1
                self.lead = token
                fresh = True
            elif index < self.skip_to or first == "#":
                continue
            else:
                if fresh:
                    self._begin_line(token, index)
                    fresh = False
                self.counted += 1
                handler = handlers.get(token)
                if handler is not None:
                    handler(token, index, self.line)
                elif first in "\"'":
                    self._string(token, index)
                elif self.current is not None and token == self.current.name:
                    self._call(index)
        if self.depth:
            raise Declined
        self._dedent(0, "")
        self.found.sort(key=lambda function: function.line)
        return self.found

    # --- lines and blocks ----------------------------------------------------------------

    def _begin_line(self, token: str, index: int) -> None:
        lead = self.lead
        if "\t" in lead:
            if " \t" in lead:
                raise Declined  # lizard and Python measure such an indentation differently
            lead = lead.replace("\t", " " * 8)
        spaces = len(lead) - 1
        if self.depth:
            if spaces < self.blocks[-1].indent and token != ")":
                raise Declined  # lizard ends the function here
        else:
            self._begin_statement(token, index, spaces)
        if spaces != self.indents[-1]:
            self._dedent(spaces, token)
            if self.indents[-1] < spaces:
                self.indents.append(spaces)
                self.stack.append(self.pending)
                self.pending = None
        if not self.depth and self.current is not None:
            self.current.close_frames(len(self.stack))
        self.nloc += 1
        self.last_line = self.line

    def _begin_statement(self, token: str, index: int, spaces: int) -> None:
        blocks = self.blocks
        if spaces > blocks[-1].indent:
            blocks.append(opened_block(self.keyword, blocks[-1], spaces))
        while spaces < blocks[-1].indent:
            blocks.pop()
        self.statement = index
        self.keyword = token
        if token == "\\\n":
            raise Declined  # the statement's first word is on the next line
        if token == "@":
            if not self.tokens[index + 1].isidentifier():
                raise Declined  # what counts as its line is another
            self.decorated_from = self.decorated_from or self.line
        elif token in _CONTROL:
            blocks[-1].note_control()

    def _dedent(self, spaces: int, token: str) -> None:
        if token[:1] == ")":
            return
        while self.indents[-1] > spaces:
            self.indents.pop()
            self.pending = None
            nesting = self.stack.pop()
            if nesting is not None:
                if nesting is not self.current:
                    raise Declined
                self._settle()
                nesting.end_line = self.last_line
                self.found.append(nesting)
                self.current = next((one for one in reversed(self.stack) if one), None)

    def _settle(self) -> None:
        """Give the tokens and lines since the last change of function to the current one."""
        if self.current is not None:
            self.current.nloc += self.nloc - self.nloc_given
            self.current.tokens += self.counted - self.tokens_given
        self.nloc_given, self.tokens_given = self.nloc, self.counted

    def _class(self, token: str, index: int, line: int) -> None:
        if index == self.statement:
            self.blocks[-1].class_name = self.tokens[index + 1]
            self.decorated_from = 0

    def _async(self, token: str, index: int, line: int) -> None:
        if index == self.statement:
            self.statement = index + 1
            self.keyword = self.tokens[index + 1]
            if self.keyword in _CONTROL:
                self.blocks[-1].note_control()

    def _def(self, token: str, index: int, line: int) -> None:
        if index != self.statement:
            raise Declined
        header = read_header(self.tokens, index + 1)
        self.counted += 1  # the name counts as its surroundings' token
        self._settle()
        outer = [one for one in self.stack if one is not None]
        if len(outer) > _MAX_DEPTH:
            raise Declined  # lizard doubles the names with every level
        prefix = "".join(f"{one.name}." for one in outer)
        function = Function(prefix + header.name, header.name, line, header.parameters)
        function.edit_line = self.decorated_from or line
        self.decorated_from = 0
        self.blocks[-1].define(function)
        self.current = self.pending = function
        self.counted += header.tokens
        self.nloc += header.lines
        self.skip_to = header.end

    def _soft_keyword(self, token: str, index: int, line: int) -> None:
        if is_soft_keyword(self.tokens, index):
            raise Declined
        if self.current is not None and token == self.current.name:
            self._call(index)

    # --- tokens --------------------------------------------------------------------------

    def _continuation(self, token: str, index: int, line: int) -> None:
        if index + 1 >= len(self.tokens) or self.tokens[index + 1][0] in "\n#":
            raise Declined  # the statement ends on an empty line
        self._take_lines(1)

    def _take_lines(self, count: int) -> None:
        self.line += count
        self.nloc += count
        self.last_line = self.line

    def _string(self, token: str, index: int) -> None:
        line_ends = token.count("\n")
        if line_ends:
            self._take_lines(line_ends)
        if len(token) == 1:
            raise Declined
        if (
            token[:3] in ('"""', "'''")
            and len(token) >= 6
            and self._before(index) not in _BEFORE_VALUE
        ):
            self.nloc -= line_ends + 1

    def _before(self, index: int) -> str:
        """The token of code before the one at ``index``."""
        while index:
            index -= 1
            if self.tokens[index][0] not in "\n#":
                return self.tokens[index]
        return ""

    def _breaker(self, token: str, index: int, line: int) -> None:
        if self.current is not None and self.current.logical:
            self.current.logical.pop(self.depth, None)

    def _open(self, token: str, index: int, line: int) -> None:
        if token == "{":
            self._breaker(token, index, line)
        self.depth += 1
        self.comprehensions.append(False)
        self._breaker(token, index, line)

    def _close(self, token: str, index: int, line: int) -> None:
        if not self.depth:
            raise Declined
        self.depth -= 1
        self.comprehensions.pop()
        if self.current is not None:
            self.current.close_bracket(self.depth)

    def _call(self, index: int) -> None:
        """The function's own name: a call to itself counts once."""
        function = self.current
        if function is None or function.recursive:
            return
        if self._before(index) == "." and self._before_twice(index) not in _SELF:
            return
        after = next((one for one in self.tokens[index + 1 :] if one[0] not in "\n#\\"), "")
        if after == "(":
            function.recursive = True
            function.cognitive += 1

    def _before_twice(self, index: int) -> str:
        while index:
            index -= 1
            if self.tokens[index][0] not in "\n#":
                return self._before(index)
        return ""

    # --- what counts ---------------------------------------------------------------------

    def _branch(self, token: str, index: int, line: int) -> None:
        function = self.current
        if function is None:
            return
        function.decisions.append(Decision(line, token))
        if index == self.statement and token != "finally":
            function.branch(len(self.stack), hybrid=token == "elif")

    def _logical(self, token: str, index: int, line: int) -> None:
        function = self.current
        if function is not None:
            function.decisions.append(Decision(line, token))
            function.logical_operator(token, self.depth)

    def _if(self, token: str, index: int, line: int) -> None:
        function = self.current
        if function is None:
            return
        function.logical.pop(self.depth, None)
        if index == self.statement:
            function.decisions.append(Decision(line, token))
            function.branch(len(self.stack))
            return
        kind = "comprehension if" if self.comprehensions[-1] else "ternary"
        function.decisions.append(Decision(line, kind))
        if self.depth:
            function.pending_ifs.append(self.depth)
        else:
            function.ternary(self.depth)

    def _else(self, token: str, index: int, line: int) -> None:
        function = self.current
        if function is None:
            return
        function.logical.pop(self.depth, None)
        if index == self.statement:
            function.branch(len(self.stack), hybrid=True)
        elif function.take_pending_if(self.depth):
            function.ternary(self.depth)

    def _for(self, token: str, index: int, line: int) -> None:
        starts = index == self.statement
        if not starts:
            if not self.depth:
                raise Declined
            self.comprehensions[-1] = True
        function = self.current
        if function is None:
            return
        function.decisions.append(Decision(line, "for" if starts else "comprehension"))
        if starts:
            function.branch(len(self.stack))
        else:
            function.take_pending_if(self.depth)

    def _lambda(self, token: str, index: int, line: int) -> None:
        function = self.current
        if function is not None:
            function.logical.pop(self.depth, None)
            if index != self.statement:
                function.frames.append((None, self.depth))
