"""`architect check`: what it prints, what its exit code says, and what it does with bad input."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from architect_server.cli import main

ARCHITECT = [sys.executable, "-P", "-m", "architect_server"]


def branches(name: str, count: int) -> str:
    """A function of cyclomatic complexity ``count + 1``."""
    body = "".join(f"    if value == {number}:\n        value += 1\n" for number in range(count))
    return f"def {name}(value):\n{body}    return value\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one bad and one good file, and the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.py").write_text(branches("worse", 40) + "\n\n" + branches("bad", 16))
    (tmp_path / "good.py").write_text(branches("good", 3))
    return tmp_path


def check(capsys: Any, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of one run in this process."""
    try:
        code = main(["check", *arguments])
    except SystemExit as wrong_use:  # argparse's own
        code = int(wrong_use.code or 0)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_worst_stands_first_in_an_aligned_table(capsys: Any) -> None:
    code, out, err = check(capsys, ".")
    assert (code, err) == (1, "")
    assert out.splitlines() == [
        "place        severity  rule  figure  limit  function",
        "bad.py:1:5   error     ccn       41     15  worse",
        "bad.py:85:5  warning   ccn       17     15  bad",
        "2 findings in 3 functions of 2 files",
    ]


def test_good_code_is_one_line_and_exit_0(capsys: Any) -> None:
    assert check(capsys, "good.py") == (0, "0 findings in 1 function of 1 file\n", "")


def test_json_holds_every_figure_in_a_fixed_order(capsys: Any) -> None:
    code, out, _ = check(capsys, "good.py", "bad.py", "--json")
    document = json.loads(out)
    assert code == 1
    assert [file["path"] for file in document["files"]] == ["good.py", "bad.py"]
    (function,) = document["files"][0]["functions"]
    assert (function["ccn"], function["start_line"], function["end_line"]) == (4, 1, 8)
    worse, _ = document["files"][1]["findings"]
    assert worse["value"] == 41
    assert worse["limit"] == 15
    assert list(worse)[:3] == ["rule", "severity", "message"]


@pytest.mark.parametrize("kind", ["text", "json", "sarif", "gitlab", "checkstyle", "github"])
def test_the_same_input_gives_the_same_bytes(kind: str, capsys: Any, project: Path) -> None:
    for number in range(12):
        (project / f"more{number}.py").write_text(branches(f"f{number}", 16 + number % 3))
    _, here, _ = check(capsys, ".", "--format", kind)
    elsewhere = subprocess.run([*ARCHITECT, "check", ".", "--format", kind], capture_output=True)
    assert here != ""
    assert elsewhere.stdout == here.encode()


WRONG_USE = {
    "no path at all": ([], "name files or folders"),
    "a path that is not there": (["nowhere.py"], "nowhere.py does not exist"),
    "a language nobody reads": (["notes.txt"], "no language that lizard reads"),
    "a format nobody knows": ([".", "--format", "pdf"], "invalid choice"),
    "a limit that is no number": ([".", "--max-ccn", "many"], "invalid int value"),
    "a path beside stdin": (["good.py", "--stdin-filename", "a.py"], "no other PATH"),
    "stdin in an unknown language": (["--stdin-filename", "a.txt"], "no language that lizard"),
    "an explanation in a format without": ([".", "--explain", "--format", "sarif"], "--explain"),
}


@pytest.mark.parametrize(("arguments", "said"), WRONG_USE.values(), ids=WRONG_USE.keys())
def test_wrong_use_is_exit_2_and_one_sentence(
    arguments: list[str], said: str, capsys: Any, project: Path
) -> None:
    (project / "notes.txt").write_text("nothing")
    code, out, err = check(capsys, *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


def test_what_could_not_be_read_is_never_clean(capsys: Any, project: Path) -> None:
    (project / "huge.py").write_text("x = 1\n" * 400_000)
    code, out, _ = check(capsys, "huge.py", "good.py")
    assert code == 2
    assert "huge.py: skipped: The file has more than 2,000,000 characters" in out


@pytest.mark.skipif(os.name == "nt" or not os.getuid(), reason="every file can be read here")
def test_a_file_without_permission_is_said(capsys: Any, project: Path) -> None:
    (project / "locked.py").touch(mode=0)
    code, out, _ = check(capsys, "locked.py")
    assert code == 2
    assert "locked.py: skipped: It can't be read: Permission denied." in out


@pytest.mark.parametrize("kind", ["text", "json", "sarif", "gitlab", "checkstyle", "github"])
def test_a_half_read_file_says_so_in_every_format(kind: str, capsys: Any, project: Path) -> None:
    (project / "half.py").write_text(branches("whole", 16) + "\ndef broken(:\n    return (\n")
    code, out, err = check(capsys, "half.py", "--format", kind)
    assert code == 1
    assert "partial" in out + err
    if kind in ("text", "gitlab", "checkstyle", "github"):
        assert "half.py: partial from line 3" in out + err


@pytest.mark.parametrize(("limit", "code"), [("16", 1), ("40", 1), ("41", 0), ("0", 0)])
def test_a_limit_on_the_command_line_lies_over_all_others(
    limit: str, code: int, capsys: Any, project: Path
) -> None:
    (project / "pyproject.toml").write_text("[tool.architect.limits]\nccn = 5\n")
    assert check(capsys, "bad.py", "--max-ccn", limit)[0] == code


def test_the_projects_limit_counts(capsys: Any, project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.architect.limits]\nccn = 3\n")
    code, out, _ = check(capsys, "good.py")
    assert code == 1
    assert "good.py:1:5  warning   ccn        4      3  good" in out


def test_a_bad_setting_is_said_with_its_line_and_the_rest_works(capsys: Any, project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.architect.limits]\nccn = "x"\nlength = 2\n')
    code, out, err = check(capsys, "good.py")
    assert code == 1
    assert "  length  " in out
    assert err.count("\n") == 1
    assert f"{project / 'pyproject.toml'}:2: 'limits.ccn' must be a whole number" in err


def test_stdin_is_read_under_its_files_name(
    capsys: Any, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "src").mkdir()
    (project / "src" / "pyproject.toml").write_text("[tool.architect.limits]\nccn = 2\n")
    text = io.TextIOWrapper(io.BytesIO(branches("typed", 3).encode()))
    monkeypatch.setattr("sys.stdin", text)
    code, out, _ = check(capsys, "-", "--stdin-filename", "src/new.py")
    assert code == 1
    assert "src/new.py:1:5  error     ccn        4      2  typed" in out


def test_explain_lists_every_plus_one_with_its_line(capsys: Any, project: Path) -> None:
    (project / "why.py").write_text("def why(a, b):\n    return [x for x in a if x and b]\n")
    _, out, _ = check(capsys, "why.py", "--max-ccn", "1", "--explain")
    assert [line.split()[:4] for line in out.splitlines() if line.startswith("      +1")] == [
        ["+1", "line", "2", "comprehension"],
        ["+1", "line", "2", "comprehension"],
        ["+1", "line", "2", "and"],
    ]
    _, out, _ = check(capsys, "why.py", "--explain", "--json")
    (function,) = json.loads(out)["files"][0]["functions"]
    assert len(function["decisions"]) == function["ccn"] - 1
    assert function["c901"] == 1
    assert function["differences"] == [
        "lizard counts `and`, comprehension, filter of a comprehension; C901 does not."
    ]


def test_a_reader_that_leaves_early_is_no_error(project: Path) -> None:
    for number in range(30):
        (project / f"m{number}.py").write_text(branches("f", 16))
    command = " ".join([*ARCHITECT, "check", ".", "--json", "|", "head", "-c", "1"])
    done = subprocess.run(command, shell=True, capture_output=True)
    assert (done.stdout, done.stderr) == (b"{", b"")


def test_no_colour_and_no_bar_where_nobody_looks(project: Path) -> None:
    done = subprocess.run([*ARCHITECT, "check", "."], capture_output=True)
    assert b"\x1b" not in done.stdout
    assert done.stderr == b""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_no_text_costs_no_report(project: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    (project / name).write_text(branches("f", 16))
    for kind in ("json", "sarif", "gitlab"):
        done = subprocess.run([*ARCHITECT, "check", name, "--format", kind], capture_output=True)
        assert (done.returncode, done.stderr) == (1, b"")
        assert json.loads(done.stdout)


def test_folders_are_searched_and_ignored_files_left_out(capsys: Any, project: Path) -> None:
    (project / ".gitignore").write_text("build/\n*_gen.py\n")
    for name in ("build/a.py", "b_gen.py", ".venv/c.py", "src/d.py", "src/e.ts", "src/f.txt"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text("x = 1\n")
    _, out, _ = check(capsys, ".", "--json")
    found = [file["path"] for file in json.loads(out)["files"]]
    assert found == ["bad.py", "good.py", "src/d.py", "src/e.ts"]
    _, out, _ = check(capsys, "b_gen.py", ".", "src", "--json")
    found = [file["path"] for file in json.loads(out)["files"]]
    assert found == ["b_gen.py", "bad.py", "good.py", "src/d.py", "src/e.ts"]


@pytest.mark.parametrize("written", [2**63 + 10**9, -(10**9)], ids=["in 2262", "before 1970"])
def test_a_file_of_any_time_is_measured_and_known_again(
    capsys: Any, project: Path, written: int
) -> None:
    os.utime(project / "bad.py", ns=(written, written))
    if (project / "bad.py").stat().st_mtime_ns != written:
        pytest.skip("this file system keeps no such time")
    first = check(capsys, ".")
    assert first[0] == 1
    assert check(capsys, ".") == first


UNREAD = {
    "no Python at all": ("notes.py", "Dear all,\nsee you (soon\n", 2),
    "half a function": ("half.py", "def f(a:\n    return (a\n", 2),
    "Python 2 beside functions": ("old.py", 'print "x"\n\ndef f(a):\n    return a\n', 0),
    "one-liners that lizard runs together": (
        "min.js",
        "function f(a){return c?d:e}\nfunction g(a){return c?d:e}\nfunction h(a){return c?d:e}\n",
        0,
    ),
    "an empty file": ("empty.py", "", 0),
}


@pytest.mark.parametrize(("name", "text", "expected"), UNREAD.values(), ids=UNREAD.keys())
def test_only_a_file_of_which_nothing_is_known_is_unreadable(
    name: str, text: str, expected: int, capsys: Any, project: Path
) -> None:
    (project / name).write_text(text)
    code, out, err = check(capsys, name)
    assert code == expected
    assert (f"{name}: partial" in out) == bool(text)
    assert (f"nothing could be measured in {name}" in err) == (expected == 2)


def test_vendored_code_that_cannot_be_read_fails_nobody(capsys: Any, project: Path) -> None:
    (project / "third_party").mkdir()
    (project / "third_party" / "broken.py").write_text("Dear all,\nsee you (soon\n")
    (project / "pyproject.toml").write_text(
        '[tool.architect]\nsuppress.vendored = ["third_party/"]\n'
    )
    code, out, err = check(capsys, "third_party", "good.py")
    assert (code, err) == (0, "")
    assert "third_party/broken.py: partial" in out
