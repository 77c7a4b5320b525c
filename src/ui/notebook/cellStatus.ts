/** Numbers of the last run in the status bar of a notebook's cells. */
import * as vscode from "vscode";
import { CommandId } from "../../ids.ts";
import { folderOf } from "../../platform/folders.ts";
import type { Settings } from "../../platform/settings.ts";
import type { Run } from "../../tracking/model.ts";
import { type CellFacts, markOfCell, stepOfCell } from "../editor/numbersInText.ts";
import { runsOfFolder, type ViewParts } from "../views/viewRows.ts";
import { digestOf } from "../workspace/digestOf.ts";
import { paced } from "../paced.ts";
import type { Subject } from "../subject.ts";

export function registerCellStatus(parts: ViewParts, settings: Settings): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const pacer = paced(250, () => {
    changed.fire();
  });
  const fire = pacer.ask;
  const digests = new ExecutedDigests(parts);
  return vscode.Disposable.from(
    changed,
    pacer,
    parts.runs.changed.on(fire),
    parts.files.changed.on(fire),
    settings.onChange("inlineMetrics", fire),
    vscode.notebooks.registerNotebookCellStatusBarItemProvider("jupyter-notebook", {
      onDidChangeCellStatusBarItems: changed.event,
      provideCellStatusBarItems: (cell) =>
        settings.inlineMetrics() ? itemsOf(cell, parts, digests) : undefined,
    }),
  );
}

async function itemsOf(
  cell: vscode.NotebookCell,
  parts: ViewParts,
  digests: ExecutedDigests,
): Promise<vscode.NotebookCellStatusBarItem[]> {
  if (cell.kind !== vscode.NotebookCellKind.Code || cell.notebook.uri.scheme !== "file") return [];
  const notebook = cell.notebook.uri.fsPath;
  const folder = folderOf(notebook);
  const source = folder && (await runsOfFolder(parts, folder.path));
  if (folder === undefined || source === undefined) return [];
  const pipelines = await parts.files.pipelines(folder.path);
  if (source.list.runs.length === 0 && pipelines.length === 0) return [];
  const text = cell.document.getText();
  const id = await idOf(cell, parts);
  if (id === undefined) return [];
  const facts = { id, source: text, code: await digestOf(text) };
  const changed = changedItem(facts, stepOfCell(notebook, id, pipelines));
  const mark = await markOfCell(
    facts,
    {
      notebook,
      runs: source.list.runs,
      pipelines,
      goal: source.goal,
      executed: (run) => digests.of(run),
    },
    parts.now(),
  );
  if (mark === undefined) return changed;
  const item = new vscode.NotebookCellStatusBarItem(
    `$(graph-line) ${mark.text}`,
    vscode.NotebookCellStatusBarAlignment.Right,
  );
  const subject: Subject = { kind: "run", folder: folder.path, run: mark.run.id };
  item.command = { command: CommandId.open, title: "Show Run", arguments: [subject] };
  item.tooltip = mark.hover;
  item.accessibilityInformation = { label: mark.text };
  return [...changed, item];
}

/** The conversion has another text of this cell than what stands here. */
function changedItem(
  cell: CellFacts,
  found: ReturnType<typeof stepOfCell>,
): vscode.NotebookCellStatusBarItem[] {
  if (found === undefined || found.cell.code === cell.code) return [];
  const { pipeline, step } = found;
  const words = `changed since: update ${step.name}`;
  const item = new vscode.NotebookCellStatusBarItem(
    `$(git-compare) ${words}`,
    vscode.NotebookCellStatusBarAlignment.Right,
  );
  const subject: Subject = { kind: "step", path: pipeline.path, step: step.name };
  item.command = { command: CommandId.updatePipeline, title: "Update from Notebook", arguments: [subject] };
  item.tooltip = `${step.name} of the pipeline ${pipeline.name} follows this cell as it was. Update it from the notebook; what was changed by hand is kept.`;
  item.accessibilityInformation = { label: words };
  return [item];
}

/** The cell's nbformat id; in an older file, the id that reading it gives to the cell at the same place. */
async function idOf(cell: vscode.NotebookCell, parts: ViewParts): Promise<string | undefined> {
  const own: unknown = cell.metadata.id;
  if (typeof own === "string") return own;
  const code = cell.notebook.getCells().filter(({ kind }) => kind === vscode.NotebookCellKind.Code);
  const facts = await parts.files.notebook(cell.notebook.uri.fsPath);
  return facts.ok ? facts.notebook.cells[code.indexOf(cell)]?.id : undefined;
}

/** What the cells of a notebook were when a run executed them, from the executed copy that the run kept. */
class ExecutedDigests {
  readonly #parts: ViewParts;
  readonly #known = new Map<string, Promise<ReadonlyMap<string, string> | undefined>>();

  constructor(parts: ViewParts) {
    this.#parts = parts;
  }

  of(run: Run): Promise<ReadonlyMap<string, string> | undefined> {
    const copy = run.artifacts.find(({ kind }) => kind === "notebook")?.path;
    if (copy === undefined || run.status === "RUNNING") return Promise.resolve(undefined);
    const known = this.#known.get(copy) ?? this.#read(copy);
    this.#known.set(copy, known);
    return known;
  }

  async #read(copy: string): Promise<ReadonlyMap<string, string> | undefined> {
    const facts = await this.#parts.files.notebook(copy);
    if (!facts.ok) return undefined;
    const digests = facts.notebook.cells.map(async (cell) => [cell.id, await digestOf(cell.source)] as const);
    return new Map(await Promise.all(digests));
  }
}
