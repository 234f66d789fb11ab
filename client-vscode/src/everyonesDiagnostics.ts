// Tells the server what every extension shows under the code, when an agent asks for it.
import * as vscode from "vscode";

/** The protocol's numbers of severities; VS Code's own begin at 0. */
const PROTOCOL_SEVERITY = 1;

/** The answer to the server's request `architect/diagnostics`; `uri` null is for all documents. */
export function everyonesDiagnostics({ uri }: { readonly uri: string | null }): unknown[] {
  const found: [vscode.Uri, readonly vscode.Diagnostic[]][] =
    uri === null
      ? vscode.languages.getDiagnostics()
      : [[vscode.Uri.parse(uri), vscode.languages.getDiagnostics(vscode.Uri.parse(uri))]];
  return found.flatMap(([resource, diagnostics]) =>
    diagnostics.map(({ range, severity, message, source, code }) => ({
      uri: resource.toString(),
      range: { start: plain(range.start), end: plain(range.end) },
      severity: severity + PROTOCOL_SEVERITY,
      message,
      source,
      code: typeof code === "object" ? code.value : code,
    })),
  );
}

function plain({ line, character }: vscode.Position): { line: number; character: number } {
  return { line, character };
}
