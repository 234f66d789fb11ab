// What a person does in VS Code, told step by step; each scenario gets an open Workbench.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { BUTTON, SQUIGGLES } from "./workbench.mjs";

const ASK = "Ask architect";
const PROPOSAL = ".monaco-diff-editor .editor.modified .view-line";
const NOTIFICATION = ":is(.notifications-toasts, .notifications-center).visible .notification-list-item";
const PROPOSED = "verified extraction";
const PROBLEM = ".markers-panel-container .monaco-list-row";

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

/** Ask about the function at the cursor, by the light bulb's menu. */
async function askByLightBulb(vs) {
  await vs.codeActions(ASK);
  await vs.screenshot("ask");
  await vs.chooseAction(ASK);
}

/** First squiggle, light bulb, question, proposal, apply, undo. */
export async function askApplyUndo(vs, { file, finding }) {
  const before = vs.saved(file);
  await findingIsOnTheName(vs, finding);
  await askByLightBulb(vs);
  await vs.see(PROPOSAL);
  await vs.notification(PROPOSED);
  await vs.gone(`${NOTIFICATION} ${BUTTON}:has-text("Cancel")`);
  await vs.screenshot("proposal");
  assert.equal(vs.saved(file), before, "nothing changes before the person says so");
  await vs.choose(PROPOSED, "Apply");
  await vs.gone(PROPOSAL);
  const after = await vs.save(file, (text) => text !== before);
  await vs.screenshot("applied");

  await vs.focusEditor(file);
  await vs.press("Control+z");
  await vs.save(file, (text) => text === before);
  await vs.screenshot("undone");
  return { after };
}

/** Ask from the palette with the cursor in the function's body; discard by the button above the diff. */
export async function askDiscard(vs, { finding }) {
  await vs.problems(finding.name);
  await vs.focusEditor();
  await vs.goTo(finding.line + 3, 1);
  await vs.command("Architect: Ask architect");
  await vs.see(PROPOSAL);
  await vs.screenshot("proposal-light");
  await (await vs.see('.editor-actions [aria-label^="Discard the proposal"]')).click();
  await vs.gone(PROPOSAL);
  await vs.notification("discarded");
  return {};
}

/** Type into the file while its proposal waits; then apply. */
export async function applyTooLate(vs, { file, finding }) {
  const before = vs.saved(file);
  await vs.problems(finding.name);
  await vs.focusEditor();
  await vs.goTo(finding.line, finding.column);
  await askByLightBulb(vs);
  await vs.see(PROPOSAL);
  await vs.command("View: Open Previous Editor");
  await vs.gone(PROPOSAL);
  await vs.focusEditor(file);
  await vs.goTo(1, 1);
  await vs.page.keyboard.insertText("# typed meanwhile\n");
  await vs.save(file, (text) => text !== before);
  await vs.choose(PROPOSED, "Apply");
  await vs.notification("the file has changed meanwhile");
  return {};
}

/** Raise the limit in the settings: the finding goes. Lower it again: it is back. */
export async function changeLimit(vs, { file, finding }) {
  const row = `${PROBLEM}:has-text("${finding.name}")`;
  await vs.problems(finding.name);
  await vs.changeSettings({ "architect.limits.ccn": 100 }, file);
  await vs.gone(row);
  await vs.changeSettings({ "architect.limits.ccn": 5 }, file);
  await vs.see(row);
  await vs.see(`${PROBLEM}:has-text("limit 5")`);
  return {};
}

/** End the server as a crash would; it is started again and finds what it found. */
export async function killServer(vs, { finding }) {
  await vs.problems(finding.name);
  const killed = vs.serverProcess();
  process.kill(killed, "SIGKILL");
  const restarted = await vs.until("the server was not started again", () => {
    const pid = vs.serverProcess();
    return pid === killed ? undefined : pid;
  });
  await vs.see(`${PROBLEM}:has-text("${finding.name}")`);
  return { killed, restarted };
}

/** No Python to be found: one sentence with a way to the setting, and a state in the status bar. */
export async function noPython(vs) {
  const sentence = await vs.notification("needs Python 3.11 or newer");
  assert.match(await sentence.innerText(), /\/nowhere\/python/);
  await vs.screenshot("no-python");
  await vs.see('.statusbar-item:has-text("Architect") .codicon-warning');
  await vs.choose("needs Python 3.11 or newer", "Open settings");
  await vs.see('.settings-editor :text("Interpreter")');
  return {};
}

/** Restricted mode: the finding is there. */
export async function untrusted(vs, { finding }) {
  await vs.see('.statusbar-item:has-text("Restricted Mode")');
  await findingIsOnTheName(vs, finding);
  await vs.screenshot("untrusted");
  return {};
}

/** Ask, allow the code to be sent, and press Cancel in the progress notification once `asked`, a file, says that the question is out. */
export async function askCancel(vs, { finding, asked }) {
  await vs.problems(finding.name);
  await vs.focusEditor();
  await vs.goTo(finding.line, finding.column);
  await askByLightBulb(vs);
  await vs.notification("may code of this workspace be sent");
  assert.ok(!existsSync(asked), "nothing is sent before the person says so");
  await vs.choose("may code of this workspace be sent", "Allow");
  const cancel = await vs.see(`${NOTIFICATION} ${BUTTON}:has-text("Cancel")`);
  await vs.until("Claude was not asked", () => existsSync(asked) || undefined);
  await vs.screenshot("progress");
  await cancel.click();
  await vs.gone(`${NOTIFICATION} ${BUTTON}:has-text("Cancel")`);
  return {};
}

/** Ask for a review and a question where there is no model: each is answered with what is missing. */
export async function inquireWithoutModel(vs, { finding, said }) {
  await vs.problems(finding.name);
  await vs.focusEditor();
  await vs.command("Architect: Review file or selection");
  await vs.notification(said);
  await vs.command("Notifications: Clear All Notifications");
  await vs.gone(NOTIFICATION);
  await vs.focusEditor();
  await vs.command("Architect: Ask a question");
  await vs.answer("What do you want to know", "Where does this belong?");
  await vs.notification(said);
  await vs.screenshot("no-model");
  return {};
}

/** Open a notebook: the Problems panel names the function in its cell. */
export async function openNotebook(vs, { finding, notebook }) {
  await vs.quickOpen(notebook);
  await vs.see(".notebookOverlay .monaco-editor");
  const rows = await vs.problems(finding.name);
  await vs.screenshot("notebook");
  return { rows };
}
