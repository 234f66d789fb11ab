"""What a user gets, from a package index: a wheel whose source is gone, in a home just made."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
GIT = ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]

#: How this machine reaches its package index; everything else of the environment is left behind.
_NETWORK = re.compile(
    r"(PIP|UV|SSL_CERT)_\w+|\w+_CA_(BUNDLE|CERTS)|GIT_SSL_CAINFO|(https?|all|no)_proxy",
    re.IGNORECASE,
)
#: Taken before the tests' own rules clear the environment.
_OURS = {name: value for name, value in os.environ.items() if _NETWORK.fullmatch(name)}
_CACHES = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


def clean_home(home: Path, *programs: Path) -> dict[str, str]:
    """The environment of a user who has just been made, with ``programs`` on the PATH.

    What stays is where packages come from: the index, the way to it, what was downloaded before,
    and the locked versions, so that another project's release can't turn these tests red.
    """
    home.mkdir(exist_ok=True)
    configured = Path.home() / ".config" / "pip" / "pip.conf"
    path = [*map(str, programs), "/usr/local/bin", "/usr/bin", "/bin"]
    locked = str(_locked_versions(home.with_name(f"{home.name}-constraints.txt")))
    return {
        "PIP_CACHE_DIR": str(_CACHES / "pip"),
        "UV_CACHE_DIR": str(_CACHES / "uv"),
        "UV_SYSTEM_CERTS": "1",  # it trusts whom this machine trusts, as pip does here
        **({"PIP_CONFIG_FILE": str(configured)} if configured.exists() else {}),
        **_OURS,
        "PIP_NO_COMPILE": "1",  # much of what is installed is never imported
        "PIP_CONSTRAINT": locked,
        "UV_CONSTRAINT": locked,
        "HOME": str(home),
        "PATH": os.pathsep.join(path),
        "LANG": "C.UTF-8",
    }


def _locked_versions(constraints: Path) -> Path:
    """The versions of the lock, without hashes: with one, pip wants a hash of our wheel too."""
    lock = (ROOT / "requirements" / "dev.txt").read_text("utf-8")
    pins = re.findall(r"^[\w.-]+==[^\s;]+(?: ; [^\\\n]+)?", lock, re.MULTILINE)
    assert len(pins) > 50, "the lock is written in another way"
    constraints.write_text("\n".join(pins) + "\n", "utf-8")
    return constraints


def run(
    *command: str | Path, cwd: Path, environment: dict[str, str], code: int = 0
) -> subprocess.CompletedProcess[str]:
    """Run a step, which is to end with ``code``; what it said is shown where it does not."""
    words = [str(word) for word in command]
    done = subprocess.run(words, cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == code, f"{' '.join(words)}\n{done.stdout}\n{done.stderr}"
    return done


def needs_index_for_uv(environment: dict[str, str], folder: Path) -> None:
    """Skip where uv can't reach its index: it goes another way there than pip does."""
    uv = Path(sys.executable).parent / "uv"
    asking = [uv, "pip", "install", "--dry-run", "--target", folder / "nothing", "lizard"]
    asked = subprocess.run(asking, cwd=folder, env=environment, capture_output=True, text=True)
    if "error sending request" in asked.stderr:
        pytest.skip(f"uv reaches no package index from here: {asked.stderr.strip()}")


def copy_of_the_repository(target: Path) -> Path:
    """The repository as it is now, committed or not, without what the verbs leave behind."""
    leave = shutil.ignore_patterns(
        ".?*", "__pycache__", "node_modules", "bundled", "build", "dist", "output", "*.vsix"
    )
    shutil.copytree(ROOT, target, ignore=leave)
    for hidden in (".gitignore", ".pre-commit-hooks.yaml"):
        shutil.copyfile(ROOT / hidden, target / hidden)
    return target


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a copy of the repository that is deleted at once."""
    folder = tmp_path_factory.mktemp("wheel")
    source = copy_of_the_repository(folder / "source")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, source]
    run(*build, cwd=folder, environment={**os.environ})
    shutil.rmtree(source)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as it lies on a forge: a git repository with what is here now committed."""
    repository = copy_of_the_repository(tmp_path_factory.mktemp("published") / "architect-lsp")
    commit(repository, "release")
    return repository


def commit(repository: Path, message: str) -> None:
    """Make ``repository`` one, if it isn't yet, and commit all that is in it, without hooks."""
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "--no-verify", "-m", message]):
        run(*GIT, *command, cwd=repository, environment={**os.environ})
