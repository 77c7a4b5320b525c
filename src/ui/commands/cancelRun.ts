import path from "node:path";
import * as vscode from "vscode";
import { cancelRun } from "../../launch/cancelRun.ts";
import { Problem } from "../../problem.ts";
import type { Parts } from "../parts.ts";
import { samePlace } from "../views/pipelineRows.ts";
import { type FoundRun, pickRun } from "./pickRun.ts";
import { subjectOf } from "./subjectOf.ts";

export async function cancelRunCommand(parts: Parts, argument: unknown): Promise<void> {
  const found = await runToCancel(parts, argument);
  if (found?.run.status !== "RUNNING") throw new Problem("Nothing is running.");
  const folder = path.join(found.store.folder, ".cellsmith", "runs", found.run.id);
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: `Stopping run ${found.run.number} …` },
    () => cancelRun(folder),
  );
}

async function runToCancel(parts: Parts, argument: unknown): Promise<FoundRun | undefined> {
  const subject = subjectOf(argument);
  if (subject?.kind === "pipeline") {
    const all = await parts.runs.all();
    return all.find(({ run }) => run.status === "RUNNING" && samePlace(run.target.path, subject.path));
  }
  return pickRun(parts, argument, "Which run should stop?", (run) => run.status === "RUNNING");
}
