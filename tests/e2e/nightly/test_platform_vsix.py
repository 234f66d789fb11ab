"""The VSIX of one platform, packed whole and installed: Claude answers with nothing fetched.

Packing takes minutes: the SDK is installed once for each version of Python.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from e2e.vscode.conftest import bare_python, host, missing_host, vscode
from e2e.vscode.test_vscode_model import POINTS, REVIEW, values
from fake_messages import FakeMessages
from vscode_workspace import KEY, ROOT, interpreter, licences, place_of

__all__ = ["bare_python", "host", "values", "vscode"]

TARGET = "linux-x64"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")

pytestmark = [
    pytest.mark.timeout(3600),
    pytest.mark.skipif(
        (sys.platform, os.uname().machine) != ("linux", "x86_64"), reason=f"this is not {TARGET}"
    ),
]


@pytest.fixture(scope="session")
def vsix() -> Path:
    """Takes the place of the universal one, also for the fixtures that install it."""
    if missing := missing_host():
        pytest.fail(missing)
    build = [sys.executable, ROOT / "client-vscode" / "build.py", "--target", TARGET]
    done = subprocess.run(build, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (packed,) = (ROOT / "client-vscode").glob(f"architect-lsp-{TARGET}-*.vsix")
    return packed


def test_it_carries_native_parts_for_each_python_and_every_licence(vsix: Path) -> None:
    with zipfile.ZipFile(vsix) as package:
        native = [name for name in package.namelist() if name.endswith(".so")]
        assert f'TargetPlatform="{TARGET}"' in package.read("extension.vsixmanifest").decode()
    for version in PYTHONS:
        abi = version.replace(".", "")
        fitting = [name for name in native if f"/native/{version}/" in name]
        assert {Path(name).parent.name for name in fitting} == {"jiter", "pydantic_core"}
        assert all(f"cpython-{abi}-x86_64-linux-gnu" in name for name in fitting)
    told = licences(vsix)
    assert {"anthropic", "pydantic_core", "jiter"} <= {name.split("-")[0] for name in told}
    assert all(told.values()), told
    assert vsix.stat().st_size < 25_000_000


async def test_claude_answers_from_the_bundle_alone(
    vscode: Any, values: Path, bare_python: Path
) -> None:
    async with FakeMessages([REVIEW]) as fake:
        environment = {"ANTHROPIC_BASE_URL": fake.base_url, "ANTHROPIC_API_KEY": KEY}
        python = interpreter(vscode, bare_python / "python", environment)
        vscode.configure(machine={"architect.interpreter": python})
        details = {"points": POINTS, "finding": place_of(values, "over")}
        await asyncio.to_thread(vscode.run, "review", values.name, **details)
        assert len(fake.turns) == 1
