import path from "node:path";
import type { RunEvent } from "./events.ts";
import type { Artifact, MetricSummary, Run, RunFailure, RunStatus } from "./model.ts";
import { applyEvent, emptyRunState, type FileState, type RunState } from "./runState.ts";

/** What the events themselves cannot say. */
export interface RunContext {
  /** The run's id: the name of its folder. */
  readonly id: string;
  readonly store: string;
  /** Absolute path of the run's folder; relative paths in events start here. */
  readonly folder: string;
  readonly number: number;
  /** False once the process that would write the end is known to be gone. */
  readonly ownerAlive: boolean;
  readonly logs: readonly string[];
  readonly problems?: readonly string[] | undefined;
}

/**
 * Makes a run of its journal.
 * @param journals the events of each journal file, by file name.
 * @returns undefined while no `run` event is among them.
 */
export function reduceRun(
  journals: Readonly<Record<string, readonly RunEvent[]>>,
  context: RunContext,
): Run | undefined {
  const state = emptyRunState();
  for (const [writer, events] of Object.entries(journals)) {
    for (const event of events) applyEvent(state, event, writer);
  }
  return runOf(state, context);
}

/** The run as far as it is known. */
export function runOf(state: RunState, context: RunContext): Run | undefined {
  const start = state.run?.value;
  if (start === undefined) return undefined;
  const status = statusOf(state, context);
  return {
    id: context.id,
    store: context.store,
    experiment: start.experiment,
    name: start.name,
    number: context.number,
    status,
    started: start.ts,
    ended: state.end?.value.ts ?? (status === "RUNNING" ? undefined : state.latest),
    target: { kind: start.target.kind, path: path.resolve(context.folder, start.target.path) },
    params: Object.fromEntries([...state.params].map(([key, { value }]) => [key, value])),
    tags: Object.fromEntries(
      [...state.tags].flatMap(([key, { value }]) => (value === null ? [] : [[key, value] as const])),
    ),
    metrics: Object.fromEntries([...state.metrics.keys()].map((key) => [key, summaryOf(state, key)])),
    steps: [...state.steps]
      .sort(([, a], [, b]) => a.value.first - b.value.first)
      .map(([name, { value }]) => ({
        name,
        status: value.status === "RUNNING" && status !== "RUNNING" ? "FAILED" : value.status,
        seconds: value.seconds,
      })),
    inputs: [...state.inputs.values()].sort(byFirst).map((file) => ({
      name: file.name,
      path: path.resolve(context.folder, file.path),
      digest: file.digest,
      size: file.size,
    })),
    artifacts: [...state.artifacts.values()].sort(byFirst).map((file): Artifact => ({
      name: file.name,
      path: path.resolve(context.folder, file.path),
      kind: file.kind,
      digest: file.digest,
      size: file.size,
      step: file.step,
    })),
    failure: failureOf(state, status),
    exit: state.end?.value.exit,
    provenance: {
      commit: start.git?.commit,
      branch: start.git?.branch,
      dirty: start.git?.dirty,
      command: start.command,
      interpreter: start.interpreter,
      python: start.python,
      host: start.owner?.host,
      codeDigest: start.codeDigest,
    },
    logs: context.logs,
    ...(context.problems === undefined || context.problems.length === 0
      ? {}
      : { problems: context.problems }),
  };
}

function statusOf(state: RunState, context: RunContext): RunStatus {
  return state.end?.value.status ?? (context.ownerAlive ? "RUNNING" : "CRASHED");
}

function byFirst(a: FileState, b: FileState): number {
  return a.first - b.first || (a.path < b.path ? -1 : 1);
}

function summaryOf(state: RunState, key: string): MetricSummary {
  const metric = state.metrics.get(key);
  if (metric === undefined) throw new RangeError(`no metric ${key}`);
  const { last, min, max, step, count, from, source } = metric;
  return { key, last, min, max, step, count, from, source };
}

function failureOf(state: RunState, status: RunStatus): RunFailure | undefined {
  if (status === "CRASHED") {
    const message = "it stopped without a word: its process was killed, or the machine went down";
    return { message, step: runningStep(state), source: undefined };
  }
  if (status !== "FAILED") return undefined;
  const error = state.error?.value;
  const message = state.end?.value.reason ?? error?.message ?? "it failed without saying why";
  return { message, step: error?.step ?? runningStep(state), source: error?.src };
}

function runningStep(state: RunState): string | undefined {
  return [...state.steps].find(([, { value }]) => value.status === "RUNNING")?.[0];
}
