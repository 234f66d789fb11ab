// Shows a proposal as a diff beside the file, and asks whether to apply it.
//
// VS Code's own Refactor Preview lets every edit be ticked by itself. The parts of a proposal were
// checked together and not one by one, so here it is all of it or nothing.
import path from "node:path";
import * as vscode from "vscode";
import type { ApplyWorkspaceEditParams, ApplyWorkspaceEditResult } from "vscode-languageclient/node";
import type { Activity } from "./activity";
import { confirmed, firstChange, type Proposal, proposalIn, proposedText } from "./proposal";

export const SCHEME = "architect-proposal";
const ACCEPT = "Accept";
const REJECT = "Reject";
const REFINE = "Refine…";
const SHOW_CHECKS = "Show checks";

/** The server's command that goes on from a proposal, and the reason by which it knows of that. */
const REFINE_COMMAND = "architect.refine";
const REFINING = "refine";

/** What the person makes of a proposal; a wish asks for another one. */
type Decision = { readonly accepted: boolean } | { readonly wish: string };

/** A proposal that waits for its person. */
interface Pending {
  readonly proposal: Proposal;
  readonly text: string;
  readonly decide: (decision: Decision) => void;
}

/** What the language client does with an edit if nobody steps in. */
type Next = (params: ApplyWorkspaceEditParams) => unknown;

export class ProposalView implements vscode.TextDocumentContentProvider {
  private readonly pending = new Map<string, Pending>();
  private shown = 0;

  constructor(
    context: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly activity: Activity,
  ) {
    const command = (name: string, act: (uri: vscode.Uri | undefined) => unknown): vscode.Disposable =>
      vscode.commands.registerCommand(name, (resource?: vscode.Uri) =>
        act(resource ?? vscode.window.activeTextEditor?.document.uri),
      );
    context.subscriptions.push(
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      command("architect.acceptProposal", (uri) => {
        this.decide(uri, { accepted: true });
      }),
      command("architect.rejectProposal", (uri) => {
        this.decide(uri, { accepted: false });
      }),
      command("architect.refineProposal", (uri) => this.refine(uri)),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const tab of closed) this.decide(proposalOf(tab), { accepted: false });
      }),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string | undefined {
    return this.pending.get(uri.toString())?.text;
  }

  /** The language client's hook for edits from the server. */
  async handleApplyEdit(params: ApplyWorkspaceEditParams, next: Next): Promise<ApplyWorkspaceEditResult> {
    const proposal = proposalIn(params);
    if (proposal === undefined) return (await next(params)) as ApplyWorkspaceEditResult;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(proposal.uri));
    const decision = await this.ask(proposal, document);
    if ("wish" in decision) {
      // Sent once the answer to this request is out: the server ends the one run, then begins the next.
      setImmediate(() => void vscode.commands.executeCommand(REFINE_COMMAND, { uri: proposal.uri, wish: decision.wish }));
      return { applied: false, failureReason: REFINING };
    }
    if (!decision.accepted) return { applied: false, failureReason: "it was rejected" };
    await vscode.window.showTextDocument(document);
    const result = (await next(confirmed(params))) as ApplyWorkspaceEditResult;
    return result.applied ? result : { applied: false, failureReason: "the file has changed meanwhile" };
  }

  /** Open the diff, wait for the person, close it again. */
  private async ask(proposal: Proposal, document: vscode.TextDocument): Promise<Decision> {
    const name = path.basename(document.uri.path);
    const uri = vscode.Uri.from({ scheme: SCHEME, path: document.uri.path, query: String(++this.shown) });
    const text = proposedText(document.getText(), proposal);
    this.log.info(`${proposal.title}\n${proposal.checks}`);
    const decision = new Promise<Decision>((resolve) => {
      this.pending.set(uri.toString(), { proposal, text, decide: resolve });
    });
    const refinable = this.activity.wasByModel(proposal.uri);
    await vscode.commands.executeCommand("setContext", "architect.refinable", refinable);
    const line = firstChange(document.getText(), text);
    await vscode.commands.executeCommand("vscode.diff", document.uri, uri, `${name} ↔ Architect's proposal`, {
      preview: false,
      selection: new vscode.Range(line, 0, line, 0),
    });
    void this.notify(proposal, uri, refinable);
    try {
      return await decision;
    } finally {
      this.pending.delete(uri.toString());
      await closeTab(uri);
    }
  }

  private async notify(proposal: Proposal, uri: vscode.Uri, refinable: boolean): Promise<void> {
    const choices = [ACCEPT, REJECT, ...(refinable ? [REFINE] : []), ...(proposal.checks === "" ? [] : [SHOW_CHECKS])];
    const choice = await vscode.window.showInformationMessage(proposal.title, ...choices);
    if (choice !== undefined && choice !== SHOW_CHECKS && !this.pending.has(uri.toString())) {
      void vscode.window.showInformationMessage("Architect: that proposal has been decided on.");
      return;
    }
    if (choice === ACCEPT || choice === REJECT) this.decide(uri, { accepted: choice === ACCEPT });
    if (choice === REFINE) await this.refine(uri);
    if (choice === SHOW_CHECKS) this.log.show(true);
  }

  /** Have the person say what shall be different; without a word of theirs the proposal goes on waiting. */
  private async refine(uri: vscode.Uri | undefined): Promise<void> {
    const pending = uri && this.pending.get(uri.toString());
    if (!pending) return;
    const wish = await vscode.window.showInputBox({
      title: pending.proposal.title,
      prompt: "What shall be different? The architect goes on from its proposal.",
      placeHolder: "Keep the validation in one function",
      ignoreFocusOut: true,
    });
    if (wish?.trim()) pending.decide({ wish: wish.trim() });
  }

  private decide(uri: vscode.Uri | undefined, decision: Decision): void {
    if (uri !== undefined) this.pending.get(uri.toString())?.decide(decision);
  }
}

/** The proposal that `tab` shows, if it shows one. */
function proposalOf(tab: vscode.Tab): vscode.Uri | undefined {
  const { input } = tab;
  if (!(input instanceof vscode.TabInputTextDiff) || input.modified.scheme !== SCHEME) return undefined;
  return input.modified;
}

async function closeTab(uri: vscode.Uri): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  const showing = tabs.filter((tab) => proposalOf(tab)?.toString() === uri.toString());
  await vscode.window.tabGroups.close(showing);
}
