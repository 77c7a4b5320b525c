/** Runs and notebooks with nothing in them but what a test is about. */
import type { KnownNotebook } from "../../../src/datasets/model.ts";
import type { NotebookInsight } from "../../../src/notebook/model.ts";
import type { Artifact, InputFile, MetricSummary, Run } from "../../../src/tracking/model.ts";

export function notebook(path: string, insight: Partial<NotebookInsight>): KnownNotebook {
  return {
    path,
    insight: {
      cells: 1,
      reads: [],
      writes: [],
      numbers: [],
      breaks: [],
      outOfOrder: undefined,
      headline: "1 cell",
      ...insight,
    },
  };
}

export function input(path: string, digest: string | undefined, size: number): InputFile {
  return { name: path.split("/").at(-1) ?? "", path, digest, size };
}

export function artifact(path: string, kind: Artifact["kind"], digest?: string): Artifact {
  return { name: path.split("/").at(-1) ?? "", path, kind, digest, size: 10, step: undefined };
}

interface Given {
  readonly inputs?: readonly InputFile[];
  readonly artifacts?: readonly Artifact[];
  readonly metrics?: Readonly<Record<string, number>>;
  readonly experiment?: string;
  readonly started?: number;
  readonly target?: string;
}

/** Run `number`, started at `number` seconds and half a second long. */
export function run(number: number, given: Given): Run {
  const started = given.started ?? number * 1000;
  const metrics: Record<string, MetricSummary> = {};
  for (const [key, value] of Object.entries(given.metrics ?? {})) {
    metrics[key] = {
      key,
      last: value,
      min: value,
      max: value,
      step: 0,
      count: 1,
      from: undefined,
      source: undefined,
    };
  }
  return {
    id: `id${number}`,
    store: "embedded",
    experiment: given.experiment ?? "churn",
    name: `run ${number}`,
    number,
    status: "FINISHED",
    started,
    ended: started + 500,
    target: { kind: "notebook", path: given.target ?? "/w/notebooks/churn.ipynb" },
    params: {},
    tags: {},
    metrics,
    steps: [],
    inputs: given.inputs ?? [],
    artifacts: given.artifacts ?? [],
    failure: undefined,
    provenance: {
      commit: undefined,
      branch: undefined,
      dirty: undefined,
      command: [],
      interpreter: undefined,
      python: undefined,
      host: undefined,
      codeDigest: undefined,
    },
    logs: [],
  };
}
