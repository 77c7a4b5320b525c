/** What of a notebook is selected: lines of one cell where there is a selection in its text, else cells. */
import * as vscode from "vscode";
import type { Selection } from "../../refactor/extract/model.ts";
import { codeCells } from "./codeCells.ts";

export interface SelectedInNotebook {
  readonly document: vscode.NotebookDocument;
  readonly selection: Selection;
}

/** @param within lines of this cell, where the selection is known. */
export function selectionIn(
  document: vscode.NotebookDocument,
  within?: { readonly cell: vscode.NotebookCell; readonly range: vscode.Range },
): Selection | undefined {
  const code = codeCells(document);
  if (within !== undefined && !within.range.isEmpty) {
    const cell = code.indexOf(within.cell);
    const { start, end } = within.range;
    // A selection that ends at a line's beginning does not mean that line.
    const lastLine = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
    return cell < 0 ? undefined : { kind: "lines", cell, firstLine: start.line, lastLine };
  }
  const editor = vscode.window.visibleNotebookEditors.find(({ notebook }) => notebook === document);
  const several = (editor?.selections ?? []).filter(({ isEmpty }) => !isEmpty);
  const indices = several.flatMap((range) => document.getCells(range).map((cell) => code.indexOf(cell)));
  const chosen = indices.filter((index) => index >= 0).sort((a, b) => a - b);
  const own = within === undefined ? -1 : code.indexOf(within.cell);
  const cells = own >= 0 && !chosen.includes(own) ? [own] : chosen;
  const [first, last] = [cells[0], cells.at(-1)];
  // Cells with others between them cannot become one.
  return first === undefined || last === undefined || last - first + 1 !== new Set(cells).size
    ? undefined
    : { kind: "cells", first, last };
}

/** What is selected in front of the user. */
export function activeSelection(): SelectedInNotebook | undefined {
  const editor = vscode.window.activeNotebookEditor;
  if (editor === undefined) return undefined;
  const document = editor.notebook;
  const text = vscode.window.activeTextEditor;
  const cell = document.getCells().find((one) => one.document === text?.document);
  const within = text === undefined || cell === undefined ? undefined : { cell, range: text.selection };
  const selection = selectionIn(document, within);
  return selection === undefined ? undefined : { document, selection };
}
