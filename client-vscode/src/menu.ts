// The menu behind the status item.
import * as vscode from "vscode";
import type { Activity } from "./activity";
import { ownFindings } from "./status";

interface Entry extends vscode.QuickPickItem {
  readonly run: () => unknown;
}

/** What can be done now, the likeliest first; `cancel` stops what an architect has under way. */
export async function showMenu(activity: Activity, cancel: () => void): Promise<void> {
  const picked = await vscode.window.showQuickPick(entries(activity, cancel), { placeHolder: "Architect LSP" });
  await picked?.run();
}

function entries(activity: Activity, cancel: () => void): Entry[] {
  const command = (label: string, id: string): Entry => ({ label, run: () => vscode.commands.executeCommand(id) });
  const running: Entry[] = activity.running
    ? [{ label: "$(stop-circle) Cancel", description: activity.running.title, run: cancel }]
    : [];
  return [
    ...running,
    ...goToWorst(),
    command("$(graph) Show metrics of this file", "architect.showMetrics"),
    command("$(pulse) Show the architect's progress", "architect.showProgress"),
    command("$(output) Show logs", "architect.showLogs"),
    command("$(checklist) Doctor", "architect.showDoctor"),
    command("$(debug-restart) Restart the server", "architect.restart"),
  ];
}

/** The way to the worst function of the open file, if there is one. */
function goToWorst(): Entry[] {
  const editor = vscode.window.activeTextEditor;
  const worst = editor && ownFindings(editor.document.uri)[0];
  if (!worst) return [];
  const reveal = (): void => {
    editor.selection = new vscode.Selection(worst.range.start, worst.range.start);
    editor.revealRange(worst.range, vscode.TextEditorRevealType.InCenter);
    void vscode.window.showTextDocument(editor.document, editor.viewColumn);
  };
  return [{ label: "$(arrow-right) Go to the worst function", description: worst.message, run: reveal }];
}
