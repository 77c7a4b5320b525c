import * as vscode from "vscode";
import { messageOf, Problem } from "../../problem.ts";
import { runUri } from "../documents/runDocuments.ts";
import type { Parts } from "../parts.ts";
import { requireRun } from "./pickRun.ts";

export async function showRunCommand(parts: Parts, argument: unknown): Promise<void> {
  const { run, store } = await requireRun(parts, argument, "Which run?");
  await openRun(parts, store.folder, run.id);
}

export async function showLogCommand(parts: Parts, argument: unknown): Promise<void> {
  const { run, store } = await requireRun(parts, argument, "The log of which run?");
  await openLog(parts, store.folder, run.id);
}

/** Shows a run's page in the built-in preview; as text where that is switched off. */
export async function openRun(parts: Parts, folder: string, id: string): Promise<void> {
  const found = await parts.runs.find(folder, id);
  if (found === undefined) throw new Problem("This run is no longer there.");
  const uri = runUri(folder, found.run);
  try {
    await vscode.commands.executeCommand("markdown.showPreview", uri);
  } catch (error) {
    parts.log.warn(`no preview: ${messageOf(error)}`);
    await vscode.window.showTextDocument(uri, { preview: true });
  }
}

export async function openLog(parts: Parts, folder: string, id: string): Promise<void> {
  const found = await parts.runs.find(folder, id);
  if (found === undefined) throw new Problem("This run is no longer there.");
  parts.runLog.follow(found.run);
  parts.runLog.show();
}
