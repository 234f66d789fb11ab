// Shows an architect at work as a notification with a Cancel button.
//
// The language client would show it in the status bar only, where the way to cancel is hard to find.
import * as vscode from "vscode";
import type {
  ProgressToken,
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from "vscode-languageclient/node";

type Step = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

/** A notification that is on the screen. */
interface Shown {
  report: (message: string | undefined, percentage: number | undefined) => void;
  readonly end: () => void;
}

export class ProgressNotices {
  private readonly shown = new Map<ProgressToken, Shown>();

  /** @param cancel tells the server that the person wants the work stopped. */
  constructor(private readonly cancel: (token: ProgressToken) => void) {}

  /** The language client's hook; what this does not show itself goes on to `next`. */
  handle(token: ProgressToken, step: Step, next: (token: ProgressToken, step: Step) => void): void {
    if (step.kind === "begin" && step.cancellable === true) {
      this.begin(token, step);
    } else if (step.kind === "report" && this.shown.has(token)) {
      this.shown.get(token)?.report(step.message, step.percentage);
    } else {
      if (step.kind === "end") this.end(token);
      next(token, step); // also what we show ourselves has to be ended there, to be forgotten
    }
  }

  /** The person wants everything stopped that goes on. */
  cancelAll(): void {
    for (const token of this.shown.keys()) this.cancel(token);
  }

  /** There is nothing left to wait for, or to cancel. */
  endAll(): void {
    for (const token of [...this.shown.keys()]) this.end(token);
  }

  private begin(token: ProgressToken, begin: WorkDoneProgressBegin): void {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    // Known at once: the end may come before VS Code has the notification on the screen.
    const shown: Shown = { report: () => undefined, end };
    this.shown.set(token, shown);
    const options = { location: vscode.ProgressLocation.Notification, cancellable: true, title: begin.title };
    void vscode.window.withProgress(options, async (progress, cancellation) => {
      cancellation.onCancellationRequested(() => {
        this.cancel(token);
      });
      shown.report = reporter(progress);
      shown.report(begin.message, begin.percentage);
      await ended;
    });
  }

  private end(token: ProgressToken): void {
    this.shown.get(token)?.end();
    this.shown.delete(token);
  }
}

type Progress = vscode.Progress<{ message?: string; increment?: number }>;

/** VS Code wants to hear how much was added, the protocol says how far the work is. */
function reporter(progress: Progress): Shown["report"] {
  let reached = 0;
  return (message, percentage) => {
    const increment = Math.max(0, (percentage ?? reached) - reached);
    reached += increment;
    progress.report({ ...(message !== undefined && { message }), ...(increment > 0 && { increment }) });
  };
}
