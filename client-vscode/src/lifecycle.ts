// Starts, restarts and stops one thing, one step at a time. Knows nothing of VS Code.

/** Something that can be stopped; stopping twice does no harm. What can't be stopped is left behind. */
export interface Running {
  stop(): Promise<void>;
}

/**
 * Runs the steps in the order they were asked for.
 *
 * A restart that is asked for while another one waits is the same restart: five changes of a
 * setting in a row restart the server once or twice, never five times.
 */
export class Lifecycle<T extends Running> {
  private queue: Promise<void> = Promise.resolve();
  private waitingRestart: Promise<void> | undefined;
  private running: T | undefined;
  private closed = false;

  /** @param launch starts the thing; undefined where it could not be started and this was said. */
  constructor(private readonly launch: () => Promise<T | undefined>) {}

  get current(): T | undefined {
    return this.running;
  }

  /** Stop what runs, if anything, and start anew. */
  restart(): Promise<void> {
    this.waitingRestart ??= this.enqueue(async () => {
      this.waitingRestart = undefined;
      await this.halt();
      if (!this.closed) this.running = await this.launch();
    });
    return this.waitingRestart;
  }

  /** Stop for good; later restarts do nothing. */
  close(): Promise<void> {
    this.closed = true;
    return this.enqueue(() => this.halt());
  }

  private async halt(): Promise<void> {
    const running = this.running;
    this.running = undefined;
    await running?.stop().catch(() => undefined);
  }

  private enqueue(step: () => Promise<void>): Promise<void> {
    const done = this.queue.then(step);
    this.queue = done.catch(() => undefined);
    return done;
  }
}
