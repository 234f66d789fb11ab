"""What a notebook's cell may hold beside Python, taken out line by line."""

from __future__ import annotations

import ast
import re
import warnings

from architect_server.analysis.text import unify_line_ends

# Cell magics whose body is still Python of this kernel.
_PYTHON_MAGICS = frozenset(
    ("capture", "debug", "memit", "mprun", "prun", "python", "python3", "time", "timeit")
)
_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_LINE = re.compile(r"(\s*)(?:[%!?]|[\w.%]+\?{1,2}\s*$).*")
_ASSIGNED = re.compile(r"(\s*[\w.,\s\[\]]+=\s*)[!%](?!=).*")


def without_magics(text: str) -> str:
    """``text`` with IPython's own syntax replaced by Python of the same lines.

    A cell that is written in another language becomes empty lines. What already is Python
    stays as it is.
    """
    if not any(mark in text for mark in "%!?") or _is_python(text):
        return text
    lines = unify_line_ends(text).split("\n")
    if cell := _CELL_MAGIC.match(lines[0]):
        if cell[1] not in _PYTHON_MAGICS:
            return "\n" * (len(lines) - 1)
        lines[0] = ""
    return "\n".join(_plain(line) for line in lines)


def _plain(line: str) -> str:
    if match := _LINE.fullmatch(line):
        return f"{match[1]}pass"
    if match := _ASSIGNED.fullmatch(line):
        return f"{match[1]}None"
    return line


def _is_python(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
