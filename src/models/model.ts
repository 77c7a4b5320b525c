/** Model files as notebooks and runs write them. A version is what one run wrote. */
import type { NotebookInsight } from "../notebook/model.ts";
import type { Run } from "../tracking/model.ts";

/** A notebook that could be read, and what it says about itself. */
export interface KnownNotebook {
  /** Absolute path. */
  readonly path: string;
  readonly insight: NotebookInsight;
}

/** A cell that names a file. `cell` is the number people use. */
export interface CellUse {
  /** Absolute path of the notebook. */
  readonly notebook: string;
  readonly cell: number;
}

export interface ModelVersion {
  /** Counts from 1, the oldest run first. */
  readonly version: number;
  /** The run that wrote it; its metrics are the version's. */
  readonly run: Run;
  /** When that run ended, or started while it still runs. */
  readonly created: number;
  /** Where the run wrote it. The next run may have written over it. */
  readonly path: string;
  /** `sha256:` and hex, once known. */
  readonly digest: string | undefined;
  /** In bytes. */
  readonly size: number | undefined;
}

export interface Model {
  /** Short, and different from every other model's. */
  readonly name: string;
  /** Path relative to the workspace folder where it lies inside, else absolute. */
  readonly source: string;
  /** Absolute path where the notebook writes it; undefined where every run has its own. */
  readonly path: string | undefined;
  /** Id of the store its runs are recorded in; undefined while there is none. */
  readonly store: string | undefined;
  /** Newest first. */
  readonly versions: readonly ModelVersion[];
  readonly writtenBy: readonly CellUse[];
  readonly readBy: readonly CellUse[];
}
