// The commands of the palette and the editor's menu.
import * as vscode from "vscode";

/** The server's own command; the language client makes it known to VS Code. */
const SERVER_ASK = "architect.ask";

/** The server's commands that take a place or nothing, and show a page. */
const SERVER_REVIEW = "architect.review";
const SERVER_QUESTION = "architect.question";
const SERVER_FOLLOW_UP = "architect.followUp";
const SERVER_PREVIEW = "architect.preview";
const SERVER_MEMORY = "architect.memory";
const SERVER_FORGET = "architect.forget";
const SERVER_METRICS = "architect.metrics";
const SERVER_CHOOSE_AGENT = "architect.chooseAgent";

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
  if (place) await onServer(SERVER_REVIEW, place);
}

/** Ask a question in the person's own words about the selection or the file. */
export async function askQuestion(): Promise<void> {
  await askInWords(SERVER_QUESTION, "What do you want to know of the architect?", "Where does this belong?");
}

/** Go on from the newest review or answer about the file. */
export async function followUp(): Promise<void> {
  await askInWords(SERVER_FOLLOW_UP, "What more do you want to know?", "Which of these would you do first?");
}

async function askInWords(command: string, prompt: string, placeHolder: string): Promise<void> {
  const place = placeOf(vscode.window.activeTextEditor);
  if (!place) return;
  const question = await vscode.window.showInputBox({ prompt, placeHolder, ignoreFocusOut: true });
  if (question?.trim()) await onServer(command, { ...place, question: question.trim() });
}

/** Show what a question would send, for the function at the cursor or for a review; nothing is sent. */
export async function showWhatWouldBeSent(): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const place = placeOf(editor);
  if (!editor || !place) return;
  const line = editor.selection.active.line + 1;
  const kinds = [
    { label: "Ask architect", description: "about the function at the cursor", given: { kind: "simplify", startLine: line } },
    { label: "Review", description: "of the file or selection", given: { kind: "review" } },
  ];
  const picked = await vscode.window.showQuickPick(kinds, { placeHolder: "What would be sent for which question?" });
  if (picked) await onServer(SERVER_PREVIEW, { ...place, ...picked.given });
}

/** Show what the agents remember of this workspace, and what they share. */
export async function showMemory(): Promise<void> {
  const uri = vscode.window.activeTextEditor?.document.uri.toString();
  await onServer(SERVER_MEMORY, uri === undefined ? {} : { uri });
}

/** Forget all that the agents remember of this workspace, after a yes. */
export async function forgetMemory(): Promise<void> {
  const forget = "Forget all";
  const answer = await vscode.window.showWarningMessage(
    "Forget everything that the architect's agents remember of this workspace? This can't be undone.",
    { modal: true },
    forget,
  );
  if (answer !== forget) return;
  const uri = vscode.window.activeTextEditor?.document.uri.toString();
  await onServer(SERVER_FORGET, { all: true, ...(uri !== undefined && { uri }) });
}

/** Let the person pick who is asked from now on; the server knows the agents there are. */
export async function chooseAgent(): Promise<void> {
  const place = placeOf(vscode.window.activeTextEditor);
  if (place) await onServer(SERVER_CHOOSE_AGENT, { uri: place.uri });
}

/** Show the figures of every function of the file. */
export async function showMetrics(): Promise<void> {
  const place = placeOf(vscode.window.activeTextEditor);
  if (place) await onServer(SERVER_METRICS, { uri: place.uri });
}

/** Run a command of the server, whose answers the person gets from the server itself. */
async function onServer(command: string, argument: object): Promise<void> {
  const known = await vscode.commands.getCommands(true);
  if (known.includes(command)) await vscode.commands.executeCommand(command, argument);
  else showNotRunning();
}

function showNotRunning(): void {
  const [restart, logs] = ["Restart", "Show logs"];
  void vscode.window.showErrorMessage("Architect LSP's server is not running.", restart, logs).then((choice) => {
    if (choice === restart) return vscode.commands.executeCommand("architect.restart");
    return choice === logs ? vscode.commands.executeCommand("architect.showLogs") : undefined;
  });
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
