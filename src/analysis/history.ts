/** What the names of a program held after each of its units. */
import type { UnitRecord } from "./records.ts";
import type { Slot } from "./values.ts";

interface Version {
  readonly at: number;
  readonly slot: Slot;
}

export class History {
  private readonly versions = new Map<string, Version[]>();

  constructor(records: readonly UnitRecord[]) {
    records.forEach(({ writes }, at) => {
      for (const [name, { slot }] of writes) {
        const known = this.versions.get(name);
        if (known === undefined) this.versions.set(name, [{ at, slot }]);
        else known.push({ at, slot });
      }
    });
  }

  /** What a name held after the unit at a position; before all units that is -1. */
  get(name: string, at: number): Slot | undefined {
    const versions = this.versions.get(name) ?? [];
    let low = 0;
    let high = versions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((versions[middle]?.at ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return versions[low - 1]?.slot;
  }

  /** Names that were bound or deleted by then. */
  *names(at: number): Generator<string> {
    for (const [name, [first]] of this.versions)
      if (first !== undefined && first.at <= at && !name.startsWith(" ")) yield name;
  }

  /** The position of the first unit that wrote one of some names. */
  first(matches: (name: string) => boolean): number {
    let found = Infinity;
    for (const [name, [version]] of this.versions)
      if (version !== undefined && version.at < found && matches(name)) found = version.at;
    return found;
  }
}
