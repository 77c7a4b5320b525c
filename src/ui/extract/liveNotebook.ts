/** A notebook as it stands in the editor, unsaved changes included, in the words of the rest of Cellsmith. */
import * as vscode from "vscode";
import { assembleNotebook, type RawCell } from "../../notebook/assembleNotebook.ts";
import type { Notebook } from "../../notebook/model.ts";

/** Outputs are left out. Needs `loadPythonParser()` for cells without an id. */
export function liveNotebook(document: vscode.NotebookDocument): Notebook {
  const raw = document.getCells().map((cell): RawCell => ({
    kind: cell.kind === vscode.NotebookCellKind.Code ? "code" : "markdown",
    source: cell.document.getText().replaceAll("\r\n", "\n"),
    id: textIn(cell.metadata, "id"),
    tags: [],
    executionCount: cell.executionSummary?.executionOrder,
    outputs: [],
    line: undefined,
  }));
  return assembleNotebook(raw, { path: document.uri.fsPath, format: "ipynb", language: "python" });
}

function textIn(metadata: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = metadata[key];
  return typeof value === "string" ? value : undefined;
}
