/** What checking a pipeline against its notebook finds: plain data, as `verify --json` prints it. */
import * as z from "zod";

export type VerifyMode = "in-process" | "isolated";

const kind = z.enum(["stdout", "display", "value", "metric", "figure", "file", "error"]);
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

const rawUnrepeated = z.object({ kind, cell: z.string(), name: z.string(), notebook: told });

/** What `verify.py compare` prints. */
export const comparisonSchema = z.object({
  compared: z.array(rawCompared),
  nondeterministic: z.array(rawUnrepeated),
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
export interface Unrepeated extends Omit<z.infer<typeof rawUnrepeated>, "cell"> {
  readonly cell: number | null;
  readonly mode: VerifyMode;
}

export interface Verification {
  readonly same: boolean;
  readonly mode: VerifyMode | "both";
  readonly compared: readonly Compared[];
  readonly nondeterministic: readonly Unrepeated[];
  /** In words: cells that were left out, lines that were not carried over. */
  readonly notCompared: readonly string[];
  /** Interpreter and libraries both sides ran with. */
  readonly with: string;
  readonly seconds: number;
}
