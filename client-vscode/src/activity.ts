// What the architect does now: told to the status item, and step by step in a channel of its own.
import * as vscode from "vscode";
import { type ProgressMessage, RunText } from "./steps";

/** A run that goes on. */
export interface Run {
  readonly title: string;
  readonly uri: string;
}

export class Activity implements vscode.Disposable {
  private readonly channel = vscode.window.createOutputChannel("Architect Progress", "markdown");
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly texts = new Map<string, { readonly run: Run; readonly text: RunText }>();
  /** Documents about which a model was asked last; only a model can go on from a wish. */
  private readonly byModel = new Set<string>();

  readonly onDidChange = this.changed.event;

  /** The run that began first of those that go on. */
  get running(): Run | undefined {
    return [...this.texts.values()][0]?.run;
  }

  /** Whether the last run about `uri` was a model's. */
  wasByModel(uri: string): boolean {
    return this.byModel.has(uri);
  }

  /** Take what the server tells. */
  take(message: ProgressMessage): void {
    const { run, uri, title, state, usage } = message;
    const known = this.texts.get(run) ?? { run: { title, uri }, text: new RunText() };
    this.channel.append(known.text.append(message));
    if (state === "began") this.texts.set(run, known);
    else if (state !== "running") this.texts.delete(run);
    if (state === "done" && usage?.model) this.byModel.add(uri);
    else if (state === "done") this.byModel.delete(uri);
    if (state !== "running") this.changed.fire();
  }

  /** The server is gone, and its runs with it. */
  endAll(): void {
    this.texts.clear();
    this.changed.fire();
  }

  show(): void {
    this.channel.show(true);
  }

  dispose(): void {
    this.channel.dispose();
    this.changed.dispose();
  }
}
