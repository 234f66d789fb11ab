"""The whole road in real editors, set up by the very text of docs/editors: squiggle, ask, undo."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from e2e.editors.driver import CLIENTS, EXAMPLE, TIME_LIMIT, drive

pytestmark = pytest.mark.timeout(TIME_LIMIT + 100)

SOURCES = {
    "plain": lambda text: text,
    "beyond the BMP": lambda text: text.replace(
        'raise OrderError("An order', 'note = "𝄞😋"; raise OrderError("An order'
    ),
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("editor", CLIENTS)
def test_a_function_is_simplified_and_one_undo_brings_it_back(
    editor: str, source: str, tmp_path: Path
) -> None:
    text = SOURCES[source](EXAMPLE.read_text("utf-8"))
    report = drive(CLIENTS[editor], tmp_path, text)
    assert "OrderService.place_order has cyclomatic complexity 25 (limit 15)" in report["message"]
    assert any(title.startswith("Ask architect") for title in report["actions"])
    compile(report["after"], "after", "exec")
    assert report["undone"]


@pytest.mark.parametrize("editor", CLIENTS)
def test_the_protocol_tests_play_what_this_editor_can_do(editor: str, tmp_path: Path) -> None:
    report = drive(CLIENTS[editor], tmp_path, EXAMPLE.read_text("utf-8"), record=True)
    recording = CLIENTS[editor].recording
    if os.environ.get("RECORD"):
        recording.write_text(json.dumps(report["recording"], indent=2, sort_keys=True) + "\n")
    assert report["recording"] == json.loads(recording.read_text("utf-8")), (
        f"{editor} says other things of itself than tests/clients/{recording.name}: make recordings"
    )
