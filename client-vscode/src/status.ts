// The item in the status bar: whether the server runs, and the worst finding of the open file.
import * as vscode from "vscode";
import { State } from "vscode-languageclient/node";
import { LANGUAGES } from "./languages";

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

  constructor(command: string) {
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
    const document = vscode.window.activeTextEditor?.document;
    if (!document || !LANGUAGES.includes(document.languageId)) {
      this.item.hide();
      return;
    }
    const findings = ownFindings(document.uri);
    const { icon, says } = LOOKS[this.state];
    const count = this.state === "running" && findings.length > 0 ? ` ${findings.length}` : "";
    this.item.text = `$(${icon}) Architect${count}`;
    this.item.tooltip = [`Architect LSP: ${says}`, ...findings.slice(0, 1).map((worst) => worst.message)].join("\n");
    this.item.backgroundColor =
      this.state === "failed" ? new vscode.ThemeColor("statusBarItem.warningBackground") : undefined;
    this.item.show();
  }
}

/** The server's findings in one file, the gravest first; hints are remarks and not counted. */
function ownFindings(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ source, severity }) => source === "architect" && severity !== vscode.DiagnosticSeverity.Hint)
    .sort((a, b) => a.severity - b.severity);
}
