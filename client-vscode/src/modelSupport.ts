// Fetches the model's SDK, which has native parts, on the person's word; keeps the person's key.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import * as vscode from "vscode";
import { findPython } from "./interpreter";
import { showError } from "./log";
import { pipArguments, serverEnvironment, whyFetchFailed } from "./modelPackages";
import type { Python } from "./python";

const run = promisify(execFile);
const KEY = "anthropic-api-key";
const FETCH = "Fetch it";
const FETCH_TIMEOUT_MS = 10 * 60_000;

export class ModelSupport {
  /** @param restart starts the server anew, so that it finds what was fetched or set. */
  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly restart: () => Promise<void>,
  ) {}

  /** What the server needs in its environment to find the packages and the key. */
  async environment(python: Python): Promise<NodeJS.ProcessEnv> {
    const folder = this.folder(python);
    const packages = existsSync(folder) ? folder : undefined;
    return serverEnvironment(process.env, packages, await this.context.secrets.get(KEY));
  }

  /** Ask, then have pip put the packages into the extension's own storage. */
  async fetch(): Promise<void> {
    const answer = await vscode.window.showInformationMessage(
      "Fetch the package anthropic with pip into the extension's own folder? Your Python's packages stay as they are.",
      { modal: true },
      FETCH,
    );
    if (answer !== FETCH) return;
    const options = { location: vscode.ProgressLocation.Notification, title: "Architect: fetching the package anthropic" };
    try {
      await vscode.window.withProgress(options, () => this.install());
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      showError(this.log, `The package anthropic could not be fetched: ${reason}`);
      return;
    }
    await this.restart();
    void vscode.window.showInformationMessage("Architect: the package anthropic is in place; a question to Claude needs a key, too.");
  }

  /** Ask for the key and keep it where VS Code keeps secrets; an empty one is forgotten. */
  async setKey(): Promise<void> {
    const key = await vscode.window.showInputBox({
      title: "Architect: API key",
      prompt: "Kept in VS Code's secret storage, and given to the server only. Leave empty to forget it.",
      password: true,
      ignoreFocusOut: true,
    });
    if (key === undefined) return;
    if (key.trim() === "") await this.context.secrets.delete(KEY);
    else await this.context.secrets.store(KEY, key.trim());
    await this.restart();
  }

  /** Into a folder beside first: a fetch that breaks off leaves what was there before. */
  private async install(): Promise<void> {
    const python = await findPython(this.log);
    const folder = this.folder(python);
    const fresh = `${folder}.new`;
    await rm(fresh, { recursive: true, force: true });
    const requirements = path.join(this.context.extensionPath, "bundled", "model-requirements.txt");
    const args = pipArguments(fresh, requirements);
    this.log.info(`Fetching: ${python.command} ${args.join(" ")}`);
    try {
      const { stdout } = await run(python.command, args, { timeout: FETCH_TIMEOUT_MS });
      this.log.info(stdout);
    } catch (error) {
      this.log.error(String(error));
      throw new Error(whyFetchFailed((error as { stderr?: string }).stderr ?? "", python.command), { cause: error });
    }
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
  }

  /** Native parts fit one version of Python only. */
  private folder(python: Python): string {
    const version = python.version.split(".").slice(0, 2).join(".");
    return path.join(this.context.globalStorageUri.fsPath, `model-packages-${version}`);
  }
}
