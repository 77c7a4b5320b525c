/** Each group of cells as a planned step: what it takes and gives, its settings, its figures, what its module needs. */
import type { Source, SourceStatement } from "./source.ts";
import { namesIn } from "./source.ts";
import { returnFigures } from "./figures.ts";
import type { Woven } from "./keepTogether.ts";
import { findMetrics } from "./metrics.ts";
import type { PlannedMetric, PlannedOutput, PlannedStep, Setting } from "./model.ts";
import { moduleNeeds } from "./moduleNeeds.ts";
import type { DraftStep, PlanOptions } from "./plan.ts";
import { boundNames, type Roles } from "./roles.ts";
import { producerOf } from "./sharing.ts";
import type { NamedGroup } from "./stepNames.ts";
import { formatOfType } from "./tables.ts";

interface StepInput {
  readonly source: Source;
  readonly roles: Roles;
  readonly woven: Woven;
  readonly groups: readonly NamedGroup[];
  readonly stepNames: readonly string[];
  readonly settings: readonly Setting[];
  readonly stays: (cell: number) => readonly SourceStatement[];
}

export function draftSteps(input: StepInput): DraftStep[] {
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
      if (woven.unbound[position]?.has(name) === true)
        return { name, type: undefined, format: "pickle", unbound: true };
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

export function plannedMetrics(
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
