"""lizard is kept behind one file, and what it does on import is undone."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import architect_server
from architect_server.analysis.measure import measure

PACKAGE = Path(architect_server.__file__).parent


def test_one_file_imports_lizard() -> None:
    importing = re.compile(r"^\s*(?:import|from) lizard", re.M)
    files = [path.name for path in PACKAGE.rglob("*.py") if importing.search(path.read_text())]
    assert files == ["lizard_adapter.py"]


def test_the_search_path_is_as_it_was_before_lizard() -> None:
    code = (
        "import sys; before = list(sys.path); import architect_server.analysis.measure; "
        "assert 'lizard' in sys.modules; print(before == sys.path)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "True"


def test_nothing_is_written_where_a_protocol_may_be_spoken(capfd: object) -> None:
    measure("function f() {" * 3_000 + "}" * 3_000, "javascript")
    measure("def f(", "python")
    out, err = capfd.readouterr()  # type: ignore[attr-defined]
    assert (out, err) == ("", "")


def test_the_same_text_gives_the_same_figures_after_any_other() -> None:
    text = "def f(a):\n    return a or 1\n"
    first = measure(text, "python")
    measure("def g(a):\n    #lizard forgives\n    return [", "python")
    measure("int f( {", "c")
    assert measure(text, "python") == first
