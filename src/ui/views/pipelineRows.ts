/** Pipelines → steps with what happened to them last. Plain data in, rows out. */
import path from "node:path";
import { humanPlural } from "../../formats/quantities.ts";
import { formatValue } from "../../tracking/formatMetric.ts";
import type { Lock } from "../../pipeline/lock.ts";
import type { Run } from "../../tracking/model.ts";
import type { ChangesSince } from "../workspace/changesSince.ts";
import { code, dotted, duration, escaped, listed, moment, sentence } from "../words.ts";
import { headlineMetrics, statusWords, stepIcon } from "./experimentRows.ts";
import { brokenRow, type Row } from "./row.ts";

export interface StepFacts {
  readonly name: string;
  /** Absolute path of the component's file, and the function in it. */
  readonly file: string;
  readonly function: string;
  /** Line of the step in pipeline.yaml, from 0. */
  readonly line: number | undefined;
  readonly takes: readonly string[];
  readonly gives: readonly string[];
  readonly settings: readonly string[];
  /** The notebook's cells that became the step, by id, with the digest of their code at that time. */
  readonly cells: readonly { readonly id: string; readonly code: string }[];
}

/** A pipeline of the workspace as its files tell it, or the reason why they do not. `path` is its folder. */
export type PipelineFacts =
  | {
      readonly ok: true;
      readonly path: string;
      readonly name: string;
      /** Absolute path of the notebook it came from. */
      readonly notebook: string | undefined;
      readonly steps: readonly StepFacts[];
      readonly goals: Readonly<Record<string, "maximize" | "minimize">>;
      /** `same result in one process`, `not checked`: what the last check said, where it still holds. */
      readonly checked: string;
      /** What was written and from which cells; undefined where that is not known. */
      readonly lock?: Lock | undefined;
      /** Why there is a lock and it cannot be used, in one sentence. */
      readonly lockProblem?: string | undefined;
    }
  | {
      readonly ok: false;
      readonly path: string;
      readonly reason: string;
      /** Line in pipeline.yaml, from 1. */
      readonly line: number | undefined;
    };

/** A pipeline, and what its notebook has become since. */
export interface PipelineAndChanges {
  readonly pipeline: PipelineFacts;
  readonly changes: Pick<ChangesSince, "words">;
}

/** Two branches were merged and what was written by the conversion was left with both sides in it. */
export function unfinishedMerge(pipeline: PipelineFacts): string | undefined {
  const problem = pipeline.ok ? pipeline.lockProblem : undefined;
  return problem === undefined
    ? undefined
    : /unfinished|not finished/.test(problem)
      ? "a merge was not finished"
      : "pipeline.lock.json cannot be read";
}

/** One row a pipeline. `runs` are all runs of the folder, newest first. */
export function pipelineRows(
  folder: string,
  pipelines: readonly PipelineAndChanges[],
  runs: readonly Run[],
  now: number,
): readonly Row[] {
  return pipelines.map(({ pipeline, changes }) =>
    pipelineRow(
      folder,
      { pipeline, changes },
      runs.find((run) => run.target.kind === "pipeline" && samePlace(run.target.path, pipeline.path)),
      now,
    ),
  );
}

/** Whether a run's target is that pipeline: the target may name the folder or a file in it. */
export function samePlace(target: string, pipeline: string): boolean {
  const folder = /\.(ya?ml|py)$/.test(target) ? path.dirname(target) : target;
  return path.resolve(folder) === path.resolve(pipeline);
}

function pipelineRow(
  folder: string,
  { pipeline, changes }: PipelineAndChanges,
  last: Run | undefined,
  now: number,
): Row {
  const subject = { kind: "pipeline", path: pipeline.path } as const;
  if (!pipeline.ok) {
    const broken = brokenRow(pipeline.path, path.basename(pipeline.path), pipeline.reason, {
      kind: "file",
      path: path.join(pipeline.path, "pipeline.yaml"),
      line: pipeline.line,
    });
    return { ...broken, tooltip: escaped(pipeline.reason) };
  }
  const result =
    last &&
    (last.status === "FINISHED"
      ? headlineMetrics(last)
          .map((metric) => `${metric.key} ${formatValue(metric.last)}`)
          .join(", ")
      : statusWords[last.status]);
  const changed = changes.words() ?? unfinishedMerge(pipeline);
  // A check was about the cells of its time.
  const checked = changed === undefined ? pipeline.checked : "not checked";
  const description = dotted(changed, humanPlural(pipeline.steps.length, "step"), checked, result);
  const relative = path.relative(folder, pipeline.path);
  return {
    id: pipeline.path,
    label: pipeline.name,
    description,
    icon:
      last?.status === "RUNNING"
        ? { name: "loading~spin", tone: "busy" }
        : { name: "type-hierarchy-sub", tone: changed === undefined ? undefined : "warning" },
    tooltip: [
      `**${escaped(pipeline.name)}** in ${escaped(relative)}`,
      pipeline.notebook && `From ${escaped(path.relative(folder, pipeline.notebook))}`,
      changed &&
        `$(warning) ${escaped(sentence(pipeline.lockProblem ?? changed))} *Update from Notebook* brings the pipeline up to date and keeps what was changed by hand.`,
      escaped(`Check: ${checked}`),
      last &&
        escaped(
          `Last run: ${dotted(statusWords[last.status], result, `run ${last.number}`, moment(last.started, now))}`,
        ),
    ]
      .filter((text) => text !== undefined)
      .join("\n\n"),
    context:
      last?.status === "RUNNING"
        ? "pipeline.running"
        : changed === undefined
          ? "pipeline"
          : "pipeline.changed",
    subject,
    spoken: dotted(pipeline.name, description),
    children: () =>
      pipeline.steps.map((step) => stepRow(pipeline.path, step, changes.words(step.name), last)),
  };
}

function stepRow(pipeline: string, step: StepFacts, changed: string | undefined, last: Run | undefined): Row {
  const state = last?.steps.find(({ name }) => name === step.name);
  const numbers = Object.values(last?.metrics ?? {})
    .filter((metric) => metric.from === step.name)
    .map((metric) => `${metric.key} ${formatValue(metric.last)}`)
    .join(", ");
  const flow = [listed(step.takes), listed(step.gives)];
  return {
    id: `${pipeline}#${step.name}`,
    label: step.name,
    description: dotted(
      changed,
      numbers,
      state?.status === "FAILED" ? "failed" : undefined,
      state?.seconds === undefined ? undefined : duration(state.seconds),
      numbers === "" && flow[1] !== "" ? `gives ${flow[1] ?? ""}` : undefined,
    ),
    icon: changed === undefined ? stepIcon(state?.status) : { name: "git-compare", tone: "warning" },
    tooltip: [
      `**${escaped(step.name)}** ${code(`${path.basename(step.file)}:${step.function}`)}`,
      changed && `$(warning) ${escaped(sentence(changed))}`,
      step.takes.length > 0 ? `Takes ${listed(step.takes.map(code))}` : undefined,
      step.gives.length > 0 ? `Gives ${listed(step.gives.map(code))}` : undefined,
      step.settings.length > 0 ? `Settings ${listed(step.settings.map(code))}` : undefined,
      state === undefined || last === undefined
        ? "Not run yet"
        : escaped(`In run ${last.number}: ${state.status.toLowerCase()}`),
    ]
      .filter((text) => text !== undefined)
      .join("\n\n"),
    context: changed === undefined ? "step" : "step.changed",
    subject: { kind: "step", path: pipeline, step: step.name },
    spoken: dotted(`step ${step.name}`, changed, state?.status.toLowerCase() ?? "not run yet", numbers),
  };
}
