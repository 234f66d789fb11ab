// Whether a server that ended by itself is started again. Knows nothing of VS Code.

/** So many ends within WINDOW_MS are an accident each; one more, and the server stays down. */
export const TOLERATED = 4;
export const WINDOW_MS = 3 * 60 * 1000;

/** Messages in a row that may fail before the connection is given up. */
const TOLERATED_ERRORS = 3;

/** Errors of a pipe whose other end has gone, by Node's names for them. */
const GONE = new Set(["EPIPE", "ECONNRESET", "ERR_STREAM_DESTROYED", "ERR_STREAM_WRITE_AFTER_END"]);

/** `failed-start`: it never came up, and its starter has the error. `give-up`: once too often. */
export type AfterEnd = "failed-start" | "restart" | "give-up";

/** Whether an error is but the first sign of a server's end, which is about to be told. */
export function foretellsEnd(error: Error): boolean {
  return GONE.has((error as NodeJS.ErrnoException).code ?? "");
}

/** Whether a connection goes on after its `count`th error in a row. */
export function isPassedOver(error: Error, count: number | undefined): boolean {
  return foretellsEnd(error) || (count !== undefined && count <= TOLERATED_ERRORS);
}

export class Crashes {
  private ends: number[] = [];
  private cameUp = false;

  constructor(private readonly now: () => number = Date.now) {}

  /** The server answered: from now on an end of it is a crash. */
  running(): void {
    this.cameUp = true;
  }

  /** The server ended; what now? */
  ended(): AfterEnd {
    if (!this.cameUp) return "failed-start";
    const now = this.now();
    this.ends = [...this.ends.filter((end) => now - end < WINDOW_MS), now];
    return this.ends.length <= TOLERATED ? "restart" : "give-up";
  }
}
