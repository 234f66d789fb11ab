"""The record of a run is for one person, redacted, and never stops the run."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest

from architect_agents.model import Text, ToolResult, UserTurn
from architect_agents.models.scripted import says
from architect_agents.transcript import KEPT, Transcript


def test_it_is_redacted_json_that_only_its_owner_reads(tmp_path: Path) -> None:
    transcript = Transcript(tmp_path / "runs", lambda text: text.replace("hunter2", "█"))
    transcript.turn(UserTurn((Text("the password is hunter2"), ToolResult("1", "hunter2"))))
    transcript.turn(says("hunter2", ("Read", {"file_path": "hunter2", "deep": ["hunter2"]})))
    assert transcript.path is not None
    text = transcript.path.read_text()
    assert "hunter2" not in text
    assert [json.loads(line)["kind"] for line in text.splitlines()] == ["said", "answer"]
    if sys.platform != "win32":
        assert stat.S_IMODE(transcript.path.stat().st_mode) == 0o600


def test_a_folder_that_can_not_be_written_costs_only_the_record(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    transcript = Transcript(blocked / "runs")
    transcript.write("asked", {})
    transcript.write("asked", {})
    assert transcript.path is None


@pytest.mark.parametrize("extra", [1, 10])
def test_only_the_newest_are_kept(tmp_path: Path, extra: int) -> None:
    for second in range(KEPT + extra):
        Transcript(tmp_path, clock=lambda second=second: second * 1.0).write("asked", {})
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == KEPT
    assert f"-0000{extra:02}-" in names[0]
