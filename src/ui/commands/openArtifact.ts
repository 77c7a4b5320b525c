import * as vscode from "vscode";
import { humanSize } from "../../formats/quantities.ts";
import { Problem } from "../../problem.ts";
import type { Parts } from "../parts.ts";
import { openFile } from "./open.ts";
import { requireRun } from "./pickRun.ts";
import { subjectOf } from "./subjectOf.ts";

export async function openArtifactCommand(parts: Parts, argument: unknown): Promise<void> {
  const subject = subjectOf(argument);
  if (subject?.kind === "file") return openFile(parts, subject.path);
  const { run } = await requireRun(parts, argument, "A file of which run?");
  if (run.artifacts.length === 0) throw new Problem(`Run ${run.number} left no files.`);
  const chosen = await vscode.window.showQuickPick(
    run.artifacts.map((artifact) => ({
      label: artifact.name,
      description: artifact.size === undefined ? "" : humanSize(artifact.size),
      artifact,
    })),
    { placeHolder: `Files and plots of run ${run.number}` },
  );
  if (chosen !== undefined) await openFile(parts, chosen.artifact.path);
}
