// Shows a proposal as a diff beside the file, and asks whether to apply it.
//
// VS Code's own Refactor Preview lets every edit be ticked by itself. The parts of a proposal were
// checked together and not one by one, so here it is all of it or nothing.
import path from "node:path";
import * as vscode from "vscode";
import type { ApplyWorkspaceEditParams, ApplyWorkspaceEditResult } from "vscode-languageclient/node";
import { confirmed, type Proposal, proposalIn, proposedText } from "./proposal";

export const SCHEME = "architect-proposal";
const APPLY = "Apply";
const DISCARD = "Discard";
const SHOW_CHECKS = "Show checks";

type Decision = typeof APPLY | typeof DISCARD;

/** A proposal that waits for its person. */
interface Pending {
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
  ) {
    const command = (name: string, decision: Decision): vscode.Disposable =>
      vscode.commands.registerCommand(name, (resource?: vscode.Uri) => {
        this.decide(resource ?? vscode.window.activeTextEditor?.document.uri, decision);
      });
    context.subscriptions.push(
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      command("architect.applyProposal", APPLY),
      command("architect.discardProposal", DISCARD),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const tab of closed) this.decide(proposalOf(tab), DISCARD);
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
    if ((await this.ask(proposal, document)) === DISCARD) {
      return { applied: false, failureReason: "it was discarded" };
    }
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
      this.pending.set(uri.toString(), { text, decide: resolve });
    });
    await vscode.commands.executeCommand("vscode.diff", document.uri, uri, `${name} ↔ Architect's proposal`, {
      preview: false,
    });
    void this.notify(proposal, uri);
    try {
      return await decision;
    } finally {
      this.pending.delete(uri.toString());
      await closeTab(uri);
    }
  }

  private async notify(proposal: Proposal, uri: vscode.Uri): Promise<void> {
    const choices = proposal.checks === "" ? [APPLY, DISCARD] : [APPLY, DISCARD, SHOW_CHECKS];
    const choice = await vscode.window.showInformationMessage(proposal.title, ...choices);
    if (choice === APPLY || choice === DISCARD) this.decide(uri, choice);
    if (choice === SHOW_CHECKS) this.log.show(true);
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
