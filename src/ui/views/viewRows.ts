/** The rows of each view over all workspace folders; a level of folders only where there is more than one. */
import { collectDatasets } from "../../datasets/collectDatasets.ts";
import type { KnownNotebook, PresentFile } from "../../datasets/model.ts";
import { collectModels } from "../../models/collectModels.ts";
import type { Run } from "../../tracking/model.ts";
import { changesSince } from "../workspace/changesSince.ts";
import type { WorkspaceFiles } from "../workspace/workspaceFiles.ts";
import type { WorkspaceRuns } from "../workspace/workspaceRuns.ts";
import { datasetRows } from "./datasetRows.ts";
import { experimentRows, runRowsById, type RunsOfFolder } from "./experimentRows.ts";
import { modelRows } from "./modelRows.ts";
import { notebookRows, pendingNotebookRow } from "./notebookRows.ts";
import { type PipelineFacts, pipelineRows, samePlace } from "./pipelineRows.ts";
import { brokenRow, type Row } from "./row.ts";

export interface WorkspaceFolder {
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
}

/** What the views are made of. */
export interface ViewParts {
  readonly folders: () => readonly WorkspaceFolder[];
  readonly files: WorkspaceFiles;
  readonly runs: WorkspaceRuns;
  readonly now: () => number;
}

/** After so long a view shows what it has; the rest follows. Milliseconds. */
const patience = 800;

export async function notebooksView({ folders, files }: ViewParts): Promise<readonly Row[]> {
  return byFolder(folders(), async (folder) => {
    const { notebooks, complete } = await files.notebooksSoon(folder, patience);
    const known = notebooks.map(({ facts }) => facts).filter((facts) => facts !== undefined);
    const rows = new Map(notebookRows(folder, known).map((row) => [row.id, row]));
    const all = notebooks.map(({ path }) => rows.get(path) ?? pendingNotebookRow(folder, path));
    return complete ? all : [...all, incompleteRow(folder)];
  });
}

export async function experimentsView(parts: ViewParts): Promise<readonly Row[]> {
  return byFolder(parts.folders(), async (folder) => {
    const source = await runsOfFolder(parts, folder);
    return source === undefined ? [] : experimentRows(source, parts.now());
  });
}

/** New rows of runs that changed, and of the experiments that they belong to. */
export async function changedRunRows(
  parts: ViewParts,
  folder: string,
  runs: readonly string[],
): Promise<{ readonly runs: readonly Row[]; readonly experiments: readonly Row[] }> {
  const source = await runsOfFolder(parts, folder);
  if (source === undefined) return { runs: [], experiments: [] };
  const names = new Set(source.list.runs.filter(({ id }) => runs.includes(id)).map((run) => run.experiment));
  const experiments = experimentRows(source, parts.now()).filter(
    ({ subject }) => subject?.kind === "experiment" && names.has(subject.name),
  );
  return { runs: runRowsById(source, runs, parts.now()), experiments };
}

export async function datasetsView(parts: ViewParts): Promise<readonly Row[]> {
  return byFolder(parts.folders(), async (folder) => {
    const [notebooks, runs] = await Promise.all([knownNotebooks(parts, folder), runsOf(parts, folder)]);
    const { inspectDataset } = await import("../../datasets/presentFile.ts");
    const facts = collectDatasets(folder, notebooks, runs).map(async (dataset) => ({
      dataset,
      file: await soon(inspectDataset(dataset)),
    }));
    return datasetRows(folder, await Promise.all(facts), parts.now());
  });
}

export async function modelsView(parts: ViewParts): Promise<readonly Row[]> {
  return byFolder(parts.folders(), async (folder) => {
    const [notebooks, runs] = await Promise.all([knownNotebooks(parts, folder), runsOf(parts, folder)]);
    return modelRows(folder, collectModels(folder, notebooks, runs), parts.now());
  });
}

export async function pipelinesView(parts: ViewParts): Promise<readonly Row[]> {
  return byFolder(parts.folders(), async (folder) => {
    const [pipelines, runs] = await Promise.all([parts.files.pipelines(folder), runsOf(parts, folder)]);
    const known = pipelines.map(async (pipeline) => ({
      pipeline,
      changes: await changesSince(parts.files, pipeline),
    }));
    return pipelineRows(folder, await Promise.all(known), runs, parts.now());
  });
}

/** The runs of a folder with what is needed to speak of them; undefined where it is no workspace folder. */
export async function runsOfFolder(parts: ViewParts, folder: string): Promise<RunsOfFolder | undefined> {
  const store = await parts.runs.store(folder);
  if (store === undefined) return undefined;
  const [list, pipelines] = await Promise.all([store.list(), parts.files.pipelines(folder)]);
  return {
    folder,
    store: store.label,
    list,
    goal: goalsOf(pipelines),
    history: (run, metric) => store.history(run, metric),
  };
}

/** Which way is up for a metric of a run: as the pipeline that was run says. */
export function goalsOf(pipelines: readonly PipelineFacts[]): RunsOfFolder["goal"] {
  return (run, metric) => {
    const pipeline = pipelines.find(({ path }) => samePlace(run.target.path, path));
    return run.target.kind === "pipeline" && pipeline?.ok === true ? pipeline.goals[metric] : undefined;
  };
}

async function byFolder(
  folders: readonly WorkspaceFolder[],
  rowsOf: (folder: string) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const [only] = folders;
  if (folders.length === 1 && only !== undefined) return rowsOf(only.path);
  return folders.map(({ name, path }) => ({
    id: path,
    label: name,
    icon: { name: "root-folder" },
    context: "folder",
    subject: { kind: "folder", path },
    expanded: true,
    children: () => rowsOf(path),
  }));
}

async function runsOf({ runs }: ViewParts, folder: string): Promise<readonly Run[]> {
  return (await (await runs.store(folder))?.list())?.runs ?? [];
}

async function knownNotebooks({ files }: ViewParts, folder: string): Promise<readonly KnownNotebook[]> {
  const all = await files.notebooks(folder);
  return all.flatMap((facts) => (facts.ok ? [{ path: facts.path, insight: facts.insight }] : []));
}

async function soon(file: Promise<PresentFile>): Promise<PresentFile | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, patience, undefined);
  });
  const found = await Promise.race([file, late]);
  clearTimeout(timer);
  return found;
}

function incompleteRow(folder: string): Row {
  const reason = "this folder is too large to look at all of it";
  return { ...brokenRow(`${folder}#incomplete`, "and perhaps more", reason), icon: { name: "info" } };
}
