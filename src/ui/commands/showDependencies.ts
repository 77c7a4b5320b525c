/** Shows what the cells of a notebook hand on to each other, beside the notebook. Runs nothing. */
import path from "node:path";
import * as vscode from "vscode";
import { loadPythonParser } from "../../analysis/parser.ts";
import { Problem } from "../../problem.ts";
import type { Parts } from "../parts.ts";
import { FlowPanel, type FlowSubject } from "../webviews/flowPanel.ts";
import { activeSubject, subjectOf } from "./subjectOf.ts";

export async function showDependenciesCommand(parts: Parts, argument: unknown): Promise<FlowPanel> {
  const file = fileOf(argument);
  if (file === undefined) throw new Problem("Open the notebook whose dependencies you want to see.");
  const known = parts.flowPages.get(file);
  if (known !== undefined) {
    known.reveal();
    return known;
  }
  await loadPythonParser();
  const subject = await subjectAt(file);
  const panel = new FlowPanel(parts.extensionFolder, `${path.basename(file)}: dependencies`, subject);
  parts.flowPages.set(file, panel);
  panel.onClose(() => parts.flowPages.delete(file));
  return panel;
}

function fileOf(argument: unknown): string | undefined {
  for (const subject of [subjectOf(argument), activeSubject()]) {
    if (subject === undefined) continue;
    const isNotebook = ["notebook", "cell", "cellId", "cellNumber"].includes(subject.kind);
    if ("path" in subject && (isNotebook || (subject.kind === "file" && subject.path.endsWith(".py"))))
      return subject.path;
  }
  return undefined;
}

/** A notebook that is on screen nowhere is opened first: the page stands beside it. */
async function subjectAt(file: string): Promise<FlowSubject> {
  const uri = vscode.Uri.file(file);
  if (!file.endsWith(".ipynb")) {
    const document = await vscode.workspace.openTextDocument(uri);
    const shown = vscode.window.visibleTextEditors.some((editor) => editor.document === document);
    if (!shown) await vscode.window.showTextDocument(document);
    return { kind: "script", document };
  }
  const document = await vscode.workspace.openNotebookDocument(uri);
  const shown = vscode.window.visibleNotebookEditors.some((editor) => editor.notebook === document);
  if (!shown) await vscode.window.showNotebookDocument(document);
  return { kind: "notebook", document };
}
