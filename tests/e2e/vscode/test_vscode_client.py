"""The extension's own checks: strict types, lint and unit tests, and what its package holds."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest

from vscode_workspace import licences

CLIENT = Path(__file__).resolve().parents[3] / "client-vscode"

pytestmark = pytest.mark.timeout(900)


@pytest.mark.parametrize("script", ["lint", "test"])
def test_the_clients_own_checks_pass(vsix: Path, script: str) -> None:
    """``vsix`` has installed the packages that the checks need."""
    done = subprocess.run(
        ["npm", "run", script], cwd=CLIENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_vsix_fits_every_platform(vsix: Path) -> None:
    with zipfile.ZipFile(vsix) as package:
        names = package.namelist()
    native = (".so", ".pyd", ".dylib", ".node", ".pyc")
    assert not [name for name in names if name.endswith(native)]
    assert not [name for name in names if "node_modules" in name or "/src/" in name]
    assert vsix.stat().st_size < 5_000_000


def test_whatever_is_bundled_has_its_licence_in_the_notices(vsix: Path) -> None:
    told = licences(vsix)
    assert len(told) > 10
    assert all(told.values()), told


def test_the_bundle_lacks_nothing_but_the_models_sdk(vsix: Path, bare_python: Path) -> None:
    """A Python without packages runs the command line from the bundle."""
    bootstrap = CLIENT / "bundled" / "bootstrap.py"
    example = CLIENT.parent / "examples" / "order_service.py"
    done = subprocess.run(
        [bare_python / "python3", "-I", bootstrap, "check", example],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr  # findings
    assert "place_order" in done.stdout


def test_packages_that_were_fetched_are_found_behind_the_interpreters_own(
    vsix: Path, bare_python: Path, tmp_path: Path
) -> None:
    """What the extension fetched into its own folder makes the difference, and only there."""
    (tmp_path / "anthropic").mkdir()
    (tmp_path / "anthropic" / "__init__.py").write_text("", encoding="utf-8")
    bootstrap = CLIENT / "bundled" / "bootstrap.py"
    reports = []
    for fetched in ({}, {"ARCHITECT_PACKAGES": str(tmp_path)}):
        done = subprocess.run(
            [bare_python / "python3", "-P", bootstrap, "doctor", tmp_path],
            env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **fetched},
            capture_output=True,
            text=True,
            check=False,
        )
        reports.append(done.stdout)
    assert "pip install anthropic" in reports[0]
    assert "pip install anthropic" not in reports[1]
    assert "ANTHROPIC_API_KEY" in reports[1]
