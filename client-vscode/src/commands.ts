// The commands of the palette and the editor's menu.
import * as vscode from "vscode";

/** The server's own command; the language client makes it known to VS Code. */
const SERVER_ASK = "architect.ask";

/** The kind of the architect's actions in the server. */
const ACTION_KIND = vscode.CodeActionKind.RefactorRewrite;

/**
 * Ask the architect about the function at the cursor.
 *
 * What can be asked is the server's to say: this runs the same action as the light bulb offers.
 */
export async function askArchitect(): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) {
    void vscode.window.showInformationMessage("Open a file and put the cursor into a function first.");
    return;
  }
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[] | undefined>(
    "vscode.executeCodeActionProvider",
    editor.document.uri,
    editor.selection,
    ACTION_KIND.value,
  );
  const asking = (actions ?? []).filter((action) => action.command?.command === SERVER_ASK);
  const chosen = await choose(asking);
  if (chosen?.command) {
    await vscode.commands.executeCommand(chosen.command.command, ...((chosen.command.arguments ?? []) as unknown[]));
  }
}

async function choose(actions: readonly vscode.CodeAction[]): Promise<vscode.CodeAction | undefined> {
  if (actions.length === 0) {
    void vscode.window.showInformationMessage(
      "Nothing to ask here: the function at the cursor is within its limits. Put the cursor on a function's marked name.",
    );
    return undefined;
  }
  if (actions.length === 1) return actions[0];
  const picked = await vscode.window.showQuickPick(
    actions.map((action) => ({ label: action.title, action })),
    { placeHolder: "What shall the architect do?" },
  );
  return picked?.action;
}
