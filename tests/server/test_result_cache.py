"""The cache of results is never wrong, and never in the way."""

from __future__ import annotations

import sqlite3
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from architect_server.cache_keys import content_key, key_of
from architect_server.result_cache import Known, ResultCache

_SECOND = 1_000_000_000
_NOW = 1_800_000_000 * _SECOND
_STAMP = (_NOW - 10 * _SECOND, 120, _NOW - 9 * _SECOND, 77)


def _known(name: str, content: bytes = b"content", report: str = "") -> Known:
    return Known(f"/folder/{name}".encode(), *_STAMP, _NOW, content, b"settings", 3, report, "")


def _filled(path: Path, files: int = 1, figures: str = "[]", largest: int = 10**9) -> ResultCache:
    cache = ResultCache(path, largest)
    for number in range(files):
        cache.put(_known(f"{number}.py", f"content {number}".encode()), figures)
    cache.flush()
    return cache


def test_what_was_put_is_there_for_the_next_process(tmp_path: Path) -> None:
    _filled(tmp_path / "results", files=2).close()
    cache = ResultCache(tmp_path / "results")
    assert cache.figures(b"content 0") == "[]"
    assert cache.figures(b"content 2") is None
    known = _known("1.py", b"content 1")
    assert cache.file("/folder/1.py", details=True) == known
    assert cache.file("/folder/1.py", details=False) == known._replace(details=None)
    assert cache.file("/folder/2.py", details=True) is None
    assert set(cache.below("/folder", details=False)) == {b"/folder/0.py", b"/folder/1.py"}
    assert cache.below("/fold", details=True) == {}
    assert cache.below("/folder/0.py", details=True) == {}
    cache.close()


def test_a_file_is_still_the_same_only_if_all_that_is_known_of_it_is() -> None:
    known = _known("a.py")
    assert known.is_still(_STAMP)
    assert not known.is_still(None)
    for index in range(4):
        other = [*_STAMP]
        other[index] += 1
        assert not known.is_still((other[0], other[1], other[2], other[3]))


@pytest.mark.parametrize("field", ["modified", "changed"])
def test_a_file_read_right_after_it_was_written_is_not_trusted(field: str) -> None:
    known = _known("a.py")._replace(**{field: _NOW - _SECOND})
    assert not known.is_still((known.modified, known.size, known.changed, known.node))


def test_a_name_tells_texts_languages_and_settings_apart() -> None:
    assert content_key("a", "python") == content_key("a", "python")
    names = {content_key("a", "python"), content_key("b", "python"), content_key("a", "ruby")}
    assert len(names) == 3
    assert key_of((1, "\udcff")) != key_of((2, "\udcff"))


def test_a_file_that_is_no_database_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "results"
    path.write_bytes(b"not a database at all " * 500)
    cache = _filled(path)
    assert cache.figures(b"content 0") == "[]"
    cache.close()
    with sqlite3.connect(path) as database:
        assert database.execute("SELECT count(*) FROM figures").fetchone() == (1,)
    database.close()


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such rights there")
def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    (tmp_path / "file").chmod(stat.S_IRUSR)
    cache = _filled(tmp_path / "file" / "results")
    assert cache.figures(b"content 0") is None
    assert cache.below("/folder", details=True) == {}
    cache.close()


def test_several_writers_at_once_lose_nothing_but_time(tmp_path: Path) -> None:
    path = tmp_path / "results"
    with ThreadPoolExecutor(4) as pool:
        for cache in pool.map(lambda _: _filled(path, 30), range(8)):
            cache.close()
    cache = ResultCache(path)
    assert cache.figures(b"content 29") == "[]"
    cache.close()


def test_a_full_cache_lets_the_older_half_go(tmp_path: Path) -> None:
    cache = _filled(
        tmp_path / "results", files=2_000, figures="[" + "1," * 50 + "1]", largest=90_000
    )
    assert cache.figures(b"content 0") is None
    assert cache.file("/folder/0.py", details=True) is None
    assert cache.figures(b"content 1999") is not None
    assert cache.file("/folder/1999.py", details=True) is not None
    cache.close()
