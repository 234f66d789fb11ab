// Entry point: starts the server when a file it reads is opened, and keeps it in step with VS Code.
import * as vscode from "vscode";
import { DidChangeConfigurationNotification, type LanguageClient } from "vscode-languageclient/node";
import { createClient, serverOptions } from "./client";
import { askArchitect, askQuestion, review } from "./commands";
import { LANGUAGES } from "./languages";
import { Lifecycle } from "./lifecycle";
import { showError } from "./log";
import { ProposalView } from "./proposalView";
import { PythonError } from "./python";
import { onInterpreterChanged } from "./pythonExtension";
import { CLIENT_SETTINGS, SECTION } from "./settings";
import { Status } from "./status";

const SHOW_LOGS = "architect.showLogs";

let lifecycle: Lifecycle<LanguageClient> | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("Architect LSP", { log: true });
  const status = new Status(SHOW_LOGS);
  const proposals = new ProposalView(context, log);
  const server = new Lifecycle(() => launch(context, log, proposals, status));
  lifecycle = server;
  const restart = (): Promise<void> => server.restart();
  context.subscriptions.push(
    log,
    status,
    vscode.commands.registerCommand("architect.askHere", askArchitect),
    vscode.commands.registerCommand("architect.reviewHere", review),
    vscode.commands.registerCommand("architect.questionHere", askQuestion),
    vscode.commands.registerCommand("architect.restart", restart),
    vscode.commands.registerCommand(SHOW_LOGS, () => {
      log.show();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void restart()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      onConfigurationChanged(event, context, server);
    }),
    await onInterpreterChanged(() => void restart()),
  );
  void vscode.commands.executeCommand("setContext", "architect.languages", LANGUAGES);
  await restart();
}

export function deactivate(): Promise<void> | undefined {
  return lifecycle?.close();
}

/** Start the server; where that fails, say so in one sentence and leave the rest of VS Code alone. */
async function launch(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  proposals: ProposalView,
  status: Status,
): Promise<LanguageClient | undefined> {
  status.show("starting");
  try {
    const client = await createClient(context, log, proposals, () => {
      status.show("failed");
      showError(log, "Architect LSP's server ended again and again and stays down: see the logs, then restart it.");
    });
    client.onDidChangeState(({ newState }) => {
      status.follow(newState);
    });
    await client.start();
    return client;
  } catch (error) {
    status.show("failed");
    if (error instanceof PythonError) showError(log, error.message, "architect.interpreter");
    else {
      log.error(String(error));
      showError(log, "Architect LSP's server could not be started: see the logs.");
    }
    return undefined;
  }
}

/** What concerns the start needs a restart; all else the running server is told. */
function onConfigurationChanged(
  event: vscode.ConfigurationChangeEvent,
  context: vscode.ExtensionContext,
  server: Lifecycle<LanguageClient>,
): void {
  if (!event.affectsConfiguration(SECTION)) return;
  if (CLIENT_SETTINGS.some((key) => key !== "architect.trace.server" && event.affectsConfiguration(key))) {
    void server.restart();
    return;
  }
  const settings = { [SECTION]: serverOptions(context) };
  void server.current?.sendNotification(DidChangeConfigurationNotification.type, { settings });
}
