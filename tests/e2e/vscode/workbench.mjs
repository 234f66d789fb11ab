// Drives a real VS Code workbench in a headless browser, as a person at the keyboard would.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

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
const PATIENCE_MS = 60_000;
const AGAIN_MS = 8_000;
const ACTIONS = ".action-widget .monaco-list-row.action";
export const SQUIGGLES = ".squiggly-warning, .squiggly-error";

/**
 * One browser window with VS Code in it.
 *
 * `task` is what the test wants: { playwright, chromium, port, workspace, output, userSettings }.
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
    const workbench = new Workbench(task, context, profile);
    await workbench.#load(file);
    return workbench;
  }

  constructor(task, context, profile) {
    this.task = task;
    this.context = context;
    this.profile = profile;
    this.page = context.pages()[0];
    this.outside = new Set();
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (/^(http|ws)/.test(url.protocol) && url.hostname !== "127.0.0.1") this.outside.add(url.hostname);
    });
  }

  async #load(file) {
    const { port, workspace } = this.task;
    const target = `vscode-remote://127.0.0.1:${port}${path.join(workspace, file)}`;
    const payload = JSON.stringify([["openFile", target]]);
    const query = new URLSearchParams({ folder: workspace, payload });
    await this.page.goto(`http://127.0.0.1:${port}/?${query}`);
    await this.see(".monaco-editor .view-line");
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
    await this.press("F1");
    await this.see(".quick-input-widget input");
    await this.page.keyboard.insertText(title);
    await this.see(`.quick-input-list .monaco-list-row.focused:has-text("${title}")`);
    await this.press("Enter");
  }

  /** Open a file of the workspace by its name, in the editor that VS Code has for it. */
  async quickOpen(file) {
    await this.press("Control+p");
    await this.see(".quick-input-widget input");
    await this.page.keyboard.insertText(file);
    await this.see(`.quick-input-list .monaco-list-row.focused:has-text("${file}")`);
    await this.press("Enter");
    await this.see(`.tab.active:has-text("${file}")`);
  }

  /** Put the cursor at a 1-based line and column. */
  async goTo(line, column) {
    await this.press("Control+g");
    await this.see(".quick-input-widget input");
    await this.page.keyboard.insertText(`${line}:${column}`);
    await this.press("Enter");
    await this.see(`.statusbar-item:has-text("Ln ${line}, Col ${column}")`);
  }

  /** The rows of the Problems panel as text, once there is one that contains `text`. */
  async problems(text) {
    await this.command("Problems: Focus on Problems View");
    const rows = this.page.locator(".markers-panel-container .monaco-list-row");
    await rows.filter({ hasText: text }).first().waitFor({ timeout: PATIENCE_MS });
    const texts = await rows.allInnerTexts();
    return texts.map((row) => row.replace(/\s+/g, " ").trim());
  }

  /** Give the keyboard back to the text. */
  async focusEditor() {
    await this.command("View: Focus Active Editor Group");
    await this.see(".monaco-editor.focused");
  }

  /** Open the menu of code actions at the cursor; gives their titles. */
  async codeActions() {
    await this.until("no code action is offered", async () => {
      // A key that comes while the editor is still busy with the last one opens nothing.
      await this.press("Control+.");
      const menu = this.page.locator(ACTIONS).first();
      return menu.waitFor({ timeout: AGAIN_MS }).then(() => true, () => undefined);
    });
    return (await this.page.locator(ACTIONS).allInnerTexts()).map((title) => title.trim());
  }

  /** Choose one of the open menu's actions with the keyboard. */
  async chooseAction(title) {
    const rows = await this.page.locator(ACTIONS).count();
    for (let tries = 0; tries <= rows; tries++) {
      const focused = await this.page.locator(`${ACTIONS}.focused`).allInnerTexts();
      if (focused.some((text) => text.includes(title))) {
        await this.press("Enter");
        return;
      }
      await this.press("ArrowDown");
    }
    assert.fail(`no action "${title}" can be chosen`);
  }

  /** Change the user's settings in their file, as by hand. */
  async changeSettings(settings) {
    const current = JSON.parse(readFileSync(this.task.userSettings, "utf8"));
    const wanted = JSON.stringify({ ...current, ...settings });
    await this.command("Preferences: Open User Settings (JSON)");
    await this.see('.tab.active:has-text("settings.json")');
    await this.see(".monaco-editor.focused");
    await this.press("Control+a", "Delete");
    await this.page.keyboard.insertText(wanted);
    await this.press("Control+s");
    await this.until("the settings were not saved", () =>
      readFileSync(this.task.userSettings, "utf8") === wanted ? true : undefined,
    );
    await this.command("View: Open Previous Editor");
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

  /** What the file holds on disk. */
  saved(file) {
    return readFileSync(path.join(this.task.workspace, file), "utf8");
  }

  /** Save, and wait until the file on disk is as `wanted` says; gives its text. */
  async save(file, wanted) {
    await this.press("Control+s");
    return this.until(`${file} was not saved as expected`, () => {
      const text = this.saved(file);
      return wanted(text) ? text : undefined;
    });
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
