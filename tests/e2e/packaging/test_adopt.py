"""A project adopts our check: by pre-commit, and as a step of GitHub Actions as it is written."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from e2e.packaging.conftest import GIT, clean_home, commit, run

pytestmark = pytest.mark.timeout(900)

GOOD = "def good(a):\n    return a\n"
BAD = "def bad(a):\n" + "".join(f"    if a == {n}:\n        a += 1\n" for n in range(20))
BAD += "    return a\n"
TOOLS = Path(sys.executable).parent


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """Somebody's repository, with one function that is too complex."""
    repository = tmp_path / "sample"
    (repository / "src").mkdir(parents=True)
    (repository / "src" / "good.py").write_text(GOOD)
    (repository / "src" / "bad.py").write_text(BAD)
    commit(repository, "start")
    return repository


def test_the_pre_commit_hook_stops_a_commit_that_makes_it_worse(
    sample: Path, published: Path, tmp_path: Path
) -> None:
    environment = {
        **clean_home(tmp_path / "home-of-the-user", TOOLS),
        "PRE_COMMIT_HOME": str(tmp_path / "pre-commit"),
    }

    def in_sample(*command: str | Path, code: int = 0) -> str:
        done = run(*command, cwd=sample, environment=environment, code=code)
        return done.stdout + done.stderr

    revision = run(*GIT, "rev-parse", "HEAD", cwd=published, environment=environment).stdout
    hooks = [{"id": "architect-check", "args": ["--max-ccn", "15"]}]  # as docs/ci.md shows it
    adopted = {"repos": [{"repo": str(published), "rev": revision.strip(), "hooks": hooks}]}
    (sample / ".pre-commit-config.yaml").write_text(yaml.safe_dump(adopted), "utf-8")
    in_sample(*GIT, "add", ".")
    in_sample(TOOLS / "pre-commit", "install")

    (sample / "src" / "good.py").write_text(GOOD + "\n\nVERSION = 1\n")
    in_sample(*GIT, "add", ".")
    assert "Passed" in in_sample(*GIT, "commit", "-m", "only good.py"), "bad.py was not touched"

    (sample / "src" / "good.py").write_text(BAD)
    in_sample(*GIT, "add", ".")
    said = in_sample(*GIT, "commit", "-m", "good.py gone bad", code=1)
    assert "Failed" in said
    assert "good.py" in said
    assert "bad.py" not in said
    all_files = in_sample(TOOLS / "pre-commit", "run", "architect-check", "--all-files", code=1)
    assert "bad.py" in all_files


class Runner:
    """Runs the shell steps of action.yml as they are written, as GitHub's runner does."""

    def __init__(self, action: Path, folder: Path) -> None:
        self.action: Any = yaml.safe_load((action / "action.yml").read_text("utf-8"))
        self.place = {"github.action_path": str(action)}
        self.paths = folder / "path"
        self.paths.touch()
        programs = folder / "python-that-was-set-up"
        programs.mkdir()
        (programs / "python").symlink_to(sys.executable)
        self.environment = {
            **clean_home(folder / "home-of-the-user", programs),
            "RUNNER_TEMP": str(folder),
            "GITHUB_PATH": str(self.paths),
        }
        self.prepared = False

    def run(self, workspace: Path, inputs: dict[str, str]) -> tuple[int, str]:
        """The exit code of the first step that fails, or 0, and all that was printed.

        Steps that name no input, such as the one that installs, are run the first time only.
        """
        defaults = {name: one.get("default", "") for name, one in self.action["inputs"].items()}
        values = {f"inputs.{name}": value for name, value in {**defaults, **inputs}.items()}
        printed = ""
        for step in self.action["runs"]["steps"]:
            done_before = self.prepared and "inputs." not in str(step)
            if "run" not in step or done_before or not wanted(step, values):
                continue
            done = self.step(step, workspace, {**self.place, **values})
            printed += done.stdout + done.stderr
            if done.returncode:
                return done.returncode, printed
        self.prepared = True
        return 0, printed

    def step(
        self, step: dict[str, Any], workspace: Path, values: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        assert step["shell"] == "bash"
        path = [*self.paths.read_text().split(), self.environment["PATH"]]
        own = {name: filled_in(text, values) for name, text in step["env"].items()}
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=workspace,
            env={**self.environment, **own, "PATH": os.pathsep.join(path)},
            capture_output=True,
            text=True,
        )


def filled_in(text: str, values: dict[str, str]) -> str:
    """``text`` with its expressions put in; one that we don't know is a mistake."""
    return re.sub(r"\$\{\{ *(.*?) *\}\}", lambda found: values[found[1]], text)


def wanted(step: dict[str, Any], values: dict[str, str]) -> bool:
    """Whether the step's condition holds; only the one form that the action uses."""
    if "if" not in step:
        return True
    condition = re.fullmatch(r"(inputs\.\S+) != ''", step["if"])
    assert condition, step["if"]
    return bool(values[condition[1]])


def test_the_action_passes_what_is_fine_and_annotates_what_is_not(
    sample: Path, published: Path, tmp_path: Path
) -> None:
    runner = Runner(published, tmp_path)
    fine = {"paths": "src/good.py\nsrc/bad.py", "arguments": "--max-ccn 30"}
    code, printed = runner.run(sample, fine)
    assert code == 0, printed

    code, printed = runner.run(sample, {"paths": "src\n", "sarif": "found.sarif"})
    assert code == 1, printed
    annotation = r"^::(error|warning) .*file=src/bad\.py.*line=1"
    assert re.search(annotation, printed, re.MULTILINE), printed
    sarif = json.loads((sample / "found.sarif").read_text("utf-8"))
    (result,) = sarif["runs"][0]["results"]
    assert result["ruleId"] == "ccn"
