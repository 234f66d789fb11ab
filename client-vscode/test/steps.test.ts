import assert from "node:assert/strict";
import { test } from "node:test";
import { type ProgressMessage, RunText, type RunState, type Step, type Usage } from "../src/steps";

function message(state: RunState, steps: readonly Step[] = [], ending: Partial<ProgressMessage> = {}): ProgressMessage {
  return { run: "1", uri: "file:///a.py", title: "Architect: place_order", state, steps, ...ending };
}

const USAGE: Usage = { model: "sonnet", turns: 3, inputTokens: 12_000, outputTokens: 345, usd: 0.041, seconds: 12.3 };

test("pieces of the model's words are joined, over messages too, and apart from what comes next", () => {
  const text = new RunText();
  const told = [
    message("began"),
    message("running", [{ kind: "thinking", text: "Three concerns\nin one " }]),
    message("running", [
      { kind: "thinking", text: "place." },
      { kind: "tool", text: "Read order_service.py" },
      { kind: "text", text: "I extract " },
    ]),
    message("done", [{ kind: "text", text: "the pricing." }], { usage: USAGE }),
  ].map((one) => text.append(one));
  assert.equal(
    told.join(""),
    "\n## Architect: place_order\n\n> Three concerns\n> in one place.\n\n→ Read order_service.py\nI extract the pricing.\n\n" +
      "Done: sonnet, 3 turns, 12,345 tokens, about 0.04 USD, 12 s.\n",
  );
});

test("a list of work is shown with what is done, under way and to come", () => {
  const todos: Step = {
    kind: "todos",
    todos: [
      { text: "read", state: "completed" },
      { text: "extract", state: "in_progress" },
      { text: "check", state: "pending" },
    ],
  };
  assert.equal(new RunText().append(message("running", [todos])), "- [x] read\n- [~] extract\n- [ ] check\n");
});

for (const [state, ending, said] of [
  ["failed", { message: "the key is wrong." }, "Failed: the key is wrong.\n"],
  ["cancelled", {}, "Cancelled.\n"],
  ["done", {}, "Done.\n"],
] as const) {
  test(`a run that is ${state} says so`, () => {
    assert.equal(new RunText().append(message(state, [], ending)), said);
  });
}
