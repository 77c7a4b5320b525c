/** What the lock's plan says that a check needs: the notebook's own values of the settings, and what was not taken over. */
import * as z from "zod";
import type { Lock } from "../../pipeline/lock.ts";
import type { Manifest } from "../../pipeline/manifest.ts";

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const planSchema = z.object({
  settings: z
    .array(z.object({ name: z.string(), default: scalar }))
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
