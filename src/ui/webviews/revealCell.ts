/** Shows a code cell where its notebook is on screen already, else in the column beside; the focus stays where it is. */
import * as vscode from "vscode";
import type { Cell } from "../../notebook/model.ts";

/** @param cell of the notebook as it was read; in a script its line says where it is. */
export async function revealCell(file: string, { index, line }: Pick<Cell, "index" | "line">): Promise<void> {
  const uri = vscode.Uri.file(file);
  if (line !== undefined || !file.endsWith(".ipynb")) {
    const document = await vscode.workspace.openTextDocument(uri);
    const shown = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
    const at = document.validateRange(new vscode.Range(line ?? 0, 0, line ?? 0, 0));
    await vscode.window.showTextDocument(document, {
      viewColumn: shown?.viewColumn ?? vscode.ViewColumn.Beside,
      preserveFocus: true,
      selection: at,
    });
    return;
  }
  const notebook = await vscode.workspace.openNotebookDocument(uri);
  const shown = vscode.window.visibleNotebookEditors.find((editor) => editor.notebook === notebook);
  const code = notebook.getCells().filter(({ kind }) => kind === vscode.NotebookCellKind.Code)[index];
  if (code === undefined) return;
  const range = new vscode.NotebookRange(code.index, code.index + 1);
  const editor = await vscode.window.showNotebookDocument(notebook, {
    viewColumn: shown?.viewColumn ?? vscode.ViewColumn.Beside,
    preserveFocus: true,
    selections: [range],
  });
  editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
}
