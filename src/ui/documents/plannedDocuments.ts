/** Files that a conversion would write, as read-only documents, for as long as their plan is open. */
import path from "node:path";
import * as vscode from "vscode";
import { Scheme } from "../../ids.ts";
import type { PlannedFile } from "../../refactor/model.ts";

export class PlannedDocuments implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #registration: vscode.Disposable;
  readonly #texts = new Map<string, string>();

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(Scheme.planned, {
      onDidChange: this.#changed.event,
      provideTextDocumentContent: (uri) => this.#texts.get(uri.path) ?? "",
    });
  }

  /** @param target absolute path of the folder that would be written. */
  uri(target: string, file: string): vscode.Uri {
    return vscode.Uri.file(path.join(target, file)).with({ scheme: Scheme.planned });
  }

  set(target: string, files: readonly PlannedFile[]): void {
    const before = new Map(this.#texts);
    this.clear(target);
    for (const file of files) this.#texts.set(this.uri(target, file.path).path, file.text);
    for (const key of new Set([...before.keys(), ...this.#texts.keys()])) {
      if (before.get(key) === this.#texts.get(key)) continue;
      this.#changed.fire(vscode.Uri.from({ scheme: Scheme.planned, path: key }));
    }
  }

  clear(target: string): void {
    const folder = `${this.uri(target, "").path.replace(/\/$/, "")}/`;
    for (const key of [...this.#texts.keys()]) if (key.startsWith(folder)) this.#texts.delete(key);
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
