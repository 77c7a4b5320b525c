/** Opens what a row or a lens is about. */
import path from "node:path";
import * as vscode from "vscode";
import type { Cell } from "../../notebook/model.ts";
import { Problem } from "../../problem.ts";
import type { Parts } from "../parts.ts";
import type { Subject } from "../subject.ts";
import { lineOfFunction } from "../editor/numbersInText.ts";
import { openLog, openRun } from "./showRun.ts";
import { subjectOf } from "./subjectOf.ts";

export async function openCommand(parts: Parts, argument: unknown): Promise<void> {
  const subject = subjectOf(argument);
  if (subject !== undefined) await openSubject(parts, subject);
}

async function openSubject(parts: Parts, subject: Subject): Promise<void> {
  switch (subject.kind) {
    case "folder":
    case "experiment":
      return;
    case "notebook":
      return openFile(parts, subject.path);
    case "cell":
      return openCell(parts, subject.path, {
        ofNotebook: (cells) => cells.filter(isCode)[subject.cell],
        ofScript: ({ index }) => index === subject.cell,
      });
    case "cellNumber":
      return openCell(parts, subject.path, {
        ofNotebook: (cells) => cells[subject.number - 1],
        ofScript: ({ number }) => number === subject.number,
      });
    case "cellId":
      return openCell(parts, subject.path, {
        ofNotebook: (cells) => cells.find(({ metadata }) => metadata.id === subject.id),
        ofScript: ({ id }) => id === subject.id,
      });
    case "run":
      return openRun(parts, subject.folder, subject.run);
    case "metric":
      return openMetric(parts, subject.folder, subject.run, subject.metric);
    case "log":
      return openLog(parts, subject.folder, subject.run);
    case "pipeline":
      return openFile(parts, path.join(subject.path, "pipeline.yaml"));
    case "step":
      return openStep(parts, subject.path, subject.step);
    case "file":
      return openFile(parts, subject.path, subject.line);
  }
}

/** @param line from 1 */
export async function openFile(parts: Parts, file: string, line?: number): Promise<void> {
  const uri = vscode.Uri.file(file);
  try {
    await vscode.workspace.fs.stat(uri);
  } catch {
    throw new Problem(`${path.basename(file)} is no longer there.`);
  }
  if (line === undefined) {
    await vscode.commands.executeCommand("vscode.open", uri);
    return;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const at = new vscode.Range(line - 1, 0, line - 1, 0);
  await vscode.window.showTextDocument(document, { selection: document.validateRange(at) });
  parts.log.info(`opened ${file}:${line}`);
}

/** Which cell: of a notebook's editor, and of a script with `# %%` cells, which is a text file to the editor. */
interface CellFinder {
  ofNotebook(cells: readonly vscode.NotebookCell[]): vscode.NotebookCell | undefined;
  ofScript(cell: Cell): boolean;
}

async function openCell(parts: Parts, file: string, find: CellFinder): Promise<void> {
  if (!file.endsWith(".ipynb")) {
    const facts = await parts.files.notebook(file);
    const line = facts.ok ? facts.notebook.cells.find((cell) => find.ofScript(cell))?.line : undefined;
    return openFile(parts, file, line === undefined ? undefined : line + 1);
  }
  const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.file(file));
  const cell = find.ofNotebook(notebook.getCells());
  const editor = await vscode.window.showNotebookDocument(notebook);
  if (cell === undefined) return;
  const range = new vscode.NotebookRange(cell.index, cell.index + 1);
  editor.selection = range;
  editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
}

async function openStep(parts: Parts, pipeline: string, name: string): Promise<void> {
  const facts = await parts.files.pipeline(pipeline);
  const step = facts.ok ? facts.steps.find((one) => one.name === name) : undefined;
  if (step === undefined) return openFile(parts, path.join(pipeline, "pipeline.yaml"));
  const text = (await vscode.workspace.openTextDocument(vscode.Uri.file(step.file))).getText();
  return openFile(parts, step.file, (lineOfFunction(text, step.function) ?? 0) + 1);
}

async function openMetric(parts: Parts, folder: string, id: string, key: string): Promise<void> {
  const found = await parts.runs.find(folder, id);
  const metric = found?.run.metrics[key];
  const place = metric?.source;
  if (place?.cell !== undefined && place.file.endsWith(".ipynb")) {
    return openSubject(parts, { kind: "cellId", path: place.file, id: place.cell });
  }
  if (place?.line !== undefined) return openFile(parts, place.file, place.line);
  if (metric?.from !== undefined && found?.run.target.kind === "pipeline") {
    const target = found.run.target.path;
    const pipeline = path.extname(target) === "" ? target : path.dirname(target);
    return openStep(parts, pipeline, metric.from);
  }
  return openRun(parts, folder, id);
}

function isCode(cell: vscode.NotebookCell): boolean {
  return cell.kind === vscode.NotebookCellKind.Code;
}
