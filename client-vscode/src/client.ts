// Builds the language client: how the server is started, and what it is told.
import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions, RevealOutputChannelOn } from "vscode-languageclient/node";
import { findPython } from "./interpreter";
import { DOCUMENT_SELECTOR } from "./languages";
import { commandLine, type ImportStrategy } from "./launch";
import { hasModule, PythonError } from "./python";
import { explicitOptions, type Options, SECTION } from "./settings";

/**
 * A client that is ready to be started.
 *
 * @throws PythonError with one sentence where no Python can run the server.
 */
export async function createClient(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
): Promise<LanguageClient> {
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
  const executable = { command, args: [...args] };
  return new LanguageClient(SECTION, "Architect LSP", { run: executable, debug: executable }, clientOptions(context, log));
}

function clientOptions(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): LanguageClientOptions {
  return {
    documentSelector: DOCUMENT_SELECTOR,
    diagnosticCollectionName: SECTION,
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    initializationOptions: () => ({
      settings: serverOptions(context),
      trusted: vscode.workspace.isTrusted,
    }),
    middleware: {
      workspace: {
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
