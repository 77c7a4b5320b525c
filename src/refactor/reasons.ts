/** Why each cell of a plan is in the step it is in: short phrases, the strongest first. Pure: read off the draft and the facts. */
import type { Edge } from "../analysis/model.ts";
import type { Cell } from "../notebook/model.ts";
import type { ConversionPlan } from "./model.ts";
import type { Draft, PlanOptions } from "./plan.ts";
import { stageOf, type Stage } from "./stages.ts";
import { stepTag } from "./cuts.ts";

/** Words in which names of the code stand apart. */
export type Reason = readonly (string | { readonly code: string })[];

export type Together = ConversionPlan["together"];

/**
 * @param together cells that cannot be parted, whatever the arrangement; those of the plan itself are known anyway.
 * @returns by cell index; at least one reason for each cell of a step.
 */
export function reasonsOf(
  draft: Draft,
  options: PlanOptions,
  together: Together = [],
): ReadonlyMap<number, readonly Reason[]> {
  const placed = new Set(options.placed);
  const found = new Map<number, readonly Reason[]>();
  let above: number | undefined;
  for (const { cells } of draft.plan.steps) {
    cells.forEach((cell, position) => {
      const before = cells[position - 1];
      const own: Reason[] = [];
      if (placed.has(cell)) own.push([before === undefined ? "you start a step here" : "you put it here"]);
      own.push(
        ...(before === undefined
          ? beginnings(draft, cell, above)
          : [
              ...held([...together, ...draft.plan.together], cell, cells),
              ...belongings(draft, cell, before, cells),
            ]),
      );
      found.set(cell, unlike(own));
      above = cell;
    });
  }
  return found;
}

function cellOf(draft: Draft, index: number): Cell | undefined {
  return draft.source.cells[index]?.python.cell;
}

function label(draft: Draft, index: number): string {
  return `cell ${cellOf(draft, index)?.number ?? index + 1}`;
}

/** Why a step begins with a cell. */
function beginnings(draft: Draft, cell: number, above: number | undefined): Reason[] {
  const own = cellOf(draft, cell);
  const heading = own?.heading;
  const tag = own === undefined ? undefined : stepTag(own);
  if (draft.split === "tags" && tag !== undefined) return [["its tag is ", { code: `step:${tag}` }]];
  if (draft.split === "cells") return [["each cell is a step"]];
  const told: Reason[] = [];
  const headingAbove = above === undefined ? undefined : cellOf(draft, above)?.heading;
  if (heading !== undefined && heading !== headingAbove) told.push([`first under “${heading}”`]);
  const does = stageWords[stageIn(draft, cell)];
  if (does !== undefined) told.push([does]);
  if (told.length === 0) told.push([above === undefined ? "the first that does something" : "another part"]);
  return told;
}

/** What a cell does, where that tells. */
const stageWords: Readonly<Record<Stage, string | undefined>> = {
  load: "reads data",
  prepare: "prepares data",
  split: "splits the data",
  train: "trains a model",
  tune: "searches for the best model",
  evaluate: "computes scores",
  predict: "predicts",
  plot: "draws a chart",
  save: "saves results",
  look: "only looks",
  other: undefined,
};

function stageIn(draft: Draft, cell: number): Stage {
  const statements = draft.source.cells[cell]?.statements ?? [];
  return stageOf(statements.filter((statement) => draft.roles.of(statement) === "keep"));
}

function held(together: Together, cell: number, step: readonly number[]): Reason[] {
  return together
    .filter(({ cells }) => cells.includes(cell) && cells.every((other) => step.includes(other)))
    .map(({ reason }) => [`kept together: ${reason}`]);
}

/** What ties a cell to those above it in its step. */
function belongings(draft: Draft, cell: number, before: number, step: readonly number[]): Reason[] {
  const told: Reason[] = [];
  const heading = cellOf(draft, cell)?.heading;
  const edges = draft.source.facts.edges.filter(
    ({ from, to }) => to === cell && from < cell && step.includes(from),
  );
  const ties = edges.flatMap((edge) => tie(draft, edge));
  const sameHeading = heading !== undefined && heading === cellOf(draft, before)?.heading;
  const heads: Reason[] = sameHeading ? [[`same heading as ${label(draft, before)}`]] : [];
  const strong = ties.filter(({ strong: is }) => is).map(({ reason }) => reason);
  const weak = ties.filter(({ strong: is }) => !is).map(({ reason }) => reason);
  told.push(...strong, ...heads, ...weak);
  if (told.length === 0) {
    const does = stageWords[stageIn(draft, cell)];
    const same = stageIn(draft, cell) === stageIn(draft, before);
    if (does !== undefined && same) told.push([`${does}, like ${label(draft, before)}`]);
    else if (heading !== undefined && !sameHeading) told.push([`first under “${heading}”`]);
    else told.push([`goes with ${label(draft, before)}`]);
  }
  return told;
}

function tie(draft: Draft, { from, to, names, effects }: Edge): { reason: Reason; strong: boolean }[] {
  const changed = new Set(draft.source.facts.units[to]?.mutates);
  const there = label(draft, from);
  const tied = (names_: readonly string[], words: readonly [string, string]): Reason => [
    words[0],
    ...separated(names_),
    words[1],
  ];
  const strong = names.filter((name) => changed.has(name));
  const weak = names.filter((name) => !changed.has(name));
  const figure = effects.some((effect) => effect.startsWith("<pyplot"));
  return [
    ...(strong.length === 0
      ? []
      : [{ reason: tied(strong, ["changes ", ` that ${there} made`]), strong: true }]),
    ...(figure ? [{ reason: [`goes on with the figure of ${there}`], strong: true }] : []),
    ...(weak.length === 0 ? [] : [{ reason: tied(weak, ["uses ", ` of ${there}`]), strong: false }]),
  ];
}

function separated(names: readonly string[]): Reason {
  const shown = names.slice(0, 3);
  const rest = names.length > shown.length ? [` and ${names.length - shown.length} more`] : [];
  return [...shown.flatMap((name, at) => [at === 0 ? "" : ", ", { code: name }]), ...rest].filter(
    (part) => part !== "",
  );
}

function unlike(reasons: readonly Reason[]): readonly Reason[] {
  return [...new Map(reasons.map((reason) => [JSON.stringify(reason), reason])).values()];
}
