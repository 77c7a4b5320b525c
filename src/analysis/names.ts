/** The names of a program and what they hold between two units; each unit's changes can be taken back and made again. */
import { withMember } from "./heap.ts";
import type { Obj, Slot } from "./values.ts";

/** What a unit left in a name, and what was there before it. */
export interface NameChange {
  readonly slot: Slot;
  before: Slot | undefined;
}

export class Names {
  private readonly slots = new Map<string, Slot>();

  get(name: string): Slot | undefined {
    return this.slots.get(name);
  }

  set(name: string, slot: Slot | undefined): void {
    if (slot === undefined) {
      this.slots.delete(name);
      return;
    }
    this.slots.set(name, slot);
    for (const object of slot.value.objects)
      if (!object.names.has(name)) object.names = withMember(object.names, name);
  }

  /** Whether a name holds an object now; what an object knows of its names may be out of date. */
  holds(name: string, object: Obj): boolean {
    const slot = this.slots.get(name);
    return slot !== undefined && slot.presence !== "unbound" && slot.value.objects.has(object);
  }

  /** All names that hold something. */
  *held(): Generator<string> {
    for (const [name, { presence }] of this.slots)
      if (presence !== "unbound" && !name.startsWith(" ")) yield name;
  }

  /** Makes changes that were not made before. */
  apply(changes: ReadonlyMap<string, NameChange>): void {
    for (const [name, { slot }] of changes) this.set(name, slot);
  }

  redo(changes: ReadonlyMap<string, NameChange>): void {
    for (const [name, change] of changes) {
      change.before = this.slots.get(name);
      this.slots.set(name, change.slot);
    }
  }

  undo(changes: ReadonlyMap<string, NameChange>): void {
    for (const [name, { before }] of changes) {
      if (before === undefined) this.slots.delete(name);
      else this.slots.set(name, before);
    }
  }

  /** Names of which one of some objects can be reached. */
  reaching(objects: Iterable<Obj>): Set<string> {
    const names = new Set<string>();
    for (const object of objects)
      for (const name of object.names) if (!name.startsWith(" ") && this.holds(name, object)) names.add(name);
    return names;
  }
}

/** Some objects and all that hold one of them, directly or through others. */
export function coneOf(objects: Iterable<Obj>): ReadonlySet<Obj> {
  const found = new Set<Obj>(objects);
  for (const object of found) for (const holder of object.holders) found.add(holder);
  return found;
}
