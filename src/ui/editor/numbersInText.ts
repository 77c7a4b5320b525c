/**
 * Which numbers belong to which line, cell or function: runs and pipelines in, places and words out. Knows no editor.
 * Lines count from 0 here, as editors count.
 */
import path from "node:path";
import { changeOf, previousRun, type MetricChange } from "../../tracking/compareRuns.ts";
import { sparkline } from "../../tracking/formatMetric.ts";
import type { MetricSummary, Run } from "../../tracking/model.ts";
import { changeTone, metricTable, metricText, runText } from "../metricText.ts";
import { samePlace, type PipelineFacts, type StepFacts } from "../views/pipelineRows.ts";
import type { RunsOfFolder } from "../views/experimentRows.ts";
import { dotted, duration, escaped, moment, shortened } from "../words.ts";

export type MarkTone = "plain" | "better" | "worse" | "old";

/** What stands after the end of a line. */
export interface LineMark {
  readonly line: number;
  readonly text: string;
  readonly tone: MarkTone;
  /** Markdown. */
  readonly hover: string;
  readonly run: Run;
}

/** A metric of a run with what is said about it. */
interface Spoken {
  readonly metric: MetricSummary;
  readonly change: MetricChange | undefined;
  /** Shape of the series; "" for a single number. */
  readonly shape: string;
}

export type RunsSource = Pick<RunsOfFolder, "list" | "history" | "goal">;

/** The newest run that says something about the lines of a file. */
export function runOfFile(file: string, runs: readonly Run[]): Run | undefined {
  return runs.find((run) =>
    Object.values(run.metrics).some(({ source }) => source?.file === file && source.line !== undefined),
  );
}

/**
 * Marks for the lines of a file that reported a metric in the newest run that has any.
 * @param isOld whether a run is of other code than what stands in the editor.
 * @param except lines that say their numbers in another way.
 */
export async function marksOfFile(
  file: string,
  source: RunsSource,
  isOld: (run: Run) => Promise<boolean>,
  now: number,
  except: ReadonlySet<number> = new Set(),
): Promise<readonly LineMark[]> {
  const run = runOfFile(file, source.list.runs);
  if (run === undefined) return [];
  const old = await isOld(run);
  const byLine = new Map<number, MetricSummary[]>();
  for (const metric of Object.values(run.metrics)) {
    if (metric.source?.file !== file || metric.source.line === undefined) continue;
    if (except.has(metric.source.line - 1)) continue;
    byLine.set(metric.source.line, [...(byLine.get(metric.source.line) ?? []), metric]);
  }
  return Promise.all(
    [...byLine].map(async ([line, metrics]) => {
      const said = await speak(run, metrics, source);
      return markOf({ line: line - 1, here: file, old }, said, run, now);
    }),
  );
}

/**
 * Marks beside the steps of a `pipeline.yaml`: numbers, time, or what went wrong, from the pipeline's newest run.
 * @param changedAt when the file was last changed, in milliseconds since the epoch: a run from before had other settings.
 */
export async function marksOfManifest(
  pipeline: PipelineFacts,
  source: RunsSource,
  changedAt: number,
  now: number,
): Promise<readonly LineMark[]> {
  const run = runOfPipeline(pipeline, source.list.runs);
  if (run === undefined || !pipeline.ok) return [];
  const marks = pipeline.steps.map(async (step): Promise<LineMark | undefined> => {
    const state = run.steps.find(({ name }) => name === step.name);
    if (step.line === undefined || state === undefined) return undefined;
    const said = await speak(run, metricsOfStep(run, step.name), source);
    const took = state.seconds === undefined ? undefined : duration(state.seconds);
    const words = {
      RUNNING: "running …",
      FINISHED: undefined,
      FAILED: "failed",
      SKIPPED: "skipped",
    } as const;
    const state_ = words[state.status];
    const here = path.join(pipeline.path, "pipeline.yaml");
    const mark = markOf({ line: step.line, here, old: changedAt > run.started }, said, run, now);
    return {
      ...mark,
      text: dotted(state_, said.length > 0 ? mark.text : undefined, took),
      tone: state.status === "FAILED" ? "worse" : mark.tone,
    };
  });
  return (await Promise.all(marks)).filter((mark) => mark !== undefined);
}

/** The newest run of a pipeline. */
export function runOfPipeline(pipeline: PipelineFacts, runs: readonly Run[]): Run | undefined {
  return runs.find((run) => run.target.kind === "pipeline" && samePlace(run.target.path, pipeline.path));
}

export interface FunctionLens {
  readonly line: number;
  /** `auc 0.811 (+0.004 against run 11), recall 0.556`; empty where the step reported nothing. */
  readonly numbers: string;
  readonly step: StepFacts;
  readonly run: Run | undefined;
}

/** One lens a component function that stands in this file. */
export function lensesOfComponent(
  file: string,
  text: string,
  pipeline: PipelineFacts,
  source: RunsSource,
): readonly FunctionLens[] {
  if (!pipeline.ok) return [];
  const run = runOfPipeline(pipeline, source.list.runs);
  return pipeline.steps
    .filter((step) => step.file === file)
    .flatMap((step) => {
      const line = lineOfFunction(text, step.function);
      if (line === undefined) return [];
      const metrics = run === undefined ? [] : metricsOfStep(run, step.name);
      const numbers = metrics
        .map((metric) => metricText(metric, run && changeOfRun(run, metric.key, source)))
        .join(", ");
      return [{ line, numbers: shortened(numbers, 90), step, run }];
    });
}

/** Line of `def name(`; decorators above it are not counted. */
export function lineOfFunction(text: string, name: string): number | undefined {
  const found = text.split("\n").findIndex((line) => {
    const word = /^(?:async\s+)?def\s+([\p{L}_][\p{L}\p{N}_]*)\s*\(/u.exec(line)?.[1];
    return word === name;
  });
  return found < 0 ? undefined : found;
}

/** Line of `if __name__ == "__main__":`. */
export function lineOfMain(text: string): number | undefined {
  const found = text.split("\n").findIndex((line) => /^if\s+__name__\s*==\s*["']__main__["']/.test(line));
  return found < 0 ? undefined : found;
}

export interface CellFacts {
  readonly id: string;
  readonly source: string;
  /** Digest of its code as it stands now. */
  readonly code: string;
}

export interface CellMark {
  readonly text: string;
  /** Plain text: the status bar of a cell shows no markup. */
  readonly hover: string;
  readonly run: Run;
}

/** What is needed to say which numbers belong to a notebook's cells. */
export interface NotebookRuns {
  readonly notebook: string;
  readonly runs: readonly Run[];
  readonly pipelines: readonly PipelineFacts[];
  readonly goal: RunsOfFolder["goal"];
  /** Digests of the cells' code as a run of the notebook executed them; undefined where nobody knows. */
  readonly executed: (run: Run) => Promise<ReadonlyMap<string, string> | undefined>;
}

/**
 * The numbers of a cell, from the newest run that has any: of the notebook itself, or of the pipeline that the cell went
 * into.
 */
export async function markOfCell(
  cell: CellFacts,
  { notebook, runs, pipelines, goal, executed }: NotebookRuns,
  now: number,
): Promise<CellMark | undefined> {
  for (const run of runs) {
    const own = run.target.path === notebook;
    const found = own
      ? { metrics: metricsOfCell(run, cell.id), then: undefined }
      : metricsThroughPipeline(run, cell, notebook, pipelines);
    if (found === undefined || found.metrics.length === 0) continue;
    const then = own ? (await executed(run))?.get(cell.id) : found.then;
    const said = found.metrics.map((metric) => ({
      metric,
      change: changeOf(metric.key, run, previousRun(run, runs), goal(run, metric.key)),
    }));
    const changed = then !== undefined && then !== cell.code;
    const numbers = said.map(({ metric, change }) => metricText(metric, change)).join(", ");
    const when = changed ? `run ${run.number}, before your last change` : runText(run, now);
    return {
      text: dotted(shortened(numbers, 80), when),
      hover: dotted(`${run.experiment}, ${runText(run, now)}`, path.basename(run.target.path), numbers),
      run,
    };
  }
  return undefined;
}

function metricsOfCell(run: Run, cell: string): MetricSummary[] {
  return Object.values(run.metrics).filter((metric) => metric.source?.cell === cell);
}

function metricsThroughPipeline(
  run: Run,
  cell: CellFacts,
  notebook: string,
  pipelines: readonly PipelineFacts[],
): { readonly metrics: MetricSummary[]; readonly then: string } | undefined {
  if (run.target.kind !== "pipeline") return undefined;
  const pipeline = pipelines.find((one) => samePlace(run.target.path, one.path));
  const found = pipeline && stepOfCell(notebook, cell.id, [pipeline]);
  if (found === undefined) return undefined;
  const { step } = found;
  const metrics = metricsOfStep(run, step.name).filter(({ key }) => {
    const name = key.split(".").at(-1) ?? key;
    return binds(cell.source, name) || step.cells.length === 1;
  });
  return { metrics, then: found.cell.code };
}

/** The first step that a cell of a notebook went into. */
export function stepOfCell(
  notebook: string,
  id: string,
  pipelines: readonly PipelineFacts[],
):
  | { readonly pipeline: KnownPipeline; readonly step: StepFacts; readonly cell: StepFacts["cells"][number] }
  | undefined {
  for (const pipeline of pipelines) {
    if (!pipeline.ok || pipeline.notebook !== notebook) continue;
    for (const step of pipeline.steps) {
      const cell = step.cells.find((one) => one.id === id);
      if (cell !== undefined) return { pipeline, step, cell };
    }
  }
  return undefined;
}

type KnownPipeline = Extract<PipelineFacts, { readonly ok: true }>;

/** Whether a cell's text assigns the name. A guess good enough to choose between the cells of one step. */
function binds(source: string, name: string): boolean {
  return new RegExp(`^[^#\\n]*\\b${name.replace(/\W/g, "\\$&")}\\b[^=\\n]*=(?!=)`, "m").test(source);
}

function metricsOfStep(run: Run, step: string): MetricSummary[] {
  return Object.values(run.metrics).filter((metric) => metric.from === step);
}

function changeOfRun(run: Run, metric: string, source: RunsSource): MetricChange | undefined {
  return changeOf(metric, run, previousRun(run, source.list.runs), source.goal(run, metric));
}

async function speak(run: Run, metrics: readonly MetricSummary[], source: RunsSource): Promise<Spoken[]> {
  return Promise.all(
    metrics.map(async (metric) => {
      const points = metric.count > 1 ? await source.history(run.id, metric.key) : [];
      return {
        metric,
        change: changeOfRun(run, metric.key, source),
        shape: sparkline(points.map(({ value }) => value)),
      };
    }),
  );
}

/** Where a mark stands, and whether the code has changed since the run. */
interface Place {
  readonly line: number;
  readonly here: string;
  readonly old: boolean;
}

function markOf({ line, here, old }: Place, said: readonly Spoken[], run: Run, now: number): LineMark {
  const numbers = said.map(({ metric, change, shape }) =>
    [metricText(metric, change), shape].filter((part) => part !== "").join(" "),
  );
  const tones = new Set(said.map(({ change }) => changeTone(change) ?? "plain"));
  const [tone] = tones;
  const when = old ? `run ${run.number}, before your last change` : undefined;
  // One stands in the file, or in a file of the pipeline.
  const inside = run.target.path === here || here.startsWith(run.target.path + path.sep);
  const target = inside ? undefined : path.basename(run.target.path);
  return {
    line,
    text: dotted(shortened(numbers.join(" · "), 110), when),
    tone: old ? "old" : tones.size === 1 && tone !== undefined ? tone : "plain",
    hover: [
      dotted(
        `**${escaped(run.experiment)}, run ${run.number}**`,
        target && escaped(target),
        moment(run.started, now),
      ),
      ...(said.length === 0 ? [] : [metricTable(said)]),
    ].join("\n\n"),
    run,
  };
}
