// Finds a Python that can run the server. Knows nothing of VS Code, so that it is tested alone.
import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The oldest Python the server runs on, as [major, minor]. */
export const OLDEST: readonly [number, number] = [3, 11];

const PROBE = "import sys; print('%d.%d.%d' % sys.version_info[:3])";
const PROBE_TIMEOUT_MS = 15_000;

/** An interpreter to try: what to run, and who named it. */
export interface Candidate {
  readonly command: string;
  readonly origin: string;
}

/** An interpreter that answered and is new enough. */
export interface Python extends Candidate {
  readonly version: string;
}

/** No Python can be used; the message is one sentence for a person. */
export class PythonError extends Error {}

/** The interpreter's version ("3.11.2"), or undefined where it could not be run. */
export async function versionOf(command: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(command, ["-c", PROBE], { timeout: PROBE_TIMEOUT_MS });
    return /^\d+\.\d+\.\d+/.exec(stdout.trim())?.[0];
  } catch {
    return undefined;
  }
}

/** Whether a version such as "3.11.2" is new enough for the server. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/**
 * The first of `candidates` that runs and is new enough.
 *
 * An interpreter that the user named in the settings should be the only candidate: a wrong name
 * is then said, not silently replaced.
 *
 * @throws PythonError if there is none.
 */
export async function choosePython(
  candidates: readonly Candidate[],
  log: (line: string) => void,
): Promise<Python> {
  const tooOld: Python[] = [];
  for (const candidate of candidates) {
    const version = await versionOf(candidate.command);
    if (version === undefined) {
      log(`${candidate.command} (${candidate.origin}) can't be run.`);
    } else if (isNewEnough(version)) {
      return { ...candidate, version };
    } else {
      log(`${candidate.command} (${candidate.origin}) is Python ${version}: too old.`);
      tooOld.push({ ...candidate, version });
    }
  }
  throw new PythonError(complaint(candidates, tooOld));
}

function complaint(candidates: readonly Candidate[], tooOld: readonly Python[]): string {
  const needed = `Architect LSP needs Python ${OLDEST.join(".")} or newer`;
  const [first] = tooOld;
  if (first) {
    return `${needed}, but ${first.command} (${first.origin}) is ${first.version}: name a newer one in the setting architect.interpreter.`;
  }
  const tried = candidates.map((candidate) => candidate.command).join(", ");
  return `${needed}, and none could be run (tried: ${tried}): install one, or name it in the setting architect.interpreter.`;
}

/** The names under which a platform's own Python is found on the PATH. */
export function platformCandidates(platform: NodeJS.Platform): Candidate[] {
  const names = platform === "win32" ? ["python", "py"] : ["python3", "python"];
  return names.map((command) => ({ command, origin: "found on the PATH" }));
}

/** Whether `module` can be imported; looked up without running it, and not in the current folder. */
export async function hasModule(python: string, module: string): Promise<boolean> {
  const probe = `import importlib.util, sys; sys.exit(importlib.util.find_spec(${JSON.stringify(module)}) is None)`;
  try {
    await run(python, ["-P", "-c", probe], { timeout: PROBE_TIMEOUT_MS });
    return true;
  } catch {
    return false;
  }
}
