"""A file is known to parse only if Python compiled what it holds now."""

from __future__ import annotations

import os
import py_compile
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from architect_server.file_scan.compiled import is_compiled

_OLD = 1_700_000_000


@pytest.fixture
def compiled(tmp_path: Path) -> Path:
    """A source that was written long ago, and compiled since."""
    path = tmp_path / "module.py"
    path.write_text("def f(): pass\n", "utf-8")
    os.utime(path, (_OLD, _OLD))
    py_compile.compile(str(path), doraise=True)
    return path


def test_what_python_compiled_is_known_to_parse(compiled: Path) -> None:
    assert is_compiled(str(compiled))


def test_what_was_never_compiled_or_is_gone_is_not(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("", "utf-8")
    assert not is_compiled(str(tmp_path / "other.py"))
    assert not is_compiled(str(tmp_path / "none.py"))


@pytest.mark.parametrize(("text", "seconds"), [("def f(): pasz\n", _OLD + 1), ("def f(:\n", _OLD)])
def test_another_time_or_size_is_another_text(compiled: Path, text: str, seconds: int) -> None:
    compiled.write_text(text, "utf-8")
    os.utime(compiled, (seconds, seconds))
    assert not is_compiled(str(compiled))


def test_an_edit_within_the_second_of_the_compilation_is_noticed(compiled: Path) -> None:
    os.utime(cache_from_source(str(compiled)), (_OLD + 0.2, _OLD + 0.2))
    compiled.write_text("def f(: pass;\n"[:14], "utf-8")
    os.utime(compiled, (_OLD + 0.5, _OLD + 0.5))
    assert not is_compiled(str(compiled))


def test_a_file_that_another_python_or_a_hash_vouches_for_is_not_trusted(compiled: Path) -> None:
    path = Path(cache_from_source(str(compiled)))
    made = path.read_bytes()
    for header in (b"\0\0\0\0" + made[4:16], made[:4] + b"\1" + made[5:16], made[:9]):
        path.write_bytes(header)
        assert not is_compiled(str(compiled))
