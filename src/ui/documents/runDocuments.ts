/** Read-only pages of runs, made when opened and made anew when their run goes on. */
import * as vscode from "vscode";
import { Scheme } from "../../ids.ts";
import { previousRun } from "../../tracking/compareRuns.ts";
import type { Run } from "../../tracking/model.ts";
import { runsOfFolder, type ViewParts } from "../views/viewRows.ts";
import { picturesOf } from "./picturesOf.ts";
import { runPage } from "./runPage.ts";

/** The address of a run's page: its folder and id in the query, a readable name as its path. */
export function runUri(folder: string, run: Run): vscode.Uri {
  return vscode.Uri.from({
    scheme: Scheme.run,
    path: `/${run.experiment.replaceAll("/", " ")}, run ${run.number}.md`,
    query: new URLSearchParams({ folder, run: run.id }).toString(),
  });
}

export function registerRunDocuments(parts: ViewParts): vscode.Disposable {
  const changed = new vscode.EventEmitter<vscode.Uri>();
  const provider = vscode.workspace.registerTextDocumentContentProvider(Scheme.run, {
    onDidChange: changed.event,
    provideTextDocumentContent: async (uri) => {
      const query = new URLSearchParams(uri.query);
      return pageOf(parts, query.get("folder") ?? "", query.get("run") ?? "");
    },
  });
  const listening = parts.runs.changed.on(({ folder, runs }) => {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme !== Scheme.run) continue;
      const query = new URLSearchParams(uri.query);
      if (query.get("folder") === folder && runs.includes(query.get("run") ?? "")) changed.fire(uri);
    }
  });
  return vscode.Disposable.from(provider, changed, listening);
}

async function pageOf(parts: ViewParts, folder: string, id: string): Promise<string> {
  const source = await runsOfFolder(parts, folder);
  const run = source?.list.runs.find((one) => one.id === id);
  if (source === undefined || run === undefined) return "This run is no longer there.\n";
  const series = await Promise.all(
    Object.values(run.metrics)
      .filter((metric) => metric.count > 1)
      .map(async ({ key }) => [key, (await source.history(id, key)).map(({ value }) => value)] as const),
  );
  return runPage({
    run,
    previous: previousRun(run, source.list.runs),
    pictures: Object.fromEntries(await picturesOf(run)),
    series: Object.fromEntries(series),
    goal: (metric) => source.goal(run, metric),
    folder,
    store: source.store,
    now: parts.now(),
  });
}
