/**
 * Puts steps together until every value between two steps can travel: live in one process, and as a file between two.
 * What stays in one step: a function that is not free to move, a module held in a variable, a generator or open file,
 * a figure that is gone on with, and objects that share parts but come from different steps.
 */
import type { Flow } from "../analysis/model.ts";
import type { Group } from "./cuts.ts";
import { carriesFigure, figuresSurvive } from "./carriedFigures.ts";
import type { Roles } from "./roles.ts";
import { bundlesOf, producerOf, sharingInputs } from "./sharing.ts";
import type { Source, SourceStatement } from "./source.ts";
import { orderOf } from "./stepOrder.ts";
import { lastBinder, reasonToStay } from "./transport.ts";
import { unboundOutputs } from "./unbound.ts";

export interface Woven {
  readonly groups: readonly Group[];
  /** What each group takes and gives; names that stand at the top of a module are left out. */
  readonly flows: readonly Flow[];
  /** Names that each group may give without a value: a branch or a loop alone binds them. */
  readonly unbound: readonly ReadonlySet<string>[];
  /** Outputs of one group that may share an object which is changed later, by group and name. */
  readonly bundles: readonly (readonly { readonly group: number; readonly name: string }[])[];
  /** Pairs of groups that share something other than a value, such as a file. */
  readonly order: readonly (readonly [number, number])[];
  /** What was put together and why, with the cell indices; one entry a group. */
  readonly merged: readonly { readonly cells: readonly number[]; readonly reason: string }[];
}

/** Effects that need no value: handed on between processes by the runtime, or lying outside the process. */
const travels =
  /^<(rng:(python|numpy|torch)|options:(pandas|numpy|matplotlib|warnings|logging)|options|env|cwd|sys\.path|file|stdout|stderr|network|net|clock|shell|db|star|display|warnings|logging)\b/;

/** Groups from one to another that become one, with those between. */
interface Merge {
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

interface Joined {
  readonly cells: readonly number[];
  readonly reasons: readonly string[];
}

/**
 * @param kept cells that run at all, in order; those in no group (they only import and define) run where they stand.
 */
export function keepTogether(
  source: Source,
  roles: Roles,
  kept: ReadonlySet<number>,
  initial: readonly Group[],
): Woven {
  let joined: readonly Joined[] = initial.map((cells) => ({ cells, reasons: [] }));
  for (;;) {
    const groups = joined.map(({ cells }) => cells);
    const flows = flowsOf(source, roles, kept, groups);
    const merges = mergesOf({ source, roles, groups, flows });
    if (merges.length === 0) {
      return {
        groups,
        flows,
        unbound: unboundOutputs(source, groups, flows),
        bundles: bundlesOf(source, groups, flows),
        order: orderOf(source, groups, flows),
        merged: joined
          .filter(({ reasons }) => reasons.length > 0)
          .map(({ cells, reasons }) => ({ cells, reason: sentenceOf(reasons) })),
      };
    }
    joined = join(joined, merges);
  }
}

/** What keeps a group together, in words: not more than two reasons. */
function sentenceOf(reasons: readonly string[]): string {
  const unlike = [...new Set(reasons)];
  return unlike.length > 2 ? `${unlike.slice(0, 2).join(", ")}, and more` : unlike.join(", and ");
}

function join(joined: readonly Joined[], merges: readonly Merge[]): readonly Joined[] {
  const result: { cells: number[]; reasons: string[]; last: number }[] = [];
  joined.forEach(({ cells, reasons }, position) => {
    const open = result.at(-1);
    const starting = merges.filter(({ from }) => from === position);
    const group =
      open !== undefined && open.last >= position ? open : { cells: [], reasons: [], last: position };
    if (group !== open) result.push(group);
    group.cells.push(...cells);
    group.reasons.push(...reasons, ...starting.map(({ reason }) => reason));
    group.last = Math.max(group.last, ...starting.map(({ to }) => to));
  });
  return result;
}

function flowsOf(
  source: Source,
  roles: Roles,
  kept: ReadonlySet<number>,
  groups: readonly Group[],
): readonly Flow[] {
  const inGroup = new Set(groups.flat());
  const alone = [...kept].filter((cell) => !inGroup.has(cell)).map((cell) => [cell]);
  const all = [...groups, ...alone].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));
  const flows = source.facts.flowsOf(all);
  const travelling = (name: string): boolean =>
    !roles.homes.has(name) && !roles.local.has(name) && !roles.settings.has(name);
  const given = new Set<string>();
  return groups.map((group) => {
    const flow = flows[all.indexOf(group)];
    const inputs = (flow?.inputs ?? []).filter(travelling);
    const outputs = (flow?.outputs ?? []).filter(travelling);
    const bound = new Set(group.flatMap((cell) => source.facts.units[cell]?.writes ?? []));
    // What is handed on beside an object that it shares is taken first.
    const passed = outputs.filter((name) => !bound.has(name) && !inputs.includes(name) && given.has(name));
    outputs.forEach((name) => given.add(name));
    return {
      inputs: [...inputs, ...passed],
      outputs,
      unbinds: flow?.unbinds ?? [],
      inputEffects: flow?.inputEffects ?? [],
      outputEffects: flow?.outputEffects ?? [],
    };
  });
}

interface State {
  readonly source: Source;
  readonly roles: Roles;
  readonly groups: readonly Group[];
  readonly flows: readonly Flow[];
}

/** Everything that has to come together as the groups are now. */
function mergesOf(state: State): readonly Merge[] {
  return [...untransportable(state), ...effects(state), ...sharedAcross(state)];
}

function untransportable({ source, roles, groups, flows }: State): Merge[] {
  const active = new Set(groups.flat());
  return flows.flatMap((flow, to) =>
    flow.inputs.flatMap((name): Merge[] => {
      const binder = lastBinder(source, active, name, groups[to]?.[0] ?? 0);
      if (binder === undefined) return [];
      const from = groups.findIndex((group) => group.includes(binder.cell));
      if (from < 0 || from >= to) return [];
      const reason = reasonToStay(source, roles, binder, name);
      return reason === undefined ? [] : [{ from, to, reason }];
    }),
  );
}

function effects({ source, groups, roles }: State): Merge[] {
  const staying = (cell: number): readonly SourceStatement[] =>
    (source.cells[cell]?.statements ?? []).filter((statement) => roles.of(statement) === "keep");
  const groupOf = (cell: number): number => groups.findIndex((group) => group.includes(cell));
  const survive = figuresSurvive(source, staying);
  return source.facts.edges.flatMap((edge): Merge[] => {
    const from = groupOf(edge.from);
    const to = groupOf(edge.to);
    if (from < 0 || to <= from) return [];
    const held = edge.effects.find(
      (effect) =>
        !travels.test(effect) &&
        (!effect.startsWith("<pyplot") || (survive && carriesFigure(edge.from, edge.to, staying))),
    );
    return held === undefined ? [] : [{ from, to, reason: reasonFor(held) }];
  });
}

function reasonFor(effect: string): string {
  if (effect.startsWith("<pyplot")) return "they draw on the same figure";
  return `they share ${effect.replace(/[<>]/g, "")}`;
}

/** Objects that share a part, are changed later and come from different steps: the steps are put together. */
function sharedAcross({ source, groups, flows }: State): Merge[] {
  return sharingInputs(source, groups, flows).flatMap(({ group, names }): Merge[] => {
    const known = names
      .map((name) => producerOf(flows, group, name))
      .filter((producer) => producer !== undefined);
    const from = Math.min(...known);
    const to = Math.max(...known);
    if (known.length < 2 || from >= to) return [];
    return [{ from, to, reason: `${names.join(" and ")} share an object that is changed later` }];
  });
}
