/**
 * Plans a conversion: which cells make which step, what goes between them, what becomes a setting, and what a person
 * has to decide. Pure: it reads the notebook's text and the facts about it, and runs, reads and writes nothing else.
 * What it cannot show to be safe to part stays in one step; what it cannot convert is a decision, never a guess.
 */
import { basename, extname } from "node:path";
import type { ProgramFacts } from "../analysis/model.ts";
import { namedChildren } from "../analysis/parser.ts";
import type { Notebook, PythonCell } from "../notebook/model.ts";
import { firstTellingLine } from "../notebook/tellingLine.ts";
import { cutCells, stepTag, type ActiveCell, type Group, type SplitMode } from "./cuts.ts";
import { findDecisions } from "./decisions.ts";
import { draftSteps, plannedMetrics } from "./draftSteps.ts";
import type { Figures } from "./figures.ts";
import { keepTogether } from "./keepTogether.ts";
import { leftOut, notCarriedOver, proposals } from "./leftOut.ts";
import type { ConversionPlan, PlannedStep } from "./model.ts";
import type { ModuleNeeds } from "./moduleNeeds.ts";
import type { Stars } from "./plainCells.ts";
import { assignRoles, boundNames, type Roles, type SettingChoices } from "./roles.ts";
import { findSettings } from "./settings.ts";
import { allNames, readSource, type Source, type SourceStatement } from "./source.ts";
import { stageOf } from "./stages.ts";
import { nameSteps, type NamedGroup } from "./stepNames.ts";
import { builtinNames, keywords } from "./tables.ts";

export interface PlanOptions {
  /** How to cut; `auto` by default. */
  readonly split?: SplitMode;
  /** Code cells (from 0) that the user leaves out. */
  readonly leaveOut?: readonly number[];
  /** Name of the pipeline; by default the notebook's. */
  readonly name?: string;
  /** The steps as the user arranged them: cells by index in running order; overrides `split`. Cells not named follow `split`. */
  readonly steps?: readonly { readonly name?: string; readonly cells: readonly number[] }[];
  /** What the user decided about settings, by their keys. */
  readonly settings?: SettingChoices;
  /** Which way a metric is better, by its name, where the user says so. */
  readonly goals?: Readonly<Record<string, "maximize" | "minimize" | "none">>;
  /** What star imports bind, where an interpreter was asked. */
  readonly stars?: Stars;
  /** Cells that are in their step because the user put them there. */
  readonly placed?: readonly number[];
}

/** A plan with everything that rendering needs to know besides. */
export interface Draft {
  readonly plan: ConversionPlan;
  readonly source: Source;
  readonly roles: Roles;
  readonly kept: ReadonlySet<number>;
  readonly steps: readonly DraftStep[];
  readonly split: SplitMode;
  /** What it was planned with. */
  readonly options: PlanOptions;
}

export interface DraftStep {
  readonly step: PlannedStep;
  readonly statements: readonly SourceStatement[];
  readonly figures: Figures;
  readonly needs: ModuleNeeds;
}

/** The plan alone; see `draftConversion`. */
export function planConversion(
  notebook: Notebook,
  cells: readonly PythonCell[],
  facts: ProgramFacts,
  options: PlanOptions = {},
): ConversionPlan {
  return draftConversion(notebook, cells, facts, options).plan;
}

/**
 * Plans the conversion of a notebook. Needs `loadPythonParser()`. `plan.decisions` says what stands in the way: while
 * it is not empty, nothing may be written.
 */
export function draftConversion(
  notebook: Notebook,
  cells: readonly PythonCell[],
  facts: ProgramFacts,
  options: PlanOptions = {},
): Draft {
  const source = readSource(notebook, cells, facts);
  const split = options.split ?? "auto";
  const left = new Set(options.leaveOut ?? []);
  const kept = new Set(source.cells.map(({ index }) => index).filter((index) => !left.has(index)));
  const roles = assignRoles(source, kept, options.settings);
  const stays = stayingStatements(source, roles, kept);
  const active = source.cells.flatMap(({ index, python }): ActiveCell[] => {
    const statements = stays(index);
    return statements.length === 0 ? [] : [{ cell: python.cell, stage: stageOf(statements) }];
  });
  const woven = keepTogether(source, roles, kept, arrange(active, options, split));
  const names = allNames(source);
  const groups = woven.groups.map((group, position): NamedGroup => {
    const statements = group.flatMap((cell) => stays(cell));
    const heading = source.cells[group[0] ?? 0]?.python.cell.heading;
    const others = woven.groups.some(
      (other, at) =>
        at !== position && other.some((cell) => source.cells[cell]?.python.cell.heading === heading),
    );
    return {
      cells: group,
      flow: woven.flows[position] ?? {
        inputs: [],
        outputs: [],
        unbinds: [],
        inputEffects: [],
        outputEffects: [],
      },
      stage: groupStage(active, group),
      statements,
      heading,
      // The notebook's title is about all of it, never about one step.
      coversHeading: heading !== undefined && heading !== notebook.title && !others,
      given: givenName(group, options, source),
    };
  });
  const stepNames = nameSteps(groups, source, new Set([...names, ...roles.settings.keys()]));
  const cut = groups.map(({ cells: own }, position) => ({ name: stepNames[position] ?? "", cells: own }));
  const taken = new Set([...names, ...stepNames, ...builtinNames, ...keywords]);
  const { settings, more } = findSettings({
    ...{ source, roles, taken, choices: options.settings },
    ...{ steps: cut, staying: stays },
  });
  const steps = draftSteps({ source, roles, woven, groups, stepNames, settings, stays });
  const usedSettings = settings
    .map((setting) => ({
      ...setting,
      steps: steps.filter(({ step }) => step.settings.includes(setting.name)).map(({ step }) => step.name),
    }))
    .filter((setting) => setting.steps.length > 0);
  const without = leftOut(source, kept, roles, stays);
  const plan: ConversionPlan = {
    pipeline: options.name ?? pipelineName(notebook.path),
    notebook: notebook.path,
    steps: steps.map(({ step }) => step),
    leftOut: without,
    notCarriedOver: notCarriedOver(source, kept, roles, new Set(without.map(({ cell }) => cell))),
    settings: usedSettings,
    moreSettings: more,
    metrics: plannedMetrics(source, steps, options.goals),
    order: woven.order.map(([from, to]) => [stepNames[from] ?? "", stepNames[to] ?? ""]),
    decisions: findDecisions({ source, kept, woven, roles, stays }),
    warnings: woven.merged.map(({ cells: together, reason }) => mergedSentence(source, together, reason)),
    together: woven.merged,
    proposals: proposals(source, groups, stays),
    bundles: woven.bundles.map((bundle) =>
      bundle.map(({ group, name }) => `${stepNames[group] ?? ""}.${name}`),
    ),
    destinations: destinations(source, kept, roles, steps),
  };
  return { plan, source, roles, kept, steps, split, options };
}

/** Statements of a cell that stay in its step; none for a cell that only imports, defines, sets or shows. */
function stayingStatements(
  source: Source,
  roles: Roles,
  kept: ReadonlySet<number>,
): (cell: number) => readonly SourceStatement[] {
  const staying = new Map(
    source.cells.map(({ index, statements }) => {
      const own = statements.filter((statement) => roles.of(statement) === "keep" && !isPass(statement));
      return [index, kept.has(index) && !own.every(isRemark) ? own : []];
    }),
  );
  return (cell) => staying.get(cell) ?? [];
}

function isPass({ node }: SourceStatement): boolean {
  return node.type === "pass_statement";
}

/** A text that stands by itself: above a class it is a comment, no work for a step. */
function isRemark({ node, fact }: SourceStatement): boolean {
  const inner = node.type === "expression_statement" ? namedChildren(node)[0] : undefined;
  return inner?.type === "string" && fact.reads.length === 0 && fact.calls.length === 0;
}

function arrange(active: readonly ActiveCell[], options: PlanOptions, split: SplitMode): readonly Group[] {
  const given = (options.steps ?? []).map(({ cells }) =>
    cells.filter((cell) => active.some((entry) => entry.cell.index === cell)),
  );
  const inGiven = new Set(given.flat());
  const rest = cutCells(
    active.filter(({ cell }) => !inGiven.has(cell.index)),
    split,
  );
  // Order is the notebook's: what the user put together is one run of cells, with whatever stands between.
  const all = [...given.filter((cells) => cells.length > 0), ...rest].map((cells) =>
    [...cells].sort((a, b) => a - b),
  );
  const result: number[][] = [];
  for (const group of all.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))) {
    const last = result.at(-1);
    if (last !== undefined && (last.at(-1) ?? -1) > (group[0] ?? 0)) {
      last.push(...group);
      last.sort((a, b) => a - b);
    } else {
      result.push(group);
    }
  }
  return result;
}

function groupStage(active: readonly ActiveCell[], group: Group): NamedGroup["stage"] {
  const stages = group.map((cell) => active.find((entry) => entry.cell.index === cell)?.stage ?? "other");
  const order = [
    "tune",
    "train",
    "split",
    "evaluate",
    "predict",
    "load",
    "prepare",
    "save",
    "plot",
    "other",
    "look",
  ] as const;
  return order.find((stage) => stages.includes(stage)) ?? "other";
}

function givenName(group: Group, options: PlanOptions, source: Source): string | undefined {
  const byUser = options.steps?.find(({ cells }) => cells.some((cell) => group.includes(cell)))?.name;
  if (byUser !== undefined) return byUser;
  if (options.split !== "tags") return undefined;
  const cell = source.cells[group[0] ?? 0]?.python.cell;
  return cell === undefined ? undefined : stepTag(cell);
}

/** The notebook's name as a folder that Python can import, and as a title. */
export function pipelineName(path: string): string {
  const stem = basename(path, extname(path))
    .replace(/[^\p{L}\p{N}_]+/gu, "_")
    .replace(/^_+|_+$/g, "");
  return stem === "" ? "pipeline" : stem;
}

function mergedSentence(source: Source, cells: readonly number[], reason: string): string {
  const numbers = cells.map((cell) => source.cells[cell]?.python.cell.number ?? cell + 1);
  const first = source.cells[cells[0] ?? 0]?.python.cell.source ?? "";
  return `Cells ${numbers.join(", ")} (${firstTellingLine({ source: first })} …) are kept together because ${reason}.`;
}

function destinations(
  source: Source,
  kept: ReadonlySet<number>,
  roles: Roles,
  steps: readonly DraftStep[],
): ConversionPlan["destinations"] {
  return source.cells.flatMap(({ index, statements }) => {
    if (!kept.has(index)) return [];
    const to = new Set<string>();
    if (statements.some((statement) => roles.of(statement) === "option"))
      steps.forEach(({ step }) => to.add(step.name));
    const settings = statements.filter((statement) => roles.of(statement) === "setting").flatMap(boundNames);
    if (steps.some(({ step }) => step.settings.some((name) => settings.includes(name)))) to.add("parameters");
    for (const { step, needs } of steps) {
      const moved = [...needs.moved].some((statement) => statement.cell === index);
      if (step.cells.includes(index) || moved) to.add(step.name);
    }
    return [{ cell: index, to: [...to] }];
  });
}
