// The item in the status bar: whether the server runs, an architect at work, and the open file's worst function.
import * as vscode from "vscode";
import { State } from "vscode-languageclient/node";
import type { Activity } from "./activity";
import { LANGUAGES } from "./languages";
import { gravestFirst } from "./worst";

/** What the item can say of the server. */
export type ServerState = "starting" | "running" | "stopped" | "failed";

const LOOKS: Readonly<Record<ServerState, { readonly icon: string; readonly says: string }>> = {
  starting: { icon: "loading~spin", says: "Starting…" },
  running: { icon: "symbol-ruler", says: "Running." },
  stopped: { icon: "circle-slash", says: "Stopped." },
  failed: { icon: "warning", says: "Not running: see the logs." },
};

export class Status implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly subscriptions: { dispose(): unknown }[];
  private state: ServerState = "stopped";

  constructor(
    command: string,
    private readonly activity: Activity,
  ) {
    this.item = vscode.window.createStatusBarItem("architect.status", vscode.StatusBarAlignment.Right, 50);
    this.item.name = "Architect LSP";
    this.item.command = command;
    const update = (): void => {
      this.update();
    };
    this.subscriptions = [
      this.item,
      vscode.window.onDidChangeActiveTextEditor(update),
      vscode.languages.onDidChangeDiagnostics(update),
      activity.onDidChange(update),
    ];
  }

  show(state: ServerState): void {
    this.state = state;
    this.update();
  }

  /** Follow the language client's own notion of its state. */
  follow(state: State): void {
    if (state === State.Running) this.show("running");
    else if (state === State.Starting) this.show("starting");
    else if (state === State.StartFailed) this.show("failed");
    else if (this.state !== "failed") this.show("stopped");
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private update(): void {
    const { running } = this.activity;
    const document = vscode.window.activeTextEditor?.document;
    const reads = document !== undefined && LANGUAGES.includes(document.languageId);
    if (!running && !reads) {
      this.item.hide();
      return;
    }
    const worst = reads ? ownFindings(document.uri)[0] : undefined;
    const { icon, says } = LOOKS[this.state];
    this.item.text = running ? `$(loading~spin) ${running.title}` : `$(${icon}) Architect${this.state === "running" ? suffix(worst) : ""}`;
    this.item.tooltip = [`Architect LSP: ${running ? running.title : says}`, ...(worst ? [worst.message] : [])].join("\n");
    this.item.backgroundColor =
      this.state === "failed" ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    this.item.show();
  }
}

/** The worst function's name as the finding gives it. */
function suffix(worst: vscode.Diagnostic | undefined): string {
  const name = worst && /^(.+?) has /.exec(worst.message)?.[1];
  return name ? `: ${name}` : "";
}

/** The server's findings in one file, the gravest first; hints are remarks and not counted. */
export function ownFindings(uri: vscode.Uri): vscode.Diagnostic[] {
  const own = vscode.languages
    .getDiagnostics(uri)
    .filter(({ source, severity }) => source === "architect" && severity !== vscode.DiagnosticSeverity.Hint);
  return gravestFirst(own);
}
