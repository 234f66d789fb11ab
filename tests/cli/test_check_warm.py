"""A check of what was checked before prints what a first one prints, whatever has changed since."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from architect_server.cli import main
from architect_server.cli.formats import EXPLAINING, FORMATS
from architect_server.file_scan.whole_folders import MANY
from architect_server.result_cache import cache_path

FORMS = [[name] for name in FORMATS] + [[name, "--explain"] for name in sorted(EXPLAINING)]


def branches(name: str, count: int) -> str:
    """A function of cyclomatic complexity ``count + 1``."""
    body = "".join(f"    if value == {number}:\n        value += 1\n" for number in range(count))
    return f"def {name}(value):\n{body}    return value\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Findings that count and that don't, a broken text, a setting, and something left out."""
    project = tmp_path / "project"
    (project / "src").mkdir(parents=True)
    monkeypatch.chdir(project)
    for number in range(MANY):
        (project / "src" / f"m{number}.py").write_text(branches(f"m{number}", number % 14))
    (project / "src" / "bad.py").write_text(branches("bad", 20))
    (project / "src" / "good.py").write_text(branches("good", 3))
    (project / "silent.py").write_text(f"# architect: ignore ccn: legacy\n{branches('s', 20)}")
    (project / "stale.py").write_text("def ok():  # architect: ignore[ccn] -- why\n    return 1\n")
    (project / "half.py").write_text(branches("whole", 16) + "\ndef broken(:\n    return (\n")
    (project / "out.py").write_text(branches("out", 20))
    (project / ".gitignore").write_text("out.py\n")
    (project / "pyproject.toml").write_text("[tool.architect.limits]\nccn = 12\n")
    return project


def check(capsys: Any, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of one run."""
    code = main(["check", ".", "--format", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def alter(*statements: str) -> None:
    """Change what the cache holds."""
    database = sqlite3.connect(cache_path())
    with database:
        for statement in statements:
            database.execute(statement)
    database.close()


def settle(capsys: Any) -> None:
    """As if all had been seen long after it was last changed, and its folders been kept whole."""
    alter(*(f"UPDATE {table} SET seen = seen + 10000000000" for table in ("file", "folder")))
    check(capsys, "text")


@pytest.mark.parametrize("form", FORMS, ids=" ".join)
def test_every_format_is_the_same_warm_as_cold(form: list[str], capsys: Any) -> None:
    cold = check(capsys, *form)
    settle(capsys)
    assert check(capsys, *form) == cold


def test_what_a_format_needs_is_kept_whichever_came_first(capsys: Any) -> None:
    expected = {" ".join(form): check(capsys, *form) for form in FORMS}
    cache_path().unlink()
    check(capsys, "text")
    settle(capsys)
    assert {" ".join(form): check(capsys, *form) for form in FORMS} == expected


def _in_place(path: Path, old: str, new: str) -> None:
    """Edit so that size and time of modification stay."""
    status = path.stat()
    text = path.read_text("utf-8")
    assert old in text
    assert len(old) == len(new)
    path.write_text(text.replace(old, new), "utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


CHANGES: dict[str, Callable[[Path], object]] = {
    "an edit in place": lambda it: _in_place(it / "src/bad.py", "if value == 3:", "value = 3 # a "),
    "a setting in place": lambda it: _in_place(it / "pyproject.toml", "12", "25"),
    "an ignored file in place": lambda it: _in_place(it / ".gitignore", "out", "bad"),
    "a file more": lambda it: (it / "src/more.py").write_text(branches("more", 30), "utf-8"),
    "a file less": lambda it: (it / "src/bad.py").unlink(),
    "another name": lambda it: (it / "src/bad.py").rename(it / "src/worse.py"),
    "settings within": lambda it: (it / "src/pyproject.toml").write_text(
        "[tool.architect.limits]\nccn = 30\n", "utf-8"
    ),
    "a limit for some": lambda it: (it / "pyproject.toml").write_text(
        '[[tool.architect.overrides]]\npaths = ["src/"]\nreason = "a"\nlimits = { ccn = 2 }\n'
    ),
    "vendored": lambda it: (it / "pyproject.toml").write_text(
        '[tool.architect]\nsuppress.vendored = ["src/"]\n', "utf-8"
    ),
    "excluded": lambda it: (it / "pyproject.toml").write_text(
        '[tool.architect]\nexclude = ["src/good.py"]\n', "utf-8"
    ),
    "whitelisted": lambda it: (it / "whitelizer.txt").write_text("bad\n", "utf-8"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_every_change_is_in_the_next_report(what: str, project: Path, capsys: Any) -> None:
    before = check(capsys, "text")
    settle(capsys)
    CHANGES[what](project)
    warm = check(capsys, "text")
    cache_path().unlink()
    assert check(capsys, "text") == warm != before


def test_a_folder_that_is_as_it_was_is_one_row(capsys: Any) -> None:
    first = check(capsys, "text")
    settle(capsys)
    alter("DELETE FROM file", "UPDATE reports SET reports = replace(reports, 'bad', 'as kept')")
    assert check(capsys, "text") == (first[0], first[1].replace("  bad\n", "  as kept\n"), first[2])


@pytest.mark.parametrize("broken", ["NULL", "''", "'[1]'", "'[[1], []]'", "7", "x'00'"])
@pytest.mark.parametrize("column", ["state", "settings", "reports"])
def test_what_is_broken_is_read_file_by_file(column: str, broken: str, capsys: Any) -> None:
    first = check(capsys, "text")
    settle(capsys)
    alter(f"UPDATE reports SET {column} = {broken}")
    assert check(capsys, "text") == first


def test_what_has_not_changed_is_told_without_the_analysis(project: Path, capsys: Any) -> None:
    check(capsys, "text")
    settle(capsys)
    program = (
        "import sys; from architect_server.cli import main; "
        "main(['check', '.']); print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    ended = subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(ended.stderr.split())
    assert "architect_server.folder_cache" in loaded
    ours = {"analysis.model", "analysis.measure", "judgement", "file_scan.pool"}
    others = {"lizard", "pathspec", "logging", "subprocess", "asyncio", "pygls", "rich"}
    assert not loaded & ({f"architect_server.{name}" for name in ours} | others)


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    first = check(capsys, "text")
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert check(capsys, "text") == first
