/** What the page of a planned conversion and the extension say to each other. Shared with `media/plan/`. */
import * as z from "zod";

const named = z.object({ name: z.string(), text: z.string() });

/** A sentence in which pieces of code stand. */
const phrase = z.array(z.union([z.string(), z.object({ code: z.string() })]));

/** A cell as a person finds it: its number, and its first telling line. */
const cellSchema = z.object({
  /** Code cell, from 0. */
  index: z.number(),
  /** `cell 4`. */
  label: z.string(),
  line: z.string(),
});

const stepSchema = z.object({
  name: z.string(),
  heading: z.string(),
  cells: z.array(cellSchema),
  takes: z.array(z.string()),
  gives: z.array(z.string()),
  settings: z.array(z.string()),
  /** What a reader should know of this step, in sentences. */
  notes: z.array(z.string()),
});

/** The whole page. It is always sent whole. */
export const planViewSchema = z.object({
  /** `churn.ipynb` and `pipelines/churn`. */
  from: z.string(),
  to: z.string(),
  /** The last part of `to`, where another can be chosen: not where the folder exists already. */
  name: z.string().optional(),
  /** Why the page shows what it shows, where that is not the plain case: the folder exists already. */
  notice: z.string().optional(),
  steps: z.array(stepSchema),
  /** What became of cells that are in no step and not left out. */
  imports: z.string().optional(),
  /** What stands in the way of writing; leaving the cell out is always a way. */
  decisions: z.array(z.object({ cell: cellSchema, line: z.string(), message: z.string() })),
  /** `byChoice`: left out because the user said so, and kept again when he says that. */
  leftOut: z.array(z.object({ cell: cellSchema, reason: z.string(), byChoice: z.boolean() })),
  /** Cells that only look: nothing needs them. */
  couldLeave: z.array(z.object({ cell: cellSchema, reason: z.string() })),
  settings: z.array(named),
  results: z.array(named),
  goodToKnow: z.array(phrase),
  files: z.array(z.object({ path: z.string(), state: z.enum(["new", "same", "changed", "edited"]) })),
  /** Whether what is planned can be written as it stands. */
  canWrite: z.boolean(),
  /** Whether it can be checked by running: not in a folder that is not trusted. */
  canCheck: z.boolean(),
  /** While the plan is made anew or files are written: what is going on. */
  busy: z.string().optional(),
  /** Why the last wish could not be granted. */
  problem: z.string().optional(),
});

export type PlanView = z.infer<typeof planViewSchema>;
export type Phrase = z.infer<typeof phrase>;
export type PlanCell = z.infer<typeof cellSchema>;

export const toPlanPageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("plan"), plan: planViewSchema }),
]);

export type ToPlanPage = z.infer<typeof toPlanPageSchema>;

export const fromPlanPageSchema = z.discriminatedUnion("type", [
  /** The page listens; nothing is sent before. */
  z.object({ type: z.literal("ready") }),
  z.object({ type: z.literal("write"), check: z.boolean() }),
  z.object({ type: z.literal("cancel") }),
  z.object({ type: z.literal("showFile"), path: z.string() }),
  z.object({ type: z.literal("showStep"), step: z.string() }),
  z.object({ type: z.literal("showCell"), cell: z.number() }),
  z.object({ type: z.literal("leaveOut"), cell: z.number(), leaveOut: z.boolean() }),
  z.object({ type: z.literal("rename"), step: z.string(), name: z.string() }),
  z.object({ type: z.literal("renamePipeline"), name: z.string() }),
]);

export type FromPlanPage = z.infer<typeof fromPlanPageSchema>;
