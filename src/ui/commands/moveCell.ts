/** Moves a cell of an open notebook right above another one; one undo takes it back. */
import * as vscode from "vscode";
import * as z from "zod";
import { Problem } from "../../problem.ts";
import { codeCells } from "../extract/codeCells.ts";
import type { Parts } from "../parts.ts";

const argumentSchema = z.object({
  notebook: z.string(),
  /** Code cells, from 0. */
  cell: z.number(),
  above: z.number(),
});

export type MovedCell = z.infer<typeof argumentSchema>;

export async function moveCellCommand(_: Parts, argument: unknown): Promise<void> {
  const { notebook: uri, cell, above } = argumentSchema.parse(argument);
  const notebook = vscode.workspace.notebookDocuments.find((one) => one.uri.toString() === uri);
  const code = notebook === undefined ? [] : codeCells(notebook);
  const [moved, target] = [code[cell], code[above]];
  if (notebook === undefined || moved === undefined || target === undefined || moved.index < target.index) {
    throw new Problem("The notebook has changed meanwhile; try again.");
  }
  const range = new vscode.NotebookRange(target.index, moved.index + 1);
  const between = notebook.getCells(range).slice(0, -1);
  const edit = new vscode.WorkspaceEdit();
  edit.set(notebook.uri, [vscode.NotebookEdit.replaceCells(range, [moved, ...between].map(copyOf))]);
  await vscode.workspace.applyEdit(edit);
}

function copyOf(cell: vscode.NotebookCell): vscode.NotebookCellData {
  const copy = new vscode.NotebookCellData(cell.kind, cell.document.getText(), cell.document.languageId);
  copy.metadata = { ...cell.metadata };
  copy.outputs = [...cell.outputs];
  if (cell.executionSummary !== undefined) copy.executionSummary = cell.executionSummary;
  return copy;
}
