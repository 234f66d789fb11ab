"""A person's way through VS Code: squiggle, light bulb, question, preview, apply, undo."""

from __future__ import annotations

import ast
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "examples" / "order_service.py"

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def example(vscode: Any) -> Path:
    """A copy of the example service in the workspace."""
    copy: Path = vscode.workspace / EXAMPLE.name
    shutil.copyfile(EXAMPLE, copy)
    return copy


def _place_of(source: str, function: str) -> dict[str, Any]:
    """Where the name of ``function`` stands: 1-based line and column."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            text = source.splitlines()[node.lineno - 1]
            column = text.index(function, node.col_offset) + 1
            return {"name": function, "line": node.lineno, "column": column}
    raise AssertionError(f"{function} is not in the source")


def test_a_function_is_found_simplified_and_one_undo_brings_it_back(
    vscode: Any, example: Path
) -> None:
    before = example.read_text(encoding="utf-8")
    finding = _place_of(before, "place_order")
    result = vscode.run("askApplyUndo", example.name, finding=finding)
    ast.parse(result["after"])
    assert example.read_text(encoding="utf-8") == before
    if os.environ.get("ARCHITECT_UPDATE_SCREENSHOT"):
        target = ROOT / "docs" / "images" / "vscode.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "tests" / "e2e" / "output" / "vscode" / "ask.png", target)
