/**
 * What is known of a run while its journal is being read. Events of one writer come in their order, those of different
 * writers in any: where two of them speak of the same thing the later one holds, by time, so the result does not
 * depend on which file was read first.
 */
import type { RunEvent } from "./events.ts";
import type { Scalar, Source, StepState } from "./model.ts";

type EventOf<T extends RunEvent["t"]> = Extract<RunEvent, { t: T }>;

interface Stamped<T> {
  readonly value: T;
  readonly time: number;
  readonly writer: string;
}

export interface MetricState {
  last: number;
  min: number;
  max: number;
  step: number;
  count: number;
  from: string | undefined;
  source: Source | undefined;
  time: number;
  writer: string;
  /** Points so far of each writer: the step of a point that names none. */
  readonly counts: Map<string, number>;
}

export interface FileState {
  name: string;
  path: string;
  digest: string | undefined;
  size: number | undefined;
  kind: EventOf<"art">["kind"];
  step: string | undefined;
  first: number;
}

interface StepRecord extends Omit<StepState, "name"> {
  readonly first: number;
}

/** A point as it goes into a series. */
export interface RecordedPoint {
  readonly key: string;
  readonly step: number;
  readonly time: number;
  readonly value: number;
}

/** Grows by `applyEvent`; `runOf` makes a Run of it. */
export interface RunState {
  run: Stamped<EventOf<"run">> | undefined;
  end: Stamped<EventOf<"end">> | undefined;
  error: Stamped<EventOf<"error">> | undefined;
  /** Time of the latest event of any writer. */
  latest: number;
  readonly params: Map<string, Stamped<Scalar>>;
  readonly tags: Map<string, Stamped<string | null>>;
  readonly metrics: Map<string, MetricState>;
  readonly steps: Map<string, Stamped<StepRecord>>;
  readonly inputs: Map<string, FileState>;
  readonly artifacts: Map<string, FileState>;
  /** A clock that was set back must not reorder one writer's own events: time only grows in each file. */
  readonly clocks: Map<string, number>;
}

export function emptyRunState(): RunState {
  return {
    run: undefined,
    end: undefined,
    error: undefined,
    latest: 0,
    params: new Map(),
    tags: new Map(),
    metrics: new Map(),
    steps: new Map(),
    inputs: new Map(),
    artifacts: new Map(),
    clocks: new Map(),
  };
}

/**
 * Takes in one event.
 * @param writer name of the journal file it stands in.
 * @param onPoint called with each metric point of the event, for whoever keeps series.
 */
export function applyEvent(
  state: RunState,
  event: RunEvent,
  writer: string,
  onPoint?: (point: RecordedPoint) => void,
): void {
  const time = Math.max(event.ts, state.clocks.get(writer) ?? event.ts);
  state.clocks.set(writer, time);
  state.latest = Math.max(state.latest, time);
  const stamp = { time, writer };
  switch (event.t) {
    case "run":
      state.run = later(state.run, { value: event, ...stamp });
      break;
    case "end":
      state.end = later(state.end, { value: event, ...stamp });
      break;
    case "error":
      state.error = later(state.error, { value: event, ...stamp });
      break;
    case "params":
      for (const [key, value] of Object.entries(event.values)) put(state.params, key, { value, ...stamp });
      break;
    case "tags":
      for (const [key, value] of Object.entries(event.values)) put(state.tags, key, { value, ...stamp });
      break;
    case "m":
      for (const [key, value] of Object.entries(event.values)) {
        const point = addPoint(state.metrics, key, Number(value), event, time, writer);
        onPoint?.(point);
      }
      break;
    case "in":
      addFile(state.inputs, event, "file", time);
      break;
    case "art":
      addFile(state.artifacts, event, event.kind, time);
      break;
    case "step_start":
    case "step_end": {
      const before = state.steps.get(event.step);
      const first = Math.min(before?.value.first ?? time, time);
      const value: StepRecord =
        event.t === "step_start"
          ? { status: "RUNNING", seconds: undefined, first }
          : { status: event.status, seconds: event.seconds, first };
      const held = later(before, { value, ...stamp });
      state.steps.set(event.step, { ...held, value: { ...held.value, first } });
      break;
    }
    case "show":
      break;
  }
}

/** Ties go to the same writer's next event, else to the writer whose name sorts last: any rule does, if it is one. */
function isLater(
  before: { time: number; writer: string } | undefined,
  time: number,
  writer: string,
): boolean {
  return before === undefined || time > before.time || (time === before.time && writer >= before.writer);
}

function later<T>(before: Stamped<T> | undefined, next: Stamped<T>): Stamped<T> {
  return before !== undefined && !isLater(before, next.time, next.writer) ? before : next;
}

function put<T>(map: Map<string, Stamped<T>>, key: string, next: Stamped<T>): void {
  map.set(key, later(map.get(key), next));
}

function addPoint(
  metrics: Map<string, MetricState>,
  key: string,
  value: number,
  event: EventOf<"m">,
  time: number,
  writer: string,
): RecordedPoint {
  let metric = metrics.get(key);
  if (metric === undefined) {
    metric = {
      last: value,
      min: Number.NaN,
      max: Number.NaN,
      step: 0,
      count: 0,
      from: undefined,
      source: undefined,
      time,
      writer,
      counts: new Map(),
    };
    metrics.set(key, metric);
  }
  const before = metric.counts.get(writer) ?? 0;
  metric.counts.set(writer, before + 1);
  metric.count += 1;
  if (!Number.isNaN(value)) {
    metric.min = Number.isNaN(metric.min) ? value : Math.min(metric.min, value);
    metric.max = Number.isNaN(metric.max) ? value : Math.max(metric.max, value);
  }
  const step = event.s ?? before;
  if (isLater(metric, time, writer)) {
    Object.assign(metric, { last: value, step, from: event.step, source: event.src, time, writer });
  }
  return { key, step, time, value };
}

/** The supervisor tells the digest of a file later than the child tells its name: one row, filled bit by bit. */
function addFile(
  files: Map<string, FileState>,
  event: EventOf<"in"> | EventOf<"art">,
  kind: FileState["kind"],
  time: number,
): void {
  const before = files.get(event.path);
  if (before === undefined) {
    files.set(event.path, {
      name: event.name,
      path: event.path,
      digest: event.digest,
      size: event.size,
      kind,
      step: event.step,
      first: time,
    });
    return;
  }
  if (time < before.first) Object.assign(before, { name: event.name, first: time });
  before.digest = event.digest ?? before.digest;
  before.size = event.digest !== undefined ? (event.size ?? before.size) : (before.size ?? event.size);
  before.kind = before.kind === "file" ? kind : before.kind;
  before.step ??= event.step;
}
