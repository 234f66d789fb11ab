"""What is shipped works by itself: the wheel, unpacked elsewhere, without the source tree.

Nothing here needs a network; tests/e2e/packaging installs it as a user would.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from email.message import Message
from email.parser import Parser
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "order_service.py"


#: What the build reads; neither the virtual environment nor what other tools leave.
SOURCES = ("server", "agents", "tests", "docs", "examples")
PAGES = ("README.md", "CHANGELOG.md", "LICENSE", "pyproject.toml")


def build(source: Path, target: Path) -> tuple[Path, Path]:
    """The wheel and the sdist of ``source``, with the build tools that are installed here."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--sdist"]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    subprocess.run(
        [*command, "--outdir", target, source], check=True, capture_output=True, env=environment
    )
    (wheel,), (sdist,) = target.glob("*.whl"), target.glob("*.tar.gz")
    return wheel, sdist


def copied(target: Path) -> Path:
    """A copy of what the build reads, as another clone would have it."""
    leave = shutil.ignore_patterns("__pycache__", "output")
    for name in SOURCES:
        shutil.copytree(ROOT / name, target / name, ignore=leave, copy_function=shutil.copyfile)
    for name in PAGES:
        shutil.copyfile(ROOT / name, target / name)
    return target


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel and the sdist."""
    folder = tmp_path_factory.mktemp("built")
    return build(copied(folder / "source"), folder / "dist")


@pytest.fixture(scope="module")
def unpacked(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, with the dependencies beside it but not our editable install."""
    content = tmp_path_factory.mktemp("wheel") / "content"
    with zipfile.ZipFile(built[0]) as archive:
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


def metadata(wheel: Path) -> Message:
    """The wheel's METADATA."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        return Parser().parsestr(archive.read(name).decode("utf-8"))


def test_two_builds_of_one_source_are_the_same_to_the_byte(
    built: tuple[Path, Path], tmp_path: Path
) -> None:
    again = copied(tmp_path / "elsewhere")
    for path in again.rglob("*"):
        os.utime(path, (1, 1))  # another clone has other times
    for first, second in zip(built, build(again, tmp_path / "dist"), strict=True):
        digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in (first, second)]
        assert digests[0] == digests[1], f"{first.name} depends on more than its sources"


def test_the_sdist_builds_the_same_wheel(built: tuple[Path, Path], tmp_path: Path) -> None:
    wheel, sdist = built
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path / "sdist", filter="data")
    (source,) = (tmp_path / "sdist").iterdir()
    assert build(source, tmp_path / "dist")[0].read_bytes() == wheel.read_bytes()


def test_the_version_stands_in_one_place(built: tuple[Path, Path], unpacked: Path) -> None:
    version = metadata(built[0])["Version"]
    source = (ROOT / "server" / "architect_server" / "__init__.py").read_text("utf-8")
    assert f'__version__ = "{version}"' in source
    assert run(unpacked, "-m", "architect_server", "--version").stdout.split()[-1] == version
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    assert "\nversion =" not in pyproject


def test_the_wheel_names_its_extras_its_command_and_its_licence(built: tuple[Path, Path]) -> None:
    about = metadata(built[0])
    assert set(about.get_all("Provides-Extra", [])) == {"mcp", "postgres"}
    assert about["License-Expression"] == "MIT"
    with zipfile.ZipFile(built[0]) as archive:
        names = archive.namelist()
        (entry_points,) = [name for name in names if name.endswith("entry_points.txt")]
        assert "architect = architect_server.cli:main" in archive.read(entry_points).decode()
    assert any(name.endswith("dist-info/licenses/LICENSE") for name in names)


def test_nothing_but_the_two_packages_is_installed(built: tuple[Path, Path]) -> None:
    with zipfile.ZipFile(built[0]) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    packages = {top for top in tops if not top.endswith(".dist-info")}
    assert packages == {"architect_server", "architect_agents"}
