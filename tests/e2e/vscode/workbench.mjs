// Drives a real VS Code workbench in a headless browser, as a person at the keyboard would.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { noteWhatIsSaid, whatIsSeen, whatWasLogged } from "./report.mjs";

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // Whatever the workbench may ask for, nothing but this machine can be found.
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];
// This machine, and the made-up hosts under which a webview's own service worker answers.
const INSIDE = /^127\.0\.0\.1$|\.vscode-resource\.vscode-cdn\.net$/;
const PATIENCE_MS = 120_000;
const AGAIN_MS = 8_000;
const BELL_MS = 3_000;
const ACTIONS = ".action-widget .monaco-list-row.action";
const ACTIVE_EDITOR = ".editor-group-container.active .monaco-editor";
export const SQUIGGLES = ".squiggly-warning, .squiggly-error";
const RENAME = ".rename-box .rename-input";
export const BUTTON = ".monaco-button";

/**
 * One browser window with VS Code in it.
 *
 * Whatever is typed waits until the keyboard is known to be in the right place: VS Code runs a
 * command that it has not run before only after a word with its extension host, so what a key
 * opens may come late, and take the keyboard late.
 *
 * `task` is what the test wants: { playwright, chromium, port, workspace, output, userSettings, logs }.
 */
export class Workbench {
  static async open(task, file) {
    const { chromium } = createRequire(task.playwright)("playwright-core");
    const profile = mkdtempSync(path.join(tmpdir(), "architect-chromium-"));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: task.chromium,
      headless: true,
      viewport: { width: 1280, height: 800 },
      args: FLAGS,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const workbench = new Workbench(task, context, profile);
    try {
      await workbench.#load(file);
    } catch (error) {
      error.message += `\n${await workbench.report()}`;
      await workbench.close();
      throw error;
    }
    return workbench;
  }

  constructor(task, context, profile) {
    this.task = task;
    this.context = context;
    this.profile = profile;
    this.page = context.pages()[0];
    this.outside = new Set();
    this.started = Date.now();
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (/^(http|ws)/.test(url.protocol) && !INSIDE.test(url.hostname)) this.outside.add(url.hostname);
    });
  }

  async #load(file) {
    const { port, workspace } = this.task;
    const target = `vscode-remote://127.0.0.1:${port}${path.join(workspace, file)}`;
    const payload = JSON.stringify([["openFile", target]]);
    const opened = this.task.codeWorkspace ? { workspace: this.task.codeWorkspace } : { folder: workspace };
    const query = new URLSearchParams({ ...opened, payload });
    // A workspace's file that was read before the server could be reached gives a window without folders.
    await this.until("the workspace has no folders", async () => {
      await this.page.goto(`http://127.0.0.1:${port}/?${query}`);
      await noteWhatIsSaid(this.page);
      await this.see(".monaco-editor .view-line");
      if (!this.task.codeWorkspace) return true;
      const folder = this.page.locator(".explorer-folders-view .monaco-list-row").first();
      return folder.waitFor({ timeout: AGAIN_MS }).then(() => true, () => undefined);
    });
  }

  async close() {
    await this.context.close();
    rmSync(this.profile, { recursive: true, force: true });
  }

  /** Wait until something is on the screen; gives its locator. */
  async see(selector) {
    const found = this.page.locator(selector).first();
    await found.waitFor({ state: "visible", timeout: PATIENCE_MS });
    return found;
  }

  /** Wait until something is no longer on the screen. */
  async gone(selector) {
    await this.page.locator(selector).first().waitFor({ state: "hidden", timeout: PATIENCE_MS });
  }

  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async screenshot(name) {
    await this.page.screenshot({ path: path.join(this.task.output, `${name}.png`), animations: "disabled" });
  }

  /** Run a command of the palette by its title. */
  async command(title) {
    await this.#choose("F1", ">", title);
  }

  /** Open a file of the workspace by its name, in the editor that VS Code has for it. */
  async quickOpen(file) {
    await this.#choose("Control+p", "", file);
    await this.see(`.tab.active:has-text("${file}")`);
  }

  /** Take what a list offers for `text`; asked again, since a list is made once and late comers are in the next. */
  async #choose(key, prefix, text) {
    await this.until(`the list offers no "${text}"`, async () => {
      await this.#quickInput(key, prefix, text);
      const row = this.page.locator(`.quick-input-list .monaco-list-row.focused:has-text("${text}")`);
      const offered = await row.first().waitFor({ timeout: AGAIN_MS }).then(() => true, () => undefined);
      if (!offered) await this.#leaveQuickInput("Escape");
      return offered;
    });
    await this.#leaveQuickInput("Enter");
  }

  /** Put the cursor at a 1-based line and column. */
  async goTo(line, column) {
    await this.#quickInput("Control+g", ":", `${line}:${column}`);
    await this.#leaveQuickInput("Enter");
    await this.see(`.statusbar-item:has-text("Ln ${line}, Col ${column}")`);
    await this.see(`${ACTIVE_EDITOR}.focused`);
  }

  /** Answer the input box that asks `prompt`. */
  async answer(prompt, text) {
    await this.see(`.quick-input-widget :text("${prompt}")`);
    await this.#typeInto("", text);
    await this.#leaveQuickInput("Enter");
  }

  /** Take the first entry of the list that is shown, which has `text` in it. */
  async pick(text) {
    await this.see(`.quick-input-list .monaco-list-row.focused:has-text("${text}")`);
    await this.#quickInputHolds("");
    await this.#leaveQuickInput("Enter");
  }

  /** Press `key`, which opens the quick input with `prefix` in it, and type; again where something else took the keyboard. */
  async #quickInput(key, prefix, text) {
    await this.until(`the quick input does not take "${text}"`, async () => {
      await this.press(key);
      const taken = await this.#typeInto(prefix, text, AGAIN_MS).then(() => true, () => undefined);
      if (!taken) await this.press("Escape");
      return taken;
    });
  }

  async #typeInto(prefix, text, patience = PATIENCE_MS) {
    await this.#quickInputHolds(prefix, patience);
    await this.page.keyboard.insertText(text);
    await this.#quickInputHolds(prefix + text, patience);
  }

  /** Wait until the keyboard is in the quick input and its text is `value`. */
  async #quickInputHolds(value, timeout = PATIENCE_MS) {
    await this.page.waitForFunction(
      (wanted) => document.activeElement?.matches(".quick-input-widget input") && document.activeElement.value === wanted,
      value,
      { timeout },
    );
  }

  /** Press `key`, which closes the quick input, and wait until the keyboard has left it or it holds something else. */
  async #leaveQuickInput(key) {
    const left = await this.page.evaluate(() => document.activeElement?.value);
    await this.press(key);
    await this.page.waitForFunction(
      (value) => !document.activeElement?.matches(".quick-input-widget input") || document.activeElement.value !== value,
      left,
    );
  }

  /** Wait for a notification with `text`; gives its locator. */
  async notification(text) {
    const found = this.page.locator(`:is(.notifications-toasts, .notifications-center).visible .notification-list-item:has-text("${text}")`).first();
    await this.until(`no notification says "${text}"`, async () => {
      const there = await found.waitFor({ timeout: BELL_MS }).then(() => true, () => undefined);
      // VS Code takes toasts away after ten seconds and shows no more than three within a second. The rest is behind the bell.
      if (!there && !(await this.page.locator(".notifications-center.visible").count())) {
        await this.page.locator("[id='status.notifications']").click();
      }
      return there;
    });
    return found;
  }

  /** Press a button of the notification with `text`. */
  async choose(text, label) {
    const notification = await this.notification(text);
    await notification.locator(`${BUTTON}:has-text("${label}")`).click();
  }

  /** The rows of the Problems panel as text, once there is one that contains `text`. */
  async problems(text) {
    await this.command("Problems: Focus on Problems View");
    const rows = this.page.locator(".markers-panel-container .monaco-list-row");
    await rows.filter({ hasText: text }).first().waitFor({ timeout: PATIENCE_MS });
    const texts = await rows.allInnerTexts();
    return texts.map((row) => row.replace(/\s+/g, " ").trim());
  }

  /** Give the keyboard to the text, which is that of `file` where one is named. */
  async focusEditor(file) {
    const editor = file === undefined ? ACTIVE_EDITOR : `${ACTIVE_EDITOR}[data-uri$="/${file}"]`;
    // Were the keyboard there already, nothing would show that the command is through.
    if (!(await this.page.locator(`${ACTIVE_EDITOR}.focused`).count())) await this.command("View: Focus Active Editor Group");
    await this.see(`${editor}.focused`);
  }

  /** Open the menu of code actions at the cursor until it lists `title`; gives all titles. */
  async codeActions(title) {
    const menu = this.page.locator(ACTIONS);
    return this.until(`no code action "${title}" is offered`, async () => {
      // A key that comes while the editor is still busy with the last one opens nothing.
      await this.press("Control+.");
      await menu.first().waitFor({ timeout: AGAIN_MS }).catch(() => undefined);
      const titles = (await menu.allInnerTexts()).map((text) => text.trim());
      if (titles.some((text) => text.includes(title))) return titles;
      await this.press("Escape");
      return undefined;
    });
  }

  /** Choose one of the open menu's actions with the keyboard. */
  async chooseAction(title) {
    const rows = await this.page.locator(ACTIONS).count();
    const focused = () => this.page.locator(`${ACTIONS}.focused`).first().innerText({ timeout: AGAIN_MS });
    for (let tries = 0; tries <= rows; tries++) {
      const before = await focused();
      if (before.includes(title)) {
        await this.press("Enter");
        await this.gone(ACTIONS);
        return;
      }
      await this.press("ArrowDown");
      if (rows > 1) await this.until("the menu's focus stays", async () => ((await focused()) === before ? undefined : true));
    }
    assert.fail(`no action "${title}" can be chosen`);
  }

  /** Change the user's settings in their file, as by hand; then go back to `file`. */
  async changeSettings(settings, file) {
    const current = JSON.parse(readFileSync(this.task.userSettings, "utf8"));
    const wanted = JSON.stringify({ ...current, ...settings });
    await this.command("Preferences: Open User Settings (JSON)");
    await this.see(`${ACTIVE_EDITOR}.focused[data-uri$="/settings.json"]`);
    await this.press("Control+a", "Delete");
    await this.page.keyboard.insertText(wanted);
    await this.see(".tab.active.dirty");
    await this.press("Control+s");
    await this.until("the settings were not saved", () =>
      readFileSync(this.task.userSettings, "utf8") === wanted ? true : undefined,
    );
    await this.command("View: Open Previous Editor");
    await this.see(`${ACTIVE_EDITOR}[data-uri$="/${file}"]`);
  }

  /** The process id of this window's server, which works in the workspace; undefined while there is none. */
  serverProcess() {
    const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    const found = ids.find((id) => {
      try {
        const here = readlinkSync(`/proc/${id}/cwd`) === realpathSync(this.task.workspace);
        return here && readFileSync(`/proc/${id}/cmdline`, "utf8").includes("bootstrap.py");
      } catch {
        return false; // it has ended since, or is not ours to look into
      }
    });
    return found && Number(found);
  }

  /** Wait until the rename box has the keyboard: it comes a moment after the edit. */
  async #renameBox() {
    await this.page.waitForFunction((selector) => document.activeElement?.matches(selector), RENAME);
  }

  /** Leave the name as it is that the rename box asks about. */
  async keepName() {
    await this.#renameBox();
    await this.press("Escape");
    await this.gone(RENAME);
  }

  /** Give `name` to what the rename box asks about. */
  async rename(name, shot) {
    await this.#renameBox();
    await this.screenshot(shot);
    await this.press("Control+a");
    await this.page.keyboard.insertText(name);
    await this.page.waitForFunction(([selector, wanted]) => document.querySelector(selector)?.value === wanted, [RENAME, name]);
    await this.press("Enter");
    // The box goes at once, the new name comes with the server's answer.
    await this.until(`${name} did not become the name`, async () => ((await this.shows(name)) ? true : undefined));
  }

  /** Whether the text that has the keyboard shows `text`; what is scrolled away is not there. */
  async shows(text) {
    return (await this.page.locator(`${ACTIVE_EDITOR} .view-line:has-text("${text}")`).count()) > 0;
  }

  /** What the file holds on disk. */
  saved(file) {
    return readFileSync(path.join(this.task.workspace, file), "utf8");
  }

  /** Wait until the file is changed, save, and wait until it is on disk as `wanted` says; gives its text. */
  async save(file, wanted) {
    const dirty = `.tab.active.dirty:has-text("${path.basename(file)}")`;
    await this.see(dirty);
    await this.press("Control+s");
    // Until VS Code knows of its own save, the file may be half written, and an undo would leave a
    // changed text that counts as saved.
    await this.gone(dirty);
    return this.until(`${file} was not saved as expected`, () => {
      const text = this.saved(file);
      return wanted(text) ? text : undefined;
    });
  }

  /** Tell in the test's output of something that went on nevertheless. */
  async remark(what) {
    console.error(`${what}\n${await this.report()}`);
  }

  /** What a failure has to be understood by, beside the screenshot. */
  async report() {
    return `${await whatIsSeen(this.page)}\n${whatWasLogged(this.task.logs, this.started)}`;
  }

  /** Look again and again until `look` gives something. */
  async until(complaint, look) {
    const end = Date.now() + PATIENCE_MS;
    while (Date.now() < end) {
      const found = await look();
      if (found !== undefined) return found;
      await this.page.waitForTimeout(50);
    }
    return assert.fail(complaint);
  }
}
