/** What a command was invoked on, whichever way: a tree row, a lens, the explorer, a notebook's toolbar, or the editor in front. */
import path from "node:path";
import * as vscode from "vscode";
import * as z from "zod";
import { type Subject, subjectSchema } from "../subject.ts";

const rowSchema = z.object({ row: z.object({ subject: subjectSchema.optional() }) });
const notebookToolbarSchema = z.object({
  notebookEditor: z.object({ notebookUri: z.custom<vscode.Uri>((value) => value instanceof vscode.Uri) }),
});

/** @param argument what VS Code handed to the command; undefined from the palette. */
export function subjectOf(argument: unknown): Subject | undefined {
  const plain = subjectSchema.safeParse(argument);
  if (plain.success) return plain.data;
  const row = rowSchema.safeParse(argument);
  if (row.success) return row.data.row.subject;
  const toolbar = notebookToolbarSchema.safeParse(argument);
  if (toolbar.success) return subjectOfUri(toolbar.data.notebookEditor.notebookUri);
  return argument instanceof vscode.Uri ? subjectOfUri(argument) : undefined;
}

/** The file in front of the user. */
export function activeSubject(): Subject | undefined {
  const uri =
    vscode.window.activeNotebookEditor?.notebook.uri ?? vscode.window.activeTextEditor?.document.uri;
  return uri === undefined ? undefined : subjectOfUri(uri);
}

function subjectOfUri(uri: vscode.Uri): Subject | undefined {
  if (uri.scheme !== "file") return undefined;
  const file = uri.fsPath;
  if (path.basename(file) === "pipeline.yaml") return { kind: "pipeline", path: path.dirname(file) };
  if (file.endsWith(".ipynb")) return { kind: "notebook", path: file };
  return { kind: "file", path: file };
}
