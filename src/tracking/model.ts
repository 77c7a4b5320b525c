/** Runs as every store reports them. Times are milliseconds since the epoch. */

export type Scalar = string | number | boolean | null;

/** CRASHED: the run never ended and its owner is gone. Unknown words of other stores become `UNKNOWN`. */
export type RunStatus = "RUNNING" | "FINISHED" | "FAILED" | "KILLED" | "CRASHED" | "UNKNOWN";

export type TargetKind = "pipeline" | "script" | "notebook";

/** Where in the user's code something was recorded. `file` is absolute; `line` counts from 1; `cell` is a cell id. */
export interface Source {
  readonly file: string;
  readonly line?: number | undefined;
  readonly cell?: string | undefined;
}

export interface MetricPoint {
  readonly step: number;
  readonly time: number;
  readonly value: number;
}

export interface MetricSummary {
  readonly key: string;
  readonly last: number;
  readonly min: number;
  readonly max: number;
  /** Step of the last point. */
  readonly step: number;
  readonly count: number;
  /** Pipeline step that reported it. */
  readonly from: string | undefined;
  readonly source: Source | undefined;
}

export interface StepState {
  readonly name: string;
  readonly status: "RUNNING" | "FINISHED" | "FAILED" | "SKIPPED";
  readonly seconds: number | undefined;
}

/** A file that a run read. `digest` is `sha256:` and hex, once known. */
export interface InputFile {
  readonly name: string;
  readonly path: string;
  readonly digest: string | undefined;
  readonly size: number | undefined;
}

export interface Artifact {
  readonly name: string;
  /** Absolute path. */
  readonly path: string;
  readonly kind: "file" | "plot" | "model" | "notebook";
  readonly digest: string | undefined;
  readonly size: number | undefined;
  readonly step: string | undefined;
}

export interface RunFailure {
  /** One line: `ValueError: …`. */
  readonly message: string;
  readonly step: string | undefined;
  readonly source: Source | undefined;
}

export interface Provenance {
  readonly commit: string | undefined;
  readonly branch: string | undefined;
  readonly dirty: boolean | undefined;
  readonly command: readonly string[];
  readonly interpreter: string | undefined;
  readonly python: string | undefined;
  readonly host: string | undefined;
  /** Digest of the target's code when it was launched. */
  readonly codeDigest: string | undefined;
}

export interface Run {
  readonly id: string;
  /** Id of the store it came from. */
  readonly store: string;
  readonly experiment: string;
  readonly name: string;
  /** Running number within the experiment, from 1: "run 12". */
  readonly number: number;
  readonly status: RunStatus;
  readonly started: number;
  readonly ended: number | undefined;
  /** `path` is absolute. */
  readonly target: { readonly kind: TargetKind; readonly path: string };
  readonly params: Readonly<Record<string, Scalar>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, MetricSummary>>;
  readonly steps: readonly StepState[];
  readonly inputs: readonly InputFile[];
  readonly artifacts: readonly Artifact[];
  readonly failure: RunFailure | undefined;
  /** Exit code of the process, where it ended by one and the store keeps it. */
  readonly exit?: number | undefined;
  readonly provenance: Provenance;
  /** Absolute paths of what the run printed, where the store keeps it. */
  readonly logs: readonly string[];
  /** Lines of the journal that could not be read, one sentence each, with how often. Absent where there are none. */
  readonly problems?: readonly string[] | undefined;
}

/** A run that cannot be read, shown in its place with the reason. */
export interface BrokenRun {
  readonly id: string;
  readonly store: string;
  readonly reason: string;
}

export interface RunList {
  /** Newest first. */
  readonly runs: readonly Run[];
  readonly broken: readonly BrokenRun[];
}
