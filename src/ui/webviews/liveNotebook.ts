/** A notebook or a script with cells as it stands in the editor, saved or not. */
import * as vscode from "vscode";
import { assembleNotebook, type RawCell } from "../../notebook/assembleNotebook.ts";
import type { Notebook } from "../../notebook/model.ts";
import { parseNotebook } from "../../notebook/readNotebook.ts";
import { Problem } from "../../problem.ts";

/** The Python parser must be loaded. */
export function liveNotebook(document: vscode.NotebookDocument): Notebook {
  const raw = document.getCells().map((cell): RawCell => {
    const id: unknown = cell.metadata.id;
    return {
      kind: cell.kind === vscode.NotebookCellKind.Code ? "code" : "markdown",
      source: cell.document.getText().replaceAll("\r\n", "\n"),
      id: typeof id === "string" && id !== "" ? id : undefined,
      tags: [],
      executionCount: undefined,
      outputs: [],
      line: undefined,
    };
  });
  return assembleNotebook(raw, { path: document.uri.fsPath, format: "ipynb", language: "python" });
}

/** The same of a script with `# %%` cells. */
export function liveScript(document: vscode.TextDocument): Notebook {
  const result = parseNotebook(document.getText(), document.uri.fsPath);
  if (!result.ok) throw new Problem(result.reason);
  return result.notebook;
}

/** Which code cell, from 0, a notebook's cell is; undefined for a text cell. */
export function codeCellAt(document: vscode.NotebookDocument, index: number): number | undefined {
  const cells = document.getCells();
  if (cells[index]?.kind !== vscode.NotebookCellKind.Code) return undefined;
  return cells.slice(0, index).filter(({ kind }) => kind === vscode.NotebookCellKind.Code).length;
}
