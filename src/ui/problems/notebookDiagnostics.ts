/**
 * What is to be told of open notebooks while they are edited. As squiggles only names that no cell makes; the rest waits
 * where it is looked for: under the light bulb, in the Notebooks view, in the plan. Starts a moment after an edit.
 */
import * as vscode from "vscode";
import type { ProblemFinder } from "../../notebook/problems/findProblems.ts";
import type { NotebookProblem, Place, ProblemCode } from "../../notebook/problems/model.ts";
import type { Settings } from "../../platform/settings.ts";
import { sentence } from "../words.ts";

/** Milliseconds after the last edit. */
const pause = 400;

interface Open {
  readonly version: number;
  readonly problems: readonly NotebookProblem[];
}

export class NotebookDiagnostics implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection("cellsmith-notebooks");
  readonly #settings: Settings;
  readonly #failed: (error: unknown) => void;
  readonly #finders = new Map<string, ProblemFinder>();
  readonly #known = new Map<string, Open>();
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  readonly #disposables: readonly { dispose(): unknown }[];

  constructor(settings: Settings, failed: (error: unknown) => void) {
    this.#settings = settings;
    this.#failed = failed;
    const all = (): void => {
      this.#known.clear();
      for (const document of vscode.workspace.notebookDocuments) this.#soon(document);
    };
    this.#disposables = [
      this.#collection,
      vscode.workspace.onDidOpenNotebookDocument((document) => {
        this.#soon(document);
      }),
      vscode.workspace.onDidChangeNotebookDocument(({ notebook, contentChanges, cellChanges }) => {
        // What running a cell changes is told when it has run.
        const text = cellChanges.some(({ document, executionSummary }) => document ?? executionSummary);
        if (text || contentChanges.length > 0) this.#soon(notebook);
      }),
      vscode.workspace.onDidCloseNotebookDocument((document) => {
        this.#forget(document);
      }),
      settings.onChange("diagnostics", all),
    ];
    all();
  }

  /** What is to be told of a notebook as it stands now, but for what the user does not want to hear of. */
  async problems(document: vscode.NotebookDocument): Promise<readonly NotebookProblem[]> {
    const key = document.uri.toString();
    const known = this.#known.get(key);
    if (known?.version === document.version) return known.problems;
    const [{ loadPythonParser }, { ProblemFinder: Finder }, { liveNotebook }] = await Promise.all([
      import("../../analysis/parser.ts"),
      import("../../notebook/problems/findProblems.ts"),
      import("../extract/liveNotebook.ts"),
    ]);
    await loadPythonParser();
    const finder = this.#finders.get(key) ?? new Finder();
    this.#finders.set(key, finder);
    const { version } = document;
    const wanted = this.#settings.diagnostics(document.uri.fsPath);
    const problems = finder.find(liveNotebook(document)).filter(({ code }) => wanted(code));
    this.#known.set(key, { version, problems });
    return problems;
  }

  dispose(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    for (const each of this.#disposables) each.dispose();
  }

  #soon(document: vscode.NotebookDocument): void {
    if (document.notebookType !== "jupyter-notebook" || document.uri.scheme !== "file") return;
    const key = document.uri.toString();
    clearTimeout(this.#waiting.get(key));
    const check = (): void => {
      this.#waiting.delete(key);
      if (!document.isClosed) this.#check(document).catch(this.#failed);
    };
    this.#waiting.set(key, setTimeout(check, pause));
  }

  async #check(document: vscode.NotebookDocument): Promise<void> {
    const problems = await this.problems(document);
    const code = document.getCells().filter(({ kind }) => kind === vscode.NotebookCellKind.Code);
    for (const [index, cell] of code.entries()) {
      const own = problems.filter((problem) => problem.cell === index && problem.code === "undefinedName");
      this.#collection.set(cell.document.uri, own.map(diagnosticOf));
    }
  }

  #forget(document: vscode.NotebookDocument): void {
    const key = document.uri.toString();
    clearTimeout(this.#waiting.get(key));
    this.#waiting.delete(key);
    this.#known.delete(key);
    this.#finders.delete(key);
    for (const cell of document.getCells()) this.#collection.delete(cell.document.uri);
  }
}

function diagnosticOf(problem: NotebookProblem): vscode.Diagnostic {
  const made = new vscode.Diagnostic(
    rangeOf(problem.place),
    sentence(`This cell ${problem.message}`),
    vscode.DiagnosticSeverity.Warning,
  );
  made.source = "Cellsmith";
  made.code = problem.code satisfies ProblemCode;
  return made;
}

export function rangeOf({ line, column, endLine, endColumn }: Place): vscode.Range {
  return new vscode.Range(line, column, endLine, endColumn);
}
