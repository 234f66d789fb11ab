"""Carry an extraction out: cut the block, write the helper and its call."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from architect_agents.refactoring.annotations import (
    is_annotated,
    result_annotation,
    return_annotation,
)
from architect_agents.refactoring.blocks import Block
from architect_agents.refactoring.cohesion import cohesion_of
from architect_agents.refactoring.exits import is_bare, keyword_of
from architect_agents.refactoring.extract_block import Extraction
from architect_agents.refactoring.jumps import Jump
from architect_agents.refactoring.naming import Position, block_names, first_free, unique
from architect_agents.refactoring.refusal import RefusedError
from architect_agents.refactoring.source_lines import is_parenthesised
from architect_agents.refactoring.splice import apply_edits
from architect_agents.refactoring.subject import Subject
from architect_agents.refactoring.write_helper import (
    call_of,
    folded,
    header_of,
    insert_helper,
)
from architect_agents.types import SourceEdit

#: What the flag says that a helper returns beside values, by the jump that it asks for.
_FLAGS = {"return": "done", "break": "stop", "continue": "skip"}
#: The forms whose helpers say beside their values whether to jump.
_TELLING = ("flag-and-values", "named-jumps")


def suggest_name(subject: Subject, extraction: Extraction) -> str:
    """A name that is free in the whole module."""
    comment = "".join(
        subject.lines.lines[extraction.first_line - 1 : extraction.block.first_line - 1]
    )
    if cohesion_of(subject, extraction.block).paragraphs > 1:
        comment = ""  # it speaks of the first paragraph only
    outputs = extraction.outputs if extraction.form.kind == "plain" else ()
    statements = list(extraction.block.statements)
    names = block_names(
        subject.node.name,
        statements,
        inputs=extraction.parameters,
        outputs=outputs,
        comment=comment,
        position=_position(subject, extraction.block),
    )
    return first_free(names, subject.taken_names)


def _position(subject: Subject, block: Block) -> Position:
    """What the code around the block says about it."""
    each = test = caught = None
    for place in reversed(block.ancestors):
        statement = place.statement
        if isinstance(statement, ast.For | ast.AsyncFor) and each is None:
            each = statement.target
        if isinstance(statement, ast.If) and test is None and place.field == "body":
            test = statement.test
        if isinstance(statement, ast.Try) and caught is None and place.field == "handlers":
            within = [one for one in statement.handlers if block.statements[0] in one.body]
            caught = within[0].type if within else None
    own = not block.ancestors
    return Position(each, test, caught, own and not block.start, own and block.ends_its_list)


def write_extraction(subject: Subject, extraction: Extraction, name: str) -> str:
    """The whole module after the extraction; ``name`` must be free (see ``suggest_name``).

    Raises:
        RefusedError: a jump can't be rewritten where it stands.
    """
    writer = _Writer(subject, extraction, name)
    lines = subject.lines.lines
    changed = [
        *lines[: extraction.first_line - 1],
        *writer.call(),
        *lines[extraction.last_line : extraction.placement.after_line],
    ]
    return insert_helper(subject, extraction.placement, changed, writer.helper())


class _Writer:
    def __init__(self, subject: Subject, extraction: Extraction, name: str) -> None:
        self.subject = subject
        self.extraction = extraction
        self.form = extraction.form
        self.name = name
        self.outputs = list(extraction.outputs)
        word = "jump" if self.form.kind == "named-jumps" else _FLAGS.get(self.form.jump, "done")
        self.flag = unique(word, subject.taken_names)
        self.result = unique("result", subject.taken_names)

    def helper(self) -> list[str]:
        extraction = self.extraction
        header = header_of(
            self.subject,
            extraction.placement,
            self.name,
            extraction.parameters,
            is_async=extraction.is_async,
            returns=self._return_annotation(),
        )
        indentation = extraction.placement.indentation + self.subject.unit
        body = list(self._body(indentation))
        if not body[-1].endswith(("\n", "\r")):
            body[-1] += self.subject.newline
        declared = []
        if extraction.written_globals:
            declared = [f"global {', '.join(extraction.written_globals)}"]
        closing = [self._returning(None)] if self._needs_closing() else []
        return [
            *header,
            *(f"{indentation}{line}{self.subject.newline}" for line in declared),
            *body,
            *(f"{indentation}{line}{self.subject.newline}" for line in closing),
        ]

    def _needs_closing(self) -> bool:
        if not self.extraction.falls_through or self.form.kind == "return":
            return False
        return self.form.kind != "plain" or bool(self.outputs)

    def _return_annotation(self) -> str | None:
        """Types that are known without looking further; only where the function says its own."""
        if not is_annotated(self.subject) or self.extraction.is_generator:
            return None
        if self.form.kind == "return" and not self.subject.is_generator:
            return return_annotation(self.subject, self.extraction.placement)
        if self.form.kind == "flag":
            return "bool"
        placement = self.extraction.placement
        if self.form.kind in ("plain", "always"):
            if not self.outputs:
                return "None"
            return result_annotation(self.subject, placement, self.outputs)
        if self.form.kind == "flag-and-values" and not self.form.returns_value:
            return result_annotation(self.subject, placement, self.outputs, "bool")
        return None

    def _body(self, indentation: str) -> Iterator[str]:
        """The block's lines with their jumps rewritten, indented for the helper."""
        extraction, subject = self.extraction, self.subject
        cut = subject.lines.indentation(extraction.block.first_line)
        for number, line in enumerate(self._rewritten_lines(), start=extraction.first_line):
            if number in subject.string_lines or not line.strip() or not line.startswith(cut):
                yield line
            else:
                yield indentation + line[len(cut) :]

    def _rewritten_lines(self) -> list[str]:
        """The block's lines with each jump replaced; no line is added or lost."""
        lines, extraction = self.subject.lines, self.extraction
        text = list(lines.lines)
        last = extraction.block.statements[-1]
        kept_until = last.lineno - 1 if self._says_nothing(last) else extraction.last_line
        by_line: dict[int, list[SourceEdit]] = {}
        for number, edit in self._jump_edits():
            by_line.setdefault(number, []).append(edit)
        for number, edits in by_line.items():
            text[number - 1] = apply_edits(text[number - 1], edits)
        return text[extraction.first_line - 1 : kept_until]

    def _says_nothing(self, statement: ast.stmt) -> bool:
        """Whether this is a jump at the block's end that a helper reaches by ending."""
        block, ends = self.extraction.block, self.form.kind in ("plain", "always")
        bare = isinstance(statement, ast.Break | ast.Continue) or (
            isinstance(statement, ast.Return) and is_bare(statement)
        )
        is_last = statement is block.statements[-1] and len(block.statements) > 1
        return bare and is_last and ends and not self.outputs

    def _jump_edits(self) -> Iterator[tuple[int, SourceEdit]]:
        """Edits within one line each: the line's number, and columns in place of offsets."""
        for jump in (*self.form.fallen, *self.form.told):
            told = jump in self.form.told
            if isinstance(jump, ast.Return) and not is_bare(jump):
                yield from self._value_edits(jump)
            elif not self._says_nothing(jump):
                yield self._replacement(jump, self._returning(jump if told else None))
        block = self.extraction.block
        if block.is_elif:
            first = block.statements[0]
            column = self.subject.lines.column(first.lineno, first.col_offset)
            yield first.lineno, SourceEdit(column, column + len("el"), "")

    def _replacement(self, jump: Jump, text: str) -> tuple[int, SourceEdit]:
        lines = self.subject.lines
        start = lines.column(jump.lineno, jump.col_offset)
        end_line, end = lines.end_of_node(jump)
        if end_line != jump.lineno:
            raise RefusedError("shared-line", "A jump stretches over several lines.")
        return jump.lineno, SourceEdit(start, end, text)

    def _value_edits(self, jump: ast.Return) -> Iterator[tuple[int, SourceEdit]]:
        """``return value`` → ``return True, value``; the value's own text is not touched."""
        if not self.form.returns_value:
            return
        lines, value = self.subject.lines, jump.value
        assert value is not None
        behind_keyword = lines.column(jump.lineno, jump.col_offset) + len("return")
        open_tuple = isinstance(value, ast.Tuple) and not is_parenthesised(lines.segment(value))
        blank = "" if lines.line(jump.lineno)[behind_keyword : behind_keyword + 1] == " " else " "
        if open_tuple:
            start = lines.column(value.lineno, value.col_offset)
            yield value.lineno, SourceEdit(start, start, "(")
        yield (
            jump.lineno,
            SourceEdit(behind_keyword, behind_keyword, f" {self._told(jump)},{blank}"),
        )
        end_line, end = lines.end_of_node(jump)
        text = (")" if open_tuple else "") + "".join(f", {name}" for name in self.outputs)
        yield end_line, SourceEdit(end, end, text)

    def _returning(self, told: Jump | None) -> str:
        """The helper's ``return`` in place of a jump; None: where it means going on."""
        kind = self.form.kind
        if kind == "flag":
            return f"return {told is not None}"
        if kind == "optional":
            return "return None"
        values = list(self.outputs)
        if kind in _TELLING:
            values = (["None"] if self.form.returns_value else []) + values
            values = [self._told(told), *values]
        return f"return {', '.join(values)}".rstrip()

    def _told(self, jump: Jump | None) -> str:
        """The value that tells the caller of a jump, or of none."""
        if self.form.kind == "named-jumps":
            return f'"{keyword_of(jump)}"' if jump else "None"
        return str(jump is not None)

    def call(self) -> list[str]:
        """The lines that stand where the block stood."""
        extraction, subject = self.extraction, self.subject
        outer = subject.lines.indentation(extraction.block.first_line)
        inner = outer + subject.unit if extraction.block.is_elif else outer
        lines = [f"{outer}else:"] if extraction.block.is_elif else []
        lines += [f"{inner}{line}" for line in self._call_lines(inner)]
        last = subject.lines.line(extraction.last_line)
        ends = [subject.newline] * len(lines)
        if not last.endswith(("\n", "\r")):
            ends[-1] = ""
        return [line + end for line, end in zip(lines, ends, strict=True)]

    def _call_lines(self, indentation: str) -> list[str]:
        call = call_of(self.extraction.placement, self.name, self.extraction.parameters)
        if self.extraction.is_async:
            call = f"await {call}"
        if self.extraction.is_generator:
            call = f"yield from {call}"
        kind, unit = self.form.kind, self.subject.unit
        if kind == "return":
            inside = f"({call})" if self.extraction.is_generator else call
            return self._fold(indentation, f"return {inside}")
        if kind == "flag":
            inside = f"({call})" if self.extraction.is_generator else call
            return [*self._fold(indentation, f"if {inside}:"), unit + self._jump_text()]
        if kind == "optional":
            return [
                *self._fold(indentation, f"{self.result} = {call}"),
                f"if {self.result} is not None:",
                f"{unit}return {self.result}",
            ]
        targets = list(self.outputs)
        if kind in _TELLING:
            targets = ([self.result] if self.form.returns_value else []) + targets
            targets = [self.flag, *targets]
        assignment = f"{', '.join(targets)} = {call}" if targets else call
        lines = self._fold(indentation, assignment)
        return [*lines, *self._jump_lines()]

    def _jump_lines(self) -> list[str]:
        """What follows an assignment of the helper's results."""
        kind, unit = self.form.kind, self.subject.unit
        if kind == "always":
            return [self._jump_text()]
        if kind == "flag-and-values":
            return [f"if {self.flag}:", unit + self._jump_text()]
        lines = []
        for word in self.form.told_kinds if kind == "named-jumps" else ():
            text = self._jump_text() if word == "return" else word
            lines += [f'if {self.flag} == "{word}":', unit + text]
        return lines

    def _fold(self, indentation: str, statement: str) -> list[str]:
        return folded(self.subject, indentation, statement)

    def _jump_text(self) -> str:
        """The jump that the caller does for the helper."""
        if self.form.returns_value:
            return f"return {self.result}"
        told = [jump for jump in self.form.told if isinstance(jump, ast.Return)]
        if told and all(jump.value is not None for jump in told):
            return "return None"
        return self.form.jump or "return"
