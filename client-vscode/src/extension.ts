// Entry point: starts the server when a file it reads is opened, and keeps it in step with VS Code.
import * as vscode from "vscode";
import { DidChangeConfigurationNotification } from "vscode-languageclient/node";
import { Activity } from "./activity";
import { connect, type Connection, type Parts, serverOptions } from "./client";
import * as commands from "./commands";
import { doctor } from "./doctor";
import { LANGUAGES } from "./languages";
import { Lifecycle } from "./lifecycle";
import { showError } from "./log";
import { showMenu } from "./menu";
import { ModelSupport } from "./modelSupport";
import { Pages } from "./pages";
import { ProposalView } from "./proposalView";
import { PythonError } from "./python";
import { onInterpreterChanged } from "./pythonExtension";
import { CLIENT_SETTINGS, SECTION } from "./settings";
import { Status } from "./status";

const MENU = "architect.menu";

let lifecycle: Lifecycle<Connection> | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("Architect LSP", { log: true });
  const trace = vscode.window.createOutputChannel("Architect LSP Trace", { log: true });
  const activity = new Activity();
  const status = new Status(MENU, activity);
  const server = new Lifecycle(() => launch(parts, status));
  const restart = (): Promise<void> => server.restart();
  const support = new ModelSupport(context, log, restart);
  const parts: Parts = { context, log, trace, activity, support, proposals: new ProposalView(context, log, activity) };
  lifecycle = server;
  context.subscriptions.push(
    log,
    trace,
    activity,
    status,
    ...registerCommands(parts, server),
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

function registerCommands(parts: Parts, server: Lifecycle<Connection>): vscode.Disposable[] {
  const { context, log, activity, support } = parts;
  const pages = new Pages();
  const table: Readonly<Record<string, () => unknown>> = {
    "architect.askHere": commands.askArchitect,
    "architect.reviewHere": commands.review,
    "architect.questionHere": commands.askQuestion,
    "architect.followUpHere": commands.followUp,
    "architect.previewHere": commands.showWhatWouldBeSent,
    "architect.showMemory": commands.showMemory,
    "architect.forgetMemory": commands.forgetMemory,
    "architect.chooseAgentHere": commands.chooseAgent,
    "architect.showMetrics": commands.showMetrics,
    "architect.showProgress": () => {
      activity.show();
    },
    "architect.showLogs": () => {
      log.show();
    },
    "architect.fetchModelSupport": () => support.fetch(),
    "architect.setKey": () => support.setKey(),
    "architect.showDoctor": () =>
      doctor(context, log, support, pages, server.current?.client).catch((error: unknown) => {
        showError(log, error instanceof PythonError ? error.message : String(error), "architect.interpreter");
      }),
    "architect.restart": () => server.restart(),
    [MENU]: () => showMenu(activity, () => server.current?.progress.cancelAll()),
  };
  const registered = Object.entries(table).map(([id, run]) => vscode.commands.registerCommand(id, run));
  return [vscode.Disposable.from(pages), ...registered];
}

/** Start the server; where that fails, say so in one sentence and leave the rest of VS Code alone. */
async function launch(parts: Parts, status: Status): Promise<Connection | undefined> {
  const { log } = parts;
  status.show("starting");
  try {
    const connection = await connect(parts, () => {
      status.show("failed");
      showError(log, "Architect LSP's server ended again and again and stays down: see the logs, then restart it.");
    });
    connection.client.onDidChangeState(({ newState }) => {
      status.follow(newState);
    });
    await connection.client.start();
    return connection;
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
  server: Lifecycle<Connection>,
): void {
  if (!event.affectsConfiguration(SECTION)) return;
  if (CLIENT_SETTINGS.some((key) => key !== "architect.trace.server" && event.affectsConfiguration(key))) {
    void server.restart();
    return;
  }
  const settings = { [SECTION]: serverOptions(context) };
  void server.current?.client.sendNotification(DidChangeConfigurationNotification.type, { settings });
}
