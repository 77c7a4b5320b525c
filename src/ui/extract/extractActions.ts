/** `Extract to Component` as a refactoring of what is selected in a notebook's cell, or of the selected cells. */
import * as vscode from "vscode";
import { CommandId } from "../../ids.ts";
import { selectionIn } from "./selectionOf.ts";

const kind = vscode.CodeActionKind.RefactorExtract.append("component");

export function registerExtractActions(): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    { notebookType: "jupyter-notebook", language: "python" },
    { provideCodeActions },
    { providedCodeActionKinds: [kind] },
  );
}

async function provideCodeActions(
  document: vscode.TextDocument,
  range: vscode.Range,
  { only, triggerKind }: vscode.CodeActionContext,
): Promise<vscode.CodeAction[]> {
  const asked = triggerKind === vscode.CodeActionTriggerKind.Invoke || only?.intersects(kind) === true;
  // No light bulb for just standing somewhere.
  if (!asked && range.isEmpty) return [];
  const cell = vscode.workspace.notebookDocuments
    .flatMap((notebook) => notebook.getCells())
    .find((one) => one.document === document);
  if (cell === undefined) return [];
  const selection = selectionIn(cell.notebook, { cell, range });
  if (selection === undefined) return [];
  const action = new vscode.CodeAction("Extract to Component", kind);
  action.command = {
    command: CommandId.extractComponent,
    title: action.title,
    arguments: [{ cell: document.uri.toString(), range }],
  };
  if (!asked) return [action];
  const [{ loadPythonParser }, { planExtraction }, { liveNotebook }] = await Promise.all([
    import("../../analysis/parser.ts"),
    import("../../refactor/extract/planExtraction.ts"),
    import("./liveNotebook.ts"),
  ]);
  await loadPythonParser();
  const plan = planExtraction(liveNotebook(cell.notebook), selection, {
    name: "extracted_component",
    package: "components",
  });
  if (!plan.ok) action.disabled = { reason: `Cannot be extracted: ${plan.reason}` };
  return [action];
}
