// The server's messages, each with the button that leads on from it.
import * as vscode from "vscode";
import { MessageType, type ShowMessageParams } from "vscode-languageclient/node";

/** A button, and the command behind it. */
interface Way {
  readonly label: string;
  readonly command: string;
}

const SHOW_LOGS: Way = { label: "Show logs", command: "architect.showLogs" };
const FETCH: Way = { label: "Fetch it", command: "architect.fetchModelSupport" };
const SET_KEY: Way = { label: "Set key", command: "architect.setKey" };

/** What can be done about `message`. */
function waysOn({ type, message }: ShowMessageParams): Way[] {
  const ways = [];
  if (message.includes("pip install anthropic")) ways.push(FETCH);
  if (message.includes("ANTHROPIC_API_KEY")) ways.push(SET_KEY);
  if (type === MessageType.Error) ways.push(SHOW_LOGS);
  return ways;
}

/** Show what the server says. */
export async function showMessage(params: ShowMessageParams): Promise<void> {
  const ways = waysOn(params);
  const labels = ways.map((way) => way.label);
  const chosen = await show(params.type)(params.message, ...labels);
  const way = ways.find((candidate) => candidate.label === chosen);
  if (way) await vscode.commands.executeCommand(way.command);
}

type Show = (message: string, ...labels: string[]) => Thenable<string | undefined>;

function show(type: MessageType): Show {
  if (type === MessageType.Error) return vscode.window.showErrorMessage;
  return type === MessageType.Warning ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
}
