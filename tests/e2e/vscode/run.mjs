// node run.mjs TASK: runs one scenario; prints what it gives as JSON. Exit code 1 and a screenshot where it fails.
import assert from "node:assert/strict";
import * as scenarios from "./scenarios.mjs";
import { Workbench } from "./workbench.mjs";

const task = JSON.parse(process.argv[2]);
const workbench = await Workbench.open(task, task.file);
try {
  const result = await scenarios[task.scenario](workbench, task);
  assert.deepEqual([...workbench.outside], [], "the workbench asked for hosts outside this machine");
  console.log(JSON.stringify(result));
} catch (error) {
  console.error(error);
  console.error(await workbench.report());
  process.exitCode = 1;
  await workbench.screenshot(`failed-${task.scenario}`);
} finally {
  await workbench.close();
}
