// "architect doctor", shown as a page. It runs by itself, since it is wanted most where the server does not.
import { execFile } from "node:child_process";
import * as vscode from "vscode";
import { findPython } from "./interpreter";
import { commandLine, type ImportStrategy } from "./launch";
import type { ModelSupport } from "./modelSupport";
import type { Pages } from "./pages";
import { SECTION } from "./settings";

const TIMEOUT_MS = 60_000;

/**
 * Look for what is amiss with the open file, or else with the workspace.
 *
 * @throws PythonError with one sentence where no Python can run it.
 */
export async function doctor(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  support: ModelSupport,
  pages: Pages,
): Promise<void> {
  const python = await findPython(log);
  const strategy = vscode.workspace.getConfiguration(SECTION).get<ImportStrategy>("importStrategy", "useBundled");
  const about = aboutWhat();
  const { command, args } = commandLine(python.command, strategy, context.extensionPath, ["doctor", ...about]);
  const options = { timeout: TIMEOUT_MS, env: await support.environment(python) };
  const report = await new Promise<string>((resolve) => {
    // Exit code 1 means that something needs a fix, which the report names.
    execFile(command, [...args], options, (error, stdout, stderr) => {
      resolve(stdout.trim() === "" && error ? `${error.message}\n${stderr}` : stdout);
    });
  });
  const version = String((context.extension.packageJSON as { version: unknown }).version);
  const head = [
    `VS Code ${vscode.version}, Architect LSP for VS Code ${version}`,
    `Python ${python.version}: ${python.command} (${python.origin}), server: ${strategy}`,
    `Workspace: ${vscode.workspace.isTrusted ? "trusted" : "not trusted"}`,
  ];
  await pages.show("Architect Doctor.txt", `${head.join("\n")}\n\n${report}`);
}

function aboutWhat(): string[] {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.uri.scheme === "file") return [document.uri.fsPath];
  const folder = vscode.workspace.workspaceFolders?.[0];
  return folder ? [folder.uri.fsPath] : [];
}
