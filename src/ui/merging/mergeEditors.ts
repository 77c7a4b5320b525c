/** Opens VS Code's merge editor on what hand and notebook changed alike, and takes its result when it is closed. */
import path from "node:path";
import * as vscode from "vscode";
import { Scheme } from "../../ids.ts";
import { folderOf } from "../../platform/folders.ts";
import { messageOf } from "../../problem.ts";
import type { WorkspaceFiles } from "../workspace/workspaceFiles.ts";
import type { PendingMerge } from "./pendingMerges.ts";

type SideName = "base" | "mine" | "theirs";

/** The result's file of one of our merge editors. VS Code tells extensions of such tabs without a type of its own. */
function resultOf(input: unknown): vscode.Uri | undefined {
  if (typeof input !== "object" || input === null || !("result" in input) || !("input1" in input))
    return undefined;
  const { result, input1 } = input;
  const ours = input1 instanceof vscode.Uri && input1.scheme === Scheme.merging;
  return ours && result instanceof vscode.Uri ? result : undefined;
}

export class MergeEditors implements vscode.Disposable {
  readonly #files: WorkspaceFiles;
  readonly #failed: (error: unknown) => void;
  readonly #disposables: vscode.Disposable;
  readonly #settled = new vscode.EventEmitter<{ readonly folder: string; readonly file: string }>();
  /** A result was taken into its pipeline. */
  readonly onSettled = this.#settled.event;

  constructor(files: WorkspaceFiles, failed: (error: unknown) => void) {
    this.#files = files;
    this.#failed = failed;
    this.#disposables = vscode.Disposable.from(
      this.#settled,
      vscode.workspace.registerTextDocumentContentProvider(Scheme.merging, {
        provideTextDocumentContent: async (uri) => {
          const pending = await (await import("./pendingMerges.ts")).pendingAt(uri.fsPath);
          return pending?.conflict[sideIn(uri.query)] ?? "";
        },
      }),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const { input } of closed) {
          const result = resultOf(input);
          if (result !== undefined) this.#take(result).catch(this.#failed);
        }
      }),
    );
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  /** @returns false where this VS Code has no merge editor: then both sides stand side by side. */
  async open(pending: PendingMerge): Promise<boolean> {
    const workspace = folderOf(pending.folder)?.path ?? path.dirname(pending.folder);
    const output = vscode.Uri.file(
      await (await import("./pendingMerges.ts")).keepPending(workspace, pending),
    );
    const side = (query: SideName): vscode.Uri => output.with({ scheme: Scheme.merging, query });
    const name = path.basename(pending.conflict.path);
    const hand = { title: "Changed by Hand", description: name, uri: side("mine") };
    const notebook = { title: "From the Notebook", description: pending.notebook, uri: side("theirs") };
    try {
      const args = { base: side("base"), input1: notebook, input2: hand, output };
      await vscode.commands.executeCommand("_open.mergeEditor", args);
      return true;
    } catch (error) {
      this.#failed(error);
      const present = vscode.Uri.file(path.join(pending.folder, pending.conflict.path));
      const title = `${name}: changed by hand ↔ from ${pending.notebook}`;
      await vscode.commands.executeCommand("vscode.diff", present, side("theirs"), title);
      return false;
    }
  }

  /** What VS Code's own button does, which only the git extension may put there: saves the result and closes the editor. */
  async complete(): Promise<void> {
    const result = resultOf(vscode.window.tabGroups.activeTabGroup.activeTab?.input);
    if (result === undefined) return;
    await vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === result.fsPath)?.save();
    await vscode.commands.executeCommand("mergeEditor.acceptMerge");
  }

  async #take(result: vscode.Uri): Promise<void> {
    const { pendingAt, settlePending } = await import("./pendingMerges.ts");
    const pending = await pendingAt(result.fsPath);
    if (pending === undefined) return;
    const { folder, conflict } = pending;
    const name = path.basename(conflict.path);
    try {
      if (!(await settlePending(result.fsPath))) return;
    } catch (error) {
      void vscode.window.showErrorMessage(`${name}: ${messageOf(error)}`);
      return;
    }
    const workspace = folderOf(folder)?.path ?? folder;
    this.#files.touched(workspace, path.join(folder, conflict.path), "changed");
    this.#settled.fire({ folder, file: conflict.path });
  }
}

function sideIn(query: string): SideName {
  return query === "base" || query === "mine" ? query : "theirs";
}
