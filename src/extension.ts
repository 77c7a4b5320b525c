/** Composition root: makes the parts, wires them, hands them to VS Code for disposal. What takes time is loaded when it is used. */
import * as vscode from "vscode";
import { workspaceFolders } from "./platform/folders.ts";
import { createLog } from "./platform/log.ts";
import { createMemory } from "./platform/memory.ts";
import { createSettings } from "./platform/settings.ts";
import { watchFiles } from "./platform/watchFiles.ts";
import type { Store } from "./tracking/store.ts";
import { registerCommands } from "./ui/commands/registerCommands.ts";
import { PlannedDocuments } from "./ui/documents/plannedDocuments.ts";
import { ReportDocuments } from "./ui/documents/reportDocuments.ts";
import { registerRunDocuments } from "./ui/documents/runDocuments.ts";
import { registerLenses } from "./ui/editor/lenses.ts";
import { registerExtractActions } from "./ui/extract/extractActions.ts";
import { LineDecorations } from "./ui/editor/lineDecorations.ts";
import { ManifestDiagnostics } from "./ui/editor/manifestDiagnostics.ts";
import { MergeEditors } from "./ui/merging/mergeEditors.ts";
import { registerCellStatus } from "./ui/notebook/cellStatus.ts";
import type { Parts } from "./ui/parts.ts";
import { installedVersions } from "./ui/problems/installedVersions.ts";
import { NotebookDiagnostics } from "./ui/problems/notebookDiagnostics.ts";
import { registerProblemActions } from "./ui/problems/problemActions.ts";
import { LiveRuns } from "./ui/runs/liveRuns.ts";
import { RunLog } from "./ui/runs/runLog.ts";
import { ChangedDecorations } from "./ui/views/changedDecorations.ts";
import { registerViews, type Views } from "./ui/views/registerViews.ts";
import { WorkspaceFiles } from "./ui/workspace/workspaceFiles.ts";
import { WorkspaceRuns } from "./ui/workspace/workspaceRuns.ts";

/** What `activate` returns: the way in for tests. */
export interface Api {
  readonly parts: Parts;
  readonly views: Views;
  readonly decorations: LineDecorations;
  /** What VS Code does when it deactivates the extension. */
  deactivate(): Promise<void>;
}

let live: LiveRuns | undefined;

export function activate(context: vscode.ExtensionContext): Api {
  const log = createLog();
  const settings = createSettings();
  const failed = (error: unknown): void => {
    log.error("in the background", error);
  };
  const runs = new WorkspaceRuns(() => workspaceFolders().map(({ path }) => path), openStore);
  const files = new WorkspaceFiles({
    scan: async (folder) => (await import("./datasets/scanWorkspace.ts")).scanWorkspace(folder),
    notebook: async (file) =>
      (await import("./ui/workspace/readNotebookFacts.ts")).readNotebookFacts(
        file,
        failed,
        settings.diagnostics(file),
      ),
    pipeline: async (folder) => (await import("./ui/workspace/readPipeline.ts")).readPipeline(folder),
  });
  const runLog = new RunLog();
  const liveRuns = new LiveRuns(runs, runLog, settings);
  live = liveRuns;
  const planned = new PlannedDocuments();
  const reports = new ReportDocuments();
  const merges = new MergeEditors(files, failed);
  const viewParts = { folders: workspaceFolders, files, runs, now: Date.now };
  const views = registerViews(viewParts, failed);
  const problems = new NotebookDiagnostics(settings, failed);
  const decorations = new LineDecorations(viewParts, settings, failed);
  const parts: Parts = {
    ...viewParts,
    ...{ log, settings, runLog, liveRuns, planned, reports, merges },
    memory: createMemory(context.workspaceState),
    flowPages: new Map(),
    extensionFolder: context.extensionUri.fsPath,
    refresh: () => {
      views.refresh();
    },
  };
  context.subscriptions.push(
    ...[log, runs, runLog, planned, reports, merges, views, decorations],
    registerCommands(parts),
    registerRunDocuments(viewParts),
    registerLenses(viewParts, settings),
    registerCellStatus(viewParts, settings),
    new ManifestDiagnostics(failed),
    new ChangedDecorations(files),
    registerExtractActions(),
    problems,
    registerProblemActions(problems, installedVersions(parts)),
    settings.onChange("diagnostics", () => {
      files.forget();
      views.refresh();
    }),
    watchFiles("**/*.{ipynb,py,yaml,json}", (folder, file, how) => {
      files.touched(folder, file, how);
    }),
  );
  return {
    ...{ parts, views, decorations },
    deactivate: async () => {
      await deactivate();
      for (const each of context.subscriptions.splice(0)) await each.dispose();
    },
  };
}

export async function deactivate(): Promise<void> {
  await live?.close();
  live = undefined;
}

/** In a folder that is not trusted no process is started, not even to ask whether one lives; Linux can tell without. */
async function openStore(folder: string): Promise<Store> {
  const { EmbeddedStore } = await import("./stores/embedded/embeddedStore.ts");
  if (vscode.workspace.isTrusted || process.platform === "linux") return new EmbeddedStore(folder);
  const { seemsOwnerAlive } = await import("./launch/owner.ts");
  return new EmbeddedStore(folder, { isAlive: seemsOwnerAlive });
}
