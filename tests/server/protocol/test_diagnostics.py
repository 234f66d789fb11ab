"""What an editor shows of a text: on the right name, with its severity, and never stale."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from editor import EMACS, NEOVIM, OLD_NEOVIM, VSCODE, Editor, open_editor

CLIENTS = [VSCODE, NEOVIM, OLD_NEOVIM, EMACS]


def branches(name: str, count: int, indent: str = "") -> str:
    """A function of cyclomatic complexity ``count + 1``."""
    lines = [f"{indent}def {name}(value):"]
    for number in range(count):
        lines += [f"{indent}    if value == {number}:", f"{indent}        value += {number}"]
    return "\n".join([*lines, f"{indent}    return value", ""])


def findings(found: Any) -> list[lsp.Diagnostic]:
    """Those that are about a function."""
    return [diagnostic for diagnostic in found if diagnostic.code != "confidence"]


@pytest.mark.parametrize("client", CLIENTS)
async def test_the_squiggle_is_on_the_name_only(client: str, tmp_path: Path) -> None:
    async with open_editor(tmp_path, client) as editor:
        uri = (tmp_path / "a.py").as_uri()
        text = f"# 𝔘𝔫𝔦\nclass Shop:\n{branches('place_order', 15, '    ')}"
        editor.open(uri, text)
        (found,) = await shown(editor, uri)
        assert editor.text_at(uri, found.range) == "place_order"
        assert found.message == "Shop.place_order has cyclomatic complexity 16 (limit 15)"
        assert (found.source, found.code) == ("architect", "ccn")


async def shown(editor: Editor, uri: str) -> list[lsp.Diagnostic]:
    """The diagnostics, asked for or sent, as the client has it."""
    text_document = editor.client.capabilities.text_document
    if text_document.diagnostic is None:
        return list(await editor.diagnostics(uri))
    report = await editor.client.text_document_diagnostic_async(
        lsp.DocumentDiagnosticParams(lsp.TextDocumentIdentifier(uri))
    )
    return list(report.items)


@pytest.mark.parametrize("client", CLIENTS)
async def test_beyond_the_bmp_the_name_is_found_in_every_encoding(
    client: str, tmp_path: Path
) -> None:
    async with open_editor(tmp_path, client) as editor:
        uri = (tmp_path / "a.js").as_uri()
        body = "".join(f"if (a == {number}) b();\n" for number in range(16))
        editor.open(uri, f'const s = "😋😋"; function handle(a, b) {{\n{body}}}\n', "javascript")
        (found,) = await shown(editor, uri)
        assert editor.text_at(uri, found.range) == "handle"


async def test_severity_grows_with_the_distance_from_the_limit(tmp_path: Path) -> None:
    async with open_editor(tmp_path) as editor:
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, branches("over", 15) + "\n\n" + branches("far_over", 30))
        found = await editor.diagnostics(uri)
        assert [diagnostic.severity for diagnostic in found] == [
            lsp.DiagnosticSeverity.Warning,
            lsp.DiagnosticSeverity.Error,
        ]


async def test_a_finding_explains_itself(tmp_path: Path) -> None:
    async with open_editor(tmp_path) as editor:
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, branches("over", 15))
        (found,) = await editor.diagnostics(uri)
        related = found.related_information or []
        assert [entry.location.range.start.line for entry in related] == list(range(1, 31, 2))
        assert {entry.message for entry in related} == {"+1 if"}
        page = Path(((found.code_description and found.code_description.href) or "")[7:])
        assert page.read_text("utf-8").startswith("# ccn")
        assert found.data["function"] == "over"


async def test_where_the_hover_lists_what_is_related_it_comes_in_few_lines(tmp_path: Path) -> None:
    async with open_editor(tmp_path, options={"supports": {"relatedInHover": True}}) as editor:
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, branches("over", 15) + "\n\n" + branches("small", 4))
        over, *_ = await editor.diagnostics(uri)
        related = over.related_information or []
        assert 1 < len(related) <= 5
        counts = [int(re.match(r"\+(\d+)", entry.message)[1]) for entry in related]  # type: ignore[index]
        assert sum(counts) == 15
        assert related[0].message == "+1: if"
        assert related[-1].message == "+11 up to line 30: 11x if"
        starts = [entry.location.range.start.line for entry in related]
        assert (starts[0], starts[-1]) == (1, 9)


LINE_ENDS = {
    "lf": "\n",
    "crlf": "\r\n",
    "lone cr": "\r",
}


@pytest.mark.parametrize("end", LINE_ENDS.values(), ids=LINE_ENDS.keys())
@pytest.mark.parametrize("client", [VSCODE, NEOVIM])
async def test_lines_are_counted_as_the_protocol_counts_them(
    client: str, end: str, tmp_path: Path
) -> None:
    text = "\ufeff# a form feed\f, U+2028 \u2028, a vertical tab \v\n" + branches("over", 15)
    async with open_editor(tmp_path, client) as editor:
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, text.replace("\n", end))
        (found,) = await shown(editor, uri)
        assert editor.text_at(uri, found.range) == "over"
        editor.edit(uri, "def over", f"# 😋{end}{end}def over")
        (found,) = await shown_after_move(editor, uri, found)
        assert editor.text_at(uri, found.range) == "over"


async def shown_after_move(editor: Editor, uri: str, old: lsp.Diagnostic) -> list[lsp.Diagnostic]:
    """The diagnostics once they are no longer where ``old`` was."""
    if editor.client.capabilities.text_document.diagnostic is not None:
        return await shown(editor, uri)
    return list(await editor.diagnostics(uri, lambda new: new and new[0].range != old.range))


async def test_what_is_known_stays_while_a_line_is_half_typed(tmp_path: Path) -> None:
    async with open_editor(tmp_path, EMACS) as editor:
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, branches("above", 15) + "\n\nx = 1\n\n\n" + branches("below", 15))
        await editor.diagnostics(uri)
        editor.edit(uri, "x = 1", 'y = 2\nx = """')
        await editor.until(lambda: editor.published[uri].version == editor.versions[uri])
        found = editor.published[uri].diagnostics
        assert [editor.text_at(uri, d.range) for d in findings(found)] == ["above", "below"]
        for published in editor.publications:
            assert len(findings(published.diagnostics)) == 2, "a squiggle flickered"


async def test_the_newest_text_wins(tmp_path: Path) -> None:
    async with open_editor(tmp_path, EMACS) as editor:
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, branches("over", 15))
        for number in range(20):
            editor.edit(uri, "def over", f"# {number}\ndef over")
        found = await editor.diagnostics(uri, lambda new: new and new[0].range.start.line == 20)
        assert editor.published[uri].version == editor.versions[uri]
        assert editor.text_at(uri, found[0].range) == "over"
        versions = [published.version for published in editor.publications]
        assert versions == sorted(versions), "an older result came after a newer one"


async def test_a_text_that_freezes_lizard_is_skipped_and_the_server_lives(tmp_path: Path) -> None:
    options = {"settings": {"analysis": {"timeLimit": 6.0}}}
    async with open_editor(tmp_path, options=options) as editor:
        frozen, healthy = (tmp_path / "frozen.ts").as_uri(), (tmp_path / "a.py").as_uri()
        editor.open(frozen, "const x = a <" + " b ? c :" * 20_000 + " d;\n", "typescript")
        editor.open(healthy, branches("over", 15))
        (hint,) = await editor.diagnostics(frozen)
        assert hint.severity == lsp.DiagnosticSeverity.Hint
        assert "skipped" in hint.message
        assert findings(await editor.diagnostics(healthy))


async def test_a_huge_file_is_skipped_with_its_reason(tmp_path: Path) -> None:
    async with open_editor(tmp_path) as editor:
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, "x = 1\n" * (20_000_000 // 6))
        (hint,) = await editor.diagnostics(uri)
        assert "skipped" in hint.message
        assert "2,000,000 characters" in hint.message


async def test_a_closed_or_vanished_file_leaves_no_squiggle(tmp_path: Path) -> None:
    async with open_editor(tmp_path) as editor:
        path = tmp_path / "a.py"
        path.write_text(branches("over", 15), "utf-8")
        editor.open(path.as_uri(), path.read_text("utf-8"))
        assert await editor.diagnostics(path.as_uri(), len)
        path.rename(tmp_path / "b.py")
        identifier = lsp.TextDocumentIdentifier(path.as_uri())
        editor.client.text_document_did_close(lsp.DidCloseTextDocumentParams(identifier))
        assert not await editor.diagnostics(path.as_uri(), lambda new: not new)


async def test_an_untitled_text_is_read_by_its_language(tmp_path: Path) -> None:
    async with open_editor(tmp_path) as editor:
        editor.open("untitled:Untitled-1", branches("over", 15))
        assert len(await editor.diagnostics("untitled:Untitled-1", len)) == 1


async def test_a_client_that_asks_hears_what_did_not_change(tmp_path: Path) -> None:
    async with open_editor(tmp_path, NEOVIM) as editor:
        uri = (tmp_path / "a.py").as_uri()
        editor.open(uri, branches("over", 15))
        identifier = lsp.TextDocumentIdentifier(uri)
        first = await editor.client.text_document_diagnostic_async(
            lsp.DocumentDiagnosticParams(identifier)
        )
        assert len(first.items) == 1
        second = await editor.client.text_document_diagnostic_async(
            lsp.DocumentDiagnosticParams(identifier, previous_result_id=first.result_id)
        )
        assert second.kind == "unchanged"
        assert editor.publications == [], "a client that asks must not be told twice"
