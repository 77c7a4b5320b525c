/** The choices of the last conversion as options for the next one, so that steps keep their names and cells. */
import * as z from "zod";
import type { Notebook } from "../notebook/model.ts";
import type { Lock } from "../pipeline/lock.ts";
import { optionsFromDetails } from "./choices.ts";
import type { SplitMode } from "./cuts.ts";
import type { PlanOptions } from "./plan.ts";

const choicesSchema = z.object({
  split: z.enum(["auto", "headings", "cells", "tags"]).catch("auto"),
  "left out": z.array(z.string()).catch([]),
  steps: z.record(z.string(), z.array(z.string())).catch({}),
  choices: z.unknown().optional(),
});

export interface Choices {
  readonly split: SplitMode;
  readonly options: PlanOptions;
}

/**
 * Cells that are new go to the step of the cell above them where both stand under one heading; others are cut as the
 * rest was.
 */
export function optionsFromLock(lock: Lock, notebook: Notebook, name: string): PlanOptions {
  const choices = choicesSchema.parse(lock.plan);
  const indexOf = new Map(notebook.cells.map((cell) => [cell.id, cell.index]));
  const indices = (ids: readonly string[]): number[] => ids.flatMap((id) => indexOf.get(id) ?? []);
  const stepOf = new Map<number, string>();
  for (const [step, ids] of Object.entries(choices.steps)) {
    for (const cell of indices(ids)) stepOf.set(cell, step);
  }
  const known = (id: string): boolean => Object.hasOwn(lock.cells, id);
  for (const cell of notebook.cells) {
    const above = notebook.cells[cell.index - 1];
    if (known(cell.id) || above === undefined || above.heading !== cell.heading) continue;
    const step = stepOf.get(above.index);
    if (step !== undefined && choices.split === "auto") stepOf.set(cell.index, step);
  }
  const steps = Object.keys(choices.steps).flatMap((step) => {
    const cells = [...stepOf].filter(([, owner]) => owner === step).map(([cell]) => cell);
    return cells.length === 0 ? [] : [{ name: step, cells }];
  });
  const details = optionsFromDetails(choices.choices, notebook);
  return { split: choices.split, leaveOut: indices(choices["left out"]), name, steps, ...details };
}
