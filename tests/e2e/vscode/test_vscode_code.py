"""What VS Code shows of code: hover, lens, suppression, several folders, a project not ours."""

from __future__ import annotations

import ast
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
import rich

from vscode_workspace import EXAMPLE, OUTPUT, ROOT, example, finding, place_of

__all__ = ["example", "finding"]

pytestmark = pytest.mark.timeout(900)

REASON = "orders are placed in one go"


def test_hover_and_lens_explain_and_a_suppression_needs_a_reason(
    vscode: Any, example: Path, finding: dict[str, Any]
) -> None:
    vscode.configure({"architect.surfaces.codeLens": True})
    result = vscode.run("surfaces", example.name, finding=finding, reason=REASON)
    assert REASON in result["after"]
    ast.parse(result["after"])
    if os.environ.get("ARCHITECT_UPDATE_SCREENSHOT"):
        image = ROOT / "client-vscode" / "images" / "walkthrough-finding.png"
        shutil.copyfile(OUTPUT / "hover.png", image)


def test_each_folder_of_a_workspace_has_its_own_limits(
    vscode: Any, finding: dict[str, Any]
) -> None:
    limits = (11, 12)
    for name, limit in zip(("shop", "other"), limits, strict=True):
        folder = vscode.workspace.parent / name
        folder.mkdir(exist_ok=True)
        shutil.copyfile(EXAMPLE, folder / f"{name}.py")
        table = f"[tool.architect.limits]\nccn = {limit}\n"
        (folder / "pyproject.toml").write_text(table, encoding="utf-8")
    folders = [{"path": "shop"}, {"path": "other"}]
    file = vscode.workspace.parent / "both.code-workspace"
    file.write_text(json.dumps({"folders": folders}), encoding="utf-8")
    vscode.run("multiRoot", "shop.py", finding=finding, limits=limits, codeWorkspace=str(file))


def test_a_project_that_is_not_ours_is_measured_and_simplified(vscode: Any) -> None:
    """rich, as its wheel brings it: seventy modules, one of them opened."""
    vscode.configure({"architect.surfaces.workspace": False})  # a hundred more rows would hide ours
    shutil.copytree(Path(rich.__file__).parent, vscode.workspace / "rich")
    file = vscode.workspace / "rich" / "ansi.py"
    before = file.read_text(encoding="utf-8")
    finding = place_of(file, "decode_line")
    result = vscode.run(
        "askAcceptUndo", "rich/ansi.py", finding=finding, shot="rich", helper="_handle_all_codes"
    )
    ast.parse(result["after"])
    assert file.read_text(encoding="utf-8") == before
