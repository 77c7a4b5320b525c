/** Where a notebook is cut into steps: runs of consecutive cells, before anything is known of names. */
import type { Cell } from "../notebook/model.ts";
import { headingVerbs } from "./tables.ts";
import type { Stage } from "./stages.ts";

export type SplitMode = "auto" | "headings" | "cells" | "tags";

/** A cell that has something to do in a step. */
export interface ActiveCell {
  readonly cell: Cell;
  readonly stage: Stage;
}

/** Cells of one step, by index, in order. */
export type Group = readonly number[];

const maximumSteps = 7;

/** Cuts the active cells into groups; every cell is in one, and the order stays the notebook's. */
export function cutCells(active: readonly ActiveCell[], mode: SplitMode): readonly Group[] {
  switch (mode) {
    case "cells":
      return active.map(({ cell }) => [cell.index]);
    case "headings": {
      const sections = sectionsOf(active);
      return runs(active, ({ cell }) => String(sections.get(cell.index))).map(({ cells }) => cells);
    }
    case "tags":
      return runs(active, (current, previous) => stepTag(current.cell) ?? previous ?? "").map(
        ({ cells }) => cells,
      );
    case "auto":
      return automatic(active);
  }
}

/** `step:train` names a step; a cell without such a tag belongs to the step above it. */
export function stepTag(cell: Cell): string | undefined {
  return cell.tags.find((tag) => /^step[:=-]\w+$/.test(tag))?.slice(5);
}

interface Run {
  readonly key: string;
  cells: number[];
}

function runs(
  active: readonly ActiveCell[],
  keyOf: (current: ActiveCell, previousKey: string | undefined) => string,
): Run[] {
  const result: Run[] = [];
  for (const current of active) {
    const last = result.at(-1);
    const key = keyOf(current, last?.key);
    if (last?.key === key) last.cells.push(current.cell.index);
    else result.push({ key, cells: [current.cell.index] });
  }
  return result;
}

/** The section of each cell, counted from the top; cells above the first heading belong to the first section. */
function sectionsOf(active: readonly ActiveCell[]): ReadonlyMap<number, number> {
  let section = 0;
  let heading: string | undefined;
  return new Map(
    active.map(({ cell }): [number, number] => {
      if (heading !== undefined && cell.heading !== heading) section += 1;
      heading = cell.heading ?? heading;
      return [cell.index, section];
    }),
  );
}

function automatic(active: readonly ActiveCell[]): readonly Group[] {
  const sections = sectionsOf(active);
  const stages = settledStages(active, sections);
  const cut = runs(
    active,
    ({ cell }) => `${String(sections.get(cell.index))} ${stages.get(cell.index) ?? "other"}`,
  );
  const section = (run: Run): string => run.key.slice(0, run.key.lastIndexOf(" "));
  const stage = (run: Run): string => run.key.slice(run.key.lastIndexOf(" ") + 1);
  // Charts and glances within one section go together before anything else does.
  const limit = Math.max(maximumSteps, Math.ceil(active.length / 7));
  while (cut.length > limit) {
    const candidates = cut
      .slice(1)
      .map((run, position) => ({ position: position + 1, run, before: cut[position] }))
      .filter(({ run, before }) => before !== undefined && section(run) === section(before))
      .sort((a, b) => cost(a.run, a.before, stage) - cost(b.run, b.before, stage) || a.position - b.position);
    const [best] = candidates;
    if (best?.before === undefined) break;
    best.before.cells.push(...best.run.cells);
    cut.splice(best.position, 1);
  }
  return cut.map(({ cells }) => cells);
}

function cost(run: Run, before: Run | undefined, stage: (run: Run) => string): number {
  const small = run.cells.length + (before?.cells.length ?? 0);
  const important = new Set(["train", "split", "evaluate", "load"]);
  const distinct =
    before !== undefined && important.has(stage(run)) && important.has(stage(before)) ? 100 : 0;
  return small + distinct;
}

/** Cells that tell nothing by themselves take the stage of their heading, else of the cell above in their section, else below. */
function settledStages(
  active: readonly ActiveCell[],
  sections: ReadonlyMap<number, number>,
): ReadonlyMap<number, Stage> {
  const settled = new Map<number, Stage>();
  const open = (stage: Stage | undefined): boolean =>
    stage === undefined || stage === "other" || stage === "look" || stage === "save";
  active.forEach((current, position) => {
    const { cell, stage } = current;
    if (!open(stage)) {
      settled.set(cell.index, merged(stage));
      return;
    }
    const previous = active[position - 1];
    const inSection = (other: ActiveCell): boolean =>
      sections.get(other.cell.index) === sections.get(cell.index);
    const above =
      previous !== undefined && inSection(previous) ? settled.get(previous.cell.index) : undefined;
    const next = active.slice(position + 1).find((other) => inSection(other) && !open(other.stage));
    const fromHeading = stageOfHeading(cell.heading);
    const chosen = above ?? (stage === "save" ? undefined : (fromHeading ?? next?.stage)) ?? stage;
    settled.set(cell.index, chosen === "plot" && stage === "other" ? "prepare" : merged(chosen));
  });
  return settled;
}

/** Stages that make one step together. */
function merged(stage: Stage): Stage {
  return stage === "predict" ? "evaluate" : stage;
}

function stageOfHeading(heading: string | undefined): Stage | undefined {
  const verb = heading === undefined ? undefined : verbOfHeading(heading);
  switch (verb) {
    case "load":
    case "split":
    case "train":
    case "tune":
    case "evaluate":
    case "plot":
    case "save":
      return verb;
    case "predict":
      return "evaluate";
    case "explore":
      return "look";
    case undefined:
      return undefined;
    default:
      return "prepare";
  }
}

/** The step name a heading stands for: `Data cleaning` → `clean`. */
export function verbOfHeading(heading: string): string | undefined {
  return headingVerbs.find((entry) => entry.heading.test(heading))?.step;
}
