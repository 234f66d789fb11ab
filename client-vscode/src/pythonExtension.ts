// The interpreter that the user chose in Microsoft's Python extension, where that is installed.
import * as vscode from "vscode";

/** The part of the Python extension's public API that is used here. */
interface PythonApi {
  readonly environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(environment: { readonly path: string }): Promise<ResolvedEnvironment | undefined>;
    readonly onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

interface ResolvedEnvironment {
  readonly executable: { readonly uri: vscode.Uri | undefined };
}

async function api(): Promise<PythonApi | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>("ms-python.python");
  return extension?.activate();
}

/** The chosen interpreter's path; undefined without the extension or a choice. */
export async function chosenInterpreter(
  resource: vscode.Uri | undefined,
  log: (line: string) => void,
): Promise<string | undefined> {
  try {
    const python = await api();
    if (!python) return undefined;
    const active = python.environments.getActiveEnvironmentPath(resource);
    return (await python.environments.resolveEnvironment(active))?.executable.uri?.fsPath;
  } catch (error) {
    log(`The Python extension gave no interpreter: ${String(error)}`);
    return undefined;
  }
}

/** Call `listener` when the user chooses another interpreter. */
export async function onInterpreterChanged(listener: () => void): Promise<vscode.Disposable> {
  try {
    const python = await api();
    return python?.environments.onDidChangeActiveEnvironmentPath(listener) ?? NOTHING;
  } catch {
    return NOTHING;
  }
}

const NOTHING = new vscode.Disposable(() => undefined);
