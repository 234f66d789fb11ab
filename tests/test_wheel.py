"""What is shipped works by itself: the wheel, unpacked elsewhere, without the source tree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "order_service.py"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, with the dependencies beside it but not our editable install."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    content = folder / "content"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(content)
    for entry in Path(sysconfig.get_paths()["purelib"]).iterdir():
        ours = "architect" in entry.name or entry.suffix == ".pth"
        if not ours and not (content / entry.name).exists():
            (content / entry.name).symlink_to(entry)
    return content


def run(unpacked: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run with the wheel's content as the only place of packages (-S: no site-packages)."""
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    return subprocess.run(
        [sys.executable, "-P", "-S", *arguments],
        cwd=unpacked,
        env=environment,
        capture_output=True,
        text=True,
        timeout=110,
    )


def test_the_command_line_works_from_the_wheel(unpacked: Path) -> None:
    done = run(unpacked, "-m", "architect_server", "ask", f"{EXAMPLE}:place_order", "--json")
    answer: dict[str, Any] = json.loads(done.stdout)
    assert answer["status"] == "proposed", done.stderr


def test_the_server_starts_from_the_wheel_with_its_pages_and_agents(unpacked: Path) -> None:
    program = (
        "import architect_server.app, architect_server.diagnostic_json as c;"
        "architect_server.app.create_server();"
        "from architect_agents.agent_file import discover;"
        "print(architect_server.__file__);"
        "print([c.rule_page(r) is not None for r in "
        "('ccn', 'parameters', 'length', 'cognitive', 'nesting')]);"
        "print(sorted(a.name for a in discover(None, None)))"
    )
    done = run(unpacked, "-c", program)
    place, pages, agents = done.stdout.splitlines()
    assert place.startswith(str(unpacked))
    assert pages == str([True] * 5)
    assert agents == str(["general-architect", "python-backend-architect"])


@pytest.mark.parametrize("package", ["architect_server", "architect_agents"])
def test_the_packages_say_that_they_are_typed(unpacked: Path, package: str) -> None:
    assert (unpacked / package / "py.typed").is_file()
