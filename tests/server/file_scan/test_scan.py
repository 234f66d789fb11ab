"""A scan reads only what has changed, says the same as a fresh one, and ends when it is told to."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from architect_server.analysis.limits import Limits
from architect_server.analysis.measure import measure
from architect_server.analysis.model import Confidence
from architect_server.discovery import Found, found_at, found_below
from architect_server.file_scan.checked import Checked
from architect_server.file_scan.pool import Pool
from architect_server.file_scan.scan import Wanted, scan
from architect_server.ignores import Ignores
from architect_server.judgement import judge
from architect_server.result_cache import ResultCache
from architect_server.settings import Settings

BAD = "class A:\n    def bad(self, a, b):\n        if a and b:\n            return 1\n"
GOOD = "def good():\n    return 1\n"
HALF = "def f(a):\n    return (a\n\ndef g(a):\n    return a and 1\n"
SETTINGS = Settings(Limits(ccn=2))


def _below(folder: Path) -> list[Found]:
    return list(found_below(folder, Ignores()))


def _scanned(
    folder: Path, files: list[Found], settings: Settings = SETTINGS, **more: object
) -> list[Checked]:
    """The results of a scan in the order of the files; the cache lies beside them."""
    cache = ResultCache(folder.parent / "cache" / "results")
    wanted = Wanted(files, lambda _: settings, lambda _: folder, **more)  # type: ignore[arg-type]
    try:
        found = dict(scan(wanted, cache))
    finally:
        cache.close()
    return [found[index] for index in range(len(files))]


def _alter(folder: Path, statement: str) -> None:
    database = sqlite3.connect(folder.parent / "cache" / "results")
    with database:
        database.execute(statement)
    database.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three Python files, and one in Go."""
    folder = tmp_path / "code"
    folder.mkdir()
    for name, text in {"bad.py": BAD, "good.py": GOOD, "half.py": HALF}.items():
        (folder / name).write_text(text, "utf-8")
    (folder / "pool.go").write_text("package a\n\nfunc f(a int) int {\n\treturn a\n}\n", "utf-8")
    return folder


def test_a_scan_says_what_measuring_and_judging_each_file_says(folder: Path) -> None:
    for turn in ("measured", "known"):
        for checked in _scanned(folder, _below(folder)):
            text = checked.path.read_text("utf-8")
            metrics = measure(text, checked.language)
            assert checked.metrics == metrics, turn
            assert checked.judged == judge(text, metrics, SETTINGS, checked.path, folder), turn
            assert checked.function_count == len(metrics.functions)


def test_a_file_that_has_not_changed_is_not_even_read(folder: Path) -> None:
    _scanned(folder, _below(folder))
    _alter(folder, "UPDATE file SET seen = seen + 10000000000")
    files = _below(folder)
    for path in folder.iterdir():
        path.unlink()
    (bad, good, _, _) = _scanned(folder, files)
    assert [one.message for one in bad.judged.findings] == [
        "A.bad has cyclomatic complexity 3 (limit 2)"
    ]
    assert good.is_silent


def test_a_change_that_leaves_time_and_size_is_seen_right_after_the_first_look(
    folder: Path,
) -> None:
    _scanned(folder, _below(folder))
    path = folder / "good.py"
    status = path.stat()
    path.write_text(GOOD.replace("1", "2"), "utf-8")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    # As if the system's clock were so coarse that the node did not change either.
    _alter(folder, f"UPDATE file SET changed = {path.stat().st_ctime_ns}")
    path.write_text(BAD[: status.st_size - 1] + "\n", "utf-8")
    assert path.stat().st_size == status.st_size
    (found,) = _scanned(folder, [found_at(path)])
    assert found.metrics == measure(path.read_text("utf-8"), "python")


def test_a_file_that_was_only_touched_is_known_and_trusted_again(folder: Path) -> None:
    _scanned(folder, _below(folder))
    path = folder / "bad.py"
    os.utime(path, ns=(1, 1))
    _scanned(folder, [found_at(path)])
    cache = ResultCache(folder.parent / "cache" / "results")
    known = cache.file(str(path), details=True)
    cache.close()
    assert known is not None
    assert known.modified == 1


def test_other_settings_judge_anew(folder: Path) -> None:
    assert _scanned(folder, _below(folder))[0].judged.findings
    lax = SETTINGS._replace(limits=Limits(ccn=3))
    assert not _scanned(folder, _below(folder), lax)[0].judged.findings
    assert _scanned(folder, _below(folder))[0].judged.findings


@pytest.mark.parametrize(
    "breaking", ["UPDATE figures SET figures = '[1, 2]'", "UPDATE file SET report = '[3]'"]
)
def test_a_broken_entry_is_measured_anew(breaking: str, folder: Path) -> None:
    _scanned(folder, _below(folder))
    _alter(folder, breaking)
    (found,) = _scanned(folder, [found_at(folder / "bad.py")])
    assert found.metrics == measure(BAD, "python")
    assert found.judged == judge(BAD, found.metrics, SETTINGS, found.path, folder)


def test_a_text_in_place_of_a_file_is_measured_and_not_remembered(folder: Path) -> None:
    file = found_at(folder / "new.py")
    (found,) = _scanned(folder, [file], texts={file.path: BAD})
    assert found.text == BAD
    assert found.metrics == measure(BAD, "python")
    (gone,) = _scanned(folder, [file])
    assert gone.confidence.level == "skipped"


def test_a_file_that_takes_too_long_is_skipped_and_the_others_are_not(folder: Path) -> None:
    (folder / "long.py").write_text(BAD * 12_000, "utf-8")
    impatient = SETTINGS._replace(time_limit=0.2)
    found = {one.path.name: one for one in _scanned(folder, _below(folder), impatient)}
    reason = "Its analysis took over 0.2 seconds."
    assert found["long.py"].confidence == Confidence("skipped", reason)
    assert found["pool.go"].metrics.functions


def test_a_file_without_end_is_not_read(folder: Path) -> None:
    with (folder / "hole.py").open("wb") as file:
        file.truncate(2**40)
    found = {one.path.name: one for one in _scanned(folder, _below(folder))}
    assert "analysis.sizeLimit" in found["hole.py"].confidence.reason
    assert found["pool.go"].metrics.functions


def test_a_scan_that_is_stopped_ends_and_takes_its_processes_along(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = []
    child_end = Pool.__init__.__globals__["_Child"].end

    def end(child: object) -> None:
        child_end(child)
        ended.append(child._process.poll())  # type: ignore[attr-defined]

    monkeypatch.setattr("architect_server.file_scan.pool._Child.end", end)
    cache = ResultCache(folder.parent / "cache" / "results")
    wanted = Wanted(_below(folder), lambda _: SETTINGS, lambda _: folder)
    assert list(scan(wanted, cache, _Later(5))) == []
    cache.close()
    assert ended
    assert None not in ended


class _Later:
    """Whether to stop: not the first times one asks."""

    def __init__(self, times: int) -> None:
        self._left = times

    def __call__(self) -> bool:
        self._left -= 1
        return self._left < 0
