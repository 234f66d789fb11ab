import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { commandLine, expandPath } from "../src/launch";

test("the bundled server is started through the bootstrap beside the extension", () => {
  const { command, args } = commandLine("/usr/bin/python3", "useBundled", "/ext");
  assert.equal(command, "/usr/bin/python3");
  assert.deepEqual(args.slice(-2), [path.join("/ext", "bundled", "bootstrap.py"), "serve"]);
});

test("the environment's server is started as a module", () => {
  assert.deepEqual(commandLine("py", "fromEnvironment", "/ext").args.slice(-3), ["-m", "architect_server", "serve"]);
});

for (const strategy of ["useBundled", "fromEnvironment"] as const) {
  test(`${strategy}: the opened folder is not on Python's search path`, () => {
    assert.ok(commandLine("python3", strategy, "/ext").args.includes("-P"));
  });
}

test("paths in settings may start at home or at the workspace", () => {
  assert.equal(expandPath(" ~/venv/bin/python ", "/ws", "/home/me"), "/home/me/venv/bin/python");
  assert.equal(expandPath("${workspaceFolder}/.venv/bin/python", "/w$&s", "/home/me"), "/w$&s/.venv/bin/python");
  assert.equal(expandPath("~other/python", undefined, "/home/me"), "~other/python");
  assert.equal(expandPath("python3.12", undefined, "/home/me"), "python3.12");
});

test("another subcommand is run by the same server", () => {
  const { args } = commandLine("python3", "useBundled", "/ext", ["doctor", "/ws/a.py"]);
  assert.deepEqual(args.slice(-2), ["doctor", "/ws/a.py"]);
});
