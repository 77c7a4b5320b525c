import * as vscode from "vscode";

/** The code cells among all cells: the position in the list is `Cell.index`. */
export function codeCells(document: vscode.NotebookDocument): readonly vscode.NotebookCell[] {
  return document.getCells().filter(({ kind }) => kind === vscode.NotebookCellKind.Code);
}
