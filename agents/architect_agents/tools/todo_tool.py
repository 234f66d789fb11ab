"""TodoWrite: the model's own list of steps, of which the person sees the one in progress."""

from __future__ import annotations

from collections.abc import Callable

from architect_agents.model import ToolSpec
from architect_agents.tools.tool import Arguments, Tool, ToolFailure, entries, schema, text

STATES = ("pending", "in_progress", "completed")
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


def todo_tool(say: Callable[[str], None]) -> Tool:
    """TodoWrite{todos[{content, status, activeForm}]}; ``say`` hears the step in progress."""

    async def todo(arguments: Arguments) -> str:
        todos = entries(arguments, "todos")
        for entry in todos:
            if entry.get("status") not in STATES:
                raise ToolFailure(f"`status` is one of {', '.join(STATES)}.")
        done = sum(entry["status"] == "completed" for entry in todos)
        for entry in todos:
            if entry["status"] == "in_progress":
                doing = text(entry, "activeForm", "") or text(entry, "content")
                say(f"{doing} ({done + 1} of {len(todos)})")
                break
        return f"Noted: {done} of {len(todos)} done."

    return Tool(SPEC, todo, "read")
