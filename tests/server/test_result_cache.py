"""The cache of results is never wrong, and never in the way."""

from __future__ import annotations

import sqlite3
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from architect_server.analysis.measure import measure
from architect_server.result_cache import ResultCache

_TEXT = "class A:\n    def f(self, a):\n        return a if a and self else 1\n"


def _filled(path: Path, texts: int = 1) -> ResultCache:
    cache = ResultCache(path)
    for number in range(texts):
        text = _TEXT + "#" * number
        cache.put(text, measure(text, "python"))
    cache.flush()
    return cache


def test_what_was_put_is_there_for_the_next_process(tmp_path: Path) -> None:
    _filled(tmp_path / "results").close()
    cache = ResultCache(tmp_path / "results")
    assert cache.get(_TEXT, "python") == measure(_TEXT, "python")
    assert cache.get(_TEXT + " ", "python") is None
    assert cache.get(_TEXT, "ruby") is None
    cache.close()


def test_a_partial_result_keeps_its_reason_and_a_skipped_one_is_not_kept(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path / "results")
    broken = _TEXT + "x = (\n"
    cache.put(broken, measure(broken, "python"))
    cache.put("MOVE A TO B.", measure("MOVE A TO B.", "cobol"))
    cache.flush()
    assert cache.get(broken, "python") == measure(broken, "python")
    assert cache.get("MOVE A TO B.", "cobol") is None
    cache.close()


def test_a_file_that_is_no_database_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "results"
    path.write_bytes(b"not a database at all " * 500)
    cache = _filled(path)
    assert cache.get(_TEXT, "python") is not None
    cache.close()
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM result").fetchone() == (1,)
    database.close()


def test_an_entry_that_is_no_result_is_a_miss(tmp_path: Path) -> None:
    _filled(tmp_path / "results").close()
    with sqlite3.connect(tmp_path / "results") as database:
        database.execute("UPDATE result SET figures = '[1, 2]'")
    database.close()
    cache = ResultCache(tmp_path / "results")
    assert cache.get(_TEXT, "python") is None
    cache.close()


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such rights there")
def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    (tmp_path / "file").chmod(stat.S_IRUSR)
    cache = _filled(tmp_path / "file" / "results")
    assert cache.get(_TEXT, "python") is None
    cache.close()


def test_several_writers_at_once_lose_nothing_but_time(tmp_path: Path) -> None:
    path = tmp_path / "results"
    with ThreadPoolExecutor(4) as pool:
        for cache in pool.map(lambda _: _filled(path, 30), range(8)):
            cache.close()
    cache = ResultCache(path)
    assert cache.get(_TEXT, "python") == measure(_TEXT, "python")
    cache.close()


def test_a_full_cache_lets_the_older_half_go(tmp_path: Path) -> None:
    cache = ResultCache(tmp_path / "results", largest=60_000)
    for number in range(2_000):
        text = _TEXT + "#" * number
        cache.put(text, measure(_TEXT, "python"))
    cache.flush()
    assert cache.get(_TEXT, "python") is None
    assert cache.get(_TEXT + "#" * 1_999, "python") is not None
    cache.close()
