"""Read, LS and Glob: looking at the files of the workspace."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from fnmatch import fnmatchcase

from architect_agents.model import ToolSpec
from architect_agents.tools.tool import (
    Arguments,
    Tool,
    ToolFailure,
    number,
    schema,
    strings,
    text,
)
from architect_agents.tools.workspace_files import WorkspaceFiles

MOST_LINES = 2000
LONGEST_LINE = 2000
MOST_PATHS = 200
LARGEST_ANSWER = 100_000
_PATH = {"type": "string", "description": "absolute, or relative to the workspace"}
_NUMBER = {"type": "integer"}


def _in_thread(spec: ToolSpec, answer: Callable[[Arguments], str]) -> Tool:
    async def run(arguments: Arguments) -> str:
        return await asyncio.to_thread(answer, arguments)

    return Tool(spec, run, "read")


def read_tool(files: WorkspaceFiles) -> Tool:
    """Read{file_path, offset?, limit?}: lines with their numbers, from line ``offset`` on."""

    def read(arguments: Arguments) -> str:
        lines = files.read(text(arguments, "file_path")).split("\n")
        first = max(1, number(arguments, "offset", 1))
        count = max(1, number(arguments, "limit", MOST_LINES))
        shown = _as_much_as_fits(lines[first - 1 : first - 1 + count])
        if not shown:
            raise ToolFailure(f"The file has {len(lines)} lines only.")
        body = "\n".join(
            f"{line_number:6}\t{line.rstrip(chr(13))[:LONGEST_LINE]}"
            for line_number, line in enumerate(shown, first)
        )
        rest = len(lines) - (first - 1 + len(shown))
        return f"{body}\n… {rest} more lines" if rest > 0 else body

    return _in_thread(
        ToolSpec(
            "Read",
            "Read a text file of the workspace, with line numbers; unsaved changes are included.",
            schema({"file_path": _PATH}, {"offset": _NUMBER, "limit": _NUMBER}),
        ),
        read,
    )


def _as_much_as_fits(lines: list[str]) -> list[str]:
    size = 0
    for index, line in enumerate(lines):
        size += min(len(line), LONGEST_LINE)
        if size > LARGEST_ANSWER:
            return lines[:index]
    return lines


def ls_tool(files: WorkspaceFiles) -> Tool:
    """LS{path, ignore?}: one level of a folder; names of folders end with a slash."""

    def ls(arguments: Arguments) -> str:
        ignored = strings(arguments, "ignore")
        found = [
            f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name
            for entry in files.entries(text(arguments, "path"))
            if not any(fnmatchcase(entry.name, pattern) for pattern in ignored)
        ]
        return "\n".join(found[:MOST_PATHS]) or "(empty)"

    names = {"type": "array", "items": {"type": "string"}}
    return _in_thread(
        ToolSpec(
            "LS",
            "List one folder of the workspace.",
            schema({"path": _PATH}, {"ignore": names}),
        ),
        ls,
    )


def glob_tool(files: WorkspaceFiles) -> Tool:
    """Glob{pattern, path?}: matching paths, the ones changed last first."""

    def glob(arguments: Arguments) -> str:
        import pathspec  # 20 ms that no server start should pay

        start = files.relative(text(arguments, "path", ""))
        pattern = text(arguments, "pattern").removeprefix(
            f"{(files.shown_as or files.root).as_posix()}/"
        )
        try:
            spec = pathspec.PathSpec.from_lines("gitignore", [pattern])
        except ValueError as error:
            raise ToolFailure(f"`pattern` can't be read: {error}.") from None
        prefix = f"{start}/" if start else ""
        matching = [
            path for path in files.walk(start) if spec.match_file(path.removeprefix(prefix))
        ]
        matching.sort(key=lambda path: _changed(files, path), reverse=True)
        shown = "\n".join(matching[:MOST_PATHS])
        rest = len(matching) - MOST_PATHS
        return f"{shown}\n… {rest} more" if rest > 0 else shown or "No file matches."

    return _in_thread(
        ToolSpec(
            "Glob",
            "Find files by a pattern such as **/*.py; the ones changed last come first.",
            schema({"pattern": {"type": "string"}}, {"path": _PATH}),
        ),
        glob,
    )


def _changed(files: WorkspaceFiles, path: str) -> float:
    try:
        return (files.root / path).lstat().st_mtime
    except OSError:
        return 0.0
