"""One question to a model in an editor, for tests: the source, a key, and how it is asked."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from editor import Editor
from fake_messages import Reply, message, tool_use

BRANCH = "    if value == {0}:\n        value += {0}\n"
HEAD, TAIL = (
    "".join(BRANCH.format(number) for number in numbers) for numbers in (range(8), range(8, 16))
)
SECRET = "sk-ant-api03-" + "a1B2c3D4" * 6
SOURCE = f'KEY = "{SECRET}"\n\n\ndef over(value):\n{HEAD}{TAIL}    return value\n'
EXTRACTED = (
    f"def over(value):\n{HEAD}    value = _add_large(value)\n    return value\n\n\n"
    f"def _add_large(value):\n{TAIL}    return value\n"
)
LOSSY = f"def over(value):\n{HEAD}    return value\n"


def submission(function_source: str, title: str = "Split off the large values") -> Reply:
    """A model's reply that hands in this new text of the function."""
    arguments = {
        "decision": "edit",
        "title": title,
        "rationale": "Two halves are easier to read.",
        "no_plan": "The order changes as well.",
        "function_source": function_source,
    }
    return message(tool_use("submit", arguments))


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A key, and folders of the user's own that no other test sees."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-test")
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path_factory.mktemp(name)))


async def ask(
    editor: Editor, workspace: Path, name: str = "a.py"
) -> tuple[str, asyncio.Future[Any]]:
    """Open the source, choose "Ask architect" on ``over``; the future is the answer."""
    uri = (workspace / name).as_uri()
    editor.open(uri, SOURCE)
    (diagnostic,) = await editor.diagnostics(uri, len)
    (action,) = await editor.actions(uri, diagnostic, only=[lsp.CodeActionKind.RefactorRewrite])
    return uri, editor.choose(action)
