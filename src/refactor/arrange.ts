/**
 * What a user does to a plan before it is written: each edit turns the options of one plan into those of the next, or is
 * a Problem that says why it cannot be. The notebook's order stays: steps are runs of cells, and only where one ends and
 * the next begins can be chosen. A cell that goes further than its neighbour takes along what stands between.
 */
import { Problem } from "../problem.ts";
import type { SplitMode } from "./cuts.ts";
import type { PlannedStep, Setting } from "./model.ts";
import type { Draft, PlanOptions } from "./plan.ts";
import { allNames } from "./source.ts";
import { builtinNames, keywords } from "./tables.ts";

/** Cells by index from 0, steps by name, settings by key. */
export type PlanEdit =
  | { readonly kind: "rename"; readonly step: string; readonly name: string }
  /** With the step above. */
  | { readonly kind: "merge"; readonly step: string }
  /** A step begins with this cell. */
  | { readonly kind: "split"; readonly cell: number }
  | { readonly kind: "move"; readonly cell: number; readonly by: 1 | -1 }
  | { readonly kind: "moveTo"; readonly cell: number; readonly step: string }
  | { readonly kind: "keepTogether"; readonly cells: readonly number[] }
  | { readonly kind: "leaveOut"; readonly cell: number; readonly leaveOut: boolean }
  | { readonly kind: "cut"; readonly mode: SplitMode }
  | { readonly kind: "renameSetting"; readonly key: string; readonly name: string }
  | { readonly kind: "setting"; readonly key: string; readonly on: boolean }
  | { readonly kind: "goal"; readonly metric: string; readonly goal: "maximize" | "minimize" | "none" }
  | { readonly kind: "reset" };

export interface Arranged {
  readonly options: PlanOptions;
  /** What was done, as one sentence. */
  readonly said: string;
}

type Arrangement = NonNullable<PlanOptions["steps"]>;

/** @throws Problem where the edit makes no sense for this plan. */
export function arrange(draft: Draft, options: PlanOptions, edit: PlanEdit): Arranged {
  switch (edit.kind) {
    case "rename":
      return rename(draft, options, edit.step, edit.name);
    case "merge": {
      const at = positionOf(draft, edit.step);
      const above = draft.plan.steps[at - 1];
      const step = draft.plan.steps[at];
      if (above === undefined || step === undefined)
        throw new Problem(`There is no step above ${edit.step}.`);
      return {
        options: rearranged(draft, options, joined(draft, at - 1, at), step.cells),
        said: `${step.name} is now part of ${above.name}.`,
      };
    }
    case "split":
      return split(draft, options, edit.cell);
    case "move": {
      const at = placeOf(draft, edit.cell);
      const target = draft.plan.steps[at + edit.by];
      if (target === undefined) {
        const where = edit.by < 0 ? "above" : "below";
        throw new Problem(`There is no step ${where} ${draft.plan.steps[at]?.name ?? "it"}.`);
      }
      return moveTo(draft, options, edit.cell, target.name);
    }
    case "moveTo":
      return moveTo(draft, options, edit.cell, edit.step);
    case "keepTogether": {
      const places = edit.cells.flatMap((cell) => {
        const at = draft.plan.steps.findIndex(({ cells }) => cells.includes(cell));
        return at < 0 ? [] : [at];
      });
      if (places.length === 0) throw new Problem("These cells are in no step.");
      const [from, to] = [Math.min(...places), Math.max(...places)];
      return {
        options: rearranged(draft, options, joined(draft, from, to), edit.cells),
        said: `${cellWords(draft, edit.cells)} are kept together as one step.`,
      };
    }
    case "leaveOut":
      return leaveOut(draft, options, edit.cell, edit.leaveOut);
    case "cut": {
      const { name, leaveOut: left, settings, goals } = options;
      return {
        options: given({ name, leaveOut: left, settings, goals, split: edit.mode }),
        said: `Cut ${cutWords[edit.mode]}.`,
      };
    }
    case "renameSetting":
      return renameSetting(draft, options, edit.key, edit.name);
    case "setting":
      return switchSetting(draft, options, edit.key, edit.on);
    case "goal":
      return {
        options: { ...options, goals: { ...options.goals, [edit.metric]: edit.goal } },
        said: `${edit.metric}: ${goalWords[edit.goal]}.`,
      };
    case "reset":
      return { options: given({ name: options.name }), said: "The plan is as it was proposed." };
  }
}

/**
 * What an edit could not reach, because the cells cannot be parted or the name is taken; undefined where it did.
 * @param after the plan that came of it.
 */
export function shortfall(after: Draft, edit: PlanEdit): string | undefined {
  const { plan } = after;
  const stepWith = (cell: number): PlannedStep | undefined =>
    plan.steps.find(({ cells }) => cells.includes(cell));
  switch (edit.kind) {
    case "split": {
      const step = stepWith(edit.cell);
      return step === undefined || step.cells[0] === edit.cell ? undefined : staysSentence(after, edit.cell);
    }
    case "move":
      return undefined;
    case "moveTo": {
      const step = stepWith(edit.cell);
      return step === undefined || step.name === edit.step ? undefined : staysSentence(after, edit.cell);
    }
    case "rename":
      return plan.steps.some(({ name }) => name === edit.name)
        ? undefined
        : `The notebook uses ${edit.name} for something else; choose another name.`;
    case "renameSetting":
      return plan.settings.some(({ name }) => name === edit.name)
        ? undefined
        : `${edit.name} is taken; choose another name.`;
    case "setting":
      return plan.settings.some(({ key }) => key === edit.key) === edit.on
        ? undefined
        : `${edit.key} is read where a setting cannot reach; it stays in the code.`;
    default:
      return undefined;
  }
}

function staysSentence(after: Draft, cell: number): string {
  const held = after.plan.together.findLast(({ cells }) => cells.includes(cell));
  const why = held === undefined ? "they share something that cannot be handed on" : held.reason;
  return `${cellWords(after, held?.cells ?? [cell])} stay in one step because ${why}.`;
}

const cutWords: Readonly<Record<SplitMode, string>> = {
  auto: "automatically",
  headings: "by headings",
  cells: "into one step a cell",
  tags: "by tags",
};

const goalWords = {
  maximize: "higher is better",
  minimize: "lower is better",
  none: "neither higher nor lower is better",
} as const;

function positionOf(draft: Draft, name: string): number {
  const at = draft.plan.steps.findIndex((step) => step.name === name);
  if (at < 0) throw new Problem(`There is no step ${name}.`);
  return at;
}

function placeOf(draft: Draft, cell: number): number {
  const at = draft.plan.steps.findIndex(({ cells }) => cells.includes(cell));
  if (at < 0) throw new Problem(`${cellWords(draft, [cell])} is in no step.`);
  return at;
}

/** Steps `from` to `to` as one, which keeps the name of the first. */
function joined(draft: Draft, from: number, to: number): Arrangement {
  const { steps } = draft.plan;
  const cells = steps.slice(from, to + 1).flatMap((step) => step.cells);
  const name = steps[from]?.name;
  return [
    ...steps.slice(0, from),
    { ...(name === undefined ? {} : { name }), cells },
    ...steps.slice(to + 1),
  ].map(named);
}

function named({ name, cells }: Arrangement[number]): Arrangement[number] {
  return name === undefined ? { cells } : { name, cells };
}

function rearranged(
  draft: Draft,
  options: PlanOptions,
  steps: Arrangement,
  moved: readonly number[],
): PlanOptions {
  const kept = (options.placed ?? []).filter((cell) => draft.kept.has(cell));
  return { ...options, steps, placed: ascending([...kept, ...moved]) };
}

function split(draft: Draft, options: PlanOptions, cell: number): Arranged {
  const at = placeOf(draft, cell);
  const step = draft.plan.steps[at];
  if (step === undefined || step.cells[0] === cell)
    throw new Problem(`${cellWords(draft, [cell])} is the first of its step already.`);
  const cut = step.cells.indexOf(cell);
  const steps = draft.plan.steps.flatMap((other): Arrangement =>
    other === step
      ? [{ name: step.name, cells: step.cells.slice(0, cut) }, { cells: step.cells.slice(cut) }]
      : [named(other)],
  );
  return {
    options: rearranged(draft, options, steps, [cell]),
    said: `${step.name} is split before ${cellWords(draft, [cell]).toLowerCase()}.`,
  };
}

function moveTo(draft: Draft, options: PlanOptions, cell: number, target: string): Arranged {
  const from = placeOf(draft, cell);
  const to = positionOf(draft, target);
  if (from === to) throw new Problem(`${cellWords(draft, [cell])} is in ${target} already.`);
  const { steps } = draft.plan;
  const up = to < from;
  const between = (at: number): boolean => (up ? at > to && at <= from : at < to && at >= from);
  const moved = steps
    .flatMap((step, at) => (between(at) ? step.cells : []))
    .filter((other) => (up ? other <= cell : other >= cell));
  const next = steps.flatMap((step, at): Arrangement => {
    const own = step.cells.filter((other) => !moved.includes(other));
    const cells = at === to ? ascending([...own, ...moved]) : own;
    return cells.length === 0 ? [] : [{ name: step.name, cells }];
  });
  const along = moved.filter((other) => other !== cell);
  const what = cellWords(draft, [cell]);
  return {
    options: rearranged(draft, options, next, moved),
    said:
      along.length === 0
        ? `${what} is now in ${target}.`
        : `${what} is now in ${target}, and with it ${cellWords(draft, along).toLowerCase()}, which ${along.length === 1 ? "stands" : "stand"} between.`,
  };
}

function leaveOut(draft: Draft, options: PlanOptions, cell: number, out: boolean): Arranged {
  const left = new Set(options.leaveOut);
  if (out) left.add(cell);
  else left.delete(cell);
  return {
    options: { ...options, leaveOut: ascending([...left]) },
    said: `${cellWords(draft, [cell])} is ${out ? "left out" : "kept"}.`,
  };
}

function rename(draft: Draft, options: PlanOptions, step: string, name: string): Arranged {
  const at = positionOf(draft, step);
  mustBeName(name, "A step is a Python function");
  const { steps } = draft.plan;
  if (steps.some((other) => other.name === name)) throw new Problem(`There is a step ${name} already.`);
  mustBeFree(draft, name);
  const renamed = steps.map((one, position) => ({
    name: position === at ? name : one.name,
    cells: one.cells,
  }));
  return { options: { ...options, steps: renamed }, said: `${step} is now called ${name}.` };
}

function renameSetting(draft: Draft, options: PlanOptions, key: string, name: string): Arranged {
  const setting = settingOf(draft, key);
  if (setting.variable === true) {
    throw new Problem(
      `${setting.name} is a variable of the notebook; it has another name once it is renamed there.`,
    );
  }
  mustBeName(name, "A setting is a Python parameter");
  const { settings, moreSettings } = draft.plan;
  const others = [...settings.map((other) => other.name), ...moreSettings.map((other) => other.key)];
  if (name !== key && others.includes(name)) throw new Problem(`There is a setting ${name} already.`);
  if (name !== key) mustBeFree(draft, name);
  const renamed = Object.entries(options.settings?.names ?? {}).filter(([other]) => other !== key);
  const chosen = Object.fromEntries(name === key ? renamed : [...renamed, [key, name]]);
  return {
    options: { ...options, settings: { ...options.settings, names: chosen } },
    said: `The setting ${setting.name} is now called ${name}.`,
  };
}

function switchSetting(draft: Draft, options: PlanOptions, key: string, on: boolean): Arranged {
  const known = on
    ? draft.plan.moreSettings.some((one) => one.key === key)
    : draft.plan.settings.some((one) => one.key === key);
  if (!known) throw new Problem(on ? `${key} cannot be a setting.` : `There is no setting ${key}.`);
  const without = (names: readonly string[] = []): readonly string[] => names.filter((name) => name !== key);
  const { settings } = options;
  const switched = on
    ? { on: [...without(settings?.on), key], off: without(settings?.off) }
    : { on: without(settings?.on), off: [...without(settings?.off), key] };
  return {
    options: { ...options, settings: { ...settings, ...switched } },
    said: on ? `${key} is a setting now.` : `${key} is no setting any more: its value stays in the code.`,
  };
}

function settingOf(draft: Draft, key: string): Setting {
  const setting = draft.plan.settings.find((one) => one.key === key);
  if (setting === undefined) throw new Problem(`There is no setting ${key}.`);
  return setting;
}

function mustBeName(name: string, what: string): void {
  if (/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) && !keywords.has(name)) return;
  throw new Problem(`${what}: “${name}” cannot be its name.`);
}

/** A function or parameter of that name would stand in the way of what the notebook calls by it. */
function mustBeFree(draft: Draft, name: string): void {
  if (name !== "shared" && !builtinNames.has(name) && !allNames(draft.source).has(name)) return;
  throw new Problem(`The notebook uses ${name} for something else; choose another name.`);
}

/** `Cell 4`, `Cells 4 and 5`, `Cells 4–7`, by the numbers that people see. */
export function cellWords(draft: Pick<Draft, "source">, cells: readonly number[]): string {
  const numbers = ascending(cells).map((cell) => draft.source.cells[cell]?.python.cell.number ?? cell + 1);
  const [first, last] = [numbers[0] ?? 0, numbers.at(-1) ?? 0];
  if (numbers.length < 2) return `Cell ${first}`;
  return numbers.length === 2 ? `Cells ${first} and ${last}` : `Cells ${first}–${last}`;
}

function ascending(cells: readonly number[]): readonly number[] {
  return [...new Set(cells)].sort((a, b) => a - b);
}

/** Without what is undefined. */
function given(options: { readonly [Key in keyof PlanOptions]: PlanOptions[Key] | undefined }): PlanOptions {
  const { name, leaveOut: left, settings, goals, split: mode } = options;
  return {
    ...(name === undefined ? {} : { name }),
    ...(left === undefined ? {} : { leaveOut: left }),
    ...(settings === undefined ? {} : { settings }),
    ...(goals === undefined ? {} : { goals }),
    ...(mode === undefined ? {} : { split: mode }),
  };
}
