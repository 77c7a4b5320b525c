/** Experiments → runs → what a run was given, gave and left behind. Plain data in, rows out. */
import path from "node:path";
import { humanPlural, humanSize } from "../../formats/quantities.ts";
import { changeOf, type Goal, type MetricChange, previousRun } from "../../tracking/compareRuns.ts";
import { formatValue, sparkline } from "../../tracking/formatMetric.ts";
import type { Artifact, MetricPoint, Run, RunList, RunStatus, StepState } from "../../tracking/model.ts";
import { changeText, changeTone, metricText } from "../metricText.ts";
import { code, dotted, duration, escaped, moment, shortened } from "../words.ts";
import { brokenRow, type Icon, paged, type Row } from "./row.ts";

/** The runs of one workspace folder, and what else is needed to speak of them. */
export interface RunsOfFolder {
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  /** `.cellsmith (this folder)`. */
  readonly store: string;
  readonly list: RunList;
  readonly history: (run: string, metric: string) => Promise<readonly MetricPoint[]>;
  /** Which way is up, where the pipeline says so. */
  readonly goal: (run: Run, metric: string) => Goal | undefined;
}

export const statusIcons: Readonly<Record<RunStatus, Icon>> = {
  RUNNING: { name: "loading~spin", tone: "busy" },
  FINISHED: { name: "pass", tone: "good" },
  FAILED: { name: "error", tone: "bad" },
  KILLED: { name: "circle-slash", tone: "quiet" },
  CRASHED: { name: "debug-disconnect", tone: "warning" },
  UNKNOWN: { name: "question", tone: "quiet" },
};

/** How a status reads in a sentence. */
export const statusWords: Readonly<Record<RunStatus, string>> = {
  RUNNING: "running",
  FINISHED: "finished",
  FAILED: "failed",
  KILLED: "cancelled",
  CRASHED: "stopped without an end: its process is gone",
  UNKNOWN: "in a state this version does not know",
};

/** One row an experiment, the one with the newest run first; runs that cannot be read stand at the end. */
export function experimentRows(source: RunsOfFolder, now: number): readonly Row[] {
  const experiments = new Map<string, Run[]>();
  for (const run of source.list.runs) {
    const known = experiments.get(run.experiment);
    if (known === undefined) experiments.set(run.experiment, [run]);
    else known.push(run);
  }
  const rows = [...experiments].map(([name, runs]) => experimentRow(source, name, runs, now));
  const broken = source.list.broken.map((run) =>
    brokenRow(`${source.folder}#broken:${run.id}`, run.id, run.reason),
  );
  return [...rows, ...broken];
}

/** Rows of single runs by their id, for a refresh of those that changed. */
export function runRowsById(source: RunsOfFolder, ids: readonly string[], now: number): readonly Row[] {
  return source.list.runs.filter((run) => ids.includes(run.id)).map((run) => runRow(source, run, now));
}

export function runRowId(folder: string, run: string): string {
  return `${folder}#run:${run}`;
}

function experimentRow(source: RunsOfFolder, name: string, runs: readonly Run[], now: number): Row {
  const id = `${source.folder}#experiment:${name}`;
  const newest = runs[0];
  const running = runs.filter((run) => run.status === "RUNNING").length;
  const description = dotted(
    humanPlural(runs.length, "run"),
    running > 0 ? `${running} running` : undefined,
    newest === undefined ? undefined : `last ${moment(newest.started, now)}`,
  );
  return {
    id,
    label: name,
    description,
    icon: { name: "beaker" },
    tooltip: `**${escaped(name)}**\n\n${escaped(description)}\n\nRecorded in ${escaped(source.store)}`,
    context: "experiment",
    subject: { kind: "experiment", folder: source.folder, name },
    expanded: true,
    children: () =>
      paged(
        id,
        "runs",
        runs.map((run) => runRow(source, run, now)),
      ),
  };
}

function runRow(source: RunsOfFolder, run: Run, now: number): Row {
  const previous = previousRun(run, source.list.runs);
  const headline = headlineMetrics(run)
    .map((metric) => `${metric.key} ${formatValue(metric.last)}`)
    .join(", ");
  const running = run.steps.find((step) => step.status === "RUNNING");
  const state = run.status === "FINISHED" || run.status === "RUNNING" ? undefined : runState(run);
  const description = dotted(
    state,
    running === undefined ? undefined : `${running.name} …`,
    headline,
    shortened(run.name, 60),
    moment(run.started, now),
  );
  return {
    id: runRowId(source.folder, run.id),
    label: `run ${run.number}`,
    description,
    icon: statusIcons[run.status],
    tooltip: runTooltip(source, run, previous, now),
    context: run.status === "RUNNING" ? "run.running" : "run.ended",
    subject: { kind: "run", folder: source.folder, run: run.id },
    spoken: dotted(
      `run ${run.number}`,
      state === undefined ? statusWords[run.status] : undefined,
      description,
    ),
    children: () => runParts(source, run, previous, now),
  };
}

function runState(run: Run): string {
  return run.failure?.step === undefined ? statusWords[run.status] : `failed at ${run.failure.step}`;
}

/** The metrics that say most about a run: single numbers before series, at most two. */
export function headlineMetrics(run: Run): readonly Run["metrics"][string][] {
  const metrics = Object.values(run.metrics);
  return [...metrics.filter((m) => m.count === 1), ...metrics.filter((m) => m.count > 1)].slice(0, 2);
}

function runTooltip(source: RunsOfFolder, run: Run, previous: Run | undefined, now: number): string {
  const took = run.ended === undefined ? undefined : `took ${duration((run.ended - run.started) / 1000)}`;
  const { commit, branch, dirty, python } = run.provenance;
  const metrics = Object.values(run.metrics)
    .slice(0, 12)
    .map((metric) => `- ${escaped(metricText(metric, movedSince(source, run, metric.key, previous)))}`);
  const settings = Object.entries(run.params)
    .slice(0, 12)
    .map(([name, value]) => code(`${name}=${String(value)}`));
  const at = commit === undefined ? undefined : `commit ${code(commit.slice(0, 8))}`;
  const from = at && `${at}${branch === undefined ? "" : ` on ${escaped(branch)}`}`;
  return [
    `**${escaped(`${run.experiment}, run ${run.number}`)}** ${escaped(`(${run.name})`)}`,
    dotted(statusWords[run.status], moment(run.started, now), took),
    run.failure === undefined ? undefined : `$(error) ${escaped(run.failure.message)}`,
    metrics.length > 0 ? metrics.join("\n") : undefined,
    settings.length > 0 ? `Settings: ${settings.join(" ")}` : undefined,
    dotted(
      escaped(path.relative(source.folder, run.target.path)),
      from && dirty === true ? `${from}, with changes not committed` : from,
      python === undefined ? undefined : escaped(`Python ${python}`),
    ),
  ]
    .filter((text) => text !== undefined && text !== "")
    .join("\n\n");
}

function movedSince(
  source: RunsOfFolder,
  run: Run,
  metric: string,
  previous: Run | undefined,
): MetricChange | undefined {
  return changeOf(metric, run, previous, source.goal(run, metric));
}

function runParts(source: RunsOfFolder, run: Run, previous: Run | undefined, now: number): readonly Row[] {
  const id = runRowId(source.folder, run.id);
  const group = (
    name: string,
    icon: string,
    size: number,
    children: () => readonly Row[] | Promise<readonly Row[]>,
    expanded = false,
  ): Row[] =>
    size === 0
      ? []
      : [
          {
            id: `${id}/${name}`,
            label: name,
            description: String(size),
            icon: { name: icon, tone: "quiet" },
            expanded,
            children,
          },
        ];
  const parts = [
    ...failureRows(source, run, id),
    ...group(
      "Metrics",
      "graph-line",
      Object.keys(run.metrics).length,
      () => metricRows(source, run, previous),
      true,
    ),
    ...group("Settings", "settings", Object.keys(run.params).length, () =>
      Object.entries(run.params).map(([name, value]) => settingRow(id, name, value, previous)),
    ),
    ...group("Steps", "list-ordered", run.steps.length, () =>
      run.steps.map((step) => stepRow(id, run, step)),
    ),
    ...group("Files and plots", "files", run.artifacts.length, () =>
      run.artifacts.map((artifact) => artifactRow(id, artifact)),
    ),
    ...group("Data it read", "database", run.inputs.length, () =>
      run.inputs.map((input) => ({
        id: `${id}/input/${input.path}`,
        label: input.name,
        description: dotted(
          input.size === undefined ? undefined : humanSize(input.size),
          shortDigest(input.digest),
        ),
        icon: { name: "database" },
        tooltip: dotted(escaped(input.path), input.digest && code(input.digest)),
        context: "file",
        subject: { kind: "file", path: input.path },
      })),
    ),
    ...(run.logs.length === 0 ? [] : [logRow(source, run, id)]),
  ];
  return parts.length > 0 ? parts : [emptyRow(id, run, now)];
}

function emptyRow(id: string, run: Run, now: number): Row {
  const what = run.status === "RUNNING" ? "Nothing reported yet" : "Nothing was reported";
  return {
    id: `${id}/empty`,
    label: what,
    description: `since ${moment(run.started, now)}`,
    icon: { name: "info", tone: "quiet" },
  };
}

function failureRows(source: RunsOfFolder, run: Run, id: string): Row[] {
  if (run.failure === undefined) return [];
  const { message, step, source: place } = run.failure;
  const file = place === undefined ? undefined : `${path.basename(place.file)}:${place.line ?? 1}`;
  return [
    {
      id: `${id}/failure`,
      label: message,
      description: dotted(step === undefined ? undefined : `in ${step}`, file),
      icon: { name: "error", tone: "bad" },
      tooltip: escaped(message),
      context: "failure",
      subject:
        place === undefined
          ? { kind: "log", folder: source.folder, run: run.id }
          : { kind: "file", path: place.file, line: place.line },
    },
  ];
}

async function metricRows(
  source: RunsOfFolder,
  run: Run,
  previous: Run | undefined,
): Promise<readonly Row[]> {
  return Promise.all(
    Object.values(run.metrics).map(async (metric): Promise<Row> => {
      const change = movedSince(source, run, metric.key, previous);
      const points = metric.count > 1 ? await source.history(run.id, metric.key) : [];
      const description = dotted(
        formatValue(metric.last),
        changeText(change),
        sparkline(points.map((point) => point.value)),
      );
      const tone = { better: "good", worse: "bad" } as const;
      const direction = changeTone(change);
      return {
        id: `${runRowId(source.folder, run.id)}/metric/${metric.key}`,
        label: metric.key,
        description,
        icon: { name: metric.count > 1 ? "graph-line" : "symbol-number", tone: direction && tone[direction] },
        tooltip: metricTooltip(metric),
        context: "metric",
        subject: { kind: "metric", folder: source.folder, run: run.id, metric: metric.key },
        spoken: dotted(`${metric.key} ${formatValue(metric.last)}`, changeText(change)),
      };
    }),
  );
}

function metricTooltip(metric: Run["metrics"][string]): string {
  const series =
    metric.count > 1
      ? `lowest ${formatValue(metric.min)}, highest ${formatValue(metric.max)}, ${metric.count} points, last at ${metric.step}`
      : undefined;
  const place = metric.source;
  return [
    `**${escaped(metric.key)}** ${escaped(String(metric.last))}`,
    series && escaped(series),
    metric.from === undefined ? undefined : `From the step ${code(metric.from)}`,
    place && escaped(`${path.basename(place.file)}${place.line === undefined ? "" : `, line ${place.line}`}`),
  ]
    .filter((text) => text !== undefined)
    .join("\n\n");
}

function settingRow(id: string, name: string, value: Run["params"][string], previous: Run | undefined): Row {
  const before = previous?.params[name];
  const changed = before !== undefined && before !== value;
  return {
    id: `${id}/setting/${name}`,
    label: name,
    description: dotted(
      String(value),
      changed ? `was ${String(before)} in run ${previous?.number ?? ""}` : undefined,
    ),
    icon: { name: "symbol-parameter", tone: changed ? "warning" : undefined },
    tooltip: code(`${name}=${String(value)}`),
    context: "setting",
  };
}

const stepIcons: Readonly<Record<StepState["status"], Icon>> = {
  RUNNING: { name: "loading~spin", tone: "busy" },
  FINISHED: { name: "pass", tone: "good" },
  FAILED: { name: "error", tone: "bad" },
  SKIPPED: { name: "debug-step-over", tone: "quiet" },
};

/** Icon of a step's last status. */
export function stepIcon(status: StepState["status"] | undefined): Icon {
  return status === undefined ? { name: "circle-large-outline", tone: "quiet" } : stepIcons[status];
}

const stepWords = { RUNNING: "running", FINISHED: "finished", FAILED: "failed", SKIPPED: "skipped" } as const;

function stepRow(id: string, run: Run, step: StepState): Row {
  const took = step.seconds === undefined ? undefined : duration(step.seconds);
  const state = step.status === "FINISHED" ? undefined : stepWords[step.status];
  return {
    id: `${id}/step/${step.name}`,
    label: step.name,
    description: dotted(state, took),
    icon: stepIcon(step.status),
    context: "runStep",
    subject:
      run.target.kind === "pipeline" ? { kind: "step", path: run.target.path, step: step.name } : undefined,
    spoken: dotted(step.name, stepWords[step.status], took),
  };
}

const artifactIcons = { file: "file", plot: "file-media", model: "package", notebook: "notebook" } as const;

function artifactRow(id: string, artifact: Artifact): Row {
  return {
    id: `${id}/artifact/${artifact.path}`,
    label: artifact.name,
    description: dotted(
      artifact.size === undefined ? undefined : humanSize(artifact.size),
      artifact.step && `from ${artifact.step}`,
    ),
    icon: { name: artifactIcons[artifact.kind] },
    tooltip: [escaped(artifact.path), artifact.digest && code(artifact.digest)].filter(Boolean).join("\n\n"),
    context: "artifact",
    subject: { kind: "file", path: artifact.path },
  };
}

function logRow(source: RunsOfFolder, run: Run, id: string): Row {
  return {
    id: `${id}/log`,
    label: "What it printed",
    icon: { name: "output", tone: "quiet" },
    context: "log",
    subject: { kind: "log", folder: source.folder, run: run.id },
  };
}

/** `sha256:` and its first eight digits, which tell versions apart for a person. */
export function shortDigest(digest: string | undefined): string | undefined {
  return digest?.replace(/^sha256:/, "").slice(0, 8);
}
