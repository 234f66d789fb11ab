"""Which tests run a function: its old version is marked, and every test that comes by is noted."""

from __future__ import annotations

from architect_agents.refactoring.module_source import (
    Function,
    UnreadableSourceError,
    read_module,
)

#: The module that the marked function asks for; it lies in a folder of its own in the jail.
MODULE = "architect_probe"
#: The file, in the workspace's copy, into which the names of tests are written.
NOTES = ".architect-probe"

#: The text of that module. pytest keeps the running test's name in the environment.
PROBE = f'''"""Notes the test that is running."""

import os

_seen = set()


def hit():
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0]
    if test and test not in _seen:
        _seen.add(test)
        with open(os.environ["ARCHITECT_PROBE"], "a", encoding="utf-8") as notes:
            notes.write(test + "\\n")


__all__ = ["hit"]
# {MODULE}
'''


def marked(source: str, functions: list[Function]) -> str | None:
    """``source`` with a call of the probe as the first step of each of ``functions``.

    The lines below move down by one; nothing else changes. None if a body shares the line of
    its ``def``, so that there is no room, or if the result can't be read.
    """
    newline = "\r\n" if "\r\n" in source else "\n"
    lines = source.split(newline)
    for function in sorted(functions, key=lambda one: -one.node.lineno):
        body = function.node.body
        has_docstring = len(body) > 1 and read_docstring(function)
        first = body[1] if has_docstring else body[0]
        start = min([first.lineno, *(one.lineno for one in getattr(first, "decorator_list", ()))])
        line = lines[start - 1]
        indentation = line[: len(line) - len(line.lstrip())]
        if len(indentation.encode()) != first.col_offset:
            return None
        lines.insert(start - 1, f'{indentation}__import__("{MODULE}").hit()')
    text = newline.join(lines)
    try:
        read_module(text)
    except UnreadableSourceError:
        return None
    return text


def read_docstring(function: Function) -> bool:
    """Whether the body begins with a docstring."""
    value = getattr(function.node.body[0], "value", None)
    return isinstance(getattr(value, "value", None), str)
