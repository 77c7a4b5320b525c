/** What a user chose for a plan, as JSON that survives edits of the notebook: cells by their ids. Kept in the lock and by the editor. */
import * as z from "zod";
import type { Notebook } from "../notebook/model.ts";
import type { PlanOptions } from "./plan.ts";

const names = z.array(z.string()).optional().catch(undefined);

/** Besides the steps and what is left out. */
const detailsSchema = z.object({
  settings: z
    .object({ off: names, on: names, names: z.record(z.string(), z.string()).optional().catch(undefined) })
    .optional()
    .catch(undefined),
  goals: z
    .record(z.string(), z.enum(["maximize", "minimize", "none"]))
    .optional()
    .catch(undefined),
  placed: names,
});

export type ChosenDetails = z.infer<typeof detailsSchema>;

const rememberedSchema = z.object({
  split: z.enum(["auto", "headings", "cells", "tags"]).optional().catch(undefined),
  "left out": names,
  steps: z
    .array(z.object({ name: z.string().optional(), cells: z.array(z.string()) }))
    .optional()
    .catch(undefined),
  details: detailsSchema.optional().catch(undefined),
});

export type RememberedPlan = z.infer<typeof rememberedSchema>;

/** Choices about settings, metrics and places; undefined where there are none. */
export function chosenDetails(options: PlanOptions, notebook: Notebook): ChosenDetails | undefined {
  const { settings, goals, placed } = options;
  const { off = [], on = [], names: called = {} } = settings ?? {};
  const some = off.length > 0 || on.length > 0 || Object.keys(called).length > 0;
  const details: ChosenDetails = {
    ...(some ? { settings: { off: [...off], on: [...on], names: { ...called } } } : {}),
    ...(goals === undefined ? {} : { goals: { ...goals } }),
    ...(placed === undefined || placed.length === 0 ? {} : { placed: idsOf(placed, notebook) }),
  };
  return Object.keys(details).length === 0 ? undefined : details;
}

/** @param value as it was kept; anything else says nothing. */
export function optionsFromDetails(
  value: unknown,
  notebook: Notebook,
): Pick<PlanOptions, "settings" | "goals" | "placed"> {
  const parsed = detailsSchema.safeParse(value);
  if (!parsed.success) return {};
  const { settings, goals, placed } = parsed.data;
  return {
    ...(settings === undefined
      ? {}
      : { settings: { off: settings.off ?? [], on: settings.on ?? [], names: settings.names ?? {} } }),
    ...(goals === undefined ? {} : { goals }),
    ...(placed === undefined ? {} : { placed: indicesOf(placed, notebook) }),
  };
}

/** All choices of a plan that was not written yet. */
export function rememberPlan(options: PlanOptions, notebook: Notebook): RememberedPlan {
  const details = chosenDetails(options, notebook);
  return {
    ...(options.split === undefined ? {} : { split: options.split }),
    ...(options.leaveOut === undefined ? {} : { "left out": idsOf(options.leaveOut, notebook) }),
    ...(options.steps === undefined
      ? {}
      : {
          steps: options.steps.map(({ name, cells }) => ({
            ...(name === undefined ? {} : { name }),
            cells: idsOf(cells, notebook),
          })),
        }),
    ...(details === undefined ? {} : { details }),
  };
}

/** The options they stand for; none where nothing usable was kept. Cells that are gone are forgotten. */
export function optionsFromMemory(value: unknown, notebook: Notebook): PlanOptions {
  const parsed = rememberedSchema.safeParse(value);
  if (!parsed.success) return {};
  const { split, steps, details } = parsed.data;
  const left = parsed.data["left out"];
  return {
    ...(split === undefined ? {} : { split }),
    ...(left === undefined ? {} : { leaveOut: indicesOf(left, notebook) }),
    ...(steps === undefined
      ? {}
      : {
          steps: steps
            .map(({ name, cells }) => ({
              ...(name === undefined ? {} : { name }),
              cells: indicesOf(cells, notebook),
            }))
            .filter(({ cells }) => cells.length > 0),
        }),
    ...optionsFromDetails(details, notebook),
  };
}

function idsOf(cells: readonly number[], notebook: Notebook): string[] {
  return cells.flatMap((index) => notebook.cells[index]?.id ?? []);
}

function indicesOf(ids: readonly string[], notebook: Notebook): number[] {
  const indices = new Map(notebook.cells.map(({ id, index }) => [id, index]));
  return ids.flatMap((id) => indices.get(id) ?? []);
}
