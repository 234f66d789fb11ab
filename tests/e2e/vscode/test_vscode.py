"""A person's ways through VS Code, on good days and bad ones."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from fake_messages import Broken, FakeMessages, message, text
from vscode_workspace import EXAMPLE, OUTPUT, ROOT, example, finding, script, use_model

__all__ = ["example", "finding"]

pytestmark = pytest.mark.timeout(900)


def test_a_function_is_found_and_simplified_and_one_undo_brings_it_back(
    vscode: Any, example: Path, finding: dict[str, Any]
) -> None:
    before = example.read_text(encoding="utf-8")
    result = vscode.run(
        "askAcceptUndo", example.name, finding=finding, shot="dark", helper="_discount_of"
    )
    ast.parse(result["after"])
    assert example.read_text(encoding="utf-8") == before
    if os.environ.get("ARCHITECT_UPDATE_SCREENSHOT"):
        images = ROOT / "docs" / "images"
        images.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(OUTPUT / "dark-ask.png", images / "vscode.png")
        shutil.copyfile(OUTPUT / "dark-proposal.png", images / "vscode-proposal.png")
        walkthrough = ROOT / "client-vscode" / "images"
        for step in ("ask", "proposal"):
            shutil.copyfile(OUTPUT / f"dark-{step}.png", walkthrough / f"walkthrough-{step}.png")


def test_a_rejected_proposal_leaves_the_file_alone(
    vscode: Any, example: Path, finding: dict[str, Any]
) -> None:
    vscode.configure({"workbench.colorTheme": "Light Modern"})
    before = example.read_text(encoding="utf-8")
    vscode.run("askReject", example.name, finding=finding)
    assert example.read_text(encoding="utf-8") == before


def test_a_proposal_for_an_older_text_is_not_accepted(
    vscode: Any, example: Path, finding: dict[str, Any]
) -> None:
    before = example.read_text(encoding="utf-8")
    vscode.run("acceptTooLate", example.name, finding=finding)
    assert example.read_text(encoding="utf-8") == "# typed meanwhile\n" + before


def test_settings_take_effect_without_a_restart(
    vscode: Any, example: Path, finding: dict[str, Any]
) -> None:
    vscode.run("changeLimit", example.name, finding=finding)


def test_a_server_that_is_killed_or_hangs_comes_back_with_its_findings(
    vscode: Any, example: Path, finding: dict[str, Any]
) -> None:
    result = vscode.run("killServer", example.name, finding=finding)
    assert result["restarted"] != result["killed"]


def test_a_wrong_interpreter_is_said_in_one_sentence(vscode: Any, example: Path) -> None:
    vscode.configure(machine={"architect.interpreter": "/nowhere/python"})
    vscode.run("noPython", example.name)


def test_a_review_without_a_model_says_what_is_missing(
    vscode: Any, example: Path, finding: dict[str, Any]
) -> None:
    vscode.run("inquireWithoutModel", example.name, finding=finding, said="anthropic")


def test_metrics_memory_what_would_be_sent_and_the_doctor_are_pages(
    vscode: Any, example: Path, finding: dict[str, Any]
) -> None:
    vscode.run("pages", example.name, finding=finding)


def test_the_doctor_works_where_the_server_does_not(
    vscode: Any, example: Path, bare_python: Path
) -> None:
    dying = f'case "$*" in *serve*) exit 3;; esac\nexec {bare_python / "python"} "$@"\n'
    python = script(vscode.workspace.parent / "python", dying)
    vscode.configure(machine={"architect.interpreter": str(python)})
    vscode.run("doctorWithoutServer", example.name)


def test_a_notebooks_cell_is_measured(vscode: Any, finding: dict[str, Any]) -> None:
    source = EXAMPLE.read_text(encoding="utf-8")
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "orders",
        "metadata": {},
        "outputs": [],
        "source": source.splitlines(keepends=True),
    }
    language = {"language_info": {"name": "python"}}
    notebook = {"cells": [cell], "metadata": language, "nbformat": 4, "nbformat_minor": 5}
    (vscode.workspace / "orders.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (vscode.workspace / "README.md").write_text("# Orders\n", encoding="utf-8")
    result = vscode.run("openNotebook", "README.md", finding=finding, notebook="orders.ipynb")
    assert any(f"Ln {finding['line']}, Col {finding['column']}" in row for row in result["rows"])


def test_an_untrusted_workspace_is_measured_and_its_interpreter_never_runs(
    vscode: Any, example: Path, finding: dict[str, Any]
) -> None:
    trust = "security.workspace.trust"
    vscode.configure({f"{trust}.enabled": True, f"{trust}.startupPrompt": "never"})
    ran = vscode.workspace / "ran"
    planted = script(vscode.workspace / "python", f'touch {ran}\nexec python3 "$@"\n')
    settings = vscode.workspace / ".vscode" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(f'{{"architect.interpreter": "{planted}"}}', encoding="utf-8")
    vscode.run("untrusted", example.name, finding=finding)
    assert not ran.exists()


async def test_cancelling_a_question_to_claude_closes_the_connection_and_edits_nothing(
    vscode: Any, example: Path, finding: dict[str, Any]
) -> None:
    before = example.read_text(encoding="utf-8")
    async with FakeMessages([Broken(message(text("Let me see.")), "hang", 2)]) as fake:
        use_model(vscode, fake.base_url)
        asked = vscode.workspace / "asked"
        playing = asyncio.create_task(
            asyncio.to_thread(
                vscode.run, "askCancel", example.name, finding=finding, asked=str(asked)
            )
        )
        hanging = asyncio.create_task(fake.hanging.wait())
        await asyncio.wait({playing, hanging}, return_when=asyncio.FIRST_COMPLETED)
        if hanging.done():
            asked.touch()
        hanging.cancel()
        await playing
        await asyncio.wait_for(fake.gone.wait(), timeout=30)
    assert example.read_text(encoding="utf-8") == before
