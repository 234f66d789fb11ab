import assert from "node:assert/strict";
import { test } from "node:test";
import { explicitOptions, type Inspected } from "../src/settings";

function collect(values: Record<string, Inspected>): Record<string, unknown> {
  return explicitOptions(Object.keys(values), (key) => values[key]);
}

test("defaults are not sent, so that a project's own limits stand", () => {
  const inspected: Inspected & { defaultValue: number } = { defaultValue: 15 };
  assert.deepEqual(collect({ "architect.limits.ccn": inspected }), {});
});

test("what is set is nested by the dots of its name", () => {
  const options = collect({
    "architect.limits.ccn": { globalValue: 10 },
    "architect.limits.length": { globalValue: 0 },
    "architect.exclude": { globalValue: ["build/"] },
  });
  assert.deepEqual(options, { limits: { ccn: 10, length: 0 }, exclude: ["build/"] });
});

test("the innermost place counts", () => {
  const everywhere = { globalValue: 1, workspaceValue: 2, workspaceFolderValue: 3 };
  assert.deepEqual(collect({ "architect.limits.ccn": everywhere }), { limits: { ccn: 3 } });
  assert.deepEqual(collect({ "architect.limits.ccn": { globalValue: 1, workspaceValue: 2 } }), { limits: { ccn: 2 } });
});

test("a value of false or zero is a value", () => {
  assert.deepEqual(collect({ "architect.a": { globalValue: true, workspaceValue: false } }), { a: false });
});

test("the extension's own settings and other extensions' stay here", () => {
  const options = collect({
    "architect.interpreter": { globalValue: "/usr/bin/python3" },
    "architect.trace.server": { globalValue: "verbose" },
    "editor.tabSize": { globalValue: 2 },
  });
  assert.deepEqual(options, {});
});
