/** The page of a notebook's dependencies: follows the notebook as it is edited, and the cell that has the focus in it. */
import * as vscode from "vscode";
import { createAnalyzer, type TreeCache } from "../../analysis/analyzeProgram.ts";
import type { Cell, Notebook } from "../../notebook/model.ts";
import { toProgram } from "../../notebook/program.ts";
import { parseNotebook } from "../../notebook/readNotebook.ts";
import { messageOf, Problem } from "../../problem.ts";
import { type FlowView, fromFlowPageSchema, type ToFlowPage } from "../../protocol/flowPage.ts";
import { liveNotebook } from "../extract/liveNotebook.ts";
import { paced } from "../paced.ts";
import { CellStages } from "./cellStages.ts";
import { codeCellAt } from "./codeCellAt.ts";
import { flowView } from "./flowView.ts";
import { createPage } from "./pagePanel.ts";
import { revealCell } from "./revealCell.ts";

/** What is edited is looked at again at most so often, in milliseconds. */
const pause = 250;

/** The document that the page is about: a notebook, or a script with cells. */
export type FlowSubject =
  | { readonly kind: "notebook"; readonly document: vscode.NotebookDocument }
  | { readonly kind: "script"; readonly document: vscode.TextDocument };

export class FlowPanel implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #subject: FlowSubject;
  readonly #disposables: vscode.Disposable[] = [];
  readonly #trees: TreeCache = new Map();
  readonly #analyzer = createAnalyzer(this.#trees);
  readonly #stages = new CellStages();
  #cells: readonly Cell[] = [];
  #view: FlowView | undefined;
  #current: number | undefined;
  #ready = false;
  /** Something changed while nobody looked. */
  #stale = false;
  #tellShown: () => void = () => undefined;
  /** Settles when the page's script is at work. */
  readonly shown = new Promise<void>((resolve) => {
    this.#tellShown = resolve;
  });

  /** The Python parser must be loaded. */
  constructor(extensionFolder: string, title: string, subject: FlowSubject) {
    this.#subject = subject;
    this.#panel = createPage({
      ...{ extensionFolder, title, name: "flow", viewType: "cellsmith.flow" },
      column: vscode.ViewColumn.Beside,
    });
    const refresh = paced(pause, () => {
      this.#refresh();
    });
    const { uri } = subject.document;
    const edited = (changed: vscode.Uri): void => {
      if (changed.toString() === uri.toString()) refresh.ask();
    };
    this.#disposables.push(
      new vscode.Disposable(() => {
        refresh.dispose();
      }),
      this.#panel.webview.onDidReceiveMessage((message: unknown) => {
        void this.#hear(message);
      }),
      this.#panel.onDidChangeViewState(() => {
        if (this.#panel.visible && this.#stale) this.#refresh();
      }),
      this.#panel.onDidDispose(() => {
        for (const each of this.#disposables) each.dispose();
      }),
      vscode.workspace.onDidChangeNotebookDocument(({ notebook, contentChanges, cellChanges }) => {
        // An output or a status is no edit.
        if (contentChanges.length > 0 || cellChanges.some(({ document }) => document !== undefined))
          edited(notebook.uri);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        edited(document.uri);
      }),
      vscode.window.onDidChangeNotebookEditorSelection(({ notebookEditor, selections }) => {
        if (subject.kind === "notebook" && notebookEditor.notebook === subject.document)
          this.#follow(codeCellAt(subject.document, selections[0]?.start ?? 0));
      }),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
        if (subject.kind !== "script" || textEditor.document !== subject.document) return;
        const line = selections[0]?.active.line ?? 0;
        this.#follow(this.#cells.findLast((cell) => (cell.line ?? 0) <= line)?.index);
      }),
    );
    this.#refresh();
    this.#current = this.#focused();
  }

  /** What the page shows. */
  get view(): FlowView | undefined {
    return this.#view;
  }

  get current(): number | undefined {
    return this.#current;
  }

  reveal(): void {
    this.#panel.reveal();
  }

  onClose(closed: () => void): void {
    this.#panel.onDidDispose(closed);
  }

  dispose(): void {
    this.#panel.dispose();
  }

  async #hear(message: unknown): Promise<void> {
    const parsed = fromFlowPageSchema.safeParse(message);
    if (!parsed.success) return;
    if (parsed.data.type === "ready") {
      this.#ready = true;
      this.#tellShown();
      this.#send();
      return;
    }
    const { cell: index } = parsed.data;
    const cell = this.#cells[index];
    if (cell !== undefined) await revealCell(this.#subject.document.uri.fsPath, cell);
  }

  #focused(): number | undefined {
    const subject = this.#subject;
    if (subject.kind !== "notebook") return undefined;
    const editor = vscode.window.visibleNotebookEditors.find((one) => one.notebook === subject.document);
    return editor === undefined ? undefined : codeCellAt(subject.document, editor.selection.start);
  }

  #follow(cell: number | undefined): void {
    if (cell === undefined || cell === this.#current) return;
    this.#current = cell;
    this.#post({ type: "current", cell });
  }

  #refresh(): void {
    this.#stale = !this.#panel.visible && this.#ready;
    if (this.#stale) return;
    try {
      const notebook = this.#read();
      const { cells, units } = toProgram(notebook);
      const facts = this.#analyzer.analyze(units);
      // Texts that are gone are not kept.
      const sources = new Set(units.map(({ source }) => source));
      for (const source of this.#trees.keys()) if (!sources.has(source)) this.#trees.delete(source);
      this.#cells = notebook.cells;
      this.#view = flowView(notebook, facts, this.#stages.of(notebook, cells, facts));
    } catch (error) {
      const title = this.#subject.document.uri.path.split("/").at(-1) ?? "";
      this.#view = { title, cells: [], rails: [], problem: messageOf(error) };
    }
    this.#send();
  }

  #read(): Notebook {
    const subject = this.#subject;
    if (subject.kind === "notebook") return liveNotebook(subject.document);
    const read = parseNotebook(subject.document.getText(), subject.document.uri.fsPath);
    if (!read.ok) throw new Problem(read.reason);
    return read.notebook;
  }

  #send(): void {
    if (this.#view === undefined) return;
    this.#post({ type: "flow", flow: this.#view });
    if (this.#current !== undefined) this.#post({ type: "current", cell: this.#current });
  }

  #post(message: ToFlowPage): void {
    if (this.#ready) void this.#panel.webview.postMessage(message);
  }
}
