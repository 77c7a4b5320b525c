/** The five trees, and what makes them look again: runs that changed, files that changed, folders that came and went. */
import * as vscode from "vscode";
import { ContextKey, ViewId } from "../../ids.ts";
import type { RunStatus } from "../../tracking/model.ts";
import type { RunsChange } from "../workspace/workspaceRuns.ts";
import { notebookRow } from "./notebookRows.ts";
import { type RowNode, RowTree } from "./rowTree.ts";
import type { Row } from "./row.ts";
import {
  changedRunRows,
  datasetsView,
  experimentsView,
  modelsView,
  notebooksView,
  pipelinesView,
  type ViewParts,
} from "./viewRows.ts";

const sources: Readonly<Record<ViewId, (parts: ViewParts) => Promise<readonly Row[]>>> = {
  [ViewId.notebooks]: notebooksView,
  [ViewId.experiments]: experimentsView,
  [ViewId.datasets]: datasetsView,
  [ViewId.models]: modelsView,
  [ViewId.pipelines]: pipelinesView,
};

export interface Views {
  dispose(): void;
  refresh(): void;
  /** The tree of a view, for tests: the rows as a person would see them. */
  tree(view: ViewId): RowTree;
}

export function registerViews(parts: ViewParts, failed: (error: unknown) => void): Views {
  const trees = new Map<ViewId, RowTree>();
  const views = new Map<ViewId, vscode.TreeView<RowNode>>();
  for (const id of Object.values(ViewId)) {
    const tree = new RowTree({ rows: () => sources[id](parts) }, failed);
    trees.set(id, tree);
    views.set(id, vscode.window.createTreeView(id, { treeDataProvider: tree, showCollapseAll: true }));
  }
  const treeOf = (id: ViewId): RowTree => {
    const tree = trees.get(id);
    if (tree === undefined) throw new Error(`there is no view ${id}`);
    return tree;
  };
  const later = new Set<ViewId>();
  /** A view that nobody sees is refreshed when somebody does. */
  const refresh = (...ids: readonly ViewId[]): void => {
    for (const id of ids) {
      if (views.get(id)?.visible === true) treeOf(id).refresh();
      else later.add(id);
    }
  };
  const shown = [...views].map(([id, view]) =>
    view.onDidChangeVisibility(({ visible }) => {
      if (visible && later.delete(id)) treeOf(id).refresh();
    }),
  );
  const scripts = new Map<string, readonly string[]>();
  const runs = new RunUpdates(parts, treeOf(ViewId.experiments), refresh, failed);
  const listeners = [
    runs,
    parts.runs.changed.on((change) => {
      runs.take(change);
    }),
    parts.files.changed.on(() => {
      refresh(ViewId.notebooks, ViewId.datasets, ViewId.models, ViewId.pipelines);
    }),
    parts.files.scanned.on(({ folder, found }) => {
      scripts.set(
        folder,
        found.notebooks.filter((file) => file.endsWith(".py")),
      );
      void vscode.commands.executeCommand("setContext", ContextKey.scripts, [...scripts.values()].flat());
    }),
    parts.files.read.on(({ folder, facts }) => {
      treeOf(ViewId.notebooks).update([notebookRow(folder, facts)]);
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      refresh(...Object.values(ViewId));
    }),
  ];
  return {
    refresh: () => {
      refresh(...Object.values(ViewId));
    },
    tree: treeOf,
    dispose: () => {
      for (const each of [...listeners, ...shown, ...views.values(), ...trees.values()]) each.dispose();
    },
  };
}

/** VS Code repaints a tree only after a fifth of a second without news: what comes faster would hold it up for good. Milliseconds. */
const pause = 300;

/** Changes of runs, gathered so that a run that reports every few milliseconds does not repaint the trees as often. */
class RunUpdates {
  readonly #parts: ViewParts;
  readonly #experiments: RowTree;
  readonly #refresh: (...ids: readonly ViewId[]) => void;
  readonly #failed: (error: unknown) => void;
  readonly #status = new Map<string, RunStatus>();
  readonly #waiting = new Map<string, Set<string>>();
  #queue: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #last = -Infinity;

  constructor(
    parts: ViewParts,
    experiments: RowTree,
    refresh: (...ids: readonly ViewId[]) => void,
    failed: (error: unknown) => void,
  ) {
    this.#parts = parts;
    this.#experiments = experiments;
    this.#refresh = refresh;
    this.#failed = failed;
  }

  /** What comes after a pause is shown at once, what comes fast at a steady pace. */
  take({ folder, runs }: RunsChange): void {
    const waiting = this.#waiting.get(folder) ?? new Set();
    for (const run of runs) waiting.add(run);
    this.#waiting.set(folder, waiting);
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#last = performance.now();
        const changes = [...this.#waiting].map(([where, ids]) => ({ folder: where, runs: [...ids] }));
        this.#waiting.clear();
        for (const change of changes) {
          this.#queue = this.#queue.then(() => this.#show(change)).catch(this.#failed);
        }
      },
      Math.max(0, this.#last + pause - performance.now()),
    );
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  async #show({ folder, runs }: RunsChange): Promise<void> {
    const all = (await (await this.#parts.runs.store(folder))?.list())?.runs ?? [];
    const changed = all.filter((run) => runs.includes(run.id));
    const moved = changed.filter((run) => this.#status.get(run.id) !== run.status);
    for (const run of moved) this.#status.set(run.id, run.status);
    const rows = await changedRunRows(this.#parts, folder, runs);
    const vanished = changed.length < runs.length;
    // A run that only reported more leaves the row of its experiment, with all its runs, alone.
    const shown = this.#experiments.update(moved.length > 0 ? rows.experiments : rows.runs);
    if (!shown || vanished) this.#refresh(ViewId.experiments);
    this.#refresh(ViewId.pipelines);
    // What a run read and wrote is known when it is over.
    if (vanished || moved.some(({ status }) => status !== "RUNNING")) {
      this.#refresh(ViewId.datasets, ViewId.models);
    }
    const running = all.some(({ status }) => status === "RUNNING");
    await vscode.commands.executeCommand("setContext", ContextKey.running, running);
  }
}
