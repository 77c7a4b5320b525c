import * as vscode from "vscode";

/** Which code cell, from 0, a notebook's cell is; undefined for a text cell. */
export function codeCellAt(document: vscode.NotebookDocument, index: number): number | undefined {
  const cells = document.getCells();
  if (cells[index]?.kind !== vscode.NotebookCellKind.Code) return undefined;
  return cells.slice(0, index).filter(({ kind }) => kind === vscode.NotebookCellKind.Code).length;
}
