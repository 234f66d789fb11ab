// What a person does in VS Code, told step by step; each scenario gets an open Workbench.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { BUTTON, SQUIGGLES } from "./workbench.mjs";

const ASK = "Ask architect";
const ANSWER_MS = 30_000;
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

/** Ask until a proposal is shown. A question that VS Code lost is asked again, as a person would; the test's output tells of it. */
async function untilProposed(vs, ask) {
  await vs.until("no proposal was shown", async () => {
    await ask();
    const shown = await vs.page.locator(PROPOSAL).first().waitFor({ timeout: ANSWER_MS }).then(() => true, () => undefined);
    if (!shown) await vs.remark("asked again, since no proposal was shown");
    return shown;
  });
}

/** Ask about the function at the cursor, by the light bulb's menu. */
async function askByLightBulb(vs, shot) {
  await vs.codeActions(ASK);
  if (shot) await vs.screenshot(`${shot}-ask`);
  await vs.chooseAction(ASK);
}

/** First squiggle, light bulb, question, proposal, accept, another name for the helper, undo; pictures are named after `shot`. */
export async function askAcceptUndo(vs, { file, finding, shot, helper }) {
  const before = vs.saved(file);
  await findingIsOnTheName(vs, finding);
  await untilProposed(vs, () => askByLightBulb(vs, shot));
  await vs.notification(PROPOSED);
  await vs.gone(`${NOTIFICATION} ${BUTTON}:has-text("Cancel")`);
  await vs.screenshot(`${shot}-proposal`);
  assert.equal(vs.saved(file), before, "nothing changes before the person says so");
  await vs.choose(PROPOSED, "Accept");
  await vs.gone(PROPOSAL);
  await vs.rename(helper, `${shot}-rename`);
  const after = await vs.save(file, (text) => text !== before && text.includes(helper));
  await vs.focusEditor(file);
  await vs.press("Control+z"); // the name
  await vs.until("the helper has its first name again", () => vs.shows(helper).then((there) => (there ? undefined : true)));
  await vs.press("Control+z"); // the proposal
  await vs.save(file, (text) => text === before);
  return { after };
}

/** Ask from the palette with the cursor in the function's body; reject by the button above the diff. */
export async function askReject(vs, { finding }) {
  await vs.problems(finding.name);
  await vs.focusEditor();
  await vs.goTo(finding.line + 3, 1);
  await untilProposed(vs, () => vs.command("Architect: Ask architect"));
  await vs.notification(PROPOSED);
  await vs.screenshot("proposal-light");
  await (await vs.see('.editor-actions [aria-label^="Reject the proposal"]')).click();
  await vs.gone(PROPOSAL);
  await vs.notification("rejected");
  return {};
}

/** Type into the file while its proposal waits; then accept. */
export async function acceptTooLate(vs, { file, finding }) {
  const before = vs.saved(file);
  await vs.problems(finding.name);
  await vs.focusEditor();
  await vs.goTo(finding.line, finding.column);
  await untilProposed(vs, () => askByLightBulb(vs));
  await vs.command("View: Open Previous Editor");
  await vs.gone(PROPOSAL);
  await vs.focusEditor(file);
  await vs.goTo(1, 1);
  await vs.page.keyboard.insertText("# typed meanwhile\n");
  await vs.save(file, (text) => text !== before);
  await vs.choose(PROPOSED, "Accept");
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

/** End the server as a crash would, then have one hang and restart it; each time the next finds what it found. */
export async function killServer(vs, { finding }) {
  await vs.problems(finding.name);
  const killed = vs.serverProcess();
  process.kill(killed, "SIGKILL");
  const restarted = await vs.until("the server was not started again", () => {
    const pid = vs.serverProcess();
    return pid === killed ? undefined : pid;
  });
  const row = `${PROBLEM}:has-text("${finding.name}")`;
  await vs.see(row);
  process.kill(restarted, "SIGSTOP");
  await vs.command("Architect: Restart");
  await vs.until("the server that hangs was not replaced", () => {
    const pid = vs.serverProcess();
    return pid === undefined || pid === restarted ? undefined : pid;
  });
  await vs.until("the finding is not there once", async () => ((await vs.page.locator(row).count()) === 1 ? true : undefined));
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

/** Allow code to be sent to the scripted model, when the question for it comes. */
async function allow(vs) {
  await vs.choose("may code of this workspace be sent", "Allow");
}

/** Ask Claude, wish for something else, accept the second proposal; the progress stands in its channel. */
export async function refine(vs, { file, finding, wish }) {
  const before = vs.saved(file);
  await vs.problems(finding.name);
  await vs.focusEditor();
  await vs.goTo(finding.line, finding.column);
  await askByLightBulb(vs);
  await allow(vs);
  await vs.notification("Split off the large values");
  await (await vs.see('.editor-actions [aria-label^="Refine the proposal"]')).click();
  await vs.answer("What shall be different", wish);
  await vs.notification("Better names");
  await vs.see(PROPOSAL);
  await vs.screenshot("refined");
  await vs.choose("Better names", "Accept");
  await vs.keepName();
  const after = await vs.save(file, (text) => text !== before);
  await vs.command("Architect: Show progress");
  await vs.see('.output-view .view-line:has-text("halves")');
  await vs.screenshot("progress-channel");
  return { after };
}

/** Ask Claude, whose proposals don't pass: it is said why, and nothing is offered. */
export async function rejected(vs, { file, finding }) {
  const before = vs.saved(file);
  await vs.problems(finding.name);
  await vs.focusEditor();
  await vs.goTo(finding.line, finding.column);
  await askByLightBulb(vs);
  await allow(vs);
  const said = await (await vs.notification("a proposal was made and rejected")).innerText();
  await vs.screenshot("rejected");
  assert.equal(await vs.page.locator(PROPOSAL).count(), 0);
  assert.equal(vs.saved(file), before);
  return { said };
}

/** Have the SDK fetched by the button of the message that misses it, give a key, have the file reviewed. */
export async function fetchSdk(vs, { file, finding, points, key }) {
  await vs.problems(finding.name);
  await vs.focusEditor(file);
  await vs.command("Architect: Review file or selection");
  await vs.choose("anthropic", "Fetch it");
  await (await vs.see(`.monaco-dialog-box ${BUTTON}:has-text("Fetch it")`)).click();
  await vs.notification("the package anthropic is in place");
  await vs.screenshot("fetched");
  const before = vs.serverProcess();
  await vs.command("Architect: Set API key");
  await vs.answer("Kept in VS Code's secret storage", key);
  await vs.until("the server was not started with the key", () => {
    const now = vs.serverProcess();
    return now === undefined || now === before ? undefined : now;
  });
  await vs.see('.statusbar-item:has-text("Architect") .codicon-symbol-ruler');
  return review(vs, { file, points });
}

/** Have the file reviewed: a rendered page, and its points in the text. */
export async function review(vs, { file, points }) {
  await vs.focusEditor(file);
  await vs.command("Architect: Review file or selection");
  await allow(vs);
  await vs.notification("Sound, with one nest");
  await vs.see('.tab.active:has-text("Preview")');
  const page = vs.page.frameLocator("iframe.webview.ready").frameLocator("iframe#active-frame");
  await page.locator("h1:has-text('Sound, with one nest')").waitFor();
  await vs.screenshot("review");
  const rows = await vs.problems(points[0]);
  await vs.screenshot("review-points");
  for (const point of points) assert.ok(rows.some((row) => row.includes(point)), rows.join("\n"));
  return {};
}

/** Hover, code lens and inlay hints explain; the quick fix silences with a reason. */
export async function surfaces(vs, { file, finding, reason }) {
  await findingIsOnTheName(vs, finding);
  await vs.command("Show or Focus Hover");
  await vs.see('.monaco-hover :text("cognitive")');
  await vs.screenshot("hover");
  await vs.press("Escape");
  const lens = await vs.see(`.codelens-decoration a:has-text("CCN ${finding.ccn}")`);
  await vs.screenshot("lens");
  await lens.click();
  await vs.notification(`${finding.name}: lizard ${finding.ccn}`);
  await vs.focusEditor(file);
  await vs.goTo(finding.line, finding.column);
  await vs.codeActions("Suppress ccn");
  await vs.chooseAction("Suppress ccn");
  const silenced = await vs.save(file, (text) => text.includes("<why it may stay>"));
  const line = silenced.split("\n").findIndex((text) => text.includes("<why it may stay>"));
  await vs.focusEditor(file);
  await vs.goTo(line + 1, silenced.split("\n")[line].indexOf("<why") + 1);
  await vs.press("Shift+End");
  await vs.page.keyboard.insertText(reason);
  const after = await vs.save(file, (text) => text.includes(reason));
  await vs.gone(`${PROBLEM}:has-text("${finding.name} has")`);
  await vs.screenshot("suppressed");
  await vs.changeSettings({ "architect.surfaces.inlayHints": true }, file);
  await vs.focusEditor(file);
  await vs.goTo(finding.line, finding.column);
  await vs.until("no inlay hint tells a +1", async () => ((await vs.shows("+1")) ? true : undefined));
  await vs.screenshot("inlay-hints");
  return { after };
}

/** Two folders in one window, each with limits of its own. */
export async function multiRoot(vs, { finding, limits }) {
  await vs.problems(`limit ${limits[0]}`);
  await vs.quickOpen("other.py");
  const rows = await vs.problems(`limit ${limits[1]}`);
  await vs.screenshot("multi-root");
  assert.ok(rows.some((row) => row.includes(finding.name)), rows.join("\n"));
  return {};
}

/** Go from a page back to the text, which is the first tab. */
async function backTo(vs, file) {
  await vs.command("View: Open First Editor in Group");
  await vs.focusEditor(file);
}

/** The pages that only show: metrics, memory, what would be sent, the doctor's report. */
export async function pages(vs, { file, finding }) {
  const page = vs.page.frameLocator("iframe.webview.ready").last().frameLocator("iframe#active-frame");
  await vs.problems(finding.name);
  await vs.focusEditor(file);
  await vs.goTo(finding.line, finding.column);
  await vs.command("Architect: Show metrics of this file");
  await vs.see('.tab.active:has-text("metrics-")');
  await page.locator(`td:has-text("${finding.name}")`).waitFor();
  assert.equal(await page.locator(':text("cannot parse")').count(), 0, "the example is whole");
  await vs.screenshot("metrics");
  await backTo(vs, file);
  await vs.command("Architect: Show what would be sent");
  await vs.pick("about the function at the cursor");
  await vs.see('.tab.active:has-text("would-be-sent-")');
  await page.locator(`pre:has-text("${finding.name}")`).waitFor();
  await backTo(vs, file);
  await vs.command("Architect: Show memory");
  await vs.see('.tab.active:has-text("memory-")');
  await backTo(vs, file);
  await vs.command("Architect: Doctor");
  await vs.see('.tab.active:has-text("Architect Doctor")');
  await reportSays(vs, "Told by the server");
  await reportSays(vs, "editor: edits that want confirmation: yes");
  await vs.screenshot("doctor");
  return {};
}

/** The open report has `text`; only lines that are on the screen are there to be read. */
async function reportSays(vs, text) {
  await vs.until(`the report does not say "${text}"`, async () => {
    const lines = await vs.page.locator(".editor-group-container.active .view-line").allInnerTexts();
    if (lines.some((line) => line.replaceAll("\u00a0", " ").includes(text))) return true;
    await vs.press("PageDown");
    return undefined;
  });
}

/** A server that ends as soon as it is started: that is said, and the doctor works all the same. */
export async function doctorWithoutServer(vs, { file }) {
  await vs.notification("could not be started");
  await vs.command("Notifications: Show Notifications");
  await vs.see(".notifications-center.visible .notification-list-item");
  await vs.screenshot("no-server");
  const said = await vs.page.locator(".notifications-center.visible .notification-list-item").allInnerTexts();
  assert.equal(said.length, 1, said.join("\n"));
  await vs.focusEditor(file);
  await vs.command("Architect: Doctor");
  await vs.see('.tab.active:has-text("Architect Doctor")');
  await reportSays(vs, "The server did not answer");
  await reportSays(vs, "limit ccn");
  return {};
}
