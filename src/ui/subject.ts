/** What a row, a lens or a command is about: plain data, so that it can travel as a command's argument. */
import * as z from "zod";

const path = z.string();

export const subjectSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("folder"), path }),
  z.object({ kind: z.literal("notebook"), path }),
  /** `cell` counts the code cells from 0. */
  z.object({ kind: z.literal("cell"), path, cell: z.number() }),
  z.object({ kind: z.literal("cellId"), path, id: z.string() }),
  /** `number` counts all cells from 1, as people do. */
  z.object({ kind: z.literal("cellNumber"), path, number: z.number() }),
  z.object({ kind: z.literal("experiment"), folder: z.string(), name: z.string() }),
  z.object({ kind: z.literal("run"), folder: z.string(), run: z.string() }),
  z.object({ kind: z.literal("metric"), folder: z.string(), run: z.string(), metric: z.string() }),
  z.object({ kind: z.literal("log"), folder: z.string(), run: z.string() }),
  /** `path` is the pipeline's folder. */
  z.object({ kind: z.literal("pipeline"), path }),
  z.object({ kind: z.literal("step"), path, step: z.string() }),
  /** `line` counts from 1. */
  z.object({ kind: z.literal("file"), path, line: z.number().optional() }),
]);

export type Subject = z.infer<typeof subjectSchema>;
