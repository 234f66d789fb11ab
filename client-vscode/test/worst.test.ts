import assert from "node:assert/strict";
import { test } from "node:test";
import { excess, gravestFirst } from "../src/worst";

test("how far a figure lies above its limit is read from the finding's words", () => {
  assert.equal(excess("place_order has cyclomatic complexity 30 (limit 15)"), 2);
  assert.equal(excess("step2 has 14 parameters (limit 7)"), 2);
  assert.equal(excess("The analysis is partial."), 0);
});

test("the gravest finding comes first, among equals the one farthest above its limit", () => {
  const findings = [
    { severity: 1, message: "a has cyclomatic complexity 16 (limit 15)" },
    { severity: 1, message: "b has 12 parameters (limit 7)" },
    { severity: 0, message: "c has cyclomatic complexity 30 (limit 15)" },
  ];
  assert.deepEqual(gravestFirst(findings).map(({ message }) => message[0]), ["c", "b", "a"]);
});
