/** Runs for tests of presenters: a sound run of which a test says only what matters to it. */
import type { MetricPoint, MetricSummary, Run, RunList } from "../../../src/tracking/model.ts";
import type { Store } from "../../../src/tracking/store.ts";

export const folder = "/home/me/project";

/** 23 November 2026, 14:03 where the tests run. */
export const now = new Date(2026, 10, 23, 14, 3).getTime();

export function run(changes: Partial<Run> = {}): Run {
  return {
    id: "01A",
    store: `cellsmith:${folder}`,
    experiment: "churn",
    name: "first run",
    number: 1,
    status: "FINISHED",
    started: now - 60_000,
    ended: now - 33_000,
    target: { kind: "pipeline", path: `${folder}/pipelines/churn` },
    params: {},
    tags: {},
    metrics: {},
    steps: [],
    inputs: [],
    artifacts: [],
    failure: undefined,
    provenance: {
      commit: undefined,
      branch: undefined,
      dirty: undefined,
      command: [],
      interpreter: undefined,
      python: undefined,
      host: undefined,
      codeDigest: "sha256:c0de",
    },
    logs: [],
    ...changes,
  };
}

export function metric(key: string, last: number, changes: Partial<MetricSummary> = {}): MetricSummary {
  return {
    key,
    last,
    min: last,
    max: last,
    step: 0,
    count: 1,
    from: undefined,
    source: undefined,
    ...changes,
  };
}

export function metrics(...all: readonly MetricSummary[]): Record<string, MetricSummary> {
  return Object.fromEntries(all.map((one) => [one.key, one]));
}

/** A store in memory: what it holds can be changed, and it tells its watchers. */
export class MemoryStore implements Store {
  readonly id = "memory";
  readonly label = "memory";
  readonly folder: string;
  list_: RunList = { runs: [], broken: [] };
  readonly series = new Map<string, readonly MetricPoint[]>();
  readonly listeners = new Set<(runs: readonly string[]) => void>();

  constructor(at = folder) {
    this.folder = at;
  }

  list(): Promise<RunList> {
    return Promise.resolve(this.list_);
  }

  history(id: string, key: string): Promise<readonly MetricPoint[]> {
    return Promise.resolve(this.series.get(`${id} ${key}`) ?? []);
  }

  watch(listener: (runs: readonly string[]) => void): { dispose(): void } {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  /** Replaces or adds runs, newest first, and tells of them. */
  put(...runs: readonly Run[]): void {
    const ids = runs.map(({ id }) => id);
    const others = this.list_.runs.filter(({ id }) => !ids.includes(id));
    const all = [...runs, ...others].sort((a, b) => b.started - a.started);
    this.list_ = { runs: all, broken: [] };
    for (const listener of this.listeners) listener(ids);
  }
}

export function points(...values: readonly number[]): MetricPoint[] {
  return values.map((value, step) => ({ step, time: now + step, value }));
}
