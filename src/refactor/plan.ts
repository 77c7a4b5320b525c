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
import { returnFigures, type Figures } from "./figures.ts";
import { keepTogether, producerOf, type Woven } from "./keepTogether.ts";
import { leftOut, notCarriedOver, proposals } from "./leftOut.ts";
import { findMetrics } from "./metrics.ts";
import type { ConversionPlan, PlannedMetric, PlannedOutput, PlannedStep, Setting } from "./model.ts";
import { moduleNeeds, type ModuleNeeds } from "./moduleNeeds.ts";
import { assignRoles, boundNames, type Roles, type SettingChoices } from "./roles.ts";
import { findSettings } from "./settings.ts";
import { allNames, namesIn, readSource, type Source, type SourceStatement } from "./source.ts";
import { stageOf } from "./stages.ts";
import { nameSteps, type NamedGroup } from "./stepNames.ts";
import { builtinNames, formatOfType, keywords } from "./tables.ts";

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

interface StepInput {
  readonly source: Source;
  readonly roles: Roles;
  readonly woven: Woven;
  readonly groups: readonly NamedGroup[];
  readonly stepNames: readonly string[];
  readonly settings: readonly Setting[];
  readonly stays: (cell: number) => readonly SourceStatement[];
}

function draftSteps(input: StepInput): DraftStep[] {
  const { source, roles, woven, groups, stepNames, settings, stays } = input;
  const pyplot = pyplotName(source);
  return groups.map(({ cells, flow, statements, heading }, position): DraftStep => {
    const first = cells[0] ?? 0;
    const last = cells.at(-1) ?? first;
    const needs = moduleNeeds(source, roles, cells, statements, new Set(flow.inputs));
    const own = new Set([
      ...needs.text,
      ...[...needs.moved].flatMap((statement) => [...namesIn(statement.node)]),
    ]);
    const figures = returnFigures(source, cells, stays, pyplot, (name) => freshName(name, own));
    const bound = statements.flatMap(boundNames);
    const order = (name: string): number => (bound.includes(name) ? bound.lastIndexOf(name) : -1);
    const scores = findMetrics(source, statements).map(({ name }) => name);
    const given = [...new Set([...flow.outputs, ...scores])]
      .filter((name) => name !== figures.output?.name)
      .sort((a, b) => order(a) - order(b));
    const outputs: PlannedOutput[] = given.map((name) => {
      const type = source.facts.typeOf(name, last);
      const bundled = woven.bundles.some((bundle) =>
        bundle.some((entry) => entry.group === position && entry.name === name),
      );
      return { name, type, format: bundled ? "pickle" : formatFor(type) };
    });
    if (figures.output !== undefined) outputs.push({ ...figures.output, format: "png" });
    const text = needs.text;
    const mentioned = [...text];
    const place = (name: string): number =>
      mentioned.includes(name) ? mentioned.indexOf(name) : mentioned.length;
    const inputs = [...flow.inputs]
      .sort((a, b) => place(a) - place(b))
      .flatMap((name) => {
        const producer = producerOf(woven.flows, position, name);
        return producer === undefined ? [] : [{ name, from: `${stepNames[producer] ?? ""}.${name}` }];
      });
    const taken = settings.filter(
      ({ name, places }) =>
        places.some(({ cell, range }) => cells.includes(cell) && staysAt(stays(cell), range.start)) ||
        (roles.settings.has(name) && text.has(name)),
    );
    const step: PlannedStep = {
      name: stepNames[position] ?? "",
      heading,
      cells,
      inputs,
      outputs,
      settings: signatureOrder(taken, first).map(({ name }) => name),
      notes: notes(
        statements,
        inputs.map(({ name }) => name),
        taken,
      ),
    };
    return { step, statements, figures, needs };
  });
}

function staysAt(statements: readonly SourceStatement[], offset: number): boolean {
  return statements.some(({ fact }) => fact.range.start <= offset && offset < fact.range.end);
}

/** Settings of the step itself in the order of their use, then those the notebook set further up, then paths to write. */
function signatureOrder(settings: readonly Setting[], first: number): readonly Setting[] {
  const rank = ({ access, places }: Setting): number =>
    access === "write" ? 2 : (places[0]?.cell ?? 0) < first && access === undefined ? 1 : 0;
  return [...settings].sort((a, b) => rank(a) - rank(b));
}

function notes(
  statements: readonly SourceStatement[],
  inputs: readonly string[],
  settings: readonly Setting[],
): readonly string[] {
  return [
    ...changedInPlace(statements, inputs).map((name) => `changes ${name} in place`),
    ...settings.filter(({ access }) => access === "write").map(({ name }) => `writes ${name}`),
    ...(statements.some(({ fact }) => fact.effects.reads.some((effect) => /^<(clock|time)/.test(effect)))
      ? ["reads the clock"]
      : []),
  ];
}

/** Inputs whose object a step changes before it gives the name to another one. */
export function changedInPlace(
  statements: readonly SourceStatement[],
  inputs: readonly string[],
): readonly string[] {
  const rebound = new Set<string>();
  const changed = new Set<string>();
  for (const { fact } of statements) {
    const own = new Set(fact.binds.filter(({ certain }) => certain).map(({ name }) => name));
    for (const name of fact.mutates) if (!rebound.has(name) && inputs.includes(name)) changed.add(name);
    own.forEach((name) => rebound.add(name));
  }
  return [...changed];
}

function formatFor(type: string | undefined): string {
  return formatOfType.find((entry) => type !== undefined && entry.type.test(type))?.format ?? "pickle";
}

function freshName(name: string, taken: ReadonlySet<string>): string {
  const options = [name, `${name}_shown`, `${name}_result`];
  return options.find((option) => !taken.has(option)) ?? `${name}_${taken.size}`;
}

/** What pyplot is called in the notebook. */
export function pyplotName(source: Source): string {
  const imports = source.cells.flatMap(({ facts }) => facts.imports);
  return imports.find(({ target, name }) => target === "matplotlib.pyplot" && name !== "*")?.name ?? "plt";
}

function plannedMetrics(
  source: Source,
  steps: readonly DraftStep[],
  goals: PlanOptions["goals"] = {},
): readonly PlannedMetric[] {
  const metrics = steps.flatMap(({ step, statements }) =>
    findMetrics(source, statements)
      .filter(({ name }) => step.outputs.some((output) => output.name === name))
      .map(({ name, goal }) => ({ name, from: `${step.name}.${name}`, goal, step: step.name })),
  );
  return metrics.map(({ name, from, goal, step }) => {
    const twice = metrics.filter((metric) => metric.name === name).length > 1;
    const called = twice ? `${step}_${name}` : name;
    const chosen = goals[called];
    return { name: called, from, goal: chosen === undefined ? goal : chosen === "none" ? undefined : chosen };
  });
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
