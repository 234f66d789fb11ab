// "architect doctor", shown as a page: the server's, which knows the editor too, or by itself where no server answers.
import { execFile } from "node:child_process";
import * as vscode from "vscode";
import { ExecuteCommandRequest, type LanguageClient } from "vscode-languageclient/node";
import { findPython } from "./interpreter";
import { type CommandLine, commandLine, type ImportStrategy } from "./launch";
import type { ModelSupport } from "./modelSupport";
import type { Pages } from "./pages";
import { SECTION } from "./settings";

const TIMEOUT_MS = 60_000;
/** A server that is silent for so long is one of the things that a doctor is asked about. */
const SERVER_TIMEOUT_MS = 30_000;
const SERVER_DOCTOR = "architect.doctor";

/**
 * Look for what is amiss with the open file, or else with the workspace.
 *
 * `client` is the connection to the server, where there is one.
 *
 * @throws PythonError with one sentence where no Python can run it.
 */
export async function doctor(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  support: ModelSupport,
  pages: Pages,
  client: LanguageClient | undefined,
): Promise<void> {
  const python = await findPython(log);
  const strategy = vscode.workspace.getConfiguration(SECTION).get<ImportStrategy>("importStrategy", "useBundled");
  const told = client?.isRunning() ? await serverReport(client) : undefined;
  const command = commandLine(python.command, strategy, context.extensionPath, ["doctor", ...aboutWhat()]);
  const report = told ?? (await ownReport(command, await support.environment(python)));
  const version = String((context.extension.packageJSON as { version: unknown }).version);
  const head = [
    `VS Code ${vscode.version}, Architect LSP for VS Code ${version}`,
    `Python ${python.version}: ${python.command} (${python.origin}), server: ${strategy}`,
    `Workspace: ${vscode.workspace.isTrusted ? "trusted" : "not trusted"}`,
    told === undefined ? "The server did not answer: nothing is said of the editor." : "Told by the server.",
  ];
  await pages.show("Architect Doctor.txt", `${head.join("\n")}\n\n${report}`);
}

/** What the server tells of itself and of this editor; undefined where it does not answer. */
async function serverReport(client: LanguageClient): Promise<string | undefined> {
  const source = new vscode.CancellationTokenSource();
  const timer = setTimeout(() => {
    source.cancel();
  }, SERVER_TIMEOUT_MS);
  const silence = new Promise<undefined>((resolve) => {
    source.token.onCancellationRequested(() => {
      resolve(undefined);
    });
  });
  const uri = vscode.window.activeTextEditor?.document.uri.toString();
  const params = { command: SERVER_DOCTOR, arguments: [{ show: false, ...(uri !== undefined && { uri }) }] };
  try {
    const answer = client.sendRequest(ExecuteCommandRequest.type, params, source.token) as Promise<{ text?: string } | null>;
    return (await Promise.race([answer, silence]))?.text;
  } catch {
    return undefined; // an older server, or one that is just ending
  } finally {
    clearTimeout(timer);
    source.dispose();
  }
}

/** What the command line says, which works without a running server. */
function ownReport({ command, args }: CommandLine, env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve) => {
    // Exit code 1 means that something needs a fix, which the report names.
    execFile(command, [...args], { timeout: TIMEOUT_MS, env }, (error, stdout, stderr) => {
      resolve(stdout.trim() === "" && error ? `${error.message}\n${stderr}` : stdout);
    });
  });
}

function aboutWhat(): string[] {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.uri.scheme === "file") return [document.uri.fsPath];
  const folder = vscode.workspace.workspaceFolders?.[0];
  return folder ? [folder.uri.fsPath] : [];
}
