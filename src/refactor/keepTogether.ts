/**
 * Puts steps together until every value between two steps can travel: live in one process, and as a file between two.
 * What stays in one step: a function that is not free to move, a module held in a variable, a generator or open file,
 * a name that may be unbound, figures, and objects that share parts but come from different steps.
 */
import type { Flow } from "../analysis/model.ts";
import { fieldOf, type SyntaxNode } from "../analysis/parser.ts";
import type { Group } from "./cuts.ts";
import { carriesFigure } from "./figures.ts";
import { boundNames, type Roles } from "./roles.ts";
import { assignedValue, calleeOf, namesIn, walk, type Source, type SourceStatement } from "./source.ts";

export interface Woven {
  readonly groups: readonly Group[];
  /** What each group takes and gives; names that stand at the top of a module are left out. */
  readonly flows: readonly Flow[];
  /** Outputs of one group that may share an object which is changed later, by group and name. */
  readonly bundles: readonly (readonly { readonly group: number; readonly name: string }[])[];
  /** Pairs of groups that share something other than a value, such as a file. */
  readonly order: readonly (readonly [number, number])[];
  /** Sentences about what was put together and why, with the cell indices. */
  readonly merged: readonly { readonly cells: readonly number[]; readonly reason: string }[];
}

/** Effects that need no value: handed on between processes by the runtime, or lying outside the process. */
const travels =
  /^<(rng:(python|numpy|torch)|options:(pandas|numpy|matplotlib|warnings|logging)|options|env|cwd|sys\.path|file|stdout|stderr|network|net|clock|shell|db|star|display|warnings|logging)\b/;

interface Merge {
  readonly from: number;
  readonly to: number;
  readonly reason: string;
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
  let groups = initial.map((group) => [...group]);
  const merged: { cells: number[]; reason: string }[] = [];
  for (;;) {
    const flows = flowsOf(source, roles, kept, groups);
    const merge = nextMerge({ source, roles, kept, groups, flows });
    if (merge === undefined) return finish(source, groups, flows, merged);
    const together = groups.slice(merge.from, merge.to + 1).flat();
    merged.push({ cells: together, reason: merge.reason });
    groups = [...groups.slice(0, merge.from), together, ...groups.slice(merge.to + 1)];
  }
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
  return groups.map((group) => {
    const flow = flows[all.indexOf(group)];
    return {
      inputs: (flow?.inputs ?? []).filter(travelling),
      outputs: (flow?.outputs ?? []).filter(travelling),
      unbinds: flow?.unbinds ?? [],
      inputEffects: flow?.inputEffects ?? [],
      outputEffects: flow?.outputEffects ?? [],
    };
  });
}

interface State {
  readonly source: Source;
  readonly roles: Roles;
  readonly kept: ReadonlySet<number>;
  readonly groups: readonly Group[];
  readonly flows: readonly Flow[];
}

function nextMerge(state: State): Merge | undefined {
  return untransportable(state) ?? maybeUnbound(state) ?? effects(state) ?? sharedAcross(state);
}

/** The group whose output an input is; undefined where no step above gives it. */
export function producerOf(flows: readonly Flow[], group: number, name: string): number | undefined {
  const producer = flows.findLastIndex((flow, position) => position < group && flow.outputs.includes(name));
  return producer < 0 ? undefined : producer;
}

function untransportable({ source, roles, groups, flows }: State): Merge | undefined {
  for (const [to, flow] of flows.entries()) {
    for (const name of flow.inputs) {
      const binder = lastBinder(source, groups, name, groups[to]?.[0] ?? 0);
      if (binder === undefined) continue;
      const reason = reasonToStay(source, roles, binder, name);
      const from = groups.findIndex((group) => group.includes(binder.cell));
      if (reason !== undefined && from >= 0 && from < to) return { from, to, reason };
    }
  }
  return undefined;
}

function lastBinder(
  source: Source,
  groups: readonly Group[],
  name: string,
  before: number,
): SourceStatement | undefined {
  const active = new Set(groups.flat());
  return source.statements.findLast(
    (statement) =>
      statement.cell < before && active.has(statement.cell) && boundNames(statement).includes(name),
  );
}

const heldTypes: readonly { readonly type: RegExp; readonly what: string }[] = [
  {
    type: /^(generator|iterator|map|filter|zip|enumerate|reversed)$|(^|\.)\w*_?iterator$/i,
    what: "a generator",
  },
  {
    type: /^(_?io\.|sqlite3\.|socket\.|tempfile\.|zipfile\.ZipFile|sqlalchemy\.)/,
    what: "an open file or connection",
  },
  { type: /^(function|method|builtin_function_or_method|module|type)$/, what: "a function or module" },
  { type: /^matplotlib\.(figure|axes|artist|lines|container)/, what: "a figure" },
  { type: /^re\.Match$|^dict_(keys|values|items)$/, what: "a view or a match" },
  { type: /^(threading|multiprocessing|concurrent|asyncio|subprocess)\./, what: "a process or thread" },
];

function reasonToStay(
  source: Source,
  roles: Roles,
  statement: SourceStatement,
  name: string,
): string | undefined {
  if (statement.fact.kind === "import") return `${name} is a module or function under a name with other uses`;
  if (statement.definition?.name === name) return `${name} reads values of the cells around it`;
  const type = source.facts.typeOf(name, statement.cell);
  const held = type === undefined ? undefined : heldTypes.find((entry) => entry.type.test(type));
  if (held !== undefined) return `${name} is ${held.what}`;
  if (statement.fact.binds.some((binding) => binding.name === name && binding.kind === "with")) {
    return `${name} is an open file or connection`;
  }
  const value = assignedValue(statement.node)?.value;
  const callee = value === undefined ? "" : (calleeOf(value) ?? "");
  if (/\.(keys|values|items)$/.test(callee) && type === undefined) return `${name} is a view of a dictionary`;
  if (type === undefined && /(^|\.)(search|match|fullmatch|finditer)$/.test(callee)) {
    return `${name} is a match of a regular expression`;
  }
  if (value?.type === "generator_expression") return `${name} is a generator`;
  if (holdsFunction(statement.node, roles)) return `${name} holds a function`;
  const flagged = source.facts.diagnostics.find(
    ({ unit, code }) => unit === statement.cell && (code === "generator" || code === "open-resource"),
  );
  if (flagged === undefined || type !== undefined) return undefined;
  return flagged.code === "generator"
    ? `${name} may be a half-used generator`
    : `${name} may be an open file or connection`;
}

/** Calls that use up a function they are given, so that nothing keeps it. */
const consuming =
  /(^|\.)(apply|applymap|map|agg|aggregate|transform|pipe|assign|sort|sorted|sort_values|min|max|filter|groupby|rename|sub|reduce|any|all|sum|list|tuple|set|dict|len|print|join|where|mask|explode|combine|loc)$/;

/** A lambda, or a function that reads its step's values, that the statement's value may keep. */
function holdsFunction(node: SyntaxNode, roles: Roles): boolean {
  if (node.type === "function_definition" || node.type === "class_definition") return false;
  const visit = (current: SyntaxNode, consumed: boolean): boolean => {
    if (current.type === "lambda") return !consumed;
    if (current.type === "identifier" && roles.local.has(current.text)) return !consumed;
    if (current.type === "call") {
      const callee = fieldOf(current, "function");
      const list = fieldOf(current, "arguments");
      const called = callee?.text ?? "";
      const uses = consuming.test(called) && !/^(map|filter)$/.test(called);
      const inCallee = callee !== undefined && !roles.local.has(called) && visit(callee, consumed);
      return inCallee || (list?.children ?? []).some((child) => visit(child, uses));
    }
    return current.children.some((child) => visit(child, consumed));
  };
  return visit(node, false);
}

/** An output that a branch or loop may leave unbound cannot be returned by its name. */
function maybeUnbound({ source, groups, flows }: State): Merge | undefined {
  for (const [from, flow] of flows.entries()) {
    for (const name of flow.outputs) {
      if (flow.inputs.includes(name)) continue;
      const group = groups[from] ?? [];
      const sure = source.statements.some(
        (statement) =>
          group.includes(statement.cell) &&
          (statement.fact.binds.some(
            (binding) => binding.name === name && binding.certain && binding.kind !== "delete",
          ) ||
            boundNames(statement).includes(name)) &&
          !statement.fact.binds.some((binding) => binding.name === name && !binding.certain),
      );
      const to = flows.findLastIndex((other, position) => position > from && other.inputs.includes(name));
      if (!sure && to > from) return { from, to, reason: `${name} may have no value yet` };
    }
  }
  return undefined;
}

function effects({ source, groups, roles }: State): Merge | undefined {
  const staying = (cell: number): readonly SourceStatement[] =>
    (source.cells[cell]?.statements ?? []).filter((statement) => roles.of(statement) === "keep");
  const groupOf = (cell: number): number => groups.findIndex((group) => group.includes(cell));
  for (const edge of source.facts.edges) {
    const from = groupOf(edge.from);
    const to = groupOf(edge.to);
    const held = edge.effects.find(
      (effect) =>
        !travels.test(effect) &&
        (!effect.startsWith("<pyplot") || carriesFigure(source, edge.from, edge.to, staying)),
    );
    if (held !== undefined && from >= 0 && to > from) return { from, to, reason: reasonFor(held) };
  }
  return undefined;
}

function reasonFor(effect: string): string {
  if (effect.startsWith("<pyplot")) return "they draw on the same figure";
  return `they share ${effect.replace(/[<>]/g, "")}`;
}

/** Objects that share a part, are changed later and come from different steps: the steps are put together. */
function sharedAcross(state: State): Merge | undefined {
  for (const { group, names } of sharingInputs(state)) {
    const producers = names.map((name) => producerOf(state.flows, group, name));
    const known = producers.filter((producer) => producer !== undefined);
    if (known.length < 2) continue;
    const from = Math.min(...known);
    const to = Math.max(...known);
    if (from < to)
      return { from, to, reason: `${names.join(" and ")} share an object that is changed later` };
  }
  return undefined;
}

interface Sharing {
  readonly group: number;
  readonly names: readonly [string, string];
}

function* sharingInputs({
  source,
  groups,
  flows,
}: Pick<State, "source" | "groups" | "flows">): Generator<Sharing> {
  for (const [group, flow] of flows.entries()) {
    const first = groups[group]?.[0] ?? 0;
    const changed = new Set(
      source.statements.filter(({ cell }) => cell >= first).flatMap(({ fact }) => fact.mutates),
    );
    for (const [position, name] of flow.inputs.entries()) {
      const aliases = new Set(source.facts.aliasesOf(name, first - 1));
      for (const other of flow.inputs.slice(position + 1)) {
        if (aliases.has(other) && (changed.has(name) || changed.has(other)))
          yield { group, names: [name, other] };
      }
    }
  }
}

function finish(
  source: Source,
  groups: readonly Group[],
  flows: readonly Flow[],
  merged: Woven["merged"],
): Woven {
  const bundles: { group: number; name: string }[][] = [];
  for (const { group, names } of sharingInputs({ source, groups, flows })) {
    const members = names.flatMap((name) => {
      const producer = producerOf(flows, group, name);
      return producer === undefined ? [] : [{ group: producer, name }];
    });
    if (members.length < 2) continue;
    const same = (a: { group: number; name: string }, b: { group: number; name: string }): boolean =>
      a.group === b.group && a.name === b.name;
    const known = bundles.find((bundle) =>
      bundle.some((entry) => members.some((member) => same(entry, member))),
    );
    const bundle = known ?? [];
    if (known === undefined) bundles.push(bundle);
    for (const member of members) if (!bundle.some((entry) => same(entry, member))) bundle.push(member);
  }
  return { groups, flows, bundles, order: orderOf(source, groups, flows), merged };
}

/** Groups that touch the same file or share a state, and have no value between them that orders them. */
function orderOf(
  source: Source,
  groups: readonly Group[],
  flows: readonly Flow[],
): readonly (readonly [number, number])[] {
  const groupOf = (cell: number): number => groups.findIndex((group) => group.includes(cell));
  const linked = new Map<number, Set<number>>();
  flows.forEach((flow, group) => {
    const before = new Set<number>();
    for (const name of flow.inputs) {
      const producer = producerOf(flows, group, name);
      if (producer === undefined) continue;
      before.add(producer);
      linked.get(producer)?.forEach((earlier) => before.add(earlier));
    }
    linked.set(group, before);
  });
  const pairs = source.facts.edges
    .filter(({ effects }) => effects.length > 0)
    .map(({ from, to }): readonly [number, number] => [groupOf(from), groupOf(to)])
    .filter(([from, to]) => from >= 0 && to > from)
    // Nearest first, so that what two short edges say together is known before the long one is looked at.
    .toSorted(([a, b], [c, d]) => b - d || c - a);
  const kept: (readonly [number, number])[] = [];
  for (const [from, to] of pairs) {
    const before = linked.get(to) ?? new Set();
    if (before.has(from)) continue;
    kept.push([from, to]);
    before.add(from);
    linked.get(from)?.forEach((earlier) => before.add(earlier));
  }
  return kept.toSorted(([a, b], [c, d]) => a - c || b - d);
}

/** Names that stand in the text of some statements and are imported, defined or set elsewhere. */
export function namesNeeded(statements: readonly SourceStatement[]): ReadonlySet<string> {
  return new Set(statements.flatMap(({ node, fact }) => [...namesIn(node, new Set(fact.reads))]));
}

/** True where a node holds a call of one of these names. */
export function callsAny(node: SyntaxNode, names: ReadonlySet<string>): boolean {
  return [...walk(node)].some(
    (child) => child.type === "call" && names.has(fieldOf(child, "function")?.text ?? ""),
  );
}
