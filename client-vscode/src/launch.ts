// The command line that starts the server. Knows nothing of VS Code.
import path from "node:path";

export type ImportStrategy = "useBundled" | "fromEnvironment";

/** A program and its arguments. */
export interface CommandLine {
  readonly command: string;
  readonly args: readonly string[];
}

/**
 * How `python` serves: from the copy inside the extension, or from the user's own environment.
 *
 * `-P` keeps the opened folder off Python's search path: a file of a repository that happens to
 * be called like a module must not run because the repository was opened. `-X utf8` makes the
 * log on stderr readable on Windows too.
 */
export function commandLine(
  python: string,
  strategy: ImportStrategy,
  extensionFolder: string,
  subcommand: readonly string[] = ["serve"],
): CommandLine {
  const server =
    strategy === "useBundled"
      ? [path.join(extensionFolder, "bundled", "bootstrap.py")]
      : ["-m", "architect_server"];
  return { command: python, args: ["-P", "-X", "utf8", ...server, ...subcommand] };
}

/** Replace `${workspaceFolder}` and a leading `~` in a path from the settings. */
export function expandPath(value: string, workspaceFolder: string | undefined, home: string): string {
  const path = value.trim().replace(/^~(?=$|[/\\])/, () => home);
  return workspaceFolder === undefined ? path : path.replaceAll("${workspaceFolder}", () => workspaceFolder);
}
