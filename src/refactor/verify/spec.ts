/** What the Python side of a check is to look at, as verify.py reads it. */
import path from "node:path";
import { cellsOfStep, notCarriedOverIn, notebookSettings } from "./planNotes.ts";
import type { Subject } from "./subject.ts";

export interface PathSetting {
  readonly access?: string | undefined;
  readonly value: string;
}

export interface SpecPlace {
  /** In words, as `basisWords` has it. */
  readonly basis: string;
  /** The check's own folder; nothing outside is written. */
  readonly scratch: string;
  /** Folder of this run's copies, in it. */
  readonly lane: string;
  /** The working folder of both, in it. */
  readonly workdir: string;
  /** File that takes what is noticed. */
  readonly effects: string;
  /** The user's own folders. */
  readonly protect: readonly string[];
  /** Kinds of effects that a person said yes to; `all`. */
  readonly agreed: readonly string[];
}

export function specOf({ manifest, lock }: Subject, place: SpecPlace): unknown {
  const cells = Object.entries(lock.cells).sort(([, a], [, b]) => a.index - b.index);
  const displays = new Set(
    notCarriedOverIn(lock).flatMap(({ cell, text }) => (/\bdisplay\b/.test(text) ? [cell] : [])),
  );
  const steps = Object.entries(manifest.steps).map(([name, step]) => {
    const runs = cellsOfStep(lock, name);
    const own = cells
      .filter(([id, cell]) => (runs === undefined ? cell.to.includes(name) : runs.includes(id)))
      .map(([id]) => id);
    const inputs = Object.entries(step.inputs ?? {}).filter(([, from]) => !from.startsWith("$"));
    const one = {
      cells: own,
      inputs: inputs.map(([input]) => input),
      outputs: Object.keys(step.outputs ?? {}),
      dropped: own.filter((id) => displays.has(id)),
    };
    return [name, one] as const;
  });
  const metrics = Object.entries(manifest.metrics ?? {}).map(([name, { from }]) => [name, from] as const);
  const outside = Object.values(manifest.parameters ?? {}).flatMap(({ type, access, default: value }) =>
    type === "path" && access === "write" && typeof value === "string" && path.isAbsolute(value)
      ? [path.dirname(value)]
      : [],
  );
  return {
    ...place,
    protect: [...place.protect, ...outside],
    steps: Object.fromEntries(steps),
    metrics: Object.fromEntries(metrics),
    params: notebookSettings(lock, manifest),
    "left out": cells.filter(([, cell]) => cell.to.length === 0).map(([id]) => id),
  };
}
