/** What the page of a notebook's dependencies and the extension say to each other. Shared with `media/flow/`. */
import * as z from "zod";

const cellSchema = z.object({
  /** Code cell, from 0. */
  index: z.number(),
  /** As people count. */
  number: z.number(),
  line: z.string(),
  /** What it does, in a word, where that tells. */
  stage: z.string(),
  /** Where a heading begins. */
  heading: z.string().optional(),
});

/** Names that one cell gives and the same cells take; or something that they share without a name. */
const railSchema = z.object({
  from: z.number(),
  names: z.array(z.string()),
  /** Nothing with a name: random state, a figure, a file. */
  effect: z.boolean(),
  /** `changes`: it changes the object in place. */
  to: z.array(z.object({ cell: z.number(), changes: z.boolean() })),
});

export const flowViewSchema = z.object({
  /** `churn.ipynb`. */
  title: z.string(),
  cells: z.array(cellSchema),
  rails: z.array(railSchema),
  /** Why it cannot be shown. */
  problem: z.string().optional(),
});

export type FlowView = z.infer<typeof flowViewSchema>;
export type FlowCell = z.infer<typeof cellSchema>;
export type FlowRail = z.infer<typeof railSchema>;

export const toFlowPageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("flow"), flow: flowViewSchema }),
  /** The cell that has the focus in the notebook. */
  z.object({ type: z.literal("current"), cell: z.number() }),
]);

export type ToFlowPage = z.infer<typeof toFlowPageSchema>;

export const fromFlowPageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  z.object({ type: z.literal("showCell"), cell: z.number() }),
]);

export type FromFlowPage = z.infer<typeof fromFlowPageSchema>;
