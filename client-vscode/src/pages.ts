// Pages for a person: the server's as rendered Markdown, the extension's own as read-only text.
import * as vscode from "vscode";
import type { HandlerResult, ShowDocumentParams, ShowDocumentResult } from "vscode-languageclient/node";

const SCHEME = "architect-page";

export class Pages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  readonly onDidChange = this.changed.event;

  provideTextDocumentContent(uri: vscode.Uri): string | undefined {
    return this.texts.get(uri.path);
  }

  /** Show `text` under `name`; a page of that name that is open is renewed. */
  async show(name: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}` });
    this.texts.set(uri.path, text);
    this.changed.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}

/** The language client's hook for documents that the server wants shown: its pages are read, not edited. */
export function showDocument(params: ShowDocumentParams, next: Next): ReturnType<Next> {
  const isPage = params.external !== true && params.selection === undefined && params.uri.endsWith(".md");
  return isPage ? showRendered(params, next) : next(params);
}

type Next = (params: ShowDocumentParams) => HandlerResult<ShowDocumentResult, void>;

async function showRendered(params: ShowDocumentParams, next: Next): Promise<Awaited<ReturnType<Next>>> {
  try {
    await vscode.commands.executeCommand("markdown.showPreview", vscode.Uri.parse(params.uri));
    return { success: true };
  } catch {
    return next(params); // the Markdown extension is switched off: then as text
  }
}
