// Puts the steps of an architect's run into lines for a person. Knows nothing of VS Code.

/** A piece of work on the architect's list. */
export interface Todo {
  readonly text: string;
  readonly state: "pending" | "in_progress" | "completed";
}

/** One step of a run, as the server tells it. */
export type Step =
  | { readonly kind: "status" | "thinking" | "text" | "tool" | "retry"; readonly text: string }
  | { readonly kind: "todos"; readonly todos: readonly Todo[] };

/** What a run cost; `usd` is an estimate, `model` is empty where none was asked. */
export interface Usage {
  readonly model: string;
  readonly turns: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly usd: number;
  readonly seconds: number;
}

export type RunState = "began" | "running" | "done" | "failed" | "cancelled";

/** The server's notification `architect/progress`. */
export interface ProgressMessage {
  readonly run: string;
  readonly uri: string;
  readonly title: string;
  readonly state: RunState;
  readonly steps: readonly Step[];
  readonly usage?: Usage;
  readonly message?: string;
}

const BOXES: Readonly<Record<Todo["state"], string>> = { pending: "[ ]", in_progress: "[~]", completed: "[x]" };

/** Kinds that come in pieces, which belong together until another kind comes. */
type Words = "thinking" | "text";

/** Turns the messages of one run into text to append, with each kind told apart. */
export class RunText {
  private open: Words | undefined;

  /** What `message` adds to what stands there already. */
  append(message: ProgressMessage): string {
    const head = message.state === "began" ? `\n## ${message.title}\n\n` : "";
    const steps = message.steps.map((step) => this.step(step)).join("");
    return head + steps + this.ending(message);
  }

  private step(step: Step): string {
    if (step.kind === "todos") return this.close() + step.todos.map((todo) => `- ${BOXES[todo.state]} ${todo.text}\n`).join("");
    if (step.kind === "text" || step.kind === "thinking") return this.words(step.kind, step.text);
    const mark = { status: "·", tool: "→", retry: "↻" }[step.kind];
    return `${this.close()}${mark} ${step.text}\n`;
  }

  private words(kind: Words, text: string): string {
    const before = this.open === kind ? "" : `${this.close()}${kind === "thinking" ? "> " : ""}`;
    this.open = kind;
    return before + (kind === "thinking" ? text.replaceAll("\n", "\n> ") : text);
  }

  /** End the words that are still open, if any. */
  private close(): string {
    const wasOpen = this.open !== undefined;
    this.open = undefined;
    return wasOpen ? "\n\n" : "";
  }

  private ending({ state, usage, message }: ProgressMessage): string {
    if (state === "done") return `${this.close()}Done${usage?.model ? `: ${costs(usage)}` : ""}.\n`;
    if (state === "failed") return `${this.close()}Failed: ${message ?? "see the logs"}\n`;
    return state === "cancelled" ? `${this.close()}Cancelled.\n` : "";
  }
}

/** What a run of a model cost, in one line. */
export function costs(usage: Usage): string {
  const tokens = (usage.inputTokens + usage.outputTokens).toLocaleString("en");
  const turns = usage.turns === 1 ? "1 turn" : `${usage.turns} turns`;
  return `${usage.model}, ${turns}, ${tokens} tokens, about ${usage.usd.toFixed(2)} USD, ${usage.seconds.toFixed(0)} s`;
}
