import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { type Candidate, choosePython, hasModule, isNewEnough, PythonError, versionOf } from "../src/python";

const folder = mkdtempSync(path.join(tmpdir(), "architect-python-"));
after(() => {
  rmSync(folder, { recursive: true });
});

/** A program that answers as a Python of `version` would. */
function pretend(version: string): Candidate {
  const command = path.join(folder, `python-${version}`);
  writeFileSync(command, `#!/bin/sh\necho ${version}\n`);
  chmodSync(command, 0o755);
  return { command, origin: "test" };
}

const MISSING: Candidate = { command: path.join(folder, "missing"), origin: "test" };
const silent = (): void => undefined;

test("versions are compared as numbers", () => {
  const enough = ["3.11.0", "3.14.1", "4.0.0"].map(isNewEnough);
  const tooOld = ["3.10.9", "3.9.2", "2.7.18"].map(isNewEnough);
  assert.deepEqual([enough, tooOld], [[true, true, true], [false, false, false]]);
});

test("the first that runs and is new enough is taken", async () => {
  const lines: string[] = [];
  const python = await choosePython([MISSING, pretend("3.9.2"), pretend("3.12.1"), pretend("3.13.0")], (line) =>
    lines.push(line),
  );
  assert.equal(python.version, "3.12.1");
  assert.equal(lines.length, 2);
});

test("too old a Python is named with its version in one sentence", async () => {
  await assert.rejects(choosePython([MISSING, pretend("3.9.2")], silent), (error: unknown) => {
    assert.ok(error instanceof PythonError);
    assert.match(error.message, /needs Python 3\.11 or newer, but .*python-3\.9\.2 \(test\) is 3\.9\.2: .*architect\.interpreter\.$/);
    return true;
  });
});

test("no Python at all is said with what was tried", async () => {
  await assert.rejects(choosePython([MISSING], silent), /none could be run \(tried: .*missing\)/);
});

test("a program that is no Python is not taken for one", async () => {
  assert.equal(await versionOf(pretend("hello").command), undefined);
});

test("modules are looked up without the current folder", async () => {
  const before = process.cwd();
  writeFileSync(path.join(folder, "planted_module.py"), "");
  process.chdir(folder);
  try {
    assert.equal(await hasModule("python3", "json"), true);
    assert.equal(await hasModule("python3", "planted_module"), false);
  } finally {
    process.chdir(before);
  }
});
