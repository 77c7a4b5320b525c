/** Ways out of what is told of a notebook, under the light bulb of its place. */
import * as vscode from "vscode";
import { CommandId } from "../../ids.ts";
import type { NotebookProblem, ProblemFix } from "../../notebook/problems/model.ts";
import type { MovedCell } from "../commands/moveCell.ts";
import { codeCells } from "../extract/codeCells.ts";
import { sentence } from "../words.ts";
import { type NotebookDiagnostics, rangeOf } from "./notebookDiagnostics.ts";

/** Versions of installed packages, by the name that was asked for; empty where nobody can be asked. */
export type Versions = (
  notebook: string,
  packages: readonly string[],
) => Promise<ReadonlyMap<string, string>>;

export function registerProblemActions(
  diagnostics: NotebookDiagnostics,
  versions: Versions,
): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    { notebookType: "jupyter-notebook", language: "python" },
    {
      provideCodeActions: async (document, range) => {
        const notebook = vscode.workspace.notebookDocuments.find((one) =>
          one.getCells().some((cell) => cell.document === document),
        );
        if (notebook === undefined) return [];
        const cell = codeCells(notebook).findIndex((one) => one.document === document);
        const problems = await diagnostics.problems(notebook);
        const here = problems.filter((one) => one.cell === cell && rangeOf(one.place).intersection(range));
        const actions = here.map(async (problem) =>
          Promise.all(problem.fixes.map((fix) => actionOf(notebook, problem, fix, versions))),
        );
        return (await Promise.all(actions)).flat().filter((action) => action !== undefined);
      },
    },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}

async function actionOf(
  notebook: vscode.NotebookDocument,
  problem: NotebookProblem,
  fix: ProblemFix,
  versions: Versions,
): Promise<vscode.CodeAction | undefined> {
  const edit = await editOf(notebook, fix, versions);
  if (edit === undefined && fix.kind !== "move") return undefined;
  const why = problem.code === "undefinedName" ? fix.title : `${fix.title} (this cell ${problem.message})`;
  const action = new vscode.CodeAction(why, vscode.CodeActionKind.QuickFix);
  if (edit !== undefined) action.edit = edit;
  if (fix.kind === "move") {
    // Edits of cells do not travel with a code action.
    const argument: MovedCell = { notebook: notebook.uri.toString(), cell: fix.cell, above: fix.above };
    action.command = { command: CommandId.moveCell, title: fix.title, arguments: [argument] };
  }
  action.isPreferred = problem.fixes[0] === fix;
  if (problem.code === "undefinedName") {
    const diagnostic = new vscode.Diagnostic(
      rangeOf(problem.place),
      sentence(`This cell ${problem.message}`),
    );
    diagnostic.source = "Cellsmith";
    action.diagnostics = [diagnostic];
  }
  return action;
}

async function editOf(
  notebook: vscode.NotebookDocument,
  fix: ProblemFix,
  versions: Versions,
): Promise<vscode.WorkspaceEdit | undefined> {
  const code = codeCells(notebook);
  const edit = new vscode.WorkspaceEdit();
  switch (fix.kind) {
    case "edit":
      for (const { cell, place, text } of fix.edits) {
        const target = code[cell];
        if (target === undefined) return undefined;
        edit.replace(target.document.uri, rangeOf(place), text);
      }
      return edit;
    case "pin": {
      const target = code[fix.cell];
      const names = fix.packages.map(({ name }) => name);
      const found = await versions(notebook.uri.fsPath, names);
      if (target === undefined || !names.some((name) => found.has(name))) return undefined;
      for (const { name, place } of fix.packages) {
        const version = found.get(name);
        const { end } = rangeOf(place);
        const quoted = /["']$/.test(target.document.getText(rangeOf(place)));
        const at = quoted ? end.translate(0, -1) : end;
        if (version !== undefined) edit.insert(target.document.uri, at, `==${version}`);
      }
      return edit;
    }
    case "move":
      return undefined;
  }
}
