/** What the page of a planned conversion and the extension say to each other. Shared with `media/plan/`. */
import * as z from "zod";

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

/** A value that a step takes or gives. */
const valueSchema = z.object({
  name: z.string(),
  /** `pandas.DataFrame`, where that is certain. */
  type: z.string().optional(),
  /** Step that gives it. */
  from: z.string().optional(),
});

const stepSchema = z.object({
  name: z.string(),
  heading: z.string(),
  /** Each with why it is there, the strongest reason first. */
  cells: z.array(cellSchema.extend({ why: z.array(phrase) })),
  takes: z.array(valueSchema),
  gives: z.array(valueSchema),
  settings: z.array(z.string()),
  /** What a reader should know of this step: `changes df in place`. */
  notes: z.array(z.string()),
});

const goalSchema = z.enum(["maximize", "minimize", "none"]);
const modeSchema = z.enum(["auto", "headings", "cells", "tags"]);

/** What a user does to the plan. Cells by index, steps by name, settings by key. */
export const planEditSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("rename"), step: z.string(), name: z.string() }),
  /** With the step above. */
  z.object({ kind: z.literal("merge"), step: z.string() }),
  /** A step begins with this cell. */
  z.object({ kind: z.literal("split"), cell: z.number() }),
  /** To the step above or below. */
  z.object({ kind: z.literal("move"), cell: z.number(), by: z.union([z.literal(1), z.literal(-1)]) }),
  z.object({ kind: z.literal("moveTo"), cell: z.number(), step: z.string() }),
  z.object({ kind: z.literal("keepTogether"), cells: z.array(z.number()) }),
  z.object({ kind: z.literal("leaveOut"), cell: z.number(), leaveOut: z.boolean() }),
  z.object({ kind: z.literal("cut"), mode: modeSchema }),
  z.object({ kind: z.literal("renameSetting"), key: z.string(), name: z.string() }),
  z.object({ kind: z.literal("setting"), key: z.string(), on: z.boolean() }),
  z.object({ kind: z.literal("goal"), metric: z.string(), goal: goalSchema }),
  z.object({ kind: z.literal("reset") }),
]);

/** What stands in the way of writing, with its ways out. */
const decisionSchema = z.object({
  cell: cellSchema,
  line: z.string(),
  message: z.string(),
  ways: z.array(z.object({ text: z.string(), edit: planEditSchema })),
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
  /** How the notebook is cut, and the other ways that make sense for it. */
  cut: z.object({ mode: modeSchema, modes: z.array(modeSchema), arranged: z.boolean() }),
  steps: z.array(stepSchema),
  /** What became of cells that are in no step and not left out. */
  imports: z.string().optional(),
  decisions: z.array(decisionSchema),
  /** `byChoice`: left out because the user said so, and kept again when he says that. */
  leftOut: z.array(z.object({ cell: cellSchema, reason: z.string(), byChoice: z.boolean() })),
  /** Cells that only look: nothing needs them. */
  couldLeave: z.array(z.object({ cell: cellSchema, reason: z.string() })),
  /** `fixed`: a variable of the notebook, which keeps its name. */
  settings: z.array(z.object({ key: z.string(), name: z.string(), text: z.string(), fixed: z.boolean() })),
  /** Literals that could be settings. */
  moreSettings: z.array(z.object({ key: z.string(), text: z.string(), cell: z.string() })),
  metrics: z.array(z.object({ name: z.string(), goal: goalSchema })),
  plots: z.array(z.string()),
  goodToKnow: z.array(phrase),
  files: z.array(z.object({ path: z.string(), state: z.enum(["new", "same", "changed", "edited"]) })),
  /** Whether what is planned can be written as it stands. */
  canWrite: z.boolean(),
  /** Whether it can be checked by running: not in a folder that is not trusted. */
  canCheck: z.boolean(),
  canUndo: z.boolean(),
  canRedo: z.boolean(),
  canReset: z.boolean(),
  /** While the plan is made anew or files are written: what is going on. */
  busy: z.string().optional(),
  /** What was done last, for those who hear the page. */
  said: z.string().optional(),
  /** Why the last wish could not be granted. */
  problem: z.string().optional(),
});

export type PlanView = z.infer<typeof planViewSchema>;
export type PlanStep = PlanView["steps"][number];
export type PlanValue = z.infer<typeof valueSchema>;
export type PlanPageEdit = z.infer<typeof planEditSchema>;
export type Phrase = z.infer<typeof phrase>;
export type PlanCell = z.infer<typeof cellSchema>;

export const toPlanPageSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("plan"), plan: planViewSchema }),
  /** The notebook is being read. */
  z.object({ type: z.literal("reading"), name: z.string() }),
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
  z.object({ type: z.literal("edit"), edit: planEditSchema }),
  z.object({ type: z.literal("undo") }),
  z.object({ type: z.literal("redo") }),
  z.object({ type: z.literal("renamePipeline"), name: z.string() }),
]);

export type FromPlanPage = z.infer<typeof fromPlanPageSchema>;
