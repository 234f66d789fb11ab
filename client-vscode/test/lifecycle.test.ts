import assert from "node:assert/strict";
import { test } from "node:test";
import { Lifecycle, type Running } from "../src/lifecycle";

/** Something that notes when it is started and stopped, in `events`. */
class Thing implements Running {
  constructor(
    private readonly name: number,
    private readonly events: string[],
  ) {
    events.push(`start ${name}`);
  }

  stop(): Promise<void> {
    this.events.push(`stop ${this.name}`);
    return Promise.resolve();
  }
}

function things(): { events: string[]; launch: () => Promise<Thing> } {
  const events: string[] = [];
  let count = 0;
  return { events, launch: () => Promise.resolve(new Thing(++count, events)) };
}

test("restarts asked for at once are few and never overlap", async () => {
  const { events, launch } = things();
  const lifecycle = new Lifecycle(launch);
  await Promise.all([lifecycle.restart(), lifecycle.restart(), lifecycle.restart()]);
  assert.deepEqual(events, ["start 1"]);
  await lifecycle.restart();
  assert.deepEqual(events, ["start 1", "stop 1", "start 2"]);
});

test("a restart asked for while one is under way happens after it", async () => {
  const { events, launch } = things();
  const later: Promise<void>[] = [];
  const lifecycle = new Lifecycle<Thing>(() => {
    if (later.length === 0) later.push(lifecycle.restart());
    return launch();
  });
  await lifecycle.restart();
  await Promise.all(later);
  assert.deepEqual(events, ["start 1", "stop 1", "start 2"]);
});

test("what can't be stopped does not keep the next from being started", async () => {
  const events: string[] = [];
  const lifecycle = new Lifecycle(() => {
    events.push("start");
    return Promise.resolve({ stop: () => Promise.reject(new Error("it hangs")) });
  });
  await lifecycle.restart();
  await lifecycle.restart();
  assert.deepEqual(events, ["start", "start"]);
  await lifecycle.close();
});

test("closing stops what runs, and nothing starts again", async () => {
  const { events, launch } = things();
  const lifecycle = new Lifecycle(launch);
  await lifecycle.restart();
  const closed = lifecycle.close();
  await Promise.all([closed, lifecycle.restart()]);
  assert.deepEqual(events, ["start 1", "stop 1"]);
  assert.equal(lifecycle.current, undefined);
});

test("a start that fails does not block the next one", async () => {
  const { events, launch } = things();
  let attempts = 0;
  const lifecycle = new Lifecycle(() => (++attempts === 1 ? Promise.reject(new Error("no")) : launch()));
  await assert.rejects(lifecycle.restart(), /no/);
  await lifecycle.restart();
  assert.deepEqual(events, ["start 1"]);
});
