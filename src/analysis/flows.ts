/** What groups of units need and hand on, from what each unit was seen to do. */
import type { History } from "./history.ts";
import type { Flow } from "./model.ts";
import type { UnitRecord } from "./records.ts";
import { reach, sharedObjects, type Slot } from "./values.ts";

interface Summary {
  /** Names and effects read before the group certainly settles them; plain imports left out. */
  readonly exposed: ReadonlySet<string>;
  readonly may: ReadonlySet<string>;
  readonly killed: ReadonlySet<string>;
  readonly settled: ReadonlyMap<string, "bound" | "unbound">;
  /** Names whose object it changes in place. */
  readonly reaching: ReadonlySet<string>;
  /** Those of them that were not bound in the group itself before. */
  readonly reachingFromOutside: ReadonlySet<string>;
  /** The same in one text, empty for less than two. */
  readonly joined: string;
}

export const isEffect = (name: string): boolean => name.startsWith("<");
export const isFile = (name: string): boolean => name.startsWith("<file:");
export const anyFile = "<file:*>";

/** Flows of groups that run one after the other; a group is the records of its units in running order. */
export function flowsOf(
  groups: readonly (readonly UnitRecord[])[],
  history: History,
  classNames: ReadonlySet<string>,
): readonly Flow[] {
  const ends: number[] = [];
  for (const group of groups) ends.push((ends.at(-1) ?? -1) + group.length);
  const firstFile = history.first(isFile);
  const live = new Live();
  const flows: Flow[] = [];
  for (let at = groups.length - 1; at >= 0; at -= 1) {
    const summary = summarize(groups[at] ?? []);
    const end = ends[at] ?? 0;
    const place = new Place(history, ends[at - 1] ?? -1, end, firstFile);
    const flow = flowOf(summary, live, place, classNames);
    flows.push(flow);
    live.passed(summary, flow);
  }
  return flows.reverse();
}

/** What is needed later, and by whom it is changed. */
class Live {
  private readonly names = new Set<string>();
  private files = 0;
  /** For each name, the names that a later group changes together with it. */
  private readonly partners = new Map<string, Set<string>>();
  private readonly joined = new Set<string>();

  has(name: string): boolean {
    if (this.names.has(name)) return true;
    return isFile(name) && (this.names.has(anyFile) || (name === anyFile && this.files > 0));
  }

  partnersOf(name: string): Iterable<string> {
    return this.partners.get(name) ?? [];
  }

  passed({ settled, reachingFromOutside, joined }: Summary, flow: Flow): void {
    for (const name of settled.keys()) if (this.names.delete(name) && isFile(name)) this.files -= 1;
    for (const name of [...flow.inputs, ...flow.inputEffects]) {
      if (!this.names.has(name) && isFile(name)) this.files += 1;
      this.names.add(name);
    }
    if (joined === "" || this.joined.has(joined)) return;
    this.joined.add(joined);
    for (const name of reachingFromOutside) {
      const known = this.partners.get(name) ?? new Set();
      for (const partner of reachingFromOutside) if (partner !== name) known.add(partner);
      this.partners.set(name, known);
    }
  }
}

/** What names hold before and after a group. */
class Place {
  private readonly history: History;
  private readonly start: number;
  private readonly end: number;
  private readonly firstFile: number;

  /** @param start the position of the last unit before the group, -1 where there is none. */
  constructor(history: History, start: number, end: number, firstFile: number) {
    this.history = history;
    this.start = start;
    this.end = end;
    this.firstFile = firstFile;
  }

  after(name: string): Slot | undefined {
    return this.history.get(name, this.end);
  }

  isProvided(name: string): boolean {
    if (isFile(name)) {
      if (name === anyFile) return this.firstFile <= this.start;
      return [name, anyFile].some((each) => this.history.get(each, this.start) !== undefined);
    }
    return isHandedOn(this.history.get(name, this.start));
  }
}

const single = new WeakMap<UnitRecord, Summary>();

function summarize(records: readonly UnitRecord[]): Summary {
  const [only] = records;
  const known = only === undefined || records.length > 1 ? undefined : single.get(only);
  if (known !== undefined) return known;
  const exposed = new Set<string>();
  const may = new Set<string>();
  const killed = new Set<string>();
  const reaching = new Set<string>();
  const reachingFromOutside = new Set<string>();
  const settled = new Map<string, "bound" | "unbound">();
  for (const record of records) {
    for (const name of record.exposed)
      if (!settled.has(name) && !record.importsRead.has(name)) exposed.add(name);
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
  const joined = reachingFromOutside.size < 2 ? "" : [...reachingFromOutside].join();
  const summary = { exposed, may, killed, settled, reaching, reachingFromOutside, joined };
  if (only !== undefined && records.length === 1) single.set(only, summary);
  return summary;
}

function flowOf(
  { exposed, may, killed, settled, reaching, reachingFromOutside }: Summary,
  live: Live,
  place: Place,
  classNames: ReadonlySet<string>,
): Flow {
  const needed = new Set<string>();
  const need = (name: string): void => {
    if (place.isProvided(name)) needed.add(name);
  };
  for (const name of exposed) need(name);
  for (const names of [may, killed])
    for (const name of names) if (!settled.has(name) && live.has(name)) need(name);
  for (const name of reachingFromOutside) if (live.has(name)) need(name);
  const given = new Set<string>();
  for (const names of [may, reaching])
    for (const name of names) if (live.has(name) && isHandedOn(place.after(name))) given.add(name);
  // A name that shares an object with one made here is handed on beside it where the object still changes.
  for (const name of [...given]) {
    if (!may.has(name)) continue;
    for (const partner of live.partnersOf(name)) {
      if (!given.has(partner) && live.has(partner) && shareObjects(place.after(name), place.after(partner)))
        given.add(partner);
    }
  }
  if (classNames.size > 0 && [...may].some((name) => classNames.has(name)))
    for (const name of classesOf([...given].map((each) => place.after(each))))
      if (may.has(name)) given.add(name);
  const unbinds =
    killed.size === 0
      ? []
      : [...killed].filter((name) => place.after(name)?.presence !== "bound" && place.isProvided(name));
  const [inputs, inputEffects] = split(needed);
  const [outputs, outputEffects] = split(given);
  return { inputs, outputs, unbinds, inputEffects, outputEffects };
}

/** Names and effects apart. */
function split(all: ReadonlySet<string>): readonly [string[], string[]] {
  const names: string[] = [];
  const effects: string[] = [];
  for (const name of all) (isEffect(name) ? effects : names).push(name);
  return [names, effects];
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
