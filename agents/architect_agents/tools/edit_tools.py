"""Edit, MultiEdit and Write: changes to the shadow copy, never to the person's own files."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from architect_agents.model import ToolSpec
from architect_agents.tools.replacing import newline_of, replaced
from architect_agents.tools.shadow_files import ShadowFiles
from architect_agents.tools.tool import Arguments, Tool, entries, flag, schema, text

_WORDS: Mapping[str, Any] = {"type": "string"}
_PATH = {"type": "string", "description": "absolute, or relative to the workspace"}
_ALL: Mapping[str, Any] = {"replace_all": {"type": "boolean"}}
_COPY = "The change is made in a copy of the project; the person sees what you hand in."


def staged(spec: ToolSpec, answer: Callable[[Arguments], str]) -> Tool:
    """A tool that writes to the shadow, run beside the event loop."""

    async def run(arguments: Arguments) -> str:
        return await asyncio.to_thread(answer, arguments)

    return Tool(spec, run, "stage")


def edit_tool(files: ShadowFiles) -> Tool:
    """Edit{file_path, old_string, new_string, replace_all?}."""

    def edit(arguments: Arguments) -> str:
        path = text(arguments, "file_path")
        files.write(path, _edited(files.read(path), [arguments]))
        return f"Changed {path}."

    properties = {"file_path": _PATH, "old_string": _WORDS, "new_string": _WORDS}
    description = f"Replace a piece of a file that occurs exactly once. {_COPY}"
    return staged(ToolSpec("Edit", description, schema(properties, _ALL)), edit)


def multi_edit_tool(files: ShadowFiles) -> Tool:
    """MultiEdit{file_path, edits[{old_string, new_string, replace_all?}]}: all or none."""

    def multi_edit(arguments: Arguments) -> str:
        path, edits = text(arguments, "file_path"), entries(arguments, "edits")
        files.write(path, _edited(files.read(path), edits))
        return f"Changed {path} in {len(edits)} places."

    pair = schema({"old_string": _WORDS, "new_string": _WORDS}, _ALL)
    properties = {"file_path": _PATH, "edits": {"type": "array", "items": pair}}
    description = f"Make several edits to one file in order, all of them or none. {_COPY}"
    return staged(ToolSpec("MultiEdit", description, schema(properties)), multi_edit)


def write_tool(files: ShadowFiles) -> Tool:
    """Write{file_path, content}: a new file, or all of an old one."""

    def write(arguments: Arguments) -> str:
        path, content = text(arguments, "file_path"), text(arguments, "content")
        files.write(path, content)
        lines = content.count("\n") + 1
        return f"Wrote {path} ({lines} lines)."

    properties = {"file_path": _PATH, "content": _WORDS}
    description = f"Write a whole file. {_COPY}"
    return staged(ToolSpec("Write", description, schema(properties)), write)


def _edited(source: str, edits: Sequence[Arguments]) -> str:
    """``source`` after ``edits``; the model writes LF, the file keeps its own line ends."""
    newline = newline_of(source)
    result = source.replace(newline, "\n") if newline else source
    for number, edit in enumerate(edits, 1):
        old, new = text(edit, "old_string"), text(edit, "new_string")
        what = f"edit {number}"
        result = replaced(result, old, new, what, flag(edit, "replace_all"))
    return result.replace("\n", newline) if newline else result
