/** The names of a program and what they hold between two units; each unit's changes can be taken back and made again. */
import { withMember, withoutMember } from "./heap.ts";
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
    const before = this.slots.get(name);
    for (const object of before?.value.objects ?? []) object.names = withoutMember(object.names, name);
    if (slot === undefined) {
      this.slots.delete(name);
      return;
    }
    this.slots.set(name, slot);
    if (slot.presence !== "unbound")
      for (const object of slot.value.objects) object.names = withMember(object.names, name);
  }

  redo(changes: ReadonlyMap<string, NameChange>): void {
    for (const [name, change] of changes) {
      change.before = this.slots.get(name);
      this.set(name, change.slot);
    }
  }

  undo(changes: ReadonlyMap<string, NameChange>): void {
    for (const [name, { before }] of changes) this.set(name, before);
  }
}

/** Some objects and all that hold one of them, directly or through others. */
export function coneOf(objects: Iterable<Obj>): ReadonlySet<Obj> {
  const found = new Set<Obj>(objects);
  for (const object of found) for (const holder of object.holders) found.add(holder);
  return found;
}
