"""TodoWrite: the model's own list of steps, shown to the person while it works."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, get_args

from architect_agents.model import ToolSpec
from architect_agents.tools.tool import Arguments, Tool, ToolFailure, entries, schema, text
from architect_agents.types import Todo, TodoState

STATES: tuple[TodoState, ...] = get_args(TodoState)
_WORDS = {"type": "string"}
SPEC = ToolSpec(
    "TodoWrite",
    "Keep a list of the steps of this task. Each call replaces the whole list.",
    schema(
        {
            "todos": {
                "type": "array",
                "items": schema(
                    {
                        "content": _WORDS,
                        "status": {"type": "string", "enum": list(STATES)},
                        "activeForm": _WORDS,
                    }
                ),
            }
        }
    ),
)


def todo_tool(show: Callable[[Sequence[Todo]], None]) -> Tool:
    """TodoWrite{todos[{content, status, activeForm}]}; ``show`` gets the list."""

    async def todo(arguments: Arguments) -> str:
        todos = [_todo(entry) for entry in entries(arguments, "todos")]
        show(todos)
        done = sum(one.state == "completed" for one in todos)
        return f"Noted: {done} of {len(todos)} done."

    return Tool(SPEC, todo, "read")


def _todo(entry: Arguments) -> Todo:
    given: Any = entry.get("status")
    state = next((one for one in STATES if one == given), None)
    if state is None:
        raise ToolFailure(f"`status` is one of {', '.join(STATES)}.")
    active = text(entry, "activeForm", "") if state == "in_progress" else ""
    return Todo(active or text(entry, "content"), state)
