"""The projects of `make proof`: fetched once, pinned by hash, with an environment for their tests.

Pure Python, with tests in the source distribution that pass with little beside pytest within a
few minutes, and with functions whose CCN is above 10.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
#: Everything that is fetched or made lies here; nothing of it is committed.
HOME = HERE.parents[1] / ".tools" / "proof"
PYTHON = HOME / "venv" / "bin" / "python"
_LOCK = HERE / "environment.txt"
_CORPUS = HERE / "corpus.txt"
_PIP = ["-m", "pip", "-q", "--disable-pip-version-check"]
#: Folders and files beside the code proper.
_ELSEWHERE = frozenset(
    {
        *("bench", "benchmark", "benchmarks", "doc", "docs", "examples", "fuzz", "scripts"),
        *("test", "testing", "tests", "tools"),
    }
)
_NOT_CODE = frozenset({"setup.py", "conftest.py", "noxfile.py"})


@dataclass(frozen=True, slots=True)
class Project:
    """``sources``: what has to be on the import path; ``tests`` and ``options``: for pytest."""

    name: str
    sources: str = "src"
    tests: str = "tests"
    options: tuple[str, ...] = ()

    @property
    def version(self) -> str:
        return pins()[self.name]

    @property
    def folder(self) -> Path:
        """The unpacked source distribution."""
        return HOME / "sources" / f"{self.name}-{self.version}"

    def files(self) -> list[Path]:
        """The Python files that are not tests, tools or documentation, in a fixed order."""
        found = []
        for path in sorted((self.folder / self.sources).rglob("*.py")):
            parts = path.relative_to(self.folder).parts
            if not _ELSEWHERE & set(parts[:-1]) and path.name not in _NOT_CODE:
                found.append(path)
        return found


PROJECTS = (
    Project("attrs"),
    Project("beautifulsoup4", ".", "bs4/tests"),
    Project("boltons", "."),
    Project("bottle", ".", "test"),
    Project("click"),
    Project("docutils", ".", "test"),
    Project("jinja2"),
    Project("jsonschema", ".", "jsonschema/tests"),
    Project("lark", "."),
    Project("mako", ".", "test"),
    Project("markdown", ".", options=("-o", "python_classes=Nothing")),
    Project("marshmallow"),
    Project("mistune"),
    Project("parso", ".", "test"),
    Project("pycparser", "."),
    Project("pyflakes", ".", "pyflakes/test"),
    Project("pyparsing", "."),
    Project("python-dateutil", options=("-W", "ignore::pytest.PytestUnknownMarkWarning")),
    Project("sqlparse", "."),
    Project("tabulate", ".", "test"),
)


def pins() -> dict[str, str]:
    """The version of every project, from the file that pip reads."""
    lines = _CORPUS.read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" ")[0].partition("==") for line in lines if "==" in line)
    return {name: version for name, _, version in pairs}


def prepare_environment() -> None:
    """The interpreter that runs the projects' tests; anew when its lock file changed."""
    stamp = HOME / "venv" / "lock"
    lock = _LOCK.read_text(encoding="utf-8")
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == lock:
        return
    subprocess.run([sys.executable, "-m", "venv", str(HOME / "venv")], check=True)
    command = [str(PYTHON), *_PIP, "install", "--require-hashes", "-r", str(_LOCK)]
    subprocess.run(command, check=True)
    stamp.write_text(lock, encoding="utf-8")


def fetch(project: Project) -> None:
    """Download and unpack the source distribution, unless that was done before."""
    if project.folder.is_dir():
        return
    downloads = HOME / "downloads" / project.name
    downloads.mkdir(parents=True, exist_ok=True)
    pinned = downloads / "pinned.txt"
    pinned.write_text(_pin_of(project.name), encoding="utf-8")
    command = [str(PYTHON), *_PIP, "download", "--no-deps", "--no-binary", ":all:"]
    command += ["--no-build-isolation", "--require-hashes", "-r", str(pinned)]
    subprocess.run([*command, "-d", str(downloads)], check=True)
    (archive,) = downloads.glob("*.tar.gz")
    unpacked = downloads / "unpacked"
    with tarfile.open(archive) as tar:
        tar.extractall(unpacked, filter="data")
    project.folder.parent.mkdir(parents=True, exist_ok=True)
    (folder,) = unpacked.iterdir()
    folder.rename(project.folder)


def _pin_of(name: str) -> str:
    """The lines of the corpus file that pin one project."""
    lines = _CORPUS.read_text(encoding="utf-8").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"{name}=="))
    return "\n".join(lines[start : start + 2]) + "\n"
