"""Carry out a plan that somebody else made: these lines of this function, under this name."""

from __future__ import annotations

import keyword

from architect_agents.refactoring.blocks import Block, StatementList, last_line_of, statement_lists
from architect_agents.refactoring.extract_block import plan_extraction
from architect_agents.refactoring.flow import FlowTooLargeError
from architect_agents.refactoring.module_source import UnreadableSourceError, read_module
from architect_agents.refactoring.refusal import Refusal, RefusedError
from architect_agents.refactoring.subject import Subject
from architect_agents.refactoring.write_block import suggest_name, write_extraction

_BOM = "\ufeff"


def extract_lines(
    source: str,
    *,
    function: str,
    start_line: int,
    first_line: int,
    last_line: int,
    name: str | None = None,
) -> str | Refusal:
    """The whole document after moving ``first_line`` to ``last_line`` into a helper.

    ``function`` is a qualified name, ``start_line`` the line of its ``def``. All lines are
    1-based, the range is inclusive and has to hold whole statements of one block; comments and
    blank lines at its ends don't matter. Without ``name`` one is found. Never raises.
    """
    try:
        module = read_module(source.removeprefix(_BOM))
        found = module.find(function, start_line)
        if found is None:
            return Refusal("not-found", f"There is no function `{function}`.")
        subject = Subject(module, found)
        block = find_block(subject, first_line, last_line)
        extraction = plan_extraction(subject, block)
        chosen = _checked(subject, name) if name else suggest_name(subject, extraction)
        changed = write_extraction(subject, extraction, chosen)
        read_module(changed)
    except UnreadableSourceError as error:
        return Refusal("unreadable", f"The file can't be changed: {error}.")
    except RefusedError as error:
        return error.refusal
    except FlowTooLargeError:
        return Refusal("too-large", "The function is too large to be analysed.")
    except RecursionError:
        return Refusal("too-deep", "The function is nested too deeply to be analysed.")
    return (_BOM if source.startswith(_BOM) else "") + changed


def find_block(subject: Subject, first_line: int, last_line: int) -> Block:
    """The block whose statements are exactly the code of these lines.

    Raises:
        RefusedError: the lines cut a statement in two, or belong to several blocks.
    """
    wanted = {
        number
        for number in range(first_line, min(last_line, len(subject.lines.lines)) + 1)
        if _is_code(subject, number)
    }
    for siblings in statement_lists(subject):
        block = _within(siblings, first_line, last_line)
        if block is not None and wanted <= set(range(block.first_line, block.last_line + 1)):
            return block
    raise RefusedError(
        "not-a-block", f"Lines {first_line} to {last_line} are no run of whole statements."
    )


def _is_code(subject: Subject, number: int) -> bool:
    text = subject.lines.line(number).strip()
    return bool(text) and (not text.startswith("#") or number in subject.string_lines)


def _within(siblings: StatementList, first_line: int, last_line: int) -> Block | None:
    inside = [
        index
        for index, statement in enumerate(siblings.statements)
        if statement.lineno >= first_line and last_line_of(statement) <= last_line
    ]
    return Block(siblings, inside[0], inside[-1] + 1) if inside else None


def _checked(subject: Subject, name: str) -> str:
    if not name.isidentifier() or keyword.iskeyword(name):
        raise RefusedError("bad-name", f"`{name}` is no name for a function.")
    if name in subject.taken_names:
        raise RefusedError("name-taken", f"The name `{name}` is already in use.")
    return name
