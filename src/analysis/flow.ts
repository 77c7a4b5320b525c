/** Which way a run goes through statements, and what the names of its scopes hold along each way. */
import { joinValues, unknownScalar, type Scope, type Slot, type Value } from "./values.ts";

/** What the names of some scopes held at one point, to come back to. */
export type Snapshot = ReadonlyMap<Scope, Map<string, Slot>>;

const noNames = { locals: new Set<string>(), globals: new Set<string>(), nonlocals: new Set<string>() };

/** What `return`, `break` and the like leave behind in a function or loop. */
export interface Ends {
  reachable: boolean;
  returns: Value[];
  /** States at `break` and `continue` of the innermost loop, and at `raise` or `return`. */
  breaks: Snapshot[];
  continues: Snapshot[];
  exits: Snapshot[];
}

export class Flow implements Ends {
  /** Names that the running unit wrote; the others are as `before` tells. */
  readonly module: Scope;
  scope: Scope;
  /** False after `raise`, `return`, `break` until the flow comes together again. */
  reachable = true;
  returns: Value[] = [];
  breaks: Snapshot[] = [];
  continues: Snapshot[] = [];
  exits: Snapshot[] = [];
  private readonly before: (name: string) => Slot | undefined;
  private readonly kept = new WeakSet<ReadonlyMap<string, Slot>>();

  /** @param before what a name of the module held before the running unit. */
  constructor(before: (name: string) => Slot | undefined) {
    this.before = before;
    this.module = {
      kind: "module",
      parent: undefined,
      names: noNames,
      stamp: 0,
      slots: new Map<string, Slot>(),
      holders: new Set(),
    };
    this.scope = this.module;
  }

  /** Whether what comes next is reached. */
  goesOn(): boolean {
    return this.reachable;
  }

  slot(scope: Scope, name: string): Slot | undefined {
    return scope.slots.get(name) ?? (scope === this.module ? this.before(name) : undefined);
  }

  /** Snapshots share a scope's map until it is written to again. */
  writable(scope: Scope): Map<string, Slot> {
    if (this.kept.has(scope.slots)) scope.slots = new Map(scope.slots);
    return scope.slots;
  }

  private keep(scope: Scope): Map<string, Slot> {
    this.kept.add(scope.slots);
    return scope.slots;
  }

  /** The names of the module and of the function that is running, to come back to. */
  snapshot(): Snapshot {
    const saved = new Map<Scope, Map<string, Slot>>([[this.module, this.keep(this.module)]]);
    for (let scope: Scope | undefined = this.scope; scope !== undefined; scope = scope.parent) {
      saved.set(scope, this.keep(scope));
    }
    return saved;
  }

  restore(snapshot: Snapshot): void {
    for (const [scope, slots] of snapshot) scope.slots = slots;
  }

  /** Goes on with what holds whichever of some ways was taken; with none, nothing that follows is reached. */
  join(ways: readonly Snapshot[]): void {
    const [first, ...rest] = ways;
    this.reachable = first !== undefined;
    if (first === undefined) return;
    this.restore(first);
    for (const way of rest) for (const [scope, slots] of way) this.joinInto(scope, slots);
  }

  private joinInto(scope: Scope, slots: ReadonlyMap<string, Slot>): void {
    const mine = scope.slots;
    if (mine === slots) return;
    const other = (name: string): Slot | undefined => (scope === this.module ? this.before(name) : undefined);
    for (const [name, slot] of slots) {
      const own = mine.get(name);
      if (own !== slot) this.writable(scope).set(name, joinSlots(own ?? other(name), slot));
    }
    for (const [name, slot] of mine) {
      if (!slots.has(name)) this.writable(scope).set(name, joinSlots(slot, other(name)));
    }
  }

  /** Follows several ways from here and joins where they end. */
  branch(ways: readonly (() => void)[]): void {
    const start = this.snapshot();
    const ends: Snapshot[] = [];
    for (const way of ways) {
      this.restore(start);
      this.reachable = true;
      way();
      if (this.goesOn()) ends.push(this.snapshot());
    }
    this.join(ends);
  }
}

function joinSlots(a: Slot | undefined, b: Slot): Slot;
function joinSlots(a: Slot, b: Slot | undefined): Slot;
function joinSlots(a: Slot | undefined, b: Slot | undefined): Slot {
  const one = a ?? b ?? { value: unknownScalar, presence: "unbound", since: 0, imported: undefined };
  if (a === undefined || b === undefined) {
    const presence = one.presence === "unbound" ? "unbound" : "maybe";
    return { ...one, presence, since: 0, imported: undefined };
  }
  return {
    value:
      a.presence === "unbound" ? b.value : b.presence === "unbound" ? a.value : joinValues(a.value, b.value),
    presence: a.presence === b.presence ? a.presence : "maybe",
    since: Math.min(a.since, b.since),
    imported: a.imported === b.imported ? a.imported : undefined,
  };
}
