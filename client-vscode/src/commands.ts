// The commands of the palette and the editor's menu.
import * as vscode from "vscode";

/** The server's own command; the language client makes it known to VS Code. */
const SERVER_ASK = "architect.ask";

/** The server's commands that take a place and answer with a page. */
const SERVER_REVIEW = "architect.review";
const SERVER_QUESTION = "architect.question";

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

/** Have the selection reviewed, or the whole file where nothing is selected. */
export async function review(): Promise<void> {
  const place = placeOf(vscode.window.activeTextEditor);
  if (place) await vscode.commands.executeCommand(SERVER_REVIEW, place);
}

/** Ask a question in the person's own words about the selection or the file. */
export async function askQuestion(): Promise<void> {
  const place = placeOf(vscode.window.activeTextEditor);
  if (!place) return;
  const question = await vscode.window.showInputBox({
    prompt: "What do you want to know of the architect?",
    placeHolder: "Where does this belong?",
  });
  if (question?.trim()) await vscode.commands.executeCommand(SERVER_QUESTION, { ...place, question });
}

/** A file, and the 1-based lines of its selection where there is one. */
interface Place {
  readonly uri: string;
  readonly startLine?: number;
  readonly endLine?: number;
}

function placeOf(editor: vscode.TextEditor | undefined): Place | undefined {
  if (!editor) {
    void vscode.window.showInformationMessage("Open a file first.");
    return undefined;
  }
  const uri = editor.document.uri.toString();
  const { selection } = editor;
  if (selection.isEmpty) return { uri };
  return { uri, startLine: selection.start.line + 1, endLine: selection.end.line + 1 };
}
