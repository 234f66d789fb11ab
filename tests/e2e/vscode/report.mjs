// What a failed scenario has to be understood by, beside its screenshot.
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

const DIALOG = ".monaco-dialog-box";
const LOG_END = 4_000;

/** Keep the words of every notification and dialog from now on: they go by themselves. */
export async function noteWhatIsSaid(page) {
  await page.evaluate((selector) => {
    window.said = [];
    new MutationObserver(() => {
      for (const element of document.querySelectorAll(selector)) {
        const text = element.textContent.replace(/\s+/g, " ");
        if (text && !window.said.includes(text)) window.said.push(text);
      }
    }).observe(document.body, { childList: true, subtree: true });
  }, `.notification-list-item, ${DIALOG}`);
}

/** Where the keyboard is, what is on the screen and what was. */
export async function whatIsSeen(page) {
  const screen = await page
    .evaluate((dialog) => {
      const texts = (selector) => [...document.querySelectorAll(selector)].map((element) => element.innerText.replace(/\s+/g, " "));
      const active = document.activeElement;
      return {
        keyboard: `${active?.tagName}.${active?.className} ${JSON.stringify(active?.value ?? active?.innerText ?? "")}`,
        dialogs: texts(dialog),
        said: window.said,
        tabs: texts(".tab"),
        status: texts(".statusbar-item"),
      };
    }, DIALOG)
    .catch((error) => String(error));
  return JSON.stringify(screen, undefined, 1);
}

/** The ends of the logs in `folder` that extension hosts have written since the time `started`. */
export function whatWasLogged(folder, started) {
  const files = readdirSync(folder, { recursive: true })
    .filter((name) => /(Architect.*|remoteexthost)\.log$/.test(name))
    .map((name) => path.join(folder, name))
    .filter((name) => statSync(name).mtimeMs > started);
  return files.map((name) => `${path.basename(name)}:\n${readFileSync(name, "utf8").slice(-LOG_END)}`).join("\n");
}
