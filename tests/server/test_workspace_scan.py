"""What is kept of closed files: the report as it was told, for the file's state it was made of."""

from __future__ import annotations

import json

import pytest

from architect_server.discovery import Found, Stamp
from architect_server.workspace_scan import FileReport, WorkspaceScan

PATH = "/work space/größe.py"
STAMP = Stamp(1, 2, 3, 4)
DIAGNOSTICS = ['{"message":"größer"}', '{"message":"\\u2028"}']


def _found(stamp: Stamp | None) -> Found:
    return Found(PATH, PATH, "python", stamp, "/")


@pytest.mark.parametrize("diagnostics", [[], DIAGNOSTICS[:1], DIAGNOSTICS])
def test_a_report_comes_back_as_it_was_kept(diagnostics: list[str]) -> None:
    scan = WorkspaceScan()
    told = FileReport.of(PATH, diagnostics)
    scan.keep(_found(STAMP), told)
    kept = scan.fresh(_found(STAMP))
    assert kept == told
    assert json.loads(kept.items) == [json.loads(one) for one in diagnostics]
    assert kept.uri == "file:///work%20space/gr%C3%B6%C3%9Fe.py"
    assert bool(kept.result_id) == bool(diagnostics)


def test_a_result_id_tells_diagnostics_apart() -> None:
    reports = [FileReport.of(PATH, some) for some in ([], DIAGNOSTICS[:1], DIAGNOSTICS)]
    assert len({report.result_id for report in reports}) == len(reports)
    assert FileReport.of("/other.py", DIAGNOSTICS).result_id == reports[-1].result_id


def test_a_name_that_is_no_text_has_a_uri() -> None:
    assert FileReport("/odd\udcff.py").uri == "file:///odd%FF.py"


@pytest.mark.parametrize("field", Stamp._fields)
def test_a_file_in_another_state_has_no_report(field: str) -> None:
    scan = WorkspaceScan()
    scan.keep(_found(STAMP), FileReport.of(PATH, DIAGNOSTICS))
    assert scan.fresh(_found(STAMP._replace(**{field: 99}))) is None


def test_a_file_that_cannot_be_looked_at_is_asked_each_time() -> None:
    scan = WorkspaceScan()
    scan.keep(_found(None), FileReport.of(PATH, DIAGNOSTICS))
    assert scan.fresh(_found(None)) is None


def test_other_settings_have_all_judged_anew() -> None:
    scan = WorkspaceScan()
    scan.keep(_found(STAMP), FileReport.of(PATH, DIAGNOSTICS))
    scan.look()
    scan.forget()
    assert scan.fresh(_found(STAMP)) is None
    assert scan.has_news
