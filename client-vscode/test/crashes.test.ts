import assert from "node:assert/strict";
import { test } from "node:test";
import { Crashes, foretellsEnd, isPassedOver, TOLERATED, WINDOW_MS } from "../src/crashes";

test("a server that never came up is not tried again", () => {
  const crashes = new Crashes();
  assert.equal(crashes.ended(), "failed-start");
});

test("a few crashes are forgiven, one too many in a short time is not", () => {
  const crashes = new Crashes(() => 0);
  crashes.running();
  const answers = Array.from({ length: TOLERATED + 1 }, () => crashes.ended());
  assert.deepEqual(answers, [...Array.from({ length: TOLERATED }, () => "restart"), "give-up"]);
});

test("crashes of long ago don't count", () => {
  let clock = 0;
  const crashes = new Crashes(() => clock);
  crashes.running();
  for (let crash = 0; crash < 3 * TOLERATED; crash++) {
    assert.equal(crashes.ended(), "restart");
    clock += WINDOW_MS / TOLERATED;
  }
});

test("a pipe that broke is left to the end of the server, which comes with it", () => {
  const broken = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
  assert.ok(foretellsEnd(broken));
  assert.ok(isPassedOver(broken, undefined));
});

test("another error is passed over a few times", () => {
  const error = new Error("a message that is none");
  assert.ok(!foretellsEnd(error));
  assert.deepEqual([1, 3, 4, undefined].map((count) => isPassedOver(error, count)), [true, true, false, false]);
});
