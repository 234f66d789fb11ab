import assert from "node:assert/strict";
import { test } from "node:test";
import { PACKAGES_VARIABLE, pipArguments, serverEnvironment, whyFetchFailed } from "../src/modelPackages";

test("pip fetches into the extension's folder only files whose hashes are known, and builds nothing", () => {
  const args = pipArguments("/storage/model", "/ext/requirements.txt");
  assert.deepEqual(args.slice(-4), ["--target", "/storage/model", "-r", "/ext/requirements.txt"]);
  assert.ok(args.includes("--require-hashes"));
  assert.equal(args[args.indexOf("--only-binary") + 1], ":all:");
});

test("where to fetch from is left to the user's own configuration of pip", () => {
  assert.ok(!pipArguments("/storage", "/r.txt").some((arg) => arg.includes("index") || arg.includes("://")));
});

test("a failed fetch is said with what to do, or with pip's own last word", () => {
  const bare = whyFetchFailed("/usr/bin/python3: No module named pip\n", "/usr/bin/python3");
  assert.match(bare, /^\/usr\/bin\/python3 has no pip: install it/);
  const offline = "WARNING: retrying\nERROR: No matching distribution found for anthropic==2.12.0\n\n";
  assert.equal(whyFetchFailed(offline, "python3"), "No matching distribution found for anthropic==2.12.0");
});

test("a key in the environment stands before the one that is kept", () => {
  assert.equal(serverEnvironment({ ANTHROPIC_API_KEY: "own" }, undefined, "kept").ANTHROPIC_API_KEY, "own");
  assert.equal(serverEnvironment({}, undefined, "kept").ANTHROPIC_API_KEY, "kept");
});

test("what was fetched is named to the server, and nothing where nothing was fetched", () => {
  assert.equal(serverEnvironment({}, "/storage/model", undefined)[PACKAGES_VARIABLE], "/storage/model");
  assert.deepEqual(serverEnvironment({ PATH: "/bin" }, undefined, undefined), { PATH: "/bin" });
});
