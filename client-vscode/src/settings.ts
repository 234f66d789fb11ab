// Which settings go to the server: those the user has set, and not the defaults.
//
// The server lays the editor's settings over a repository's pyproject.toml. Would VS Code's
// defaults be sent too, they would hide every limit that a project has set for itself.

export const SECTION = "architect";

/** Settings that only the extension reads; all others belong to the server. */
export const CLIENT_SETTINGS: readonly string[] = [
  "architect.interpreter",
  "architect.importStrategy",
  "architect.trace.server",
];

/** The values of one setting in the places where it can be set, as VS Code gives them. */
export interface Inspected {
  readonly globalValue?: unknown;
  readonly workspaceValue?: unknown;
  readonly workspaceFolderValue?: unknown;
}

export type Options = Record<string, unknown>;

/**
 * Collect what is set of `keys` (full names, "architect.limits.ccn") as nested options
 * ({ limits: { ccn: 10 } }); of several places the innermost counts.
 */
export function explicitOptions(
  keys: readonly string[],
  inspect: (key: string) => Inspected | undefined,
): Options {
  const options: Options = {};
  for (const key of keys) {
    if (!key.startsWith(`${SECTION}.`) || CLIENT_SETTINGS.includes(key)) continue;
    const found = inspect(key);
    const value = found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue;
    if (value !== undefined && value !== null) put(options, key.split(".").slice(1), value);
  }
  return options;
}

function put(options: Options, path: readonly string[], value: unknown): void {
  const [head, ...rest] = path;
  if (head === undefined) return;
  if (rest.length === 0) {
    options[head] = value;
    return;
  }
  const below = (options[head] ??= {}) as Options;
  put(below, rest, value);
}
