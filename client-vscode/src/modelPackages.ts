// How the model's packages are fetched and found. Knows nothing of VS Code.

/** The variable by which bootstrap.py learns of packages that the interpreter itself lacks. */
export const PACKAGES_VARIABLE = "ARCHITECT_PACKAGES";
const KEY_VARIABLE = "ANTHROPIC_API_KEY";

/**
 * pip's arguments. Where it fetches from is the user's own configuration; every file must have
 * the hash that the extension was released with.
 */
export function pipArguments(folder: string, requirements: string): string[] {
  const calm = ["--disable-pip-version-check", "--no-input", "--no-warn-script-location"];
  const exact = ["--require-hashes", "--only-binary", ":all:"];
  return ["-I", "-m", "pip", "install", ...calm, ...exact, "--target", folder, "-r", requirements];
}

/** Why pip failed, in one sentence, from what it wrote last; `python` is the interpreter that ran it. */
export function whyFetchFailed(said: string, python: string): string {
  if (said.includes("No module named pip")) {
    return `${python} has no pip: install it (on Debian: apt-get install python3-pip), or name another Python in the setting architect.interpreter.`;
  }
  const lines = said.split("\n").filter((line) => line.trim() !== "");
  return lines.at(-1)?.replace(/^ERROR: /, "") ?? "see the logs";
}

/** `environment` with the fetched packages and the kept key; a key that is set there already stands. */
export function serverEnvironment(
  environment: NodeJS.ProcessEnv,
  packages: string | undefined,
  key: string | undefined,
): NodeJS.ProcessEnv {
  return {
    ...environment,
    ...(packages !== undefined && { [PACKAGES_VARIABLE]: packages }),
    ...(key !== undefined && !environment[KEY_VARIABLE] && { [KEY_VARIABLE]: key }),
  };
}
