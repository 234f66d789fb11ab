type Task<T> = () => Promise<T>;

export async function retry<T>(task: Task<T>, times: number): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await task();
    } catch (error) {
      if (attempt >= times || !(error instanceof Error)) {
        throw error;
      }
    }
  }
}

export class Clock {
  private ticks = 0;

  advance(by: number): number {
    if (by < 0) {
      throw new RangeError("backwards");
    }
    this.ticks += by;
    return this.ticks;
  }
}
