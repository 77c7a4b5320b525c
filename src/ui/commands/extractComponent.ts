/** Selected cells or lines of a notebook become a function in a file, which the notebook imports and calls. */
import { existsSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import { loadPythonParser } from "../../analysis/parser.ts";
import type { Notebook } from "../../notebook/model.ts";
import { folderOf } from "../../platform/folders.ts";
import { Problem } from "../../problem.ts";
import type { ExtractedComponent, Selection } from "../../refactor/extract/model.ts";
import { pipelineName } from "../../refactor/plan.ts";
import { planExtraction } from "../../refactor/extract/planExtraction.ts";
import { suggestedName } from "../../refactor/extract/suggestedName.ts";
import { codeCells } from "../extract/codeCells.ts";
import { liveNotebook } from "../extract/liveNotebook.ts";
import { activeSelection, type SelectedInNotebook, selectionIn } from "../extract/selectionOf.ts";
import type { Parts } from "../parts.ts";
import { sentence } from "../words.ts";

/** Where components of a notebook go. */
interface Home {
  /** Absolute path of the folder that holds the package. */
  readonly folder: string;
  readonly package: string;
  /** Set where the notebook does not find it by itself. */
  readonly pathLine: string | undefined;
}

/** @returns what was written; undefined where the user thought better of it. */
export async function extractComponentCommand(
  parts: Parts,
  argument: unknown,
): Promise<ExtractedComponent | undefined> {
  const found = selectedIn(argument) ?? activeSelection();
  if (found === undefined)
    throw new Problem("Open a notebook and select the cells or lines to extract first.");
  const { document, selection } = found;
  await loadPythonParser();
  const notebook = liveNotebook(document);
  // A name that no notebook uses: what else stands in the way is said before anything is asked.
  const trial = planExtraction(notebook, selection, {
    name: "extracted_component",
    package: "components",
  });
  if (!trial.ok) throw new Problem(`This cannot be extracted: ${trial.reason}.`);
  const home = await homeOf(parts, document.uri.fsPath);
  if (home === undefined) return undefined;
  const given = nameIn(argument);
  const name = given ?? (await askName(notebook, selection, home));
  if (name === undefined) return undefined;
  const extraction = planExtraction(notebook, selection, { name, ...home });
  if (!extraction.ok) throw new Problem(`This cannot be extracted: ${extraction.reason}.`);
  await apply(document, home, extraction.component);
  return extraction.component;
}

/** What a menu of a cell or a code action hands over. */
function selectedIn(argument: unknown): SelectedInNotebook | undefined {
  if (typeof argument !== "object" || argument === null) return undefined;
  const cell = vscode.workspace.notebookDocuments
    .flatMap((document) => document.getCells())
    .find((one) => one === argument || ("cell" in argument && argument.cell === one.document.uri.toString()));
  if (cell === undefined) return undefined;
  const range = "range" in argument && argument.range instanceof vscode.Range ? argument.range : undefined;
  const selection = selectionIn(cell.notebook, { cell, range: range ?? new vscode.Range(0, 0, 0, 0) });
  return selection === undefined ? undefined : { document: cell.notebook, selection };
}

function nameIn(argument: unknown): string | undefined {
  if (typeof argument !== "object" || argument === null || !("name" in argument)) return undefined;
  return typeof argument.name === "string" ? argument.name : undefined;
}

const memoryKey = "components";

/** Beside the notebook, where its imports look first; or with a pipeline's steps. Asked once for each notebook. */
async function homeOf(parts: Parts, notebook: string): Promise<Home | undefined> {
  const beside = path.dirname(notebook);
  const workspace = folderOf(notebook)?.path ?? beside;
  const pipelines = await parts.files.pipelines(workspace);
  const pipeline = pipelines.find((facts) => facts.ok && facts.notebook === notebook);
  const own: Home = {
    folder: beside,
    package: `${pipelineName(notebook)}_components`,
    pathLine: undefined,
  };
  if (pipeline === undefined || pipeline.path === beside) return own;
  const relative = path.relative(beside, pipeline.path).split(path.sep).join("/");
  const other: Home = {
    folder: pipeline.path,
    package: "components",
    pathLine: `import sys\n\nsys.path.insert(0, ${JSON.stringify(relative)})`,
  };
  const key = `${memoryKey} ${path.relative(workspace, notebook)}`;
  const remembered = parts.memory.get(key);
  if (remembered === "notebook") return own;
  if (remembered === "pipeline") return other;
  const name = (home: Home): string =>
    path.relative(workspace, path.join(home.folder, home.package)).split(path.sep).join("/");
  const chosen = await vscode.window.showQuickPick(
    [
      { label: name(own), description: "the notebook imports from there as it is", place: "notebook" },
      {
        label: name(other),
        description: "with the pipeline's steps; a line puts it on sys.path",
        place: "pipeline",
      },
    ],
    { placeHolder: "Where should components of this notebook go?" },
  );
  if (chosen === undefined) return undefined;
  await parts.memory.set(key, chosen.place);
  return chosen.place === "pipeline" ? other : own;
}

async function askName(notebook: Notebook, selection: Selection, home: Home): Promise<string | undefined> {
  return vscode.window.showInputBox({
    title: "Extract to Component",
    prompt: "Name of the function and of its file: a verb",
    value: suggestedName(notebook, selection),
    validateInput: (text) => {
      if (existsSync(path.join(home.folder, home.package, `${text}.py`)))
        return `There is a ${home.package}/${text}.py already.`;
      const plan = planExtraction(notebook, selection, { name: text, ...home });
      return plan.ok ? undefined : sentence(plan.reason);
    },
  });
}

async function apply(
  document: vscode.NotebookDocument,
  home: Home,
  component: ExtractedComponent,
): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const file = vscode.Uri.file(path.join(home.folder, component.file));
  const init = vscode.Uri.file(path.join(home.folder, home.package, "__init__.py"));
  if (!existsSync(init.fsPath)) edit.createFile(init, { contents: new Uint8Array(), ignoreIfExists: true });
  edit.createFile(file, { contents: new TextEncoder().encode(component.text) });
  const code = codeCells(document);
  const [first, last] = [code[component.first], code[component.last]];
  if (first === undefined || last === undefined)
    throw new Problem("The notebook has changed meanwhile; try again.");
  const range = new vscode.NotebookRange(first.index, last.index + 1);
  const between = document.getCells(range).filter(({ kind }) => kind === vscode.NotebookCellKind.Markup);
  const cells = [
    ...between.map((cell) => {
      const { kind, metadata } = cell;
      const copy = new vscode.NotebookCellData(kind, cell.document.getText(), cell.document.languageId);
      copy.metadata = { ...metadata };
      return copy;
    }),
    new vscode.NotebookCellData(vscode.NotebookCellKind.Code, component.cell, last.document.languageId),
  ];
  edit.set(document.uri, [vscode.NotebookEdit.replaceCells(range, cells)]);
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new Problem(`${component.file} could not be written, and the notebook was left as it was.`);
  }
  await vscode.window.showTextDocument(file, {
    viewColumn: vscode.ViewColumn.Beside,
    preserveFocus: true,
    preview: true,
  });
}
