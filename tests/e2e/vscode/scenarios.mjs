// What a person does in VS Code, told step by step; each scenario gets an open Workbench.
import assert from "node:assert/strict";
import { SQUIGGLES } from "./workbench.mjs";

const ASK = "Ask architect";
const PROPOSAL = ".monaco-diff-editor .editor.modified .view-line";
const NOTIFIED_APPLY = '.notification-toast .monaco-button:has-text("Apply")';

/** The widths of the squiggles on the screen, counted in characters of the editor's font. */
async function squiggleWidths(vs) {
  return vs.page.evaluate((selector) => {
    const lines = [...document.querySelectorAll(".view-line > span")];
    const line = lines.reduce((a, b) => (b.textContent.length > a.textContent.length ? b : a));
    const character = line.getBoundingClientRect().width / line.textContent.length;
    return [...document.querySelectorAll(selector)].map((squiggle) =>
      Math.round(squiggle.getBoundingClientRect().width / character),
    );
  }, SQUIGGLES);
}

/** The squiggle stands under the function's name, and under nothing else. */
async function findingIsOnTheName(vs, { name, line, column }) {
  const rows = await vs.problems(name);
  const row = rows.find((text) => text.includes(name));
  assert.match(row, /architect/);
  assert.ok(row.includes(`[Ln ${line}, Col ${column}]`), row);
  await vs.focusEditor();
  await vs.goTo(line, column);
  await vs.see(SQUIGGLES);
  const widths = await squiggleWidths(vs);
  assert.ok(widths.includes(name.length), `${widths} holds no ${name.length}`);
}

/** First squiggle, light bulb, question, preview, apply, undo. */
export async function askApplyUndo(vs, task) {
  const { file, finding } = task;
  const before = vs.saved(file);
  await findingIsOnTheName(vs, finding);
  const titles = await vs.codeActions();
  assert.ok(titles.some((title) => title.includes(ASK)), titles.join(", "));
  await vs.screenshot("ask");
  await vs.chooseAction(ASK);

  await vs.see(PROPOSAL);
  await vs.screenshot("proposal");
  assert.equal(vs.saved(file), before, "nothing changes before the person says so");
  await (await vs.see(NOTIFIED_APPLY)).click();
  await vs.gone(PROPOSAL);
  const after = await vs.save(file, (text) => text !== before);
  await vs.screenshot("applied");

  await vs.focusEditor();
  await vs.press("Control+z");
  await vs.save(file, (text) => text === before);
  await vs.screenshot("undone");
  return { after };
}
