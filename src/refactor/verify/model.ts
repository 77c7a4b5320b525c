/** What checking a pipeline against its notebook finds: plain data, as `verify --json` prints it. */
import * as z from "zod";

export type VerifyMode = "in-process" | "isolated";

/**
 * How the pipeline is run: the last is in one process, with what a step does not declare hidden and what it does not
 * return taken back.
 */
export type RunMode = VerifyMode | "masked";

/** What the pipeline is compared with. Anything but a run of the whole notebook is no full proof. */
export type Basis =
  | { readonly kind: "run" }
  | { readonly kind: "saved outputs" }
  | { readonly kind: "sample"; readonly rows: number };

/** `run`, `saved outputs`, `sample of 100 rows`: as reports and the lock have it. */
export function basisWords(basis: Basis): string {
  return basis.kind === "sample" ? `sample of ${basis.rows} rows` : basis.kind;
}

const kind = z.enum(["stdout", "display", "value", "identity", "metric", "figure", "file", "error"]);
const told = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** One comparison as the Python side prints it; `cell` is an id, empty where no cell is meant. */
const rawCompared = z.object({
  kind,
  cell: z.string(),
  name: z.string(),
  notebook: told,
  pipeline: told,
  same: z.boolean(),
  /** The largest difference, where both are the same but for rounding. */
  rounding: z.number().optional(),
});

const rawUnrepeated = z.object({
  kind,
  cell: z.string(),
  name: z.string(),
  notebook: told,
  /** A generator of random numbers that nobody seeded, such as `numpy.random`, and the first cell that draws from it. */
  drawn: z.string().optional(),
  "drawn in": z.string().optional(),
});

/** What `verify.py compare` prints. */
export const comparisonSchema = z.object({
  compared: z.array(rawCompared),
  nondeterministic: z.array(rawUnrepeated),
  notCompared: z.array(z.object({ kind, cell: z.string(), name: z.string(), why: z.string() })),
  /** Values that cannot be copied, so that the masked run handed them on as they are. */
  notMasked: z.array(z.string()),
  /** The user's own files that native code changed through a link. */
  writtenThrough: z.array(z.string()),
  /** `python 3.11.7, pandas 3.1.1`. */
  with: z.string(),
});

export type Comparison = z.infer<typeof comparisonSchema>;

export interface Compared extends Omit<z.infer<typeof rawCompared>, "cell"> {
  /** Code cell, from 0; null where the thing belongs to none. */
  readonly cell: number | null;
  readonly mode: VerifyMode;
}

/** Something in which two runs of the notebook differ by themselves, so that nothing can be compared with it. */
export interface Unrepeated extends Omit<z.infer<typeof rawUnrepeated>, "cell" | "drawn" | "drawn in"> {
  readonly cell: number | null;
  readonly mode: VerifyMode;
  /** What makes it differ, where that is known: `seed it` is the way out. */
  readonly unseeded?: { readonly generator: string; readonly cell: number | null };
}

/** Whether steps declare all that they use and change. */
export interface Signatures {
  readonly state: "hold" | "do not hold" | "not checked";
  /** Where the pipeline gives something else once the rest is hidden. */
  readonly differences: readonly Omit<Compared, "mode">[];
  /** Values that cannot be copied and so were there all the same. */
  readonly notMasked: readonly string[];
}

/** Something a run did outside its scratch copy, noticed while it ran. */
export interface Noticed {
  readonly kind: "network" | "shell" | "database" | "file";
  /** Host, command or path. */
  readonly what: string;
  /** Position among all cells, from 1; null in a pipeline. */
  readonly number: number | null;
}

export interface Verification {
  readonly same: boolean;
  readonly mode: VerifyMode | "both";
  readonly basis: Basis;
  readonly signatures: Signatures;
  readonly noticed: readonly Noticed[];
  readonly compared: readonly Compared[];
  readonly nondeterministic: readonly Unrepeated[];
  /** In words: cells that were left out, lines that were not carried over, values nobody can look into. */
  readonly notCompared: readonly string[];
  /** Interpreter and libraries both sides ran with. */
  readonly with: string;
  readonly seconds: number;
}
