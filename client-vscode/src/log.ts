// The output channel "Architect LSP", and errors that lead to it.
import * as vscode from "vscode";

const SHOW_LOGS = "Show logs";
const OPEN_SETTINGS = "Open settings";

/** Say one sentence as an error, with a way to the logs and, where that helps, to the settings. */
export function showError(log: vscode.LogOutputChannel, sentence: string, setting?: string): void {
  log.error(sentence);
  const choices = setting === undefined ? [SHOW_LOGS] : [OPEN_SETTINGS, SHOW_LOGS];
  void vscode.window.showErrorMessage(sentence, ...choices).then((choice) => {
    if (choice === SHOW_LOGS) log.show(true);
    if (choice === OPEN_SETTINGS) return vscode.commands.executeCommand("workbench.action.openSettings", setting);
    return undefined;
  });
}
