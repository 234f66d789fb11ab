"""The functions that a text declares, outside Python: a second opinion beside lizard's.

Found by their braces, their keyword or their indentation and by what stands around these. That is
no parser: it is used to doubt a result, never to make a figure.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from architect_server.analysis import blocks, structured_text
from architect_server.analysis.blocks import Block

_STATEMENTS = frozenset(("if", "for", "while", "switch", "catch"))
# Words that stand before a parenthesis and a brace and name no function.
_NO_NAMES = {
    "java": _STATEMENTS | {"synchronized", "try"},
    "cs": _STATEMENTS | {"foreach", "using", "lock", "fixed", "checked", "when"},
    "js": _STATEMENTS | {"with", "await"},
    "php": frozenset[str](),
}

_PARENTHESIS = re.compile(r"[()]")
# So far a function in Kotlin or Scala may seem to go on without a branch.
_LOOKED_AHEAD = 2_000


@dataclass(frozen=True, slots=True)
class Declared:
    """One function: the 1-based lines ``first`` to ``last`` of its header, and its end.

    ``end`` is None where no closing mark tells; ``name`` is empty for a function without one.
    ``at_most`` is a later line up to which it may be taken to go on without another figure.
    """

    name: str
    first: int
    last: int
    end: int | None
    at_most: int = 0


class _Text:
    """Code without what is no code, and the lines of its offsets."""

    def __init__(self, source: str, extension: str) -> None:
        self.code, found = blocks.code(source, extension)
        self.blocks = found
        self.closing = {block.opening: block.closing for block in found}
        self._starts = [0, *(match.end() for match in re.finditer("\n", source))]

    def line(self, offset: int) -> int:
        return bisect_right(self._starts, offset)

    def parenthesis_end(self, opening: int) -> int | None:
        """The offset behind the parenthesis that closes the one at ``opening``."""
        return self._parentheses.get(opening)

    @cached_property
    def _parentheses(self) -> dict[int, int]:
        found = {}
        opened = []
        for match in _PARENTHESIS.finditer(self.code):
            if match[0] == "(":
                opened.append(match.start())
            elif opened:
                found[opened.pop()] = match.end()
        return found


def functions(source: str, extension: str) -> list[Declared] | None:
    """The functions that ``source`` declares, or None in a language that is not looked at.

    ``extension`` is lizard's. Functions in Go, Rust and Swift are not listed, since lizard loses
    none there that its keyword does not tell; only the braces are looked at.

    Raises:
        blocks.UnbalancedError: the text is broken.
    """
    if extension == "rb":
        return list(_ruby(source))
    if extension == "st":
        return [
            Declared(name, line, line, end) for line, name, end in structured_text.declared(source)
        ]
    if extension not in blocks.LANGUAGES:
        return None
    text = _Text(source, extension)
    find = _FINDERS.get(extension)
    return list(find(text)) if find else []


# --- by what stands before a brace ----------------------------------------------------------------

_TYPE_WORDS = re.compile(r"\b(?:class|struct|record|interface|enum|namespace|module|new)\b")
_NAME = re.compile(r"([\w$#]+|\])\s*(?:<[^()]*>)?\s*\??\s*$")
_BEHIND_PARAMETERS = {
    "java": re.compile(r"\s*(?:throws\b[\w\s.,<>@]*)?"),
    "cs": re.compile(r"\s*(?:where\b.*|:\s*(?:base|this)\s*\(.*\)\s*)?", re.S),
    "php": re.compile(r"\s*(?:use\s*\([^()]*\)\s*)?(?::\s*[\w\\|?&\s()]+)?"),
    "js": re.compile(r"\s*(?::(?:.*[\w>\])'\"`]))?\s*", re.S),
}
_BEFORE_NAME = {
    "java": re.compile(r"[\w>\]]\s+$"),
    "cs": re.compile(r"[\w>\]?*)]\s+$"),
    "php": re.compile(r"\bfunction\s*&?\s*$"),
    "js": re.compile(r""),
}


def _before_braces(text: _Text, language: str) -> Iterator[Declared]:
    for block in text.blocks:
        head = text.code[block.header : block.opening]
        name = _declares(head, language)
        if name is not None:
            first = block.header + len(head) - len(head.lstrip())
            yield _declared(text, name, first, block)


def _declared(text: _Text, name: str, first: int, block: Block) -> Declared:
    return Declared(name, text.line(first), text.line(block.opening), text.line(block.closing))


def _declares(head: str, language: str) -> str | None:
    """The name of the function whose header ``head`` is, or None if it is no such header."""
    if language == "js" and head.rstrip().endswith("=>"):
        return ""
    opening, closing = _parameters(head)
    if opening is None or not _BEHIND_PARAMETERS[language].fullmatch(head, closing):
        return None
    before = head[:opening]
    if _TYPE_WORDS.search(before):
        return None
    if language == "js" and re.search(r"\bfunction\s*\*?\s*$", before):
        return ""
    name = _NAME.search(before)
    if (
        name is None
        or name[1] in _NO_NAMES[language]
        or not _BEFORE_NAME[language].search(before[: name.start()])
    ):
        return None
    if re.search(r"\b(?:return|throw|else|case|await|do|goto|yield)\s+$", before[: name.start()]):
        return None
    return name[1] if name[1] != "]" else ""


def _parameters(head: str) -> tuple[int | None, int]:
    """The first pair of parentheses behind a name that no other follows on its level.

    Annotations and decorators may have their own before it.
    """
    depth = 0
    opening: int | None = None
    pairs: list[tuple[int, int]] = []
    for match in re.finditer(r"[()]", head):
        if match[0] == "(":
            if depth == 0:
                opening = match.start()
            depth += 1
        elif depth:
            depth -= 1
            if depth == 0 and opening is not None:
                pairs.append((opening, match.end()))
    for start, end in pairs:
        behind = head[end:].lstrip()
        if re.match(r"[\w@\[\"'(.]", behind) and not re.match(r"(?:throws|where|use)\b", behind):
            continue
        return start, end
    return None, 0


def _csharp(text: _Text) -> Iterator[Declared]:
    yield from _before_braces(text, "cs")
    for block in text.blocks:
        head = text.code[block.header : block.opening]
        accessor = _ACCESSOR.search(head)
        # lizard counts no accessor; it matters where one holds a branch.
        if accessor and _BRANCH.search(text.code, block.opening, block.closing):
            yield _declared(text, accessor[1], block.header + accessor.start(1), block)
    for match in _CSHARP_PROPERTY.finditer(text.code):
        if _BRANCH.search(match[2]):
            line = text.line(match.start(1))
            yield Declared(match[1], line, line, None)


_ACCESSOR = re.compile(r"(?:^|[\s\]])(get|set|init|add|remove)\s*$")
_BRANCH = re.compile(r"\b(?:if|for|foreach|while|case|catch)\b|&&|\|\||\?\?|\?(?=\s)")
_CSHARP_PROPERTY = re.compile(
    r"^[ \t]*(?:(?:public|private|protected|internal|static|override|virtual|sealed|new)[ \t]+)+"
    r"[\w<>\[\],.?]+[ \t]+(\w+)\s*=>([^;{}]*)",
    re.M,
)


# --- by a keyword ---------------------------------------------------------------------------------

_KOTLIN = re.compile(
    r"\bfun\b\s*(?:<[^(){}]{0,300}>\s*)?(?:[\w<>,*?.\s]{1,300}\.)?\s*(\w+|`[^`\n]+`)\s*(?=\()"
)
_KOTLIN_BODY = re.compile(r"\s*(?::[^={};\n]*(?:\n\s*where\b[^={};]*)?)?\s*([={])")
_SCALA = re.compile(r"\bdef[ \t]+(\w+|`[^`\n]+`|[^\s\w(\[:=]+)")
_SCALA_PARAMETERS = re.compile(r"[^=\n(){}]*\(")
_SCALA_BODY = re.compile(r"(?:\[[^\n=]*?\])?[^=\n(){}]*(?:\n[ \t]*)?(=(?![=>])\s*\{?|\{)")


def _kotlin(text: _Text) -> Iterator[Declared]:
    for match in _KOTLIN.finditer(text.code):
        behind = text.parenthesis_end(match.end())
        body = _KOTLIN_BODY.match(text.code, behind) if behind else None
        if body:
            yield _by_keyword(text, match, body.end(1) - 1)


def _scala(text: _Text) -> Iterator[Declared]:
    for match in _SCALA.finditer(text.code):
        behind: int | None = match.end()
        while behind is not None and (
            more := re.compile(r"[^=\n(){}]*\(").match(text.code, behind)
        ):
            behind = text.parenthesis_end(more.end() - 1)
        body = _SCALA_BODY.match(text.code, behind) if behind else None
        if body:
            yield _by_keyword(text, match, body.end(1) - 1)


def _by_keyword(text: _Text, match: re.Match[str], opening: int) -> Declared:
    first, last = text.line(match.start()), text.line(opening)
    closing = text.closing.get(opening)
    if closing is None:
        return Declared(match[1], first, last, None)
    # lizard goes on to the next definition, over blank lines and annotations.
    ahead = min(len(text.code), closing + _LOOKED_AHEAD)
    branch = _BRANCH.search(text.code, closing, ahead)
    at_most = text.line(branch.start()) - 1 if branch else text.line(ahead)
    return Declared(match[1], first, last, text.line(closing), at_most)


_FINDERS: dict[str, Callable[[_Text], Iterator[Declared]]] = {
    "java": lambda text: _before_braces(text, "java"),
    "php": lambda text: _before_braces(text, "php"),
    **dict.fromkeys(("js", "jsx", "ts", "tsx"), lambda text: _before_braces(text, "js")),
    "cs": _csharp,
    "kt": _kotlin,
    "scala": _scala,
}


#: The languages whose functions are listed, by lizard's extension.
LISTED = frozenset(_FINDERS) | {"rb", "st"}


# --- by indentation -------------------------------------------------------------------------------

_RUBY = re.compile(
    r"^([ \t]*)(?:(?:private|public|protected|module_function|private_class_method)[ \t]+)?"
    r"def[ \t]+(?:\w+\.)?(\w+[?!=]?|[^\s\w(]+)(.*)$",
    re.M,
)
_RUBY_WITHOUT_END = re.compile(r"(?:\([^()\n]*\))?\s*=\s|.*\bend\b")


def _ruby(source: str) -> Iterator[Declared]:
    """Methods and their ends, which a formatter puts in one column."""
    for match in _RUBY.finditer(source):
        line = source.count("\n", 0, match.start()) + 1
        end = None
        if not _RUBY_WITHOUT_END.match(match[3]):
            closing = re.compile(rf"^{match[1]}end\b", re.M).search(source, match.end())
            end = line + source.count("\n", match.start(), closing.start()) if closing else None
        yield Declared(match[2], line, line, end)
