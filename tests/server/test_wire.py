"""What is read and written as plain JSON is what lsprotocol's typed objects say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from lsprotocol import types as lsp
from lsprotocol.converters import get_converter

from architect_server.analysis.limits import Limits
from architect_server.analysis.measure import measure
from architect_server.convert import to_changes
from architect_server.diagnostic_json import findings_json, rule_page
from architect_server.document import Document
from architect_server.judgement import judge
from architect_server.session import ClientFacts, Result
from architect_server.settings import Settings
from architect_server.target import target_of
from architect_server.wire import read_change

CONVERTER = get_converter()
URI = "file:///work/a%20b/café.py"


def _range(*numbers: int) -> dict[str, Any]:
    line, character, last, end = numbers
    return {
        "start": {"line": line, "character": character},
        "end": {"line": last, "character": end},
    }


# As the clients send them: VS Code and Helix with rangeLength, Emacs and old ones whole texts.
CHANGES: dict[str, list[dict[str, Any]]] = {
    "an insertion": [{"range": _range(3, 4, 3, 4), "rangeLength": 0, "text": "x"}],
    "a deletion over lines": [{"range": _range(1, 0, 4, 2), "text": ""}],
    "several, each on the one before": [
        {"range": _range(2, 1, 2, 3), "text": "😀\r\n"},
        {"range": _range(0, 0, 0, 0), "text": "\u2028"},
    ],
    "the whole text": [{"text": "def f():\n    pass\n"}],
    "the whole text, then a part": [{"text": "a"}, {"range": _range(0, 1, 0, 1), "text": "b"}],
    "nothing": [],
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_is_read_as_lsprotocol_reads_it(changes: list[dict[str, Any]]) -> None:
    params = {"textDocument": {"uri": URI, "version": 7}, "contentChanges": changes}
    changed = read_change(params)
    typed = CONVERTER.structure(json.loads(json.dumps(params)), lsp.DidChangeTextDocumentParams)
    assert changed is not None
    assert (changed.uri, changed.version) == (URI, 7)
    assert changed.changes == to_changes(typed.content_changes)


MALFORMED = {
    "no parameters": None,
    "no document": {"contentChanges": []},
    "a version that is no number": {
        "textDocument": {"uri": URI, "version": "7"},
        "contentChanges": [],
    },
    "a negative line": {
        "textDocument": {"uri": URI, "version": 1},
        "contentChanges": [{"range": _range(-1, 0, 0, 0), "text": ""}],
    },
    "a range without an end": {
        "textDocument": {"uri": URI, "version": 1},
        "contentChanges": [{"range": {"start": {"line": 0, "character": 0}}, "text": ""}],
    },
    "a text that is none": {
        "textDocument": {"uri": URI, "version": 1},
        "contentChanges": [{"text": 5}],
    },
    "a range that is null": {
        "textDocument": {"uri": URI, "version": 1},
        "contentChanges": [{"range": None, "text": "a"}],
    },
}


@pytest.mark.parametrize("params", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_change_is_left_to_lsprotocol_to_refuse(params: Any) -> None:
    assert read_change(params) is None


SOURCE = '''\
class Größe:
    def 😀é(self): pass

    @property
    def wert(self, a, b, c, d):
        """100 % of %d and %s."""
        return [x for x in a if x and b] or (c if d else 1)


def done(a):  # noqa: C901
    while a or done(a) and not a:
        a = 1


def left(a):  # architect: ignore[ccn] 50 % of it is a "table"
    return a or 1 or 2
'''


def _results() -> Iterator[tuple[Result, ClientFacts]]:
    settings = Settings(limits=Limits(ccn=1, parameters=2, length=2, cognitive=1))
    for end, version in (("\n", 3), ("\r\n", None)):
        document = Document(URI, version, "python", SOURCE.replace("\n", end))
        metrics = measure(document.text, "python")
        judged = judge(document.text, metrics, settings)
        for encoding, related, described, suppressed in product(
            ("utf-8", "utf-16", "utf-32"), (False, True), (False, True), (False, True)
        ):
            surfaces = settings.surfaces._replace(suppressed=suppressed)
            client = ClientFacts(
                encoding=encoding,  # type: ignore[arg-type]
                related_information=related,
                code_description=described,
            )
            yield Result.known(document, metrics, judged, surfaces), client


def test_findings_are_written_as_lsprotocol_writes_them() -> None:
    compared = 0
    for result, client in _results():
        shown = [
            finding
            for finding in result.findings
            if result.surfaces.suppressed or not finding.suppressed
        ]
        written = [json.loads(text) for text in findings_json(result, client)]
        assert len(written) == len(shown) > 0
        for value, finding in zip(written, shown, strict=True):
            typed = CONVERTER.structure(json.loads(json.dumps(value)), lsp.Diagnostic)
            assert CONVERTER.unstructure(typed) == value
            assert typed.message.startswith(finding.message)
            assert typed.data == target_of(result.document, finding.function).to_wire()
            span, document = finding.function.name_span, result.document
            start = document.place_in_line(span.line - 1, span.start, client.encoding)
            end = document.place_in_line(span.line - 1, span.end, client.encoding)
            assert typed.range == lsp.Range(
                lsp.Position(start.line, start.character), lsp.Position(end.line, end.character)
            )
            page = typed.code_description and typed.code_description.href
            assert page == (rule_page(finding.rule) if client.code_description else None)
            if finding.rule == "ccn" and client.related_information:
                said = [
                    (related.location.range.start.line + 1, related.message)
                    for related in typed.related_information or []
                ]
                decisions = finding.function.decisions
                assert said == [(one.line, f"+1 {one.kind}") for one in decisions]
            else:
                assert typed.related_information is None
            compared += 1
    assert compared > 100
