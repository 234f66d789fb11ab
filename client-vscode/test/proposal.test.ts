import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApplyWorkspaceEditParams } from "vscode-languageclient/node";
import { confirmed, firstChange, proposalIn, proposedText } from "../src/proposal";

const TEXT = "one\r\ntwo 😀 three\r\n";

/** An edit of TEXT as the server sends it: a replacement behind an astral character, and a new first line. */
function sent(needsConfirmation: boolean): ApplyWorkspaceEditParams {
  const range = { start: { line: 1, character: 7 }, end: { line: 1, character: 12 } };
  const start = { line: 0, character: 0 };
  return {
    label: "Extract it",
    edit: {
      documentChanges: [
        {
          textDocument: { uri: "file:///a.py", version: 3 },
          edits: [
            { range, newText: "3", annotationId: "architect" },
            { range: { start, end: start }, newText: "zero\r\n", annotationId: "architect" },
          ],
        },
      ],
      changeAnnotations: { architect: { label: "Extract it", needsConfirmation, description: "parses: passed" } },
    },
  };
}

test("an edit that needs confirmation is a proposal", () => {
  const proposal = proposalIn(sent(true));
  assert.ok(proposal);
  assert.deepEqual([proposal.uri, proposal.title, proposal.checks], ["file:///a.py", "Extract it", "parses: passed"]);
  assert.equal(proposedText(TEXT, proposal), "zero\r\none\r\ntwo 😀 3\r\n");
});

test("an edit that needs none is left alone", () => {
  assert.equal(proposalIn(sent(false)), undefined);
  assert.equal(proposalIn({ edit: { changes: { "file:///a.py": [] } } }), undefined);
});

test("files to be created, or several documents, are not ours to show", () => {
  const params = sent(true);
  const create = { kind: "create" as const, uri: "file:///b.py" };
  assert.equal(proposalIn({ ...params, edit: { ...params.edit, documentChanges: [create] } }), undefined);
  const twice = [...(params.edit.documentChanges ?? []), create];
  assert.equal(proposalIn({ ...params, edit: { ...params.edit, documentChanges: twice } }), undefined);
});

test("an agreed edit differs in nothing but the confirmation", () => {
  assert.deepEqual(confirmed(sent(true)), sent(false));
});

test("the first changed line is found", () => {
  assert.equal(firstChange("a\nb\nc\n", "a\nx\ny\nc\n"), 1);
  assert.equal(firstChange("a\n", "a\nb\n"), 1);
  assert.equal(firstChange("a\n", "a\n"), 0);
});
