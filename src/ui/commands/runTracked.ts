/** Runs a pipeline, a script or a notebook in the background, and says no more than it must. */
import path from "node:path";
import * as vscode from "vscode";
import { vendoredFiles } from "../../formats/vendoredFiles.ts";
import { openNotebook } from "../../notebook/openNotebook.ts";
import { CommandId } from "../../ids.ts";
import { findInstallation } from "../../launch/installation.ts";
import { targetAt } from "../../launch/planLaunch.ts";
import { type StartedRun, startRun } from "../../launch/startRun.ts";
import { folderOf } from "../../platform/folders.ts";
import { Problem } from "../../problem.ts";
import type { Run } from "../../tracking/model.ts";
import type { Parts } from "../parts.ts";
import type { Subject } from "../subject.ts";
import { dotted } from "../words.ts";
import { openFile } from "./open.ts";
import { interpreterFor } from "./selectInterpreter.ts";
import { openLog } from "./showRun.ts";
import { activeSubject, subjectOf } from "./subjectOf.ts";

/** @returns the run as it was started; it goes on in the background. */
export async function runTrackedCommand(parts: Parts, argument: unknown): Promise<StartedRun> {
  if (!vscode.workspace.isTrusted) throw new Problem("Nothing is run in a folder that is not trusted.");
  const file =
    (await fileToRun(parts, subjectOf(argument))) ??
    (argument === undefined ? await fileToRun(parts, activeSubject()) : undefined) ??
    (await pickTarget(parts));
  const target = targetAt(file);
  await saveOpen(target.path);
  // What is no Python notebook is not worth a run that fails; a script may be anything.
  if (target.kind === "notebook") await openNotebook(target.path);
  const folder = folderOf(target.path);
  if (folder === undefined) {
    throw new Problem("Open the folder that this lies in first: its runs are recorded there.");
  }
  const interpreter = await interpreterFor(parts, folder.path, path.dirname(target.path));
  // Watching begins before the run does, so that nothing of it is missed.
  await parts.runs.store(folder.path);
  const metricPattern = parts.settings.metricPattern(folder.path);
  const started = await startRun(
    {
      workspace: folder.path,
      target,
      interpreter,
      metricPattern: metricPattern === "" ? undefined : metricPattern,
    },
    findInstallation(import.meta.dirname),
  );
  parts.liveRuns.follow(folder.path, `Running ${path.basename(target.path)}`, started).then(
    (run) => (run === undefined ? undefined : tellEnd(parts, folder.path, run)),
    (error: unknown) => {
      parts.log.error(`following ${started.folder}`, error);
    },
  );
  await parts.runs.appeared(folder.path, started.id);
  return started;
}

/** A component is no script: what runs is its pipeline. */
async function fileToRun(parts: Parts, subject: Subject | undefined): Promise<string | undefined> {
  if (subject === undefined) return undefined;
  if (subject.kind === "run") return (await parts.runs.find(subject.folder, subject.run))?.run.target.path;
  if (subject.kind === "pipeline" || subject.kind === "step") return subject.path;
  if (subject.kind === "notebook" || subject.kind === "cell") return subject.path;
  if (subject.kind !== "file") return undefined;
  const pipeline = await parts.files.pipelineOf(subject.path);
  const inside = pipeline?.ok === true && isOfPipeline(subject.path, pipeline.path);
  if (inside) return pipeline.path;
  return subject.path.endsWith(".py") ? subject.path : undefined;
}

function isOfPipeline(file: string, pipeline: string): boolean {
  const [first = ""] = path.relative(pipeline, file).split(path.sep);
  return first === "components" || first === "run.py" || vendoredFiles.includes(first);
}

async function pickTarget(parts: Parts): Promise<string> {
  const folders = parts.folders();
  const found = await Promise.all(
    folders.map(async (folder) => {
      const [pipelines, notebooks] = await Promise.all([
        parts.files.pipelines(folder.path),
        parts.files.notebooks(folder.path),
      ]);
      const item = (icon: string, file: string): vscode.QuickPickItem & { readonly file: string } => ({
        label: `$(${icon}) ${path.basename(file)}`,
        description: path.relative(folder.path, path.dirname(file)),
        file,
      });
      return [
        ...pipelines.filter(({ ok }) => ok).map((pipeline) => item("type-hierarchy-sub", pipeline.path)),
        ...notebooks.filter(({ ok }) => ok).map((notebook) => item("notebook", notebook.path)),
      ];
    }),
  );
  const items = found.flat();
  if (items.length === 0) {
    throw new Problem("There is nothing to run here: open a script, a notebook or a pipeline.yaml.");
  }
  const chosen = await vscode.window.showQuickPick(items, {
    placeHolder: "What should be run and recorded?",
  });
  if (chosen === undefined) throw new vscode.CancellationError();
  return chosen.file;
}

/** What is run is what one sees: unsaved changes of the target are saved first. */
async function saveOpen(target: string): Promise<void> {
  const inside = (uri: vscode.Uri): boolean =>
    uri.scheme === "file" && (uri.fsPath === target || uri.fsPath.startsWith(target + path.sep));
  for (const notebook of vscode.workspace.notebookDocuments) {
    if (notebook.isDirty && inside(notebook.uri)) await notebook.save();
  }
  for (const document of vscode.workspace.textDocuments) {
    if (document.isDirty && inside(document.uri)) await document.save();
  }
}

/** A run that ended well is seen where one works: no message. */
async function tellEnd(parts: Parts, folder: string, run: Run): Promise<void> {
  if (run.status === "FINISHED" || run.status === "KILLED") return;
  const what = `${run.experiment}, run ${run.number}`;
  const where = run.failure?.step === undefined ? "" : ` at ${run.failure.step}`;
  const why = run.failure?.message;
  const message =
    run.status === "CRASHED"
      ? `${what} stopped without an end: its process is gone.`
      : dotted(`${what} failed${where}`, why).replace(" · ", ": ");
  const place = run.failure?.source;
  const actions = place?.line === undefined ? ["Show Log"] : ["Show Log", "Go to Line"];
  const chosen = await vscode.window.showErrorMessage(message, ...actions);
  if (chosen === "Show Log") await openLog(parts, folder, run.id);
  if (chosen === "Go to Line" && place !== undefined) {
    if (place.file.endsWith(".ipynb")) {
      await vscode.commands.executeCommand(CommandId.open, {
        kind: "cellId",
        path: place.file,
        id: place.cell ?? "",
      });
    } else {
      await openFile(parts, place.file, place.line);
    }
  }
}
