/** Shows whether a pipeline does what its notebook does, with progress and a report. */
import path from "node:path";
import * as vscode from "vscode";
import { findInstallation } from "../../launch/installation.ts";
import { folderOf } from "../../platform/folders.ts";
import { Problem } from "../../problem.ts";
import type { Verification } from "../../refactor/verify/model.ts";
import { StoppedCheck } from "../../refactor/verify/noticed.ts";
import { renderReport } from "../../refactor/verify/report.ts";
import { effectsOf, readSubject } from "../../refactor/verify/subject.ts";
import { verifyPipeline } from "../../refactor/verify/verifyPipeline.ts";
import { bothSides } from "../documents/bothSides.ts";
import type { Parts } from "../parts.ts";
import type { Subject } from "../subject.ts";
import { interpreterFor } from "./selectInterpreter.ts";
import { activeSubject, subjectOf } from "./subjectOf.ts";

/** @returns what the check found; undefined where the user did not want it to go on. */
export async function checkPipelineCommand(
  parts: Parts,
  argument: unknown,
): Promise<Verification | undefined> {
  if (!vscode.workspace.isTrusted) throw new Problem("Nothing is run in a folder that is not trusted.");
  const folder =
    (await pipelineOf(parts, subjectOf(argument))) ??
    (argument === undefined ? await pipelineOf(parts, activeSubject()) : undefined) ??
    (await pickPipeline(parts));
  const subject = await readSubject(folder);
  const notebook = subject.notebook.path;
  const workspace = folderOf(folder)?.path ?? path.dirname(notebook);
  const python = await interpreterFor(parts, workspace, path.dirname(notebook));
  const effects = effectsOf(subject);
  if (!(await agreed(effects))) return undefined;
  const verify = async (goesOn: boolean): Promise<Verification> =>
    vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: `Checking ${subject.manifest.name}`,
        cancellable: true,
      },
      async (progress, token) => {
        const stop = new AbortController();
        token.onCancellationRequested(() => {
          stop.abort(new vscode.CancellationError());
        });
        return verifyPipeline(subject, {
          folder,
          python,
          runtime: findInstallation(import.meta.dirname).runtime,
          modes: ["in-process"],
          agreed: goesOn,
          signal: stop.signal,
          tell: (message) => {
            progress.report({ message });
            parts.log.info(message);
          },
        });
      },
    );
  const verification = await verify(effects.length > 0).catch(async (error: unknown) => {
    if (!(error instanceof StoppedCheck && error.canBeAgreedTo)) throw error;
    const message = `${error.what}, outside the check's scratch copy.`;
    const check = "Check All the Same";
    return (await vscode.window.showWarningMessage(message, { modal: true }, check)) === check
      ? verify(true)
      : undefined;
  });
  if (verification === undefined) return undefined;
  parts.files.touched(workspace, path.join(folder, "pipeline.lock.json"), "changed");
  void tell(parts, subject, verification);
  return verification;
}

async function pipelineOf(parts: Parts, subject: Subject | undefined): Promise<string | undefined> {
  if (subject?.kind === "pipeline" || subject?.kind === "step") return subject.path;
  if (subject?.kind !== "file") return undefined;
  const facts = await parts.files.pipelineOf(subject.path);
  return facts?.path;
}

async function pickPipeline(parts: Parts): Promise<string> {
  const all = await Promise.all(parts.folders().map(({ path: folder }) => parts.files.pipelines(folder)));
  const items = all.flat().map((facts) => ({
    label: facts.ok ? facts.name : path.basename(facts.path),
    description: facts.ok ? facts.checked : facts.reason,
    folder: facts.path,
  }));
  const [only] = items;
  if (only === undefined) throw new Problem("There is no pipeline here yet: convert a notebook first.");
  if (items.length === 1) return only.folder;
  const chosen = await vscode.window.showQuickPick(items, {
    placeHolder: "Which pipeline should be checked?",
  });
  if (chosen === undefined) throw new vscode.CancellationError();
  return chosen.folder;
}

/** What reaches beyond the scratch copy is named first. */
async function agreed(effects: ReturnType<typeof effectsOf>): Promise<boolean> {
  if (effects.length === 0) return true;
  const detail = effects.map(({ kind, number, text }) => `${kind}, cell ${number}: ${text}`).join("\n");
  const message = "The check runs the notebook in a scratch copy. This would reach beyond it:";
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, "Check")) === "Check";
}

async function tell(
  parts: Parts,
  { notebook, manifest: { name } }: Awaited<ReturnType<typeof readSubject>>,
  verification: Verification,
): Promise<void> {
  const numbers = notebook.cells.map(({ number }) => number);
  const report = renderReport(verification, {
    notebook: path.basename(notebook.path),
    numberOf: (cell) => numbers[cell] ?? cell + 1,
  });
  const [head = ""] = report.split("\n");
  parts.log.info(report);
  const [show, compare] = ["Show Report", "Show Both Sides"];
  const sides = bothSides(verification.compared, (cell) => numbers[cell] ?? cell + 1);
  const chosen = verification.same
    ? await vscode.window.showInformationMessage(head, show)
    : await vscode.window.showWarningMessage(head, ...(sides === undefined ? [] : [compare]), show);
  if (chosen === compare && sides !== undefined) await parts.reports.compare(name, sides);
  if (chosen !== show) return;
  await parts.reports.show(`${name}: ${verification.same ? "same result" : "not the same result"}`, report);
}
