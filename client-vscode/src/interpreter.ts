// Which Python runs the server: the setting, the Python extension's choice, the platform's own.
import { homedir } from "node:os";
import * as vscode from "vscode";
import { expandPath } from "./launch";
import { type Candidate, choosePython, platformCandidates, type Python } from "./python";
import { chosenInterpreter } from "./pythonExtension";
import { SECTION } from "./settings";

/** @throws PythonError with one sentence where no Python can be used. */
export async function findPython(log: vscode.LogOutputChannel): Promise<Python> {
  const say = (line: string): void => {
    log.info(line);
  };
  const python = await choosePython(await candidates(say), say);
  log.info(`Python ${python.version}: ${python.command} (${python.origin}).`);
  return python;
}

async function candidates(say: (line: string) => void): Promise<Candidate[]> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const setting = vscode.workspace.getConfiguration(SECTION, folder?.uri).get<string>("interpreter", "");
  if (setting.trim() !== "") {
    const command = expandPath(setting, folder?.uri.fsPath, homedir());
    return [{ command, origin: "the setting architect.interpreter" }];
  }
  const chosen = await chosenInterpreter(folder?.uri, say);
  const own = chosen === undefined ? [] : [{ command: chosen, origin: "chosen in the Python extension" }];
  return [...own, ...platformCandidates(process.platform)];
}
