// A helper that was just made: VS Code's rename box on its name, as after its own "extract" refactorings.
import * as vscode from "vscode";

/** What a command of the server answers once its proposal is in the text; places as in the protocol. */
interface Applied {
  readonly helpers?: readonly { readonly uri: string; readonly range: { readonly start: { readonly line: number; readonly character: number } } }[];
}

/** Open the rename box on the first helper that `answer` names; Escape leaves the name as it is. */
export function offerRename(answer: unknown, log: vscode.LogOutputChannel): void {
  const helper = (answer as Applied | null | undefined)?.helpers?.[0];
  if (!helper) return;
  const { line, character } = helper.range.start;
  const place = [vscode.Uri.parse(helper.uri), new vscode.Position(line, character)];
  vscode.commands.executeCommand("editor.action.rename", place).then(undefined, (error: unknown) => {
    log.warn(`The helper could not be offered for renaming: ${String(error)}`);
  });
}
