/** Brings a pipeline, or one of its steps, up to its notebook, and keeps what was changed by hand. Runs none of the notebook. */
import path from "node:path";
import * as vscode from "vscode";
import { mergeByGit } from "../../git/mergeFile.ts";
import { CommandId } from "../../ids.ts";
import { findInstallation } from "../../launch/installation.ts";
import { codeDigest } from "../../notebook/codeDigest.ts";
import { folderOf } from "../../platform/folders.ts";
import { messageOf, Problem } from "../../problem.ts";
import { type Applied, UnfinishedMerge } from "../../refactor/apply.ts";
import { mergeLines } from "../../refactor/merge.ts";
import { type OpenPipeline, openPipeline } from "../../refactor/openPipeline.ts";
import { optionsFromLock } from "../../refactor/planAgain.ts";
import { draftOf, writeDraft } from "../../refactor/writeConversion.ts";
import type { Parts } from "../parts.ts";
import type { Subject } from "../subject.ts";
import { listed } from "../words.ts";
import { Offer } from "./offer.ts";
import { interpreterFor } from "./selectInterpreter.ts";
import { activeSubject, subjectOf } from "./subjectOf.ts";

interface Target {
  /** Absolute path of the pipeline's folder. */
  readonly folder: string;
  readonly step: string | undefined;
}

/** @returns what was written, and what a person has to settle. */
export async function updatePipelineCommand(parts: Parts, argument: unknown): Promise<Applied> {
  const { folder, step } =
    (await targetOf(parts, subjectOf(argument))) ??
    (argument === undefined ? await targetOf(parts, activeSubject()) : undefined) ??
    (await pickTarget(parts));
  const facts = await parts.files.pipeline(folder);
  if (facts.ok && facts.notebook !== undefined) await saveFirst(folder, facts.notebook);
  const pipeline = await openPipeline(folder, { mend: true });
  const workspace = folderOf(folder)?.path ?? path.dirname(folder);
  const applied = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: `Updating ${step ?? pipeline.name} from ${path.basename(pipeline.notebook.path)}`,
      cancellable: true,
    },
    async (_, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => {
        stop.abort(new vscode.CancellationError());
      });
      return update(parts, { folder, step }, pipeline, workspace, stop.signal).catch(withWayOut);
    },
  );
  parts.files.touched(workspace, path.join(folder, "pipeline.lock.json"), "changed");
  await settle(parts, folder, pipeline, applied);
  void tell(parts, folder, applied, pipeline, step);
  return applied;
}

async function update(
  parts: Parts,
  { folder, step }: Target,
  { lock, notebook, name }: OpenPipeline,
  workspace: string,
  signal: AbortSignal,
): Promise<Applied> {
  const trusted = vscode.workspace.isTrusted;
  const draft = draftOf(notebook, optionsFromLock(lock, notebook, name));
  const [decision] = draft.plan.decisions;
  if (decision !== undefined) {
    const number = notebook.cells[decision.cell]?.number ?? decision.cell + 1;
    const file = path.basename(notebook.path);
    const subject: Subject = { kind: "notebook", path: notebook.path };
    const action = { title: "Open Plan", command: CommandId.convertNotebook, argument: subject };
    throw new Offer(`${file}, cell ${number} needs your decision first: ${decision.message}`, [action]);
  }
  const python = trusted ? await pythonFor(parts, workspace, path.dirname(notebook.path)) : undefined;
  return writeDraft(draft, folder, {
    runtime: findInstallation(import.meta.dirname).runtime,
    again: true,
    // In a folder that is not trusted no process is started, git neither.
    merge: trusted ? mergeByGit : mergeLines,
    python,
    only: step,
    signal,
  });
}

/** VS Code's own lenses over the marks are the way out. */
function withWayOut(error: unknown): never {
  if (!(error instanceof UnfinishedMerge)) throw error;
  const subject: Subject = { kind: "file", path: error.file, line: error.line };
  throw new Offer(error.message, [{ title: "Open File", command: CommandId.open, argument: subject }]);
}

/** Versions for requirements.txt are welcome, but an update does without a Python. */
async function pythonFor(parts: Parts, workspace: string, folder: string): Promise<string | undefined> {
  try {
    return await interpreterFor(parts, workspace, folder);
  } catch (error) {
    parts.log.warn(`updating without a Python: ${messageOf(error)}`);
    return undefined;
  }
}

/** What both sides changed alike is for a person to say, in the merge editor. */
async function settle(
  parts: Parts,
  folder: string,
  { notebook }: OpenPipeline,
  { unsettled }: Applied,
): Promise<void> {
  const cells = Object.fromEntries(notebook.cells.map(({ id, source }) => [id, codeDigest(source)]));
  for (const conflict of unsettled) {
    await parts.merges.open({ folder, notebook: path.basename(notebook.path), conflict, cells });
  }
}

async function tell(
  parts: Parts,
  folder: string,
  { changed, merged, before, conflicts, unsettled, held, removed }: Applied,
  { notebook }: OpenPipeline,
  step: string | undefined,
): Promise<void> {
  const from = path.basename(notebook.path);
  const names = (files: readonly string[]): string => listed(files.map((file) => path.basename(file)));
  const also =
    held.length === 0 ? "" : ` ${listed(held)} changed in the notebook too and can be updated next.`;
  const lost = conflicts.filter((file) => !unsettled.some((conflict) => conflict.path === file));
  const kept = lost.length === 0 ? "" : ` ${names(lost)} was changed by hand and is left as it was.`;
  if (unsettled.length > 0) {
    const files = names(unsettled.map((conflict) => conflict.path));
    const stays = unsettled.length === 1 ? "It stays" : "They stay";
    const message = `Merge ${files}: hand and ${from} changed the same lines. ${stays} as before until then.`;
    await vscode.window.showWarningMessage(`${message}${also}${kept}`);
    return;
  }
  const message =
    merged.length > 0
      ? `${names(merged)} follows ${from} again; what was changed by hand is kept.`
      : changed.length + removed.length === 0
        ? `${step ?? "The pipeline"} follows ${from}: nothing to update.`
        : `${step ?? names(changed)} follows ${from} again.`;
  const show = "Show Changes";
  const actions = before.length === 0 ? [] : [show];
  const chosen = await vscode.window.showInformationMessage(`${message}${also}${kept}`, ...actions);
  if (chosen !== show) return;
  for (const file of before) {
    await parts.reports.change(vscode.Uri.file(path.join(folder, file.path)), file.text);
  }
}

async function targetOf(parts: Parts, subject: Subject | undefined): Promise<Target | undefined> {
  switch (subject?.kind) {
    case "pipeline":
      return { folder: subject.path, step: undefined };
    case "step":
      return { folder: subject.path, step: subject.step };
    case "notebook": {
      const all = await pipelines(parts);
      const [only, ...more] = all.filter(({ notebook }) => notebook === subject.path);
      return only !== undefined && more.length === 0 ? { folder: only.path, step: undefined } : undefined;
    }
    case "file": {
      const facts = await parts.files.pipelineOf(subject.path);
      if (facts?.ok !== true) return undefined;
      return { folder: facts.path, step: facts.steps.find(({ file }) => file === subject.path)?.name };
    }
    default:
      return undefined;
  }
}

async function pipelines(
  parts: Parts,
): Promise<
  readonly { readonly path: string; readonly name: string; readonly notebook: string | undefined }[]
> {
  const all = await Promise.all(parts.folders().map(({ path: folder }) => parts.files.pipelines(folder)));
  return all.flat().flatMap((facts) => (facts.ok ? [facts] : []));
}

async function pickTarget(parts: Parts): Promise<Target> {
  const items = (await pipelines(parts)).map(({ name, path: folder, notebook }) => ({
    label: name,
    description: notebook === undefined ? "" : `from ${path.basename(notebook)}`,
    folder,
  }));
  const [only] = items;
  if (only === undefined) throw new Problem("There is no pipeline here yet: convert a notebook first.");
  if (items.length === 1) return { folder: only.folder, step: undefined };
  const chosen = await vscode.window.showQuickPick(items, {
    placeHolder: "Which pipeline should be brought up to its notebook?",
  });
  if (chosen === undefined) throw new vscode.CancellationError();
  return { folder: chosen.folder, step: undefined };
}

/** An update reads and writes files; nobody's unsaved work is written without asking. */
async function saveFirst(folder: string, notebook: string): Promise<void> {
  const all = [...vscode.workspace.notebookDocuments, ...vscode.workspace.textDocuments];
  const open = all.filter(
    ({ uri, isDirty }) =>
      isDirty &&
      uri.scheme === "file" &&
      (uri.fsPath === notebook || uri.fsPath.startsWith(folder + path.sep)),
  );
  if (open.length === 0) return;
  const save = "Save and Update";
  const names = listed(open.map(({ uri }) => path.basename(uri.path)));
  const message = `${names} ${open.length === 1 ? "has" : "have"} changes that are not saved.`;
  if ((await vscode.window.showWarningMessage(message, save)) !== save) throw new vscode.CancellationError();
  for (const document of open) await document.save();
}
