// Whether a server that ended by itself is started again. Knows nothing of VS Code.

/** So many ends within WINDOW_MS are an accident each; one more, and the server stays down. */
export const TOLERATED = 4;
export const WINDOW_MS = 3 * 60 * 1000;

/** `failed-start`: it never came up, and its starter has the error. `give-up`: once too often. */
export type AfterEnd = "failed-start" | "restart" | "give-up";

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
