/** What groups of units need and hand on, from what each unit was seen to do. */
import type { Edge, Effect, Flow } from "./model.ts";
import type { UnitRecord } from "./run.ts";
import { reach, sharedObjects, type Slot } from "./values.ts";

interface Summary {
  /** Names and effects read before the group certainly settles them; plain imports left out. */
  readonly exposed: ReadonlySet<string>;
  readonly reads: ReadonlySet<string>;
  readonly may: ReadonlySet<string>;
  readonly killed: ReadonlySet<string>;
  readonly settled: ReadonlyMap<string, "bound" | "unbound">;
  /** Names whose object it changes in place. */
  readonly reaching: ReadonlySet<string>;
  /** Those of them that were not bound in the group itself before. */
  readonly reachingFromOutside: ReadonlySet<string>;
  readonly before: ReadonlyMap<string, Slot>;
  readonly after: ReadonlyMap<string, Slot>;
}

const isEffect = (name: string): boolean => name.startsWith("<");
const anyFile = "<file:*>";
const isFile = (name: string): boolean => name.startsWith("<file:");

/** Flows of groups that run one after the other; a group is the records of its units in running order. */
export function flowsOf(groups: readonly (readonly UnitRecord[])[]): readonly Flow[] {
  let before: ReadonlyMap<string, Slot> = new Map();
  const summaries = groups.map((records) => {
    const summary = summarize(records, before);
    before = summary.after;
    return summary;
  });
  const flows: Flow[] = [];
  let live: ReadonlySet<string> = new Set();
  const later: ReadonlySet<string>[] = [];
  for (const summary of summaries.toReversed()) {
    const flow = flowOf(summary, live, later);
    flows.unshift(flow);
    later.push(summary.reachingFromOutside);
    const kept = [...live].filter((name) => !summary.settled.has(name));
    live = new Set([...kept, ...flow.inputs, ...flow.inputEffects]);
  }
  return flows;
}

function summarize(records: readonly UnitRecord[], before: ReadonlyMap<string, Slot>): Summary {
  const exposed = new Set<string>();
  const reads = new Set<string>();
  const may = new Set<string>();
  const killed = new Set<string>();
  const reaching = new Set<string>();
  const reachingFromOutside = new Set<string>();
  const settled = new Map<string, "bound" | "unbound">();
  for (const record of records) {
    for (const name of record.exposed) {
      reads.add(name);
      if (!settled.has(name) && !record.importsRead.has(name)) exposed.add(name);
    }
    for (const name of record.reaching) {
      reaching.add(name);
      if (!settled.has(name)) reachingFromOutside.add(name);
    }
    for (const name of record.may) may.add(name);
    for (const name of record.killed) {
      killed.add(name);
      settled.delete(name);
    }
    for (const name of record.may) if (settled.get(name) === "unbound") settled.delete(name);
    for (const name of record.must) settled.set(name, "bound");
    for (const name of record.unbound) settled.set(name, "unbound");
  }
  const after = records.at(-1)?.slots ?? before;
  return { exposed, reads, may, killed, settled, reaching, reachingFromOutside, before, after };
}

/** `later` holds, for each group that follows, the names whose object that group changes in place. */
function flowOf(summary: Summary, live: ReadonlySet<string>, later: readonly ReadonlySet<string>[]): Flow {
  const { exposed, may, killed, settled, reaching, reachingFromOutside, before, after } = summary;
  const isLive = (name: string): boolean =>
    live.has(name) || (isFile(name) && (live.has(anyFile) || (name === anyFile && [...live].some(isFile))));
  const partly = [...may, ...killed].filter((name) => !settled.has(name) && isLive(name));
  const changed = [...reachingFromOutside].filter(isLive);
  const needed = new Set([...exposed, ...partly, ...changed].filter((name) => isProvided(name, before)));
  const given = new Set([...may, ...reaching].filter((name) => isLive(name) && isHandedOn(after.get(name))));
  // A name that shares an object with one made here is handed on beside it where the object still changes.
  for (const name of [...given].filter((each) => may.has(each))) {
    for (const names of later.filter((each) => each.has(name))) {
      for (const partner of names) {
        if (isLive(partner) && shareObjects(after.get(name), after.get(partner))) given.add(partner);
      }
    }
  }
  for (const name of classesOf([...given].map((each) => after.get(each)))) if (may.has(name)) given.add(name);
  const unbinds = [...killed].filter(
    (name) => after.get(name)?.presence !== "bound" && isProvided(name, before),
  );
  return {
    inputs: [...needed].filter((name) => !isEffect(name)),
    outputs: [...given].filter((name) => !isEffect(name)),
    unbinds,
    inputEffects: [...needed].filter(isEffect),
    outputEffects: [...given].filter(isEffect),
  };
}

function isProvided(name: string, before: ReadonlyMap<string, Slot>): boolean {
  if (isFile(name)) {
    if (before.has(anyFile)) return true;
    return name === anyFile ? [...before.keys()].some(isFile) : before.has(name);
  }
  const slot = before.get(name);
  return slot !== undefined && slot.presence !== "unbound" && slot.imported === undefined;
}

function shareObjects(a: Slot | undefined, b: Slot | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  const mine = sharedObjects(a.value.objects);
  return [...sharedObjects(b.value.objects)].some((object) => mine.has(object));
}

/** Names of the program's classes that objects among some values belong to: without its class no object travels. */
function classesOf(slots: readonly (Slot | undefined)[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const object of reach(slots.flatMap((slot) => [...(slot?.value.objects ?? [])]))) {
    if (object.kind === "instance" && object.classCode !== undefined) names.add(object.classCode.name);
  }
  return names;
}

function isHandedOn(slot: Slot | undefined): boolean {
  return slot !== undefined && slot.presence !== "unbound" && slot.imported === undefined;
}

/** Who hands each input on, and which files have to be written before or after another unit uses them. */
export function edgesOf(flows: readonly Flow[], records: readonly UnitRecord[]): readonly Edge[] {
  const edges = new Map<string, { from: number; to: number; names: Set<string>; effects: Set<Effect> }>();
  const connect = (from: number, to: number): { names: Set<string>; effects: Set<Effect> } => {
    const key = `${from}>${to}`;
    const edge = edges.get(key) ?? { from, to, names: new Set<string>(), effects: new Set<Effect>() };
    edges.set(key, edge);
    return edge;
  };
  flows.forEach((flow, to) => {
    for (const name of flow.inputs) {
      const from = flows.findLastIndex((other, at) => at < to && other.outputs.includes(name));
      if (from >= 0) connect(from, to).names.add(name);
    }
    for (const effect of flow.inputEffects) {
      flows.slice(0, to).forEach((other, from) => {
        if (other.outputEffects.some((each) => meets(each, effect))) connect(from, to).effects.add(effect);
      });
    }
    for (const effect of [...(records[to]?.may ?? [])].filter(isFile)) {
      const from = records.findLastIndex(
        (other, at) =>
          at < to && [...other.exposed, ...other.may].some((each) => isFile(each) && meets(each, effect)),
      );
      if (from >= 0) connect(from, to).effects.add(effect);
    }
  });
  return [...edges.values()]
    .sort((a, b) => a.to - b.to || a.from - b.from)
    .map(({ from, to, names, effects }) => ({ from, to, names: [...names], effects: [...effects] }));
}

function meets(a: Effect, b: Effect): boolean {
  return a === b || (isFile(a) && isFile(b) && (a === anyFile || b === anyFile));
}
