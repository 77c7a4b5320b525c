/** What the lock's plan says that a check needs: the notebook's own values of the settings, and what was not taken over. */
import * as z from "zod";
import type { Lock } from "../../pipeline/lock.ts";
import type { Manifest } from "../../pipeline/manifest.ts";

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const planSchema = z.object({
  steps: z.record(z.string(), z.array(z.string())).optional().catch(undefined),
  settings: z
    .array(z.object({ name: z.string(), default: scalar }))
    .optional()
    .catch(undefined),
  notCarriedOver: z
    .array(z.object({ cell: z.string(), text: z.string() }))
    .optional()
    .catch(undefined),
});

/** `name=value` for each setting whose default in the manifest is no longer the notebook's. */
export function notebookSettings(lock: Lock, manifest: Manifest): readonly string[] {
  const parameters = manifest.parameters ?? {};
  const { settings = [] } = planSchema.safeParse(lock.plan).data ?? {};
  return settings.flatMap(({ name, default: value }) => {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    return parameter === undefined || parameter.default === value ? [] : [`${name}=${String(value)}`];
  });
}

/**
 * Ids of the cells that a step runs; undefined where an older lock does not tell. `cells[id].to` names more: every step
 * that got an import or a definition of the cell, while the cell's prints belong to one.
 */
export function cellsOfStep(lock: Lock, step: string): readonly string[] | undefined {
  const { steps = {} } = planSchema.safeParse(lock.plan).data ?? {};
  return Object.hasOwn(steps, step) ? steps[step] : undefined;
}

/** Lines that stand in no component, with the ids of their cells. */
export function notCarriedOverIn(lock: Lock): readonly { readonly cell: string; readonly text: string }[] {
  return planSchema.safeParse(lock.plan).data?.notCarriedOver ?? [];
}

/** In words: the cells that are in no step, and the lines that were not carried over; a line that is such a cell once. */
export function notComparedIn(lock: Lock): readonly string[] {
  const entries = lock.checked["not compared"].map((entry) => {
    const cell = Object.hasOwn(lock.cells, entry) ? lock.cells[entry] : undefined;
    return { text: cell?.["first line"] ?? entry, isCell: cell !== undefined };
  });
  const leftOut = new Set(entries.filter(({ isCell }) => isCell).map(({ text }) => text));
  const words = entries.flatMap(({ text, isCell }) => {
    if (isCell) return [`${text} (left out)`];
    return leftOut.has(text) ? [] : [text];
  });
  return [...new Set(words)];
}
