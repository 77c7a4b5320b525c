/**
 * A whole program, unit by unit, kept from one time to the next. Units whose text is new run; of the others only those
 * that looked at something that has changed. What the rest did is done again from their logs.
 */
import { bindName } from "./binding.ts";
import { evaluate } from "./expressions.ts";
import { newLog } from "./heap.ts";
import type { Unit } from "./model.ts";
import { readOptions } from "./reading.ts";
import type { UnitRecord } from "./records.ts";
import { Run } from "./run.ts";
import { execute } from "./statements.ts";
import type { UnitText } from "./unitText.ts";
import { sameSlot, valueOf } from "./values.ts";

/** A unit in a program: what it says, and what it was seen to do. */
export interface Entry {
  /** Tells it from all other units, also after it was edited. */
  readonly number: number;
  readonly key: string;
  readonly text: UnitText;
  readonly effects: Unit["effects"];
  /** What tells its statements from all others; the first one stands for the unit as a whole. */
  readonly statementIds: readonly number[];
  readonly record: UnitRecord;
}

export interface UnitInput {
  readonly unit: Unit;
  readonly text: UnitText;
}

/** What `from M import *` is known to bind, by module. */
export type Stars = Readonly<Record<string, readonly string[]>>;

/** Beyond this many objects of old texts it is time to forget them. */
const mostObjects = 300_000;

export class Pass {
  run: Run;
  entries: readonly Entry[] = [];
  /** Counts the times that something was analysed. */
  version = 0;
  /** How many units the last update had to look at. */
  ran = 0;
  private lastNumber = 0;
  private lastStatement = 0;
  private readonly stars: Stars;

  constructor(stars: Stars = {}) {
    this.stars = stars;
    this.run = new Run({ evaluate, execute }, stars);
  }

  /** Analyses a program; what is left from the last one is used where it still holds. */
  update(inputs: readonly UnitInput[]): void {
    this.version += 1;
    this.ran = 0;
    if (this.run.heap.size > mostObjects) this.forget();
    let plan = this.match(inputs);
    if (plan === undefined) {
      this.forget();
      plan = this.match(inputs) ?? [];
    }
    const first = plan.findIndex(({ entry }, at) => entry === undefined || this.entries[at] !== entry);
    const from = first < 0 ? plan.length : first;
    const gone = new Set(this.entries.slice(from));
    for (const { record } of [...gone].reverse()) this.undo(record);
    const { heap } = this.run;
    for (const { entry, old } of plan) {
      if (entry !== undefined) gone.delete(entry);
      if (old !== undefined) gone.delete(old);
    }
    let differs = false;
    for (const { record } of gone) {
      heap.compare(record.log, newLog());
      heap.discard(record.log);
      differs = true;
    }
    const entries = this.entries.slice(0, from);
    for (const { input, entry, old } of plan.slice(from)) {
      if (entry !== undefined && (!differs || this.holds(entry.record))) {
        this.redo(entry.record);
        if (!differs || this.run.conesOf(entry.record).cone === entry.record.cone) {
          entries.push(entry);
          continue;
        }
        this.undo(entry.record);
      }
      const next = entry ?? this.makeEntry(input, old);
      const before = (entry ?? old)?.record;
      if (before !== undefined) heap.discard(before.log);
      const record = this.runUnit(next);
      if (this.settle(record, before)) differs = true;
      entries.push({ ...next, record });
    }
    heap.clean();
    this.entries = entries;
  }

  private forget(): void {
    this.run = new Run({ evaluate, execute }, this.stars);
    this.entries = [];
  }

  /** Finds each unit's entry from the last time; undefined where units have changed places. */
  private match(
    inputs: readonly UnitInput[],
  ): { input: UnitInput; entry: Entry | undefined; old: Entry | undefined }[] | undefined {
    const byKey = new Map<string, number[]>();
    this.entries.forEach(({ key }, at) => {
      const places = byKey.get(key);
      if (places === undefined) byKey.set(key, [at]);
      else places.push(at);
    });
    let last = -1;
    const plan: { input: UnitInput; entry: Entry | undefined; old: Entry | undefined }[] = [];
    for (const input of inputs) {
      const at = byKey.get(input.unit.key)?.shift();
      const old = at === undefined ? undefined : this.entries[at];
      if (at !== undefined) {
        if (at < last) return undefined;
        last = at;
      }
      const same =
        old?.text.tree.source === input.text.tree.source &&
        JSON.stringify(old.effects) === JSON.stringify(input.unit.effects);
      plan.push({ input, entry: same ? old : undefined, old });
    }
    return plan;
  }

  private makeEntry({ unit, text }: UnitInput, old: Entry | undefined): Omit<Entry, "record"> {
    if (old === undefined) this.lastNumber += 1;
    return {
      number: old?.number ?? this.lastNumber,
      key: unit.key,
      text,
      effects: unit.effects,
      statementIds: this.idsOf(text, old),
    };
  }

  /** Statements keep what tells them apart where the text around an edit is the same, and in their order where it is not. */
  private idsOf(text: UnitText, old: Entry | undefined): readonly number[] {
    const texts = text.statements.map((node) => node.text);
    const before = old?.text.statements.map((node) => node.text) ?? [];
    const shorter = Math.min(texts.length, before.length);
    let head = 0;
    while (head < shorter && texts[head] === before[head]) head += 1;
    let tail = 0;
    while (tail < shorter - head && texts.at(-1 - tail) === before.at(-1 - tail)) tail += 1;
    const ids = old?.statementIds ?? [];
    const kept = (at: number): number | undefined => {
      if (texts.length - at <= tail) return ids[before.length - (texts.length - at) + 1];
      return at < before.length - tail ? ids[at + 1] : undefined;
    };
    const next = (): number => {
      this.lastStatement += 1;
      return this.lastStatement;
    };
    return [ids[0] ?? next(), ...texts.map((_, at) => kept(at) ?? next())];
  }

  private undo({ writes, log }: UnitRecord): void {
    this.run.names.undo(writes);
    this.run.heap.undo(log);
  }

  private redo({ writes, log }: UnitRecord): void {
    this.run.heap.redo(log);
    this.run.names.redo(writes);
  }

  /** Whether all that a unit looked at is as it was when it ran. */
  private holds({ footprint }: UnitRecord): boolean {
    for (const [name, slot] of footprint) {
      if (!sameSlot(this.run.names.get(name), slot)) return false;
      for (const object of slot?.value.objects ?? []) if (object.tainted) return false;
    }
    return true;
  }

  /** Marks what a unit left otherwise than the last time; true where there is anything. */
  private settle(record: UnitRecord, before: UnitRecord | undefined): boolean {
    const { heap, names } = this.run;
    let differs = heap.compare(before?.log ?? newLog(), record.log);
    for (const [name, change] of record.writes) {
      const old = before?.writes.get(name)?.slot;
      if (old === change.slot) continue;
      if (old !== undefined && sameSlot(old, change.slot)) {
        names.set(name, old);
        Object.assign(change, { slot: old });
      } else differs = true;
    }
    for (const name of before?.writes.keys() ?? []) if (!record.writes.has(name)) differs = true;
    return differs;
  }

  private runUnit({ number, text, effects, statementIds }: Omit<Entry, "record">): UnitRecord {
    const { run } = this;
    const { tree, statements } = text;
    const [whole = 0, ...ids] = statementIds;
    this.ran += 1;
    run.startUnit(number);
    if (effects !== undefined) {
      run.startStatement(tree.root, whole);
      for (const effect of effects.reads) run.readEffect(effect);
      for (const effect of effects.writes) run.writeEffect(effect);
      run.endStatement();
    }
    const [problem] = tree.problems;
    if (problem !== undefined) {
      // What it would make is made, so that the rest of the program is not blamed for it.
      run.startStatement(tree.root, whole);
      for (const name of text.makes)
        bindName(run, name, valueOf([run.object(tree.root, {}, name)]), "assignment");
      run.tell("syntax", problem, { code: "syntax-error", severity: "error", message: problem.message });
      run.endStatement();
      return run.endUnit();
    }
    statements.forEach((statement, at) => {
      run.startStatement(statement, ids[at] ?? whole);
      if (run.flow.reachable) {
        execute(run, [statement]);
        if (text.shows && at === statements.length - 1) {
          readOptions(run);
          run.writeEffect("<Out>", true);
        }
      }
      run.endStatement();
    });
    return run.endUnit();
  }
}
