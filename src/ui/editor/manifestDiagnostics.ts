/** What is wrong in a `pipeline.yaml`, where it is wrong. Other tools' files of that name are left alone. */
import path from "node:path";
import * as vscode from "vscode";
import { isManifest } from "../workspace/isManifest.ts";
import type { ManifestProblem } from "../../pipeline/manifest.ts";

const pause = 300;

export class ManifestDiagnostics implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection("cellsmith");
  readonly #failed: (error: unknown) => void;
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  readonly #disposables: { dispose(): unknown }[] = [];

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
    this.#disposables.push(
      this.#collection,
      vscode.workspace.onDidOpenTextDocument((document) => {
        this.#soon(document, 0);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        this.#soon(document, pause);
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        clearTimeout(this.#waiting.get(uri.toString()));
        this.#collection.delete(uri);
      }),
    );
    for (const document of vscode.workspace.textDocuments) this.#soon(document, 0);
  }

  dispose(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    for (const each of this.#disposables) each.dispose();
  }

  #soon(document: vscode.TextDocument, milliseconds: number): void {
    if (path.basename(document.uri.path) !== "pipeline.yaml" || document.uri.scheme !== "file") return;
    const key = document.uri.toString();
    clearTimeout(this.#waiting.get(key));
    this.#waiting.set(
      key,
      setTimeout(() => {
        this.#waiting.delete(key);
        this.#check(document).catch(this.#failed);
      }, milliseconds),
    );
  }

  async #check(document: vscode.TextDocument): Promise<void> {
    if (document.isClosed) return;
    const text = document.getText();
    if (!isManifest(text)) {
      this.#collection.delete(document.uri);
      return;
    }
    const { parseManifest } = await import("../../pipeline/manifest.ts");
    const parsed = parseManifest(text);
    const problems = "problems" in parsed ? parsed.problems : [];
    this.#collection.set(
      document.uri,
      problems.map((problem) => diagnostic(document, problem)),
    );
  }
}

function diagnostic(
  document: vscode.TextDocument,
  { line, column, message }: ManifestProblem,
): vscode.Diagnostic {
  const start = document.validatePosition(new vscode.Position(line - 1, column - 1));
  const word = document.getWordRangeAtPosition(start, /[^\s,:{}[\]]+/);
  const rest = document.lineAt(start.line).range;
  const made = new vscode.Diagnostic(word ?? new vscode.Range(start, rest.end), message);
  made.source = "Cellsmith";
  return made;
}
