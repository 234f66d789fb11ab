"""The extension's manifest and lock files say what the rest of the project says."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from architect_server import __version__
from architect_server.analysis.languages import LANGUAGE_IDS
from architect_server.settings import SETTINGS

ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "client-vscode"


@pytest.fixture
def manifest() -> dict[str, Any]:
    return json.loads((CLIENT / "package.json").read_text(encoding="utf-8"))


def test_extension_and_server_have_one_version(manifest: dict[str, Any]) -> None:
    assert manifest["version"] == __version__
    lock = json.loads((CLIENT / "package-lock.json").read_text(encoding="utf-8"))
    assert lock["version"] == __version__


def test_settings_in_the_manifest_are_current(manifest: dict[str, Any]) -> None:
    generator = runpy.run_path(str(CLIENT / "generate_settings.py"))
    renewed = generator["render"](generator["with_settings"](manifest, SETTINGS))
    assert (CLIENT / "package.json").read_text(encoding="utf-8") == renewed, (
        "run: .venv/bin/python client-vscode/generate_settings.py"
    )


def test_extension_wakes_for_every_language_it_serves(manifest: dict[str, Any]) -> None:
    source = (CLIENT / "src" / "languages.ts").read_text(encoding="utf-8")
    served = re.findall(r'^  "([^"]+)",$', source, re.MULTILINE)
    assert len(served) > 20
    assert set(served) <= set(LANGUAGE_IDS), "the server does not read these"
    assert manifest["activationEvents"] == [f"onLanguage:{language}" for language in served]


def test_lock_file_names_no_registry() -> None:
    lock = json.loads((CLIENT / "package-lock.json").read_text(encoding="utf-8"))
    packages = [package for place, package in lock["packages"].items() if place]
    assert packages
    assert all("resolved" not in package for package in packages)
    assert all(package.get("integrity") or package.get("inBundle") for package in packages)


def test_every_bundled_package_is_locked_by_hash_to_the_tested_version() -> None:
    bundled = _locked(ROOT / "requirements" / "vsix.txt")
    tested = _locked(ROOT / "requirements" / "dev.txt")
    wanted = (ROOT / "requirements" / "vsix.in").read_text(encoding="utf-8").splitlines()
    assert {line for line in wanted if not line.startswith("#")} <= bundled.keys()
    assert {name: tested.get(name) for name in bundled} == bundled


def test_what_spends_money_or_runs_code_is_not_a_repositorys_to_set(
    manifest: dict[str, Any],
) -> None:
    sections = manifest["contributes"]["configuration"]
    properties = {key: value for part in sections for key, value in part["properties"].items()}
    own = [f"architect.{setting.key}" for setting in SETTINGS if setting.user_only]
    assert own
    assert {properties[key]["scope"] for key in own} == {"application"}
    restricted = manifest["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    assert "architect.interpreter" in restricted


def _locked(path: Path) -> dict[str, str]:
    """Names and versions in a compiled requirements file; each must carry a hash."""
    text = path.read_text(encoding="utf-8")
    entries = re.findall(
        r"^([\w.-]+)(?:\[\w+\])?==([^\s;]+)[^\n]*\\\n    --hash=sha256:", text, re.MULTILINE
    )
    assert len(entries) == len(re.findall(r"^[\w.-]+(?:\[\w+\])?==", text, re.MULTILINE))
    return dict(entries)


def test_no_command_of_the_extension_is_the_servers_too() -> None:
    """The language client registers the server's commands by itself; twice it would not start."""
    manifest = json.loads((ROOT / "client-vscode" / "package.json").read_text("utf-8"))
    source = ROOT / "server" / "architect_server" / "capabilities.json"
    answer = json.loads(source.read_text("utf-8"))
    provided = answer["capabilities"]["executeCommandProvider"]["commands"]
    own = {command["command"] for command in manifest["contributes"]["commands"]}
    assert own
    assert own & set(provided) == set()
