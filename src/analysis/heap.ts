/**
 * The objects of an analysis and what they hold. Each unit's changes are kept in a log, so that they can be taken back,
 * made again without looking at the unit, and compared with what another run of the unit does.
 */
import {
  joinValues,
  sameSlot,
  sameValue,
  type ClassCode,
  type FunctionCode,
  type Obj,
  type Scope,
  type Slot,
  type Value,
} from "./values.ts";

interface Link {
  readonly share: boolean;
  readonly from: Obj;
  readonly to: Obj;
  /** False where it was there already. */
  applied: boolean;
}

interface AttributeChange {
  readonly holder: Obj;
  readonly name: string;
  readonly value: Value;
  before: Value | undefined;
}

interface Flagging {
  readonly object: Obj;
  readonly flag: "closed" | "unseeded";
  applied: boolean;
}

/** A variable of a finished call that a closure gave another value. */
interface ClosureChange {
  readonly scope: Scope;
  readonly name: string;
  readonly slot: Slot;
  before: Slot | undefined;
}

interface Making {
  readonly object: Obj;
  readonly code: FunctionCode | undefined;
  readonly classCode: ClassCode | undefined;
}

/** What one unit did to the objects. */
export interface HeapLog {
  readonly links: Map<number, Link>;
  /** Those of them that start at objects which were there before. */
  readonly outer: Link[];
  readonly attributes: AttributeChange[];
  readonly flags: Flagging[];
  readonly closures: ClosureChange[];
  /** Objects it made, and what those were when it last ran. */
  readonly made: Making[];
}

export function newLog(): HeapLog {
  return { links: new Map(), outer: [], attributes: [], flags: [], closures: [], made: [] };
}

const none: ReadonlySet<Obj> = new Set();
const noNames: ReadonlySet<string> = new Set();
const noAttributes: ReadonlyMap<string, Value> = new Map();

/** Most objects hold nothing, so that sets are made when they are needed; a set with members is the object's own. */
export function withMember<T>(set: ReadonlySet<T>, member: T): ReadonlySet<T> {
  if (set.size === 0) return new Set([member]);
  if (set instanceof Set) set.add(member);
  return set;
}

export function withoutMember<T>(set: ReadonlySet<T>, member: T): ReadonlySet<T> {
  if (set.size > 0 && set instanceof Set) set.delete(member);
  return set;
}

/** More serial numbers than an analysis can make objects; two of them fit into a number. */
const most = 2 ** 26;

export class Heap {
  log: HeapLog = newLog();
  private stamp = 0;
  private readonly known = new Map<string, Obj>();
  private readonly tainted: Obj[] = [];

  get size(): number {
    return this.known.size;
  }

  get run(): number {
    return this.stamp;
  }

  /** Starts a unit's log. */
  begin(): void {
    this.stamp += 1;
    this.log = newLog();
  }

  /** The object of a key; the same one each time the same code is reached by the same calls. */
  object(
    key: string,
    about: Pick<Obj, "kind" | "type" | "code" | "classCode">,
    made: number,
    place: Obj["place"],
  ): Obj {
    let object = this.known.get(key);
    if (object?.stamp === this.stamp) return object;
    if (object === undefined) {
      object = {
        serial: this.known.size,
        ...about,
        made,
        place,
        elements: none,
        holders: none,
        shares: none,
        attributes: noAttributes,
        names: noNames,
        closed: false,
        unseeded: false,
        resume: undefined,
        each: undefined,
        stamp: this.stamp,
        tainted: false,
      };
      this.known.set(key, object);
      this.log.made.push({ object, code: undefined, classCode: undefined });
      return object;
    }
    this.log.made.push({ object, code: object.code, classCode: object.classCode });
    object.code = about.code;
    object.classCode = about.classCode;
    object.resume = undefined;
    object.each = undefined;
    object.made = made;
    object.place = place;
    object.stamp = this.stamp;
    return object;
  }

  addElement(holder: Obj, part: Obj): void {
    if (holder !== part) this.link(holder, part, false);
  }

  /** Two objects look at the same memory. */
  share(a: Obj, b: Obj): void {
    if (a === b) return;
    this.link(a, b, true);
    this.link(b, a, true);
  }

  private link(from: Obj, to: Obj, share: boolean): void {
    const key = (from.serial * most + to.serial) * (share ? -1 : 1) - (share ? 1 : 0);
    const { links, outer } = this.log;
    if (links.has(key)) return;
    const link = { share, from, to, applied: false };
    links.set(key, link);
    // What a unit's own objects hold need not be taken back with the unit: nothing leads there without it.
    if (from.stamp !== this.stamp) outer.push(link);
    this.applyLink(link);
  }

  private applyLink(link: Link): void {
    const { from, to, share } = link;
    const into = share ? from.shares : from.elements;
    link.applied = !into.has(to);
    if (!link.applied) return;
    if (share) {
      from.shares = withMember(into, to);
      return;
    }
    from.elements = withMember(into, to);
    to.holders = withMember(to.holders, from);
    if (to.tainted) this.taint(from);
  }

  setAttribute(holder: Obj, name: string, value: Value): void {
    const before = holder.attributes.get(name);
    this.log.attributes.push({ holder, name, value, before });
    this.putAttribute(holder, name, before === undefined ? value : joinValues(before, value));
    for (const part of value.objects) this.addElement(holder, part);
  }

  private putAttribute(holder: Obj, name: string, value: Value | undefined): void {
    const attributes = new Map(holder.attributes);
    if (value === undefined) attributes.delete(name);
    else attributes.set(name, value);
    holder.attributes = attributes;
  }

  flag(object: Obj, flag: "closed" | "unseeded"): void {
    const applied = !object[flag];
    if (!applied && this.log.flags.some((each) => each.object === object && each.flag === flag)) return;
    this.log.flags.push({ object, flag, applied });
    object[flag] = true;
  }

  /** Writes to a scope that closures of this or an earlier unit hold. */
  setVariable(scope: Scope, name: string, slot: Slot): void {
    if (scope.stamp !== this.stamp) {
      this.log.closures.push({ scope, name, slot, before: scope.slots.get(name) });
    }
    scope.slots.set(name, slot);
    for (const holder of scope.holders) for (const part of slot.value.objects) this.addElement(holder, part);
  }

  /** Empties the objects of a log that was taken back and is not to be done again. */
  discard(log: HeapLog): void {
    for (const { object } of log.made) {
      for (const part of object.elements) part.holders = withoutMember(part.holders, object);
      object.elements = none;
      object.shares = none;
      object.attributes = noAttributes;
    }
  }

  /** Takes back all that a log holds but in its own objects; logs are taken back in the reverse of their order. */
  undo(log: HeapLog): void {
    for (const { share, from, to, applied } of log.outer) {
      if (!applied) continue;
      if (share) from.shares = withoutMember(from.shares, to);
      else {
        from.elements = withoutMember(from.elements, to);
        to.holders = withoutMember(to.holders, from);
      }
    }
    for (let at = log.attributes.length - 1; at >= 0; at -= 1) {
      const change = log.attributes[at];
      if (change !== undefined) this.putAttribute(change.holder, change.name, change.before);
    }
    for (const { object, flag, applied } of log.flags) if (applied) object[flag] = false;
    for (let at = log.closures.length - 1; at >= 0; at -= 1) {
      const change = log.closures[at];
      if (change?.before === undefined) change?.scope.slots.delete(change.name);
      else change.scope.slots.set(change.name, change.before);
    }
  }

  /** Does again what a log holds. */
  redo(log: HeapLog): void {
    for (const link of log.outer) this.applyLink(link);
    for (const change of log.attributes) {
      const { holder, name, value } = change;
      change.before = holder.attributes.get(name);
      this.putAttribute(holder, name, change.before === undefined ? value : joinValues(change.before, value));
    }
    for (const flagging of log.flags) {
      flagging.applied = !flagging.object[flagging.flag];
      flagging.object[flagging.flag] = true;
    }
    for (const change of log.closures) {
      change.before = change.scope.slots.get(change.name);
      change.scope.slots.set(change.name, change.slot);
    }
  }

  /** Ends a unit: what it made is from now on made before. */
  settle(): void {
    for (const { object } of this.log.made) object.made = 0;
  }

  /** Marks what a unit left otherwise than in the run before, and all that holds it; true where there is anything. */
  compare(before: HeapLog, after: HeapLog): boolean {
    for (const [key, { from }] of before.links) if (!after.links.has(key)) this.taint(from);
    for (const [key, { from }] of after.links) if (!before.links.has(key)) this.taint(from);
    const same = before.attributes.every((change, at) => {
      const other = after.attributes[at];
      return (
        other?.holder === change.holder && other.name === change.name && sameValue(other.value, change.value)
      );
    });
    if (!same || before.attributes.length !== after.attributes.length) {
      for (const { holder } of [...before.attributes, ...after.attributes]) this.taint(holder);
    }
    const flagged = (log: HeapLog): string =>
      log.flags.map(({ object, flag }) => `${object.serial}${flag}`).join();
    if (flagged(before) !== flagged(after))
      for (const { object } of [...before.flags, ...after.flags]) this.taint(object);
    const closures = [...before.closures, ...after.closures];
    const kept =
      before.closures.length === after.closures.length &&
      before.closures.every(({ scope, name, slot }, at) => {
        const other = after.closures[at];
        return other?.scope === scope && other.name === name && sameSlot(other.slot, slot);
      });
    if (!kept) for (const { scope } of closures) for (const holder of scope.holders) this.taint(holder);
    for (const { object, code, classCode } of after.made) {
      if (object.resume !== undefined || object.each !== undefined) this.taint(object);
      if (object.code !== undefined) {
        if (code !== undefined && sameFunction(code, object.code)) object.code = code;
        else this.taint(object);
      }
      if (object.classCode !== undefined) {
        if (classCode !== undefined && sameClass(classCode, object.classCode)) object.classCode = classCode;
        else this.taint(object);
      }
    }
    return this.tainted.length > 0;
  }

  taint(object: Obj): void {
    const found = [object];
    for (let next = found.pop(); next !== undefined; next = found.pop()) {
      if (next.tainted) continue;
      next.tainted = true;
      this.tainted.push(next);
      found.push(...next.holders);
    }
  }

  /** Forgets what was found to be different: an analysis has been through the whole program. */
  clean(): void {
    for (const object of this.tainted) object.tainted = false;
    this.tainted.length = 0;
  }
}

function sameScope(a: Scope | undefined, b: Scope | undefined): boolean {
  for (;;) {
    if (a === b) return true;
    if (a === undefined || a.slots.size !== b?.slots.size) return false;
    for (const [name, slot] of a.slots) if (!sameSlot(slot, b.slots.get(name))) return false;
    a = a.parent;
    b = b.parent;
  }
}

function sameFunction(a: FunctionCode, b: FunctionCode): boolean {
  return (
    a.node.text === b.node.text &&
    a.binding === b.binding &&
    a.text.statement === b.text.statement &&
    a.node.index - a.text.base === b.node.index - b.text.base &&
    [...a.defaults].every(([name, value]) => {
      const other = b.defaults.get(name);
      return other !== undefined && sameValue(value, other);
    }) &&
    sameScope(a.closure, b.closure)
  );
}

function sameClass(a: ClassCode, b: ClassCode): boolean {
  return (
    a.node.text === b.node.text &&
    a.text.statement === b.text.statement &&
    a.bases.length === b.bases.length &&
    a.bases.every((base, at) => {
      const other = b.bases[at];
      return other !== undefined && sameValue(base, other);
    }) &&
    sameScope(a.scope, b.scope)
  );
}
