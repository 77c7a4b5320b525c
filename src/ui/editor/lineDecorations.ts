/** Numbers after the end of lines: of scripts that reported metrics, and of the steps in `pipeline.yaml`. */
import path from "node:path";
import * as vscode from "vscode";
import { folderOf } from "../../platform/folders.ts";
import type { Settings } from "../../platform/settings.ts";
import type { Run } from "../../tracking/model.ts";
import { codeChanged } from "../workspace/codeChanged.ts";
import { runsOfFolder, type ViewParts } from "../views/viewRows.ts";
import {
  lensesOfComponent,
  type LineMark,
  type MarkTone,
  marksOfFile,
  marksOfManifest,
  type RunsSource,
} from "./numbersInText.ts";

const colors: Readonly<Record<MarkTone, string>> = {
  plain: "editorCodeLens.foreground",
  better: "testing.iconPassed",
  worse: "testing.iconFailed",
  old: "disabledForeground",
};

/** While one types, the marks follow this much later. Milliseconds. */
const pause = 250;

export class LineDecorations implements vscode.Disposable {
  readonly #parts: ViewParts;
  readonly #settings: Settings;
  readonly #failed: (error: unknown) => void;
  readonly #type = vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
  });
  readonly #disposables: { dispose(): unknown }[] = [];
  /** When a document was changed in this window, by its address. */
  readonly #edited = new Map<string, number>();
  readonly #shown = new Map<string, readonly LineMark[]>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: ViewParts, settings: Settings, failed: (error: unknown) => void) {
    this.#parts = parts;
    this.#settings = settings;
    this.#failed = failed;
    this.#disposables.push(
      this.#type,
      vscode.window.onDidChangeVisibleTextEditors(() => {
        this.#soon(0);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length === 0 || !isCandidate(document)) return;
        this.#edited.set(document.uri.toString(), Date.now());
        this.#soon(pause);
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#edited.delete(uri.toString());
        this.#shown.delete(uri.toString());
      }),
      settings.onChange("inlineMetrics", () => {
        this.#soon(0);
      }),
      parts.runs.changed.on(() => {
        this.#soon(pause);
      }),
      parts.files.changed.on(() => {
        this.#soon(pause);
      }),
    );
    this.#soon(0);
  }

  /** What stands in a document now, for tests. */
  marks(uri: vscode.Uri): readonly LineMark[] {
    return this.#shown.get(uri.toString()) ?? [];
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const each of this.#disposables) each.dispose();
  }

  /** A call while one is waiting changes nothing: what comes fast is shown at a steady pace. */
  #soon(milliseconds: number): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#showAll().catch(this.#failed);
    }, milliseconds);
  }

  async #showAll(): Promise<void> {
    for (const editor of vscode.window.visibleTextEditors) {
      if (!isCandidate(editor.document)) continue;
      const marks = this.#settings.inlineMetrics() ? await this.#marksOf(editor.document) : [];
      this.#shown.set(editor.document.uri.toString(), marks);
      editor.setDecorations(
        this.#type,
        marks
          .filter((mark) => mark.line < editor.document.lineCount && mark.text !== "")
          .map((mark) => decoration(mark, editor.document)),
      );
    }
  }

  async #marksOf(document: vscode.TextDocument): Promise<readonly LineMark[]> {
    const file = document.uri.fsPath;
    const folder = folderOf(file);
    if (folder === undefined) return [];
    const source = await runsOfFolder(this.#parts, folder.path);
    if (source === undefined || source.list.runs.length === 0) return [];
    const now = this.#parts.now();
    if (path.basename(file) !== "pipeline.yaml") {
      const lenses = await this.#linesWithLenses(document, source);
      return marksOfFile(file, source, (run) => this.#isOld(run, document), now, lenses);
    }
    const changedAt = await this.#changedAt(document);
    const pipeline = await this.#parts.files.pipeline(path.dirname(file));
    // What one types moves the lines; the marks come back when the file is saved.
    return document.isDirty ? [] : marksOfManifest(pipeline, source, changedAt, now);
  }

  /** The numbers of a step stand over its function; once is enough. */
  async #linesWithLenses(document: vscode.TextDocument, source: RunsSource): Promise<ReadonlySet<number>> {
    const file = document.uri.fsPath;
    const pipeline = await this.#parts.files.pipelineOf(file);
    if (pipeline === undefined) return new Set();
    return new Set(lensesOfComponent(file, document.getText(), pipeline, source).map(({ line }) => line));
  }

  async #isOld(run: Run, document: vscode.TextDocument): Promise<boolean> {
    const file = { path: document.uri.fsPath, unsaved: document.isDirty };
    return (await codeChanged(run, file)) ?? (await this.#changedAt(document)) > run.started;
  }

  /** When the text became what it is: an unsaved change now, else the file's own time. */
  async #changedAt(document: vscode.TextDocument): Promise<number> {
    const edited = document.isDirty ? this.#edited.get(document.uri.toString()) : undefined;
    if (edited !== undefined) return edited;
    try {
      return (await vscode.workspace.fs.stat(document.uri)).mtime;
    } catch {
      return 0;
    }
  }
}

function isCandidate({ uri, languageId }: vscode.TextDocument): boolean {
  return uri.scheme === "file" && (languageId === "python" || path.basename(uri.path) === "pipeline.yaml");
}

function decoration(mark: LineMark, document: vscode.TextDocument): vscode.DecorationOptions {
  return {
    range: document.lineAt(mark.line).range,
    hoverMessage: new vscode.MarkdownString(mark.hover, true),
    renderOptions: {
      after: {
        contentText: mark.text,
        color: new vscode.ThemeColor(colors[mark.tone]),
        margin: "0 0 0 3ch",
      },
    },
  };
}
