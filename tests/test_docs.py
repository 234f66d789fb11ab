"""The documentation is true: links lead somewhere, commands run, settings resolve."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from architect_server.cli import main
from architect_server.settings import Layer, SettingsByPlace

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "order_service.py"
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "server" / "architect_server" / "rules").glob("*.md"),
        ROOT / "client-vscode" / "README.md",
    )
    if path.name != "CHANGELOG.md" or path.parent == ROOT
)

_FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(?P<title>.+?) *#*$", re.MULTILINE)
_COMMAND = re.compile(r"^(?: {4})?(?P<command>architect [^\n]*?)(?: +#.*)?$", re.MULTILINE)


def text_of(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


def blocks(*languages: str) -> Iterator[tuple[str, int, str]]:
    """Every fenced block in one of these languages: its page, its line, its text."""
    for page in PAGES:
        text = text_of(page)
        for found in _FENCE.finditer(text):
            if found["language"] in languages:
                yield page, text.count("\n", 0, found.start()) + 1, found["text"]


def named(cases: list[tuple[str, int, str]]) -> list[object]:
    return [pytest.param(text, id=f"{page}:{line}") for page, line, text in cases]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and the site make them."""
    prose = _FENCE.sub("", page.read_text("utf-8"))
    titles = (re.sub(r"[`*]", "", found["title"]) for found in _HEADING.finditer(prose))
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES)
def test_links_inside_the_repository_lead_somewhere(page: str) -> None:
    prose = re.sub(r"`[^`\n]*`", "", _FENCE.sub("", text_of(page)))
    for found in _LINK.finditer(prose):
        target, _, anchor = found["target"].partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        path = (ROOT / page).parent / unquote(target) if target else ROOT / page
        assert path.exists(), f"{page} links to {target}, which is not there"
        if anchor:
            assert anchor in anchors(path), f"{page} links to {target}#{anchor}: no such heading"


def test_every_page_can_be_reached_from_the_readme() -> None:
    """By links alone, as somebody reads who follows them."""
    reached, waiting = set(), ["README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or not page.endswith(".md"):
            continue
        reached.add(page)
        for found in _LINK.finditer(text_of(page)):
            target = unquote(found["target"].partition("#")[0])
            path = ((ROOT / page).parent / target).resolve()
            if target and path.is_file() and path.is_relative_to(ROOT):
                waiting.append(path.relative_to(ROOT).as_posix())
    elsewhere = {"client-vscode/README.md"}  # the Marketplace shows it
    assert sorted(set(PAGES) - reached - elsewhere) == []


def commands() -> dict[str, str]:
    """Every `architect …` line of the documentation that is complete as it stands."""
    found: dict[str, str] = {}
    for page in PAGES:
        text = text_of(page)
        shown = [block["text"] for block in _FENCE.finditer(text) if block["language"] == "sh"]
        shown += re.findall(r"(?:^ {4}\S[^\n]*\n)+", _FENCE.sub("", text), re.MULTILINE)
        for command in _COMMAND.finditer("\n".join(shown)):
            if not re.search(r"\b[A-Z]{3,}\b|…", command["command"].replace("JSON", "")):
                found.setdefault(command["command"], page)
    return found


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the commands of the documentation speak of."""
    (tmp_path / "src").mkdir()
    shutil.copyfile(EXAMPLE, tmp_path / "src" / "orders.py")
    before = "def f(a, b):\n    if a and b:\n        return 1\n    return 2\n"
    (tmp_path / "before.py").write_text(before)
    (tmp_path / "after.py").write_text(before.replace("if a and b", "if a"))
    (tmp_path / "notes.jsonl").write_text(
        '{"type": "entity", "name": "x", "entityType": "y", "observations": ["z"]}\n'
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_documentation_is_understood_and_does_its_work(
    command: str, workspace: Path
) -> None:
    here = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": os.pathsep.join([here, os.environ["PATH"]])}
    done = subprocess.run(
        ["sh", "-c", command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment,
        timeout=110,
    )
    needs_a_model = any(word in command for word in ("--review", "--question"))
    if needs_a_model:
        assert "ANTHROPIC_API_KEY" in done.stderr + done.stdout, done.stderr
    else:
        assert done.returncode in (0, 1), f"{commands()[command]}: {command}\n{done.stderr}"
        assert "Traceback" not in done.stderr


def test_the_documentation_shows_commands_to_run() -> None:
    verbs = {command.split()[1] for command in commands()}
    assert {"check", "ask", "verify", "memory", "agents"} <= verbs


TOML = [(p, n, t) for p, n, t in blocks("toml") if "tool.architect" in t]


@pytest.mark.parametrize("text", named(TOML))
def test_settings_of_the_documentation_resolve_without_a_complaint(
    text: str, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    places = SettingsByPlace(Layer("nothing", {}))
    settings = places.of(tmp_path / "a.py")
    assert list(places.problems) == []
    given = tomllib.loads(text)["tool"]["architect"]
    for name, value in given.get("limits", {}).items():
        assert getattr(settings.limits, name) == value


@pytest.mark.parametrize("text", named(list(blocks("python"))))
def test_python_of_the_documentation_compiles_and_can_be_measured(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    compile(text, "block", "exec")
    (tmp_path / "block.py").write_text(text)
    assert main(["check", str(tmp_path / "block.py"), "--format", "json"]) in (0, 1)
    report = json.loads(capsys.readouterr().out)
    assert [file["confidence"]["level"] for file in report["files"]] == ["complete"]


def test_the_faq_says_of_ruff_what_ruff_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = text_of("docs/faq.md")
    (code,) = [text for name, _, text in blocks("python") if name == "docs/faq.md"]
    said = {tool: re.findall(rf"{tool} counts (\d+)", page) for tool in ("lizard", "ruff")}
    (tmp_path / "shipping.py").write_text(code)
    main(["check", str(tmp_path / "shipping.py"), "--explain", "--max-ccn", "1"])
    (figures,) = re.findall(r"lizard (\d+), ruff's C901 (\d+)", capsys.readouterr().out)
    assert (said["lizard"], said["ruff"]) == ([figures[0]], [figures[1]])
    limit = "lint.mccabe.max-complexity=1"
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--select=C901", "--config", limit]
    done = subprocess.run([*ruff, tmp_path], capture_output=True, text=True)
    assert f"`shipping` is too complex ({figures[1]} > 1)" in done.stdout


@pytest.mark.parametrize("text", named(list(blocks("json"))))
def test_json_of_the_documentation_is_json(text: str) -> None:
    json.loads(text)


@pytest.mark.parametrize("text", named(list(blocks("yaml"))))
def test_yaml_of_the_documentation_is_yaml_and_fits_what_we_ship(text: str) -> None:
    given = yaml.safe_load(text)
    action = yaml.safe_load(text_of("action.yml"))
    (hook,) = yaml.safe_load(text_of(".pre-commit-hooks.yaml"))
    for repository in given.get("repos", []):
        assert [one["id"] for one in repository["hooks"]] == [hook["id"]]
    for job in given.get("jobs", {}).values():
        for step in job["steps"]:
            if "architect-lsp" in step["uses"]:
                assert set(step["with"]) <= set(action["inputs"])
