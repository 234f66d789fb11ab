"""The written reference says what the code says."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from architect_server.settings import SETTINGS, Layer, Settings, resolve
from architect_server.settings.docs import page

REFERENCE = Path(__file__).parents[3] / "docs" / "settings.md"


def test_the_reference_is_current() -> None:
    assert REFERENCE.read_text("utf-8") == page(), (
        "run: .venv/bin/python -m architect_server.settings.docs docs/settings.md"
    )


def test_every_setting_is_in_the_reference_once() -> None:
    rows = re.findall(r"^\| `([\w.]+)` \|", page(), re.MULTILINE)
    assert sorted(rows) == sorted(setting.key for setting in SETTINGS)


def test_the_examples_in_the_reference_are_good() -> None:
    examples = re.findall(r"```toml\n(.*?)```", page(), re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        table = tomllib.loads(example)["tool"]["architect"]
        settings, problems = resolve([Layer("the reference", table)])
        assert problems == ()
        assert isinstance(settings, Settings)


def test_what_is_written_without_any_setting_is_what_holds() -> None:
    settings, _ = resolve([])
    defaults = {setting.key: setting.default for setting in SETTINGS}
    assert settings.limits.ccn == defaults["limits.ccn"]
    assert settings.surfaces.hide_below == defaults["surfaces.hideBelow"]
    assert list(settings.vendored) == defaults["suppress.vendored"]
    bare = Settings()
    assert bare.limits == settings.limits
    assert bare.surfaces == settings.surfaces
