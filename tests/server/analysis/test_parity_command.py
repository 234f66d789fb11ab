"""The comparison with lizard's command line runs, and finds nothing unexplained in our sources."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def _parity(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "parity.py"), "--jobs", "1", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"PYTHONUTF8": "1", "PATH": ""},
    )


def test_our_sources_of_every_language_agree_or_say_why(tmp_path: Path) -> None:
    sources = ROOT / "tests" / "cases" / "analysis" / "languages"
    listed = tmp_path / "all.csv"
    run = _parity(str(sources), "--write", str(tmp_path / "page.md"), "--list", str(listed))
    assert run.returncode == 0, run.stderr
    page = (tmp_path / "page.md").read_text(encoding="utf-8")
    assert "| not equal | 0 |" in page
    kinds = {line.split(",")[4] for line in listed.read_text(encoding="utf-8").split("\n")[1:-1]}
    assert kinds == {"corrected"}


def test_a_folder_without_sources_is_said_in_one_sentence(tmp_path: Path) -> None:
    run = _parity(str(tmp_path))
    assert run.returncode == 2
    assert run.stderr.strip() == "There are no source files in these folders."
