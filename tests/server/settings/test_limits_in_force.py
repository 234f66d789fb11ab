"""Which limit holds for a file, where it comes from, and what is said of one that can't hold."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from architect_server.settings import Layer, Settings, SettingsByPlace

OVERRIDES = """\
[tool.architect.limits]
ccn = 10

[[tool.architect.overrides]]
paths = ["tests/**"]
reason = "tests read from top to bottom"
limits = { ccn = 20, length = 0 }

[[tool.architect.overrides]]
languages = ["c", "cpp"]
paths = ["drivers/"]
reason = "the vendor's state machines"
limits = { ccn = 30 }
"""


def write(folder: Path, **files: str) -> None:
    """Files by name; ``__`` stands for a dot."""
    for name, text in files.items():
        path = folder / name.replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def at(path: Path, **editor: Any) -> Settings:
    """The settings in force for ``path``."""
    return SettingsByPlace(Layer("the editor's settings", editor)).of(path)


def said(path: Path, **editor: Any) -> list[str]:
    """What a person is told about them."""
    places = SettingsByPlace(Layer("the editor's settings", editor))
    places.of(path)
    return list(places.problems)


@pytest.mark.parametrize(
    ("file", "ccn", "length"),
    [
        ("src/a.py", 10, 100),
        ("tests/deep/test_a.py", 20, 0),
        ("drivers/usb.c", 30, 100),
        ("drivers/usb.py", 10, 100),
        ("usb.c", 10, 100),
        ("src/tests.py", 10, 100),
    ],
)
def test_an_override_holds_where_its_globs_and_languages_say(
    file: str, ccn: int, length: int, tmp_path: Path
) -> None:
    write(tmp_path, pyproject__toml=OVERRIDES)
    limits = at(tmp_path / file).limits
    assert (limits.ccn, limits.length) == (ccn, length)


def test_the_origin_of_an_overridden_limit_has_its_line_and_reason(tmp_path: Path) -> None:
    write(tmp_path, pyproject__toml=OVERRIDES)
    project = tmp_path / "pyproject.toml"
    origins = at(tmp_path / "tests" / "test_a.py").origins
    assert origins["limits.ccn"] == f"{project}:4: tests read from top to bottom"
    assert at(tmp_path / "a.py").origins["limits.ccn"] == f"{project}:2"


def test_a_languageid_decides_before_the_files_name(tmp_path: Path) -> None:
    write(tmp_path, pyproject__toml=OVERRIDES)
    places = SettingsByPlace(Layer("the editor's settings", {}))
    assert places.of(tmp_path / "drivers" / "usb.inc", "cpp").limits.ccn == 30
    assert places.of(None, "cpp").limits.ccn == 15


def test_the_editors_overrides_lie_above_the_projects(tmp_path: Path) -> None:
    write(tmp_path, pyproject__toml=OVERRIDES)
    mine = [{"languages": ["python"], "reason": "my own pace", "limits": {"ccn": 7}}]
    assert at(tmp_path / "tests" / "test_a.py", overrides=mine).limits.ccn == 7
    assert at(tmp_path / "tests" / "a.c", overrides=mine).limits.ccn == 20


WRONG_OVERRIDES = {
    "no reason": ('paths = ["a/"]\nlimits = { ccn = 3 }', "needs a reason", 15),
    "an empty reason": ('paths = ["a/"]\nreason = " "\nlimits = { ccn = 3 }', "needs a reason", 15),
    "nowhere": ('reason = "r"\nlimits = { ccn = 3 }', "needs 'paths' or 'languages'", 15),
    "no limits": ('paths = ["a.py"]\nreason = "r"', "needs its limits", 15),
    "a lone glob": ('paths = "a.py"\nreason = "r"\nlimits = { ccn = 3 }', "list of strings", 15),
    "an unknown rule": (
        'paths = ["a.py"]\nreason = "r"\nlimits = { cnn = 3, ccn = 4 }',
        "unknown limit 'cnn'",
        4,
    ),
    "a limit of the wrong type": (
        'paths = ["a.py"]\nreason = "r"\nlimits = { ccn = "x", length = 4 }',
        "must be a whole number",
        15,
    ),
    "an unknown key": (
        'paths = ["a.py"]\nreason = "r"\nseverity = 1\nlimits = { ccn = 4 }',
        "unknown key 'severity'",
        4,
    ),
    "an unknown language": (
        'paths = ["a.py"]\nlanguages = ["pyhton"]\nreason = "r"\nlimits = { ccn = 4 }',
        "no language 'pyhton'",
        15,
    ),
}


@pytest.mark.parametrize(
    ("entry", "sentence", "ccn"), WRONG_OVERRIDES.values(), ids=WRONG_OVERRIDES.keys()
)
def test_a_wrong_override_is_said_with_its_line(
    entry: str, sentence: str, ccn: int, tmp_path: Path
) -> None:
    write(tmp_path, pyproject__toml=f"[tool.architect]\n\n[[tool.architect.overrides]]\n{entry}\n")
    (found,) = said(tmp_path / "a.py")
    assert found.startswith(f"{tmp_path / 'pyproject.toml'}:3: ")
    assert sentence in found
    assert at(tmp_path / "a.py").limits.ccn == ccn


def test_a_near_miss_is_named(tmp_path: Path) -> None:
    write(tmp_path, pyproject__toml="[tool.architect.limits]\ncnn = 3\n")
    (found,) = said(tmp_path / "a.py")
    assert "unknown setting 'limits.cnn' is ignored (did you mean 'limits.ccn'?)" in found


def test_the_nearest_table_counts_and_one_without_is_passed(tmp_path: Path) -> None:
    write(
        tmp_path,
        pyproject__toml="[tool.architect.limits]\nccn = 8\n",
        **{
            "inner/pyproject__toml": "[project]\nname = 'inner'\n",
            "own/pyproject__toml": "[tool.architect.limits]\nlength = 50\n",
        },
    )
    assert at(tmp_path / "inner" / "deep" / "a.py").limits.ccn == 8
    assert at(tmp_path / "own" / "a.py").limits.ccn == 15


OTHER_TOOLS = {
    "ruff in pyproject": (
        {"pyproject__toml": "[tool.ruff]\n[tool.ruff.lint.mccabe]\nmax-complexity = 8\n"},
        {"limits.ccn": (8, "pyproject.toml:3: ruff's limit for C901")},
    ),
    "ruff of old": (
        {"pyproject__toml": "[tool.ruff.mccabe]\nmax-complexity = 8\n"},
        {"limits.ccn": (8, "pyproject.toml:2: ruff's limit for C901")},
    ),
    "ruff's own file": (
        {
            "ruff__toml": "[lint.pylint]\nmax-args = 4\n\n[lint]\nmccabe.max-complexity = 9\n",
            "pyproject__toml": "[tool.ruff.lint.mccabe]\nmax-complexity = 8\n",
        },
        {
            "limits.ccn": (9, "ruff.toml:5: ruff's limit for C901"),
            "limits.parameters": (4, "ruff.toml:2: ruff's limit for PLR0913"),
        },
    ),
    "ruff extends a file that extends another": (
        {
            "pyproject__toml": '[tool.ruff]\nextend = "base.toml"\n',
            "base__toml": 'extend = "./third.toml"\n[lint.pylint]\nmax-args = 4\n',
            "third__toml": "[lint.mccabe]\nmax-complexity = 6\n[lint.pylint]\nmax-args = 9\n",
        },
        {
            "limits.ccn": (6, "third.toml:2: ruff's limit for C901"),
            "limits.parameters": (4, "base.toml:3: ruff's limit for PLR0913"),
        },
    ),
    "ruff extends in a circle": (
        {"ruff__toml": 'extend = "ruff.toml"\n[lint.mccabe]\nmax-complexity = 6\n'},
        {"limits.ccn": (6, "ruff.toml:3: ruff's limit for C901")},
    ),
    "ruff extends what is not there": (
        {"ruff__toml": 'extend = "~/none/none.toml"\nlint.mccabe.max-complexity = 6\n'},
        {"limits.ccn": (6, "ruff.toml:2: ruff's limit for C901")},
    ),
    "flake8 in setup.cfg": (
        {"setup__cfg": "[metadata]\nname = x\n\n[flake8]\nmax-complexity = 7\n"},
        {"limits.ccn": (7, "setup.cfg:5: flake8's limit for C901")},
    ),
    "flake8 in tox.ini": (
        {"setup__cfg": "[metadata]\nname = x\n", "tox__ini": "[flake8]\nmax_complexity: 6\n"},
        {"limits.ccn": (6, "tox.ini:2: flake8's limit for C901")},
    ),
    "flake8 switched off": ({"__flake8": "[flake8]\nmax-complexity = -1\n"}, {}),
    "ruff over flake8": (
        {
            "__flake8": "[flake8]\nmax-complexity = 6\n",
            "ruff__toml": "[lint.mccabe]\nmax-complexity = 9\n",
        },
        {"limits.ccn": (9, "ruff.toml:2: ruff's limit for C901")},
    ),
    "complexipy": (
        {"complexipy__toml": "paths = ['.']\nmax-complexity-allowed = 12\n"},
        {"limits.cognitive": (12, "complexipy.toml:2: complexipy's limit")},
    ),
    "complexipy in pyproject": (
        {"pyproject__toml": "[tool.complexipy]\nmax-complexity-allowed = 12\n"},
        {"limits.cognitive": (12, "pyproject.toml:2: complexipy's limit")},
    ),
    "a broken file": ({"ruff__toml": "[lint\n", "setup__cfg": "[flake8\nx"}, {}),
    "a value that is no count": ({"ruff__toml": "[lint.mccabe]\nmax-complexity = 'x'\n"}, {}),
    "ours lies above": (
        {
            "pyproject__toml": "[tool.ruff.lint.mccabe]\nmax-complexity = 8\n"
            "[tool.architect.limits]\nccn = 11\n"
        },
        {"limits.ccn": (11, "pyproject.toml:4")},
    ),
    "switched off": (
        {
            "pyproject__toml": "[tool.ruff.lint.mccabe]\nmax-complexity = 8\n"
            "[tool.architect]\nread-other-tools = false\n"
        },
        {"readOtherTools": (None, "pyproject.toml:4")},
    ),
}


@pytest.mark.parametrize(("files", "expected"), OTHER_TOOLS.values(), ids=OTHER_TOOLS.keys())
def test_what_other_tools_were_told_is_read_and_named(
    files: dict[str, str], expected: dict[str, tuple[int, str]], tmp_path: Path
) -> None:
    write(tmp_path, **files)
    settings = at(tmp_path / "src" / "a.py")
    assert settings.origins == {
        key: str(tmp_path / origin) for key, (_, origin) in expected.items()
    }
    for key, (limit, _) in expected.items():
        if limit is not None:
            assert getattr(settings.limits, key.removeprefix("limits.")) == limit
    assert at(tmp_path / "src" / "a.c").limits.ccn in (15, 11)


def test_lizards_whitelist_is_read_by_file_and_name(tmp_path: Path) -> None:
    entries = "# why\nlegacy\n./src/a.py: parse, old::way\nother.py:gone\n"
    write(tmp_path, whitelizer__txt=entries)
    place = tmp_path / "whitelizer.txt"
    assert at(tmp_path / "src" / "a.py").allowed == {
        "legacy": f"{place}:2",
        "parse": f"{place}:3",
        "old::way": f"{place}:3",
    }
    assert at(tmp_path / "b.py").allowed == {"legacy": f"{place}:2"}


def test_a_repository_inside_another_folder_keeps_to_its_own_whitelist(tmp_path: Path) -> None:
    write(tmp_path, whitelizer__txt="legacy\n", **{"repo/__git/HEAD": "x", "repo/a.py": ""})
    assert at(tmp_path / "repo" / "a.py").allowed == {}


def test_unreadable_settings_are_said_and_those_above_count(tmp_path: Path) -> None:
    write(
        tmp_path,
        pyproject__toml="[tool.architect.limits]\nccn = 8\n",
        **{"inner/pyproject__toml": "[tool.architect\n"},
    )
    (found,) = said(tmp_path / "inner" / "a.py")
    assert found.startswith(f"{tmp_path / 'inner' / 'pyproject.toml'}: its settings are not used")
    assert at(tmp_path / "inner" / "a.py").limits.ccn == 8
