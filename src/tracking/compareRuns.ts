import type { Run, Scalar } from "./model.ts";

/** Which way is up, as the manifest says it. */
export type Goal = "maximize" | "minimize";
export type Goals = Readonly<Record<string, Goal | undefined>>;

export type ComparisonSection = "run" | "settings" | "metrics" | "data" | "files" | "code";

export interface ComparisonRow {
  readonly section: ComparisonSection;
  readonly key: string;
  /** One per run, in the order asked for; null where that run has none. */
  readonly values: readonly Scalar[];
  readonly same: boolean;
}

/** Sets runs side by side, one row for everything that at least one of them has. */
export function compareRuns(runs: readonly Run[]): ComparisonRow[] {
  return [
    row("run", "status", runs, (run) => run.status),
    row("run", "target", runs, (run) => run.target.path),
    row("run", "seconds", runs, (run) => (run.ended === undefined ? null : (run.ended - run.started) / 1000)),
    ...rows("settings", runs, (run) => run.params),
    ...rows("metrics", runs, (run) => mapValues(run.metrics, (metric) => metric.last)),
    ...rows("data", runs, (run) => digestsOf(run.inputs)),
    ...rows("files", runs, (run) => digestsOf(run.artifacts)),
    ...rows("code", runs, (run) => ({
      code: run.provenance.codeDigest,
      commit: run.provenance.commit,
      dirty: run.provenance.dirty,
      python: run.provenance.python,
      interpreter: run.provenance.interpreter,
    })),
  ];
}

function rows(
  section: ComparisonSection,
  runs: readonly Run[],
  entriesOf: (run: Run) => Readonly<Record<string, Scalar | undefined>>,
): ComparisonRow[] {
  const entries = new Map(runs.map((run) => [run, entriesOf(run)]));
  const keys = new Set(
    [...entries.values()].flatMap((record) => Object.keys(record).filter((key) => record[key] !== undefined)),
  );
  return [...keys].map((key) => row(section, key, runs, (run) => entries.get(run)?.[key] ?? null));
}

function row(
  section: ComparisonSection,
  key: string,
  runs: readonly Run[],
  valueOf: (run: Run) => Scalar,
): ComparisonRow {
  const values = runs.map(valueOf);
  return { section, key, values, same: values.every((value) => Object.is(value, values[0])) };
}

/** By name, as the same file lies elsewhere on another machine; the path only where names collide. */
function digestsOf(
  files: readonly { name: string; path: string; digest: string | undefined }[],
): Record<string, string> {
  const taken = new Set<string>();
  return Object.fromEntries(
    files.map((file) => {
      const key = taken.has(file.name) ? file.path : file.name;
      taken.add(file.name);
      return [key, file.digest ?? "unknown"];
    }),
  );
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

/** The latest finished run of the same target before this one: what its numbers are compared with. */
export function previousRun(run: Run, runs: readonly Run[]): Run | undefined {
  let found: Run | undefined;
  for (const other of runs) {
    const earlier = other.started < run.started || (other.started === run.started && other.id < run.id);
    if (!earlier || other.id === run.id || other.status !== "FINISHED") continue;
    if (other.target.kind !== run.target.kind || other.target.path !== run.target.path) continue;
    if (found === undefined || other.started > found.started) found = other;
  }
  return found;
}

export interface MetricChange {
  readonly value: number;
  /** value − before; NaN where either is. */
  readonly delta: number;
  /** The run it is compared with. */
  readonly against: Run;
  /** Undefined where the goal is unknown. */
  readonly direction: "better" | "worse" | "same" | undefined;
  /** Same code and same data, so that the change comes from the settings: only then does it get a colour. */
  readonly likeForLike: boolean;
}

/** How a metric's last value moved against another run; undefined where one of them lacks it. */
export function changeOf(
  metric: string,
  run: Run,
  against: Run | undefined,
  goal: Goal | undefined,
): MetricChange | undefined {
  const now = run.metrics[metric];
  const before = against?.metrics[metric];
  if (now === undefined || before === undefined || against === undefined) return undefined;
  const delta = now.last - before.last;
  return {
    value: now.last,
    delta,
    against,
    direction: directionOf(delta, goal),
    likeForLike: sameCode(run, against) && sameData(run, against),
  };
}

function directionOf(delta: number, goal: Goal | undefined): MetricChange["direction"] {
  if (goal === undefined || Number.isNaN(delta)) return undefined;
  if (delta === 0) return "same";
  return delta > 0 === (goal === "maximize") ? "better" : "worse";
}

/** Unknown is not the same: a colour must not claim what nobody checked. */
export function sameCode(a: Run, b: Run): boolean {
  return a.provenance.codeDigest !== undefined && a.provenance.codeDigest === b.provenance.codeDigest;
}

export function sameData(a: Run, b: Run): boolean {
  const before = new Map(b.inputs.map((input) => [input.path, input.digest]));
  return (
    a.inputs.length === b.inputs.length &&
    a.inputs.every(({ path, digest }) => digest !== undefined && before.get(path) === digest)
  );
}
