"""With a model, which is scripted: a wish, a rejected proposal, a review."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fake_messages import FakeMessages, Script, message, text, tool_use
from model_session import EXTRACTED, LOSSY, SOURCE, submission
from vscode_workspace import KEY, ROOT, interpreter, place_of, use_model

pytestmark = pytest.mark.timeout(900)

EXTENSION = "architect-lsp.architect-lsp"
WISH = "Use better names."
RENAMED = EXTRACTED.replace("_add_large", "_add_the_large_ones")
POINTS = ["Take the large values apart", "Name the constant"]
REVIEW = message(
    tool_use(
        "report",
        {
            "title": "Sound, with one nest",
            "summary": "It is fine.",
            "findings": [
                {
                    "first_line": line,
                    "last_line": line + 1,
                    "severity": "medium",
                    "title": title,
                    "why": "They are another thought.",
                }
                for line, title in zip((5, 9), POINTS, strict=True)
            ],
        },
    )
)


@pytest.fixture
def values(vscode: Any) -> Path:
    """A file whose function ``over`` the scripted model knows."""
    file: Path = vscode.workspace / "values.py"
    file.write_text(SOURCE, encoding="utf-8")
    return file


@pytest.fixture
def play(vscode: Any, values: Path) -> Any:
    """Plays a scenario in front of a model with this script; gives the result and what was sent."""

    async def play(scenario: str, replies: Script, **details: Any) -> tuple[dict[str, Any], Any]:
        async with FakeMessages(replies) as fake:
            use_model(vscode, fake.base_url)
            finding = place_of(values, "over")
            result = await asyncio.to_thread(
                vscode.run, scenario, values.name, finding=finding, **details
            )
            return result, fake.turns

    return play


async def test_a_wish_leads_to_another_proposal_in_the_same_conversation(play: Any) -> None:
    looked = message(text("It has two halves."), tool_use("LS", {"path": "."}))
    replies = [submission(EXTRACTED), looked, submission(RENAMED, "Better names")]
    result, turns = await play("refine", replies, wish=WISH)
    assert "_add_the_large_ones" in result["after"]
    assert WISH in str(turns[1]["messages"][-1])
    assert "_add_large" in str(turns[1]["messages"]), "what was proposed before is still known"


async def test_a_proposal_that_fails_its_checks_is_said_and_never_offered(play: Any) -> None:
    result, _ = await play("rejected", [submission(LOSSY)])
    assert "fingerprint" in result["said"]


async def test_a_review_is_a_rendered_page_and_points_in_the_text(play: Any) -> None:
    _, turns = await play("review", [REVIEW], points=POINTS)
    assert len(turns) == 1


@pytest.fixture
def python_with_pip(tmp_path: Path) -> Path:
    """A person's Python: pip, and no packages."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "own-python"], check=True)
    return tmp_path / "own-python" / "bin" / "python"


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages of the SDK as a folder of wheels, the only place where pip looks later."""
    folder = tmp_path_factory.mktemp("wheels")
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    requirements = ROOT / "requirements" / "model.txt"
    done = subprocess.run(
        [*download, "--only-binary", ":all:", "-r", requirements, "-d", folder],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def storage(vscode: Any) -> Iterator[Path]:
    """The extension's own storage, as empty afterwards as before: other tests want no SDK."""
    folder: Path = vscode.host.home / "user" / "User" / "globalStorage" / EXTENSION
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


async def test_the_sdk_is_fetched_on_a_persons_word_and_answers_with_the_key_kept_by_vs_code(
    vscode: Any, values: Path, python_with_pip: Path, wheels: Path, storage: Path
) -> None:
    async with FakeMessages([REVIEW]) as fake:
        environment = {
            "ANTHROPIC_BASE_URL": fake.base_url,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(wheels),
        }
        python = interpreter(vscode, python_with_pip, environment)
        vscode.configure(machine={"architect.interpreter": python})
        details = {"points": POINTS, "key": KEY, "finding": place_of(values, "over")}
        await asyncio.to_thread(vscode.run, "fetchSdk", values.name, **details)
        assert {sent.headers["authorization"] for sent in fake.requests} == {f"Bearer {KEY}"}
    (packages,) = storage.glob("model-packages-*")
    assert (packages / "anthropic").is_dir()
    own = python_with_pip.parents[1]
    assert not list(own.rglob("anthropic*")), "the person's own packages stay as they are"
