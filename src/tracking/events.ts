/**
 * The journal: one JSON object a line, appended by the process that it describes, never rewritten.
 * Unknown `t`, unknown keys and an unterminated last line are ignored, so that old readers meet new writers.
 */
import * as z from "zod";

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const source = z.object({ file: z.string(), line: z.number().optional(), cell: z.string().optional() });

/** JSON has no NaN or infinity: they travel as words. */
const metricValue = z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"])]);

const common = {
  v: z.literal(1),
  /** Milliseconds since the epoch. */
  ts: z.number(),
  /** Counts up from 0 in each file. */
  seq: z.number(),
  step: z.string().optional(),
  src: source.optional(),
};

/** Enough to tell a living owner from a dead one, a reused pid and a rebooted or other machine. */
export const ownerSchema = z.object({
  host: z.string(),
  boot: z.string(),
  pid: z.number(),
  /** Start time of the process as the platform tells it; compared for equality only. */
  start: z.string(),
});

export const eventSchema = z.discriminatedUnion("t", [
  z.object({
    ...common,
    t: z.literal("run"),
    id: z.string(),
    name: z.string(),
    experiment: z.string(),
    target: z.object({ kind: z.enum(["pipeline", "script", "notebook"]), path: z.string() }),
    parent: z.string().optional(),
    command: z.array(z.string()).default([]),
    interpreter: z.string().optional(),
    python: z.string().optional(),
    git: z
      .object({ commit: z.string(), branch: z.string().optional(), dirty: z.boolean().optional() })
      .optional(),
    codeDigest: z.string().optional(),
    owner: ownerSchema.optional(),
  }),
  z.object({ ...common, t: z.literal("params"), values: z.record(z.string(), scalar) }),
  /** A null takes the tag away. */
  z.object({
    ...common,
    t: z.literal("tags"),
    values: z.record(z.string(), z.union([z.string(), z.null()])),
  }),
  /** `s` is the step of a series (epoch, iteration); `step`, as everywhere, the pipeline's step. */
  z.object({
    ...common,
    t: z.literal("m"),
    s: z.number().optional(),
    values: z.record(z.string(), metricValue),
  }),
  z.object({
    ...common,
    t: z.literal("in"),
    name: z.string(),
    path: z.string(),
    digest: z.string().optional(),
    size: z.number().optional(),
  }),
  z.object({
    ...common,
    t: z.literal("art"),
    name: z.string(),
    path: z.string(),
    kind: z.enum(["file", "plot", "model", "notebook"]).catch("file"),
    digest: z.string().optional(),
    size: z.number().optional(),
  }),
  z.object({ ...common, t: z.literal("show"), text: z.string() }),
  z.object({ ...common, t: z.literal("step_start"), step: z.string() }),
  z.object({
    ...common,
    t: z.literal("step_end"),
    step: z.string(),
    status: z.enum(["FINISHED", "FAILED", "SKIPPED"]),
    seconds: z.number().optional(),
  }),
  z.object({ ...common, t: z.literal("error"), message: z.string(), traceback: z.string().optional() }),
  z.object({
    ...common,
    t: z.literal("end"),
    status: z.enum(["FINISHED", "FAILED", "KILLED"]),
    exit: z.number().optional(),
    reason: z.string().optional(),
  }),
]);

export type RunEvent = z.infer<typeof eventSchema>;
