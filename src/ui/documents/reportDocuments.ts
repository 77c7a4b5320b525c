/** Reports of checks as read-only documents: nothing to save, nothing asked when they are closed. */
import * as vscode from "vscode";
import { Scheme } from "../../ids.ts";

export class ReportDocuments implements vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registration: vscode.Disposable;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(Scheme.report, {
      onDidChange: this.#changed.event,
      provideTextDocumentContent: (uri) =>
        this.#texts.get(uri.path) ?? "This report is gone; check the pipeline again.\n",
    });
  }

  /** Shows a report; a later one of the same title takes its place. */
  async show(title: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: Scheme.report, path: `/${title.replaceAll("/", " ")}` });
    this.#texts.set(uri.path, text);
    this.#changed.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  /** Shows what the notebook and what the pipeline gave side by side. */
  async compare(
    title: string,
    sides: { readonly notebook: string; readonly pipeline: string },
  ): Promise<void> {
    const uri = (side: "notebook" | "pipeline"): vscode.Uri =>
      vscode.Uri.from({ scheme: Scheme.report, path: `/${title.replaceAll("/", " ")}, ${side}` });
    for (const side of ["notebook", "pipeline"] as const) {
      this.#texts.set(uri(side).path, sides[side]);
      this.#changed.fire(uri(side));
    }
    const name = `${title}: notebook ↔ pipeline`;
    await vscode.commands.executeCommand("vscode.diff", uri("notebook"), uri("pipeline"), name);
  }

  /** Shows what a file was beside what it is now. */
  async change(file: vscode.Uri, before: string): Promise<void> {
    const name = file.path.split("/").at(-1) ?? "";
    const uri = vscode.Uri.from({ scheme: Scheme.report, path: `/before the update/${name}` });
    this.#texts.set(uri.path, before);
    this.#changed.fire(uri);
    await vscode.commands.executeCommand("vscode.diff", uri, file, `${name}: before ↔ after the update`);
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
