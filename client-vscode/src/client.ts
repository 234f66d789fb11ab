// Builds the language client: how the server is started, and what it is told.
import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  type ErrorHandler,
  LanguageClient,
  type LanguageClientOptions,
  RevealOutputChannelOn,
  ShowMessageNotification,
  State,
  WorkDoneProgressCancelNotification,
} from "vscode-languageclient/node";
import type { Activity } from "./activity";
import { Crashes, foretellsEnd, isPassedOver } from "./crashes";
import { everyonesDiagnostics } from "./everyonesDiagnostics";
import { findPython } from "./interpreter";
import { DOCUMENT_SELECTOR } from "./languages";
import { commandLine, type ImportStrategy } from "./launch";
import { showMessage } from "./messages";
import type { ModelSupport } from "./modelSupport";
import { showDocument } from "./pages";
import { ProgressNotices } from "./progress";
import type { ProposalView } from "./proposalView";
import { hasModule, PythonError } from "./python";
import { offerRename } from "./rename";
import { explicitOptions, type Options, SECTION } from "./settings";
import type { ProgressMessage } from "./steps";

/** Failures are logged; what a person hears of them is said by us, in one sentence and once. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** What the client is made of, once for all its starts. */
export interface Parts {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly trace: vscode.LogOutputChannel;
  readonly activity: Activity;
  readonly proposals: ProposalView;
  readonly support: ModelSupport;
}

/** A client, and the way to stop what it has under way. */
export interface Connection {
  readonly client: LanguageClient;
  readonly progress: ProgressNotices;
  stop(): Promise<void>;
}

/**
 * A client that is ready to be started; `onGivenUp` is called when its server crashed once too often.
 *
 * @throws PythonError with one sentence where no Python can run the server.
 */
export async function connect(parts: Parts, onGivenUp: () => void): Promise<Connection> {
  const { context, log, trace, activity } = parts;
  const python = await findPython(log);
  const strategy = vscode.workspace
    .getConfiguration(SECTION)
    .get<ImportStrategy>("importStrategy", "useBundled");
  if (strategy === "fromEnvironment" && !(await hasModule(python.command, "architect_server"))) {
    throw new PythonError(
      `architect-lsp is not installed for ${python.command}: install it there (pip install architect-lsp), or set architect.importStrategy to useBundled.`,
    );
  }
  const { command, args } = commandLine(python.command, strategy, context.extensionPath);
  log.info(`Starting: ${command} ${args.join(" ")}`);
  const executable = { command, args: [...args], options: { env: await parts.support.environment(python) } };
  const crashes = new Crashes();
  const progress: ProgressNotices = new ProgressNotices((token) => {
    void client.sendNotification(WorkDoneProgressCancelNotification.type, { token });
  });
  const options = {
    ...clientOptions(parts, progress),
    outputChannel: log,
    traceOutputChannel: trace,
    errorHandler: errorHandler(crashes, onGivenUp),
    initializationFailedHandler: () => false, // the start fails, which is said
  };
  const client: LanguageClient = new QuietClient(SECTION, "Architect LSP", { run: executable, debug: executable }, options);
  client.onDidChangeState(({ newState }) => {
    if (newState === State.Running) crashes.running();
    else {
      progress.endAll();
      activity.endAll();
    }
  });
  client.onNotification(ShowMessageNotification.type, (message) => void showMessage(message));
  client.onNotification("architect/progress", (message: ProgressMessage) => {
    activity.take(message);
  });
  client.onRequest("architect/diagnostics", everyonesDiagnostics);
  return { client, progress, stop: () => stop(client, log) };
}

/** A server that hangs is killed in the end; it must not keep the next one from being started. */
async function stop(client: LanguageClient, log: vscode.LogOutputChannel): Promise<void> {
  try {
    await client.stop();
  } catch (error) {
    log.warn(`The server did not end when asked to: ${String(error)}`);
  }
}

/** What is said about crashes is said by us, in one sentence: hence `handled`. */
function errorHandler(crashes: Crashes, onGivenUp: () => void): ErrorHandler {
  return {
    // Shut down for an error that comes with the server's end, it would not be started again.
    error: (error, _message, count) => ({
      action: isPassedOver(error, count) ? ErrorAction.Continue : ErrorAction.Shutdown,
      handled: foretellsEnd(error),
    }),
    closed: () => {
      const next = crashes.ended();
      if (next === "give-up") onGivenUp();
      return { action: next === "restart" ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true };
    },
  };
}

function clientOptions({ context, log, proposals }: Parts, progress: ProgressNotices): LanguageClientOptions {
  return {
    documentSelector: DOCUMENT_SELECTOR,
    diagnosticCollectionName: SECTION,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: () => ({
      settings: serverOptions(context),
      trusted: vscode.workspace.isTrusted,
      supports: { progress: true, diagnostics: true, relatedInHover: true, rename: true },
    }),
    middleware: {
      executeCommand: async (command, args, next) => {
        const answer: unknown = await next(command, args);
        offerRename(answer, log);
        return answer;
      },
      handleWorkDoneProgress: (token, params, next) => {
        progress.handle(token, params, next);
      },
      window: {
        showDocument: (params, token, next) => showDocument(params, (same) => next(same, token)),
      },
      workspace: {
        handleApplyEdit: (params, next) => {
          progress.endAll(); // the architect has done its part: from here on the person decides
          return proposals.handleApplyEdit(params, (edit) => next(edit, new vscode.CancellationTokenSource().token));
        },
        configuration: (params) =>
          params.items.map(({ scopeUri, section }) =>
            section === SECTION ? serverOptions(context, scopeUri) : null,
          ),
      },
    },
  };
}

/** The settings that the user has set for the server, for one resource where it is named. */
export function serverOptions(context: vscode.ExtensionContext, scopeUri?: string): Options {
  const resource = scopeUri === undefined ? vscode.workspace.workspaceFolders?.[0]?.uri : vscode.Uri.parse(scopeUri);
  const configuration = vscode.workspace.getConfiguration(undefined, resource);
  return explicitOptions(settingKeys(context), (key) => configuration.inspect(key));
}

interface Manifest {
  readonly contributes: {
    readonly configuration: readonly { readonly properties: Readonly<Record<string, unknown>> }[];
  };
}

/** All settings that the manifest declares, so that a new one needs no line here. */
function settingKeys(context: vscode.ExtensionContext): string[] {
  const manifest = context.extension.packageJSON as Manifest;
  return manifest.contributes.configuration.flatMap((section) => Object.keys(section.properties));
}
