/** What the bench of conversions knows: how a conversion ended, and what a run showed. */
import * as z from "zod";

/** One cell or one step: what it printed, what else it showed, and digests of its pictures. */
const shownSchema = z.object({
  stdout: z.string(),
  texts: z.array(z.string()),
  images: z.array(z.string()),
});

/** What the Python scripts here write. */
export const recordSchema = z.union([
  z.object({ cells: z.array(shownSchema) }),
  z.object({ failed: z.string() }),
]);

export type Shown = z.infer<typeof shownSchema>;
export type RunRecord = z.infer<typeof recordSchema>;

export const outcomes = ["same", "different", "crash", "refused"] as const;
export type Outcome = (typeof outcomes)[number];

export interface Judged {
  readonly outcome: Outcome;
  /** Why, in a line; empty when same. */
  readonly reason: string;
}

/** A converter, and one way to run what it writes. */
export interface Contender {
  readonly name: string;
  /** Undefined when it could not be installed; the reason then stands in `missing`. */
  readonly missing?: string | undefined;
  /** @returns how it went with a notebook of which `wanted` is known to be shown. */
  judge(notebook: string, wanted: readonly Shown[], scratch: string): Promise<Judged>;
}
