"""What the tests in VS Code open: the example service, its worst function, a scripted model."""

from __future__ import annotations

import ast
import re
import shutil
import stat
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "tests" / "e2e" / "output" / "vscode"
EXAMPLE = ROOT / "examples" / "order_service.py"
FUNCTION = "place_order"


@pytest.fixture
def example(vscode: Any) -> Path:
    """A copy of the example service in the workspace."""
    copy: Path = vscode.workspace / EXAMPLE.name
    shutil.copyfile(EXAMPLE, copy)
    return copy


@pytest.fixture
def finding() -> dict[str, Any]:
    """The example's worst function and where its name stands."""
    return {**place_of(EXAMPLE, FUNCTION), "ccn": 25}


def place_of(file: Path, function: str) -> dict[str, Any]:
    """The name of a function and where it stands: 1-based line and column."""
    source = file.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name == function:
            column = source.splitlines()[node.lineno - 1].index(function, node.col_offset) + 1
            return {"name": function, "line": node.lineno, "column": column}
    raise AssertionError(f"{function} is not in {file}")


#: No key, but something that looks like one.
KEY = "sk-ant-not-a-key"


def use_model(vscode: Any, base_url: str) -> None:
    """Have the server run by a Python that has the SDK, with a key and a model at ``base_url``."""
    environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": base_url}
    machine = {"architect.interpreter": interpreter(vscode, Path(sys.executable), environment)}
    vscode.configure({"architect.importStrategy": "fromEnvironment"}, machine=machine)


def interpreter(vscode: Any, python: Path, environment: dict[str, str]) -> str:
    """A stand-in for ``python`` that runs it with ``environment``.

    What it keeps of the user, such as consents, stays in this workspace's own folders.
    """
    state = vscode.workspace.parent / "state"
    homes = {f"XDG_{kind}_HOME": f"{state}/{kind}" for kind in ("STATE", "CACHE", "DATA")}
    lines = [f"export {name}='{value}'" for name, value in {**homes, **environment}.items()]
    lines.append(f'exec {python} "$@"')
    return str(script(vscode.workspace.parent / "python", "\n".join(lines) + "\n"))


def licences(vsix: Path) -> dict[str, bool]:
    """The Python packages inside, and whether the notices hold each licence text that it brings."""
    with zipfile.ZipFile(vsix) as package:
        notices = package.read("extension/out/THIRD-PARTY-NOTICES.txt").decode("utf-8")
        told: dict[str, bool] = {}
        for name in package.namelist():
            if not (found := re.fullmatch(r"(.+/([^/]+)\.dist-info)/METADATA", name)):
                continue
            texts = [
                package.read(other).decode("utf-8").strip()
                for other in package.namelist()
                if re.match(rf"{re.escape(found[1])}/.*LICENSE", other, re.IGNORECASE)
                and not other.endswith("/")
            ]
            told[found[2]] = bool(texts) and all(text in notices for text in texts)
    return told


def script(path: Path, body: str) -> Path:
    """A shell script that can be run."""
    path.write_text(f"#!/bin/sh\n{body}", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path
