/** Marks components in the explorer whose cells have changed since. Asks only of files that could be one. */
import path from "node:path";
import * as vscode from "vscode";
import { paced } from "../paced.ts";
import { changesSince } from "../workspace/changesSince.ts";
import type { WorkspaceFiles } from "../workspace/workspaceFiles.ts";
import { sentence } from "../words.ts";

export class ChangedDecorations implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #files: WorkspaceFiles;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly #disposables: vscode.Disposable;
  readonly onDidChangeFileDecorations = this.#changed.event;

  constructor(files: WorkspaceFiles) {
    this.#files = files;
    const pacer = paced(250, () => {
      this.#changed.fire(undefined);
    });
    this.#disposables = vscode.Disposable.from(
      this.#changed,
      pacer,
      files.changed.on(pacer.ask),
      vscode.window.registerFileDecorationProvider(this),
    );
  }

  async provideFileDecoration(uri: vscode.Uri): Promise<vscode.FileDecoration | undefined> {
    const file = uri.fsPath;
    const component =
      uri.scheme === "file" && file.endsWith(".py") && path.basename(path.dirname(file)) === "components";
    const pipeline = component ? await this.#files.pipelineOf(file) : undefined;
    if (pipeline?.ok !== true) return undefined;
    const step = pipeline.steps.find((one) => one.file === file);
    const words = step && (await changesSince(this.#files, pipeline)).words(step.name);
    if (words === undefined) return undefined;
    const decoration = new vscode.FileDecoration(
      "↻",
      sentence(`${path.basename(pipeline.notebook ?? "")} ${words}`),
      new vscode.ThemeColor("list.warningForeground"),
    );
    decoration.propagate = true;
    return decoration;
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}
