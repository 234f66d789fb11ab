"""Blocks in braces, found without a parser: where each opens and closes, and what stands before.

Comments, strings, JavaScript's templates and regular expressions are told from code. It is a
second opinion beside lizard's, good enough to notice that lizard lost a function.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

_LINE_COMMENT = r"//[^\n]*+"
_COMMENT = r"/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)"
_DOUBLE = r'"(?:[^"\\\n]|\\.)*+"'
_SINGLE = r"'(?:[^'\\\n]|\\.)*+'"
_CHARACTER = r"'(?:[^'\\\n]|\\(?:u\{?[0-9a-fA-F]+\}?|x[0-9a-fA-F]+|.))'"
_TRIPLE = r'"""(?:[^"\\]|\\.|"(?!""))*+"""'
_RAW_TRIPLE = r'"""(?:[^"]|"(?!""))*+"""+'
# With an expression in it, which may hold strings: "${names["a"]}", "\(names["a"])".
_DOLLAR = r'"(?:\$\{(?:[^{}"\n]|"[^"\n]*+"|\{[^{}\n]*+\})*+\}|[^"\\\n]|\\.)*+"'
_SWIFT = r'"(?:\\\((?:[^()"\n]|"[^"\n]*+"|\((?:[^()\n]|\([^()\n]*+\))*+\))*+\)|[^"\\\n]|\\.)*+"'

# What is no code, by lizard's extension; the order decides.
_NO_CODE: dict[str, tuple[str, ...]] = {
    "java": (_LINE_COMMENT, _COMMENT, _TRIPLE, _DOUBLE, _SINGLE),
    "cs": (
        *(r"^[ \t]*+#[^\n]*+", _LINE_COMMENT, _COMMENT, _RAW_TRIPLE),
        *(r'(?:@\$?|\$@)"(?:[^"]|"")*+"', _DOUBLE, _SINGLE),
    ),
    "go": (_LINE_COMMENT, _COMMENT, r"`[^`]*+`", _DOUBLE, _SINGLE),
    "kt": (_LINE_COMMENT, _COMMENT, _RAW_TRIPLE, _DOLLAR, _SINGLE),
    "scala": (_LINE_COMMENT, _COMMENT, _RAW_TRIPLE, _DOLLAR, _CHARACTER),
    "swift": (
        *(_LINE_COMMENT, _COMMENT, r'#++"""(?:[^"]|"(?!""))*+"""#', r'#++"(?:[^"\n]|"(?!#))*+"#'),
        *(_TRIPLE, _SWIFT),
    ),
    "rs": (
        *(
            _LINE_COMMENT,
            _COMMENT,
            r'\br(?P<hashes>#*+)"(?:[^"]|"(?!(?P=hashes)))*+(?:"(?P=hashes)|\Z)',
        ),
        *(r'"(?:[^"\\]|\\.)*+"', _CHARACTER),
    ),
    "php": (
        *(r"#(?!\[)[^\n?]*+", _LINE_COMMENT.replace("\\n", "\\n?"), _COMMENT),
        r"<<<[ \t]*(?P<mark>['\"]?)(?P<heredoc>\w+)(?P=mark)\n(?:.*?\n)??"
        r"[ \t]*(?:(?P=heredoc)\b|\Z)",
        *(r"\?>.*?(?:<\?php|<\?=|\Z)", r'"(?:[^"\\]|\\.)*+"', r"'(?:[^'\\]|\\.)*+'"),
    ),
    "js": (*(_LINE_COMMENT, _COMMENT, _DOUBLE, _SINGLE),),
}
_LIKE_JAVASCRIPT = frozenset(("js", "jsx", "ts", "tsx"))

#: The languages that are read, by lizard's extension.
LANGUAGES = frozenset(_NO_CODE) | _LIKE_JAVASCRIPT

_NESTED_COMMENTS = frozenset(("kt", "rs", "scala", "swift"))
_COMMENT_MARK = re.compile(r"/\*|\*/")

# A division has a value before it; a regular expression has none.
_NO_VALUE = re.compile(r"(?:^|[(,=:\[!&|?{};+~^*%-]|=>|\b(?:return|typeof|case))[ \t\n]*\Z")
_EXPRESSION = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.){0,500}+\]){1,2000}+/[a-z]*+")

_TEMPLATE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*+(`|\$\{)", re.S)


@dataclass(frozen=True, slots=True)
class Block:
    """One block: offsets of its braces, and where the code begins that leads to it."""

    header: int
    opening: int
    closing: int


class UnbalancedError(ValueError):
    """The braces do not pair up: the text is broken, or not read right. ``offset`` tells where."""

    def __init__(self, offset: int) -> None:
        super().__init__(offset)
        self.offset = offset


@cache
def _pattern(extension: str) -> re.Pattern[str]:
    skipped = "|".join(_NO_CODE["js" if extension in _LIKE_JAVASCRIPT else extension])
    more = "`/" if extension in _LIKE_JAVASCRIPT else ""
    return re.compile(rf"(?P<skipped>{skipped})|[{{}}()\[\];,{more}]", re.S | re.M)


def code(source: str, extension: str) -> tuple[str, list[Block]]:
    """``source`` with blanks for all that is no code, and its blocks in the order they open.

    Raises:
        UnbalancedError: an opening brace has no closing one, or the other way round.
    """
    reader = _Reader(source, _pattern(extension), extension in _NESTED_COMMENTS)
    blocks = sorted(reader.blocks(), key=lambda block: block.opening)
    return reader.code(), blocks


class _Reader:
    def __init__(self, source: str, pattern: re.Pattern[str], nested_comments: bool) -> None:
        self._source = source
        self._pattern = pattern
        self._nested_comments = nested_comments
        self._skipped: list[tuple[int, int]] = []
        # One entry for each open bracket: its character, its offset, and where the code begins
        # that leads to the next block in it.
        self._open: list[tuple[str, int, int]] = []
        self._begin = 0

    def code(self) -> str:
        parts = []
        done = 0
        for start, end in self._skipped:
            lines = self._source[start:end].split("\n")
            blank = "\n".join([" " * len(line) for line in lines])
            parts += [self._source[done:start], blank]
            done = end
        return "".join((*parts, self._source[done:]))

    def blocks(self) -> Iterator[Block]:
        at = 0
        while match := self._pattern.search(self._source, at):
            symbol = match[0]
            if match["skipped"] is not None:
                at = self._skip(match.start(), match.end())
            elif symbol == "}":
                block = self._close(match.start())
                if block:
                    yield block
                at = match.end() if block else self._template(match.start(), match.end())
            else:
                at = self._step(symbol, match.start(), match.end())
        if unclosed := [offset for symbol, offset, _ in self._open if symbol in "{$"]:
            raise UnbalancedError(unclosed[0])

    def _step(self, symbol: str, start: int, at: int) -> int:
        """Take in any other mark at ``start``; the offset to go on from."""
        if symbol == "`":
            return self._template(start, at)
        if symbol == "/":
            return self._slash(start, at)
        if symbol in "([{":
            self._open.append((symbol, start, self._begin))
            self._begin = at
        elif symbol in ")]":
            self._leave("(" if symbol == ")" else "[")
        elif symbol == ";" or not self._open or self._open[-1][0] == "{":
            self._begin = at
        return at

    def _skip(self, start: int, end: int) -> int:
        source = self._source
        if self._nested_comments and source.startswith("/*", start):
            depth, end = 0, len(source)
            for mark in _COMMENT_MARK.finditer(source, start):
                depth += 1 if mark[0] == "/*" else -1
                if depth == 0:
                    end = mark.end()
                    break
        self._skipped.append((start, end))
        return end

    def _slash(self, start: int, at: int) -> int:
        """Skip a regular expression that begins at ``start``, if one does."""
        expression = _EXPRESSION.match(self._source, start)
        if expression and _NO_VALUE.search(self._source, max(0, start - 40), start):
            return self._skip(start, expression.end())
        return at

    def _leave(self, opening: str) -> None:
        # Text between JSX tags may hold any bracket but a brace.
        if self._open and self._open[-1][0] == opening:
            self._begin = self._open.pop()[2]

    def _close(self, closing: int) -> Block | None:
        """The block that ends at ``closing``; None for the end of ``${`` in a template."""
        while self._open and self._open[-1][0] in "([":
            self._open.pop()
        if not self._open:
            raise UnbalancedError(closing)
        symbol, opening, header = self._open.pop()
        self._begin = closing + 1
        if symbol == "$":
            self._begin = header
            return None
        return Block(header, opening, closing)

    def _template(self, start: int, at: int) -> int:
        """Skip the text of a template from ``start`` to its end or its next expression."""
        match = _TEMPLATE.match(self._source, at)
        if match is None:
            raise UnbalancedError(start)
        self._skipped.append((start, match.end()))
        if match[1] == "${":
            self._open.append(("$", start, self._begin))
            self._begin = match.end()
        return match.end()
