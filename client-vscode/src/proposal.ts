// A checked proposal as data: which edit it is, and the whole text it leads to. Knows nothing of VS Code.
import type { ApplyWorkspaceEditParams, ChangeAnnotation, TextEdit } from "vscode-languageclient/node";
import { TextDocument } from "vscode-languageserver-textdocument";

/** A proposal for one document, as the server sent it. */
export interface Proposal {
  readonly uri: string;
  readonly title: string;
  /** The verdict, a line for each check. */
  readonly checks: string;
  readonly edits: readonly TextEdit[];
}

/** The proposal in `params`; undefined for an edit that the server wants applied unasked. */
export function proposalIn(params: ApplyWorkspaceEditParams): Proposal | undefined {
  const annotations = Object.values(params.edit.changeAnnotations ?? {});
  const annotation = annotations.find((candidate) => candidate.needsConfirmation);
  const [change, ...others] = params.edit.documentChanges ?? [];
  if (annotation === undefined || change === undefined || others.length > 0 || !("textDocument" in change)) return undefined;
  return {
    uri: change.textDocument.uri,
    title: params.label ?? annotation.label,
    checks: annotation.description ?? "",
    edits: change.edits.filter((edit) => "newText" in edit),
  };
}

/** The same edit, once the person has agreed to it. */
export function confirmed(params: ApplyWorkspaceEditParams): ApplyWorkspaceEditParams {
  const annotations = Object.entries(params.edit.changeAnnotations ?? {});
  const agreed = annotations.map(([key, annotation]): [string, ChangeAnnotation] => [
    key,
    { ...annotation, needsConfirmation: false },
  ]);
  return { ...params, edit: { ...params.edit, changeAnnotations: Object.fromEntries(agreed) } };
}

/** `text` with the proposal's edits made. */
export function proposedText(text: string, proposal: Proposal): string {
  const document = TextDocument.create(proposal.uri, "", 0, text);
  return TextDocument.applyEdits(document, [...proposal.edits]);
}

/** The first line, counted from 0, in which `after` differs from `before`. */
export function firstChange(before: string, after: string): number {
  const [old, now] = [before.split("\n"), after.split("\n")];
  return Math.max(0, now.findIndex((line, number) => line !== old[number]));
}
