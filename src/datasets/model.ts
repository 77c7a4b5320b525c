/** Data files as notebooks and runs use them. A version is a content that runs have met; contents are not kept. */
import type { ShapeResult } from "../formats/shape.ts";
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

export interface DatasetVersion {
  /** `sha256:` and hex. */
  readonly digest: string;
  /** When a run met this content for the first time. */
  readonly created: number;
  /** In bytes. */
  readonly size: number | undefined;
  /** Runs that read it, newest first. */
  readonly usedBy: readonly Run[];
  /** Runs that wrote it, newest first. */
  readonly writtenBy: readonly Run[];
}

export interface Dataset {
  /** Short, and different from every other dataset's. */
  readonly name: string;
  /** Path relative to the workspace folder where it lies inside, else absolute; or a URL. */
  readonly source: string;
  /** Absolute path; undefined for what is not a file. */
  readonly path: string | undefined;
  /** By `created`, newest first. */
  readonly versions: readonly DatasetVersion[];
  readonly readBy: readonly CellUse[];
  readonly writtenBy: readonly CellUse[];
}

/**
 * How the file as it lies there now relates to what runs have met.
 * `same`: it is that version. `changed`: it is another content than in the last run that used it. `touched`: it was
 * written since, and is too large to be compared without being asked.
 */
export type PresentState =
  | { readonly kind: "elsewhere" }
  | { readonly kind: "missing" }
  | { readonly kind: "unrecorded" }
  | { readonly kind: "same"; readonly version: DatasetVersion }
  | { readonly kind: "changed" | "touched"; readonly since: Run };

/** What a look at the file itself adds. */
export interface PresentFile {
  readonly state: PresentState;
  readonly size: number | undefined;
  readonly modified: number | undefined;
  /** Undefined for a format whose shape is not read. */
  readonly shape: ShapeResult | undefined;
}
