"""pipx and uv install in a clean home, and a real editor works with what they installed."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from e2e.editors.driver import CLIENTS, EXAMPLE, TIME_LIMIT, drive
from e2e.packaging.conftest import ROOT, clean_home, needs_index_for_uv, run

pytestmark = pytest.mark.timeout(TIME_LIMIT + 900)

TOOLS = Path(sys.executable).parent
#: pipx with pip, as distributions bring it; beside uv it would choose uv.
PIPX = [TOOLS / "pipx", "install", "--backend", "pip", "--python", sys.executable]
INSTALLERS = {
    "pipx": PIPX,
    "uv": [TOOLS / "uv", "tool", "install", "--python", sys.executable],
}


@pytest.mark.parametrize("installer", INSTALLERS)
def test_what_is_installed_from_the_wheel_does_the_whole_road(
    installer: str, wheel: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home-of-the-user"
    environment = clean_home(home)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    if installer == "uv":
        needs_index_for_uv(environment, elsewhere)
    specifier = f"architect-lsp @ {wheel.as_uri()}"
    run(*INSTALLERS[installer], specifier, cwd=elsewhere, environment=environment)
    installed = home / ".local" / "bin"
    architect = installed / "architect"

    version = run(architect, "--version", cwd=elsewhere, environment=environment).stdout
    assert version.split()[-1] == wheel.name.split("-")[1]

    (elsewhere / EXAMPLE.name).write_text(EXAMPLE.read_text("utf-8"), "utf-8")
    checking = [architect, "check", EXAMPLE.name]
    found = run(*checking, cwd=elsewhere, environment=environment, code=1).stdout
    assert "place_order" in found

    report = run(architect, "doctor", "--json", cwd=elsewhere, environment=environment).stdout
    facts = {fact["area"]: fact for fact in json.loads(report)}
    place = facts["architect"]["value"].replace("~", str(home))
    assert str(home) in place
    assert str(ROOT) not in place
    assert facts["packages"]["ok"]

    neovim = CLIENTS["Neovim 0.11"]
    seen = drive(neovim, tmp_path, EXAMPLE.read_text("utf-8"), installed=installed)
    assert "cyclomatic complexity 25" in seen["message"]
    assert seen["undone"]


def test_the_extras_bring_their_packages(wheel: Path, tmp_path: Path) -> None:
    environment = clean_home(tmp_path / "home-of-the-user")
    needs_index_for_uv(environment, tmp_path)
    venv = tmp_path / "venv"
    run(
        TOOLS / "uv",
        "venv",
        "-q",
        "-p",
        sys.executable,
        venv,
        cwd=tmp_path,
        environment=environment,
    )
    python = venv / "bin" / "python"
    wanted = f"architect-lsp[mcp,postgres] @ {wheel.as_uri()}"
    installing = [TOOLS / "uv", "pip", "install", "-q", "--python", python, wanted]
    run(*installing, cwd=tmp_path, environment=environment)
    program = "import mcp, psycopg, architect_server.app as a; a.create_server(); print(a.__file__)"
    said = run(python, "-P", "-c", program, cwd=tmp_path, environment=environment).stdout
    assert said.startswith(str(venv))
