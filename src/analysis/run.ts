/**
 * One pass over a unit in running order, statement by statement, without running it: names by scope, what they may
 * hold, what is read, bound, unbound and changed. Branches are followed both ways and joined, loops until nothing new
 * comes, called functions where they are called. Effects such as `<rng:numpy>` are kept as names of the module scope.
 */
import { Flow } from "./flow.ts";
import { Heap } from "./heap.ts";
import { effectOfValue } from "./knowledge.ts";
import type { Diagnostic, DiagnosticCode, Effect } from "./model.ts";
import { coneOf, Names, type NameChange } from "./names.ts";
import type { SyntaxNode } from "./parser.ts";
import { newStatement, newUnit, type StatementRecord, type UnitRecord } from "./records.ts";
import {
  reach,
  unknownScalar,
  valueOf,
  type FunctionCode,
  type Obj,
  type Slot,
  type TextPlace,
  type Value,
} from "./values.ts";

export interface Language {
  evaluate(run: Run, node: SyntaxNode): Value;
  execute(run: Run, nodes: readonly SyntaxNode[]): void;
}

/**
 * How often functions are followed where they are called: in one unit, in one statement, one function in one statement,
 * how deep, and how many expressions in all. Beyond that a call is guessed at: it may read and change all that its text
 * can reach.
 */
const entries = { unit: 200, statement: 60, function: 8, deep: 8, work: 30_000, guesses: 400 };

/** Names that no program can use, for what a run keeps beside the program's own. */
const hidden = { figures: " figures", stars: " stars" };

export class Run {
  readonly heap = new Heap();
  readonly names = new Names();
  readonly flow = new Flow((name) => this.before(name));
  readonly language: Language;
  /** What `from M import *` is known to bind. */
  readonly knownStars: Readonly<Record<string, readonly string[]>>;
  /** Functions being called, innermost last. */
  readonly calling: FunctionCode[] = [];
  unit: UnitRecord = newUnit();
  /** The number of the unit that runs. */
  number = 0;
  /** Above 0 where a missing name is expected: in a `try` that catches NameError. */
  tolerant = 0;
  /** The text that is being read, which inside a called function is the function's. */
  text: TextPlace = { unit: 0, statement: 0, base: 0, quoted: false };
  /** False while something is looked at that does not run now. */
  recording = true;
  /** Node in the running unit that is to blame for what a called function does. */
  blame: SyntaxNode | undefined;
  path = "";
  /** Calls that were guessed at in this statement, by callee and arguments, and how much was linked by then. */
  readonly guessed = new Map<string, { readonly links: number; readonly value: Value }>();
  private readonly entered = new Map<SyntaxNode, number>();
  private enteredHere = 0;
  private enteredInUnit = 0;
  private work = 0;
  private guesses = 0;

  constructor(language: Language, knownStars: Readonly<Record<string, readonly string[]>> = {}) {
    this.language = language;
    this.knownStars = knownStars;
  }

  evaluate(node: SyntaxNode): Value {
    this.work += 1;
    return this.language.evaluate(this, node);
  }

  execute(nodes: readonly SyntaxNode[]): void {
    this.language.execute(this, nodes);
  }

  get statement(): StatementRecord {
    const statement = this.unit.statements.at(-1);
    if (statement === undefined) throw new Error("no statement is running");
    return statement;
  }

  /** True as long as calls may be followed into functions. */
  mayEnter(code: FunctionCode): boolean {
    const spent = this.entered.get(code.node) ?? 0;
    if (
      this.calling.length >= entries.deep ||
      spent >= entries.function ||
      this.enteredHere >= entries.statement ||
      this.enteredInUnit >= entries.unit ||
      this.work >= entries.work ||
      this.calling.includes(code)
    ) {
      return false;
    }
    this.entered.set(code.node, spent + 1);
    this.enteredHere += 1;
    this.enteredInUnit += 1;
    return true;
  }

  /** True as long as it is worth to guess at single calls; beyond that all is assumed of all at once. */
  mayGuess(): boolean {
    this.guesses += 1;
    return this.guesses <= entries.guesses;
  }

  /** What any call may give once too many were looked at in this statement. */
  get anything(): Value | undefined {
    return this.guessed.get("*")?.value;
  }

  startUnit(number: number): void {
    this.number = number;
    this.unit = newUnit();
    this.flow.reachable = true;
    this.flow.module.slots = new Map();
    this.enteredInUnit = 0;
    this.work = 0;
    this.guesses = 0;
    this.heap.begin();
  }

  /** @param id tells the statement from all others, also from those it takes the place of. */
  startStatement(node: SyntaxNode, id: number): void {
    this.entered.clear();
    this.guessed.clear();
    this.enteredHere = 0;
    this.text = { unit: this.number, statement: id, base: node.index, quoted: false };
    this.unit.statements.push(newStatement(node, this.unit.statements.length + 1));
  }

  endStatement(): void {
    const { statement } = this;
    const certain = [...statement.binds.keys()].filter((name) => {
      const slot = this.slot(name);
      return slot?.presence === "bound" && slot.since === statement.number;
    });
    statement.certain = new Set(certain);
    const changed = [...statement.mutated].filter(({ made }) => made === 0 || made < statement.number);
    statement.changesOthers = changed.length > 0;
    if (changed.length === 0) return;
    statement.mutates = this.namesReaching(changed);
    const older = changed.filter(({ made }) => made === 0);
    const names = older.length === changed.length ? statement.mutates : this.namesReaching(older);
    for (const name of names) this.unit.mutates.add(name);
  }

  /** Ends the unit: what it did is now what was before. */
  endUnit(): UnitRecord {
    const { unit, flow } = this;
    const must = new Set<string>();
    const unbound = new Set<string>();
    const writes = new Map<string, NameChange>();
    for (const [name, slot] of flow.module.slots) {
      const { presence, since } = slot;
      if (since > 0 && presence !== "maybe" && !name.startsWith(" "))
        (presence === "bound" ? must : unbound).add(name);
      writes.set(name, { slot: since === 0 ? slot : { ...slot, since: 0 }, before: this.names.get(name) });
    }
    unit.must = must;
    unit.unbound = unbound;
    unit.changed = [...unit.mutated].filter(({ made }) => made === 0);
    this.heap.settle();
    unit.log = this.heap.log;
    unit.writes = writes;
    flow.module.slots = new Map();
    this.names.apply(writes);
    Object.assign(unit, this.conesOf(unit));
    return unit;
  }

  /** Which names reach what a finished unit changed, before and after it bound names itself. */
  conesOf({ changed, writes }: UnitRecord): Pick<UnitRecord, "reaching" | "cone"> {
    if (changed.length === 0) return { reaching: [], cone: "" };
    const cone = coneOf(changed);
    const reaching = [...this.names.reaching(cone)].sort();
    const lost: string[] = [];
    for (const [name, { before }] of writes)
      for (const object of before?.value.objects ?? []) if (cone.has(object)) lost.push(name);
    return { reaching, cone: `${reaching.join()};${lost.sort().join()}` };
  }

  /** Module names from which one of some objects can be reached. */
  private namesReaching(objects: readonly Obj[]): readonly string[] {
    const cone = coneOf(objects);
    const names = this.names.reaching(cone);
    const own = this.flow.module.slots;
    for (const name of own.keys()) names.delete(name);
    for (const [name, { presence, value }] of own) {
      if (presence === "unbound") continue;
      for (const object of value.objects) {
        if (!cone.has(object)) continue;
        names.add(name);
        break;
      }
    }
    return [...names].filter((name) => !name.startsWith(" ")).sort();
  }

  /** What a name of the module held before this unit; the unit hangs on it from now on. */
  private before(name: string): Slot | undefined {
    const slot = this.names.get(name);
    if (!this.unit.footprint.has(name)) this.unit.footprint.set(name, slot);
    return slot;
  }

  /** What a name of the module holds now. */
  slot(name: string): Slot | undefined {
    return this.flow.module.slots.get(name) ?? this.before(name);
  }

  /** Tells a node of the text that is being read from all others. */
  keyOf(node: SyntaxNode): string {
    return `${this.text.statement}.${node.index - this.text.base}`;
  }

  /** The object that a node makes; the same one each time the same code is reached by the same calls. */
  object(
    node: SyntaxNode,
    about: Partial<Pick<Obj, "kind" | "type" | "code" | "classCode">> = {},
    tag = "",
  ): Obj {
    const { kind = "plain", type, code, classCode } = about;
    const key = `${this.path}${this.text.statement}.${node.index - this.text.base}${tag}|${type ?? ""}|${kind}`;
    const statement = this.unit.statements.length;
    return this.heap.object(key, { kind, type, code, classCode }, statement, {
      unit: this.number,
      statement,
    });
  }

  fresh(node: SyntaxNode, type?: string, elements: Iterable<Obj> = []): Value {
    const object = this.object(node, { type });
    for (const element of elements) this.heap.addElement(object, element);
    return valueOf([object], type);
  }

  /** An object of its own whose memory is that of others. */
  view(node: SyntaxNode, of: Value, type?: string): Value {
    if (of.objects.size === 0) return unknownScalar;
    const object = this.object(node, { type });
    for (const base of of.objects) {
      if (base === object) continue;
      for (const shared of [base, ...base.shares]) this.heap.share(object, shared);
      for (const element of base.elements) this.heap.addElement(object, element);
    }
    return valueOf([object], type);
  }

  /** Something changes the objects; `structure` leaves memory that others share alone, `deep` changes all they hold. */
  mutate(value: Value, how: "content" | "structure" | "deep" = "content"): void {
    if (value.path !== undefined) {
      const effect = effectOfValue(value.path);
      if (effect !== undefined) this.writeEffect(effect);
      else if (!value.path.startsWith("builtins."))
        this.writeEffect(`<options:${value.path.split(".")[0] ?? ""}>`);
    }
    for (const object of how === "deep" ? reach(value.objects) : value.objects) {
      this.change(object);
      if (how !== "structure") for (const shared of object.shares) this.change(shared);
    }
  }

  private change(object: Obj): void {
    this.unit.mutated.add(object);
    this.statement.mutated.add(object);
  }

  readEffect(effect: Effect): void {
    if (!this.recording) return;
    this.statement.effectReads.add(effect);
    if ((this.slot(effect)?.since ?? 0) === 0) this.unit.exposed.add(effect);
  }

  /** `replace` says that nothing of what was before can be seen afterwards. */
  writeEffect(effect: Effect, replace = false): void {
    if (!this.recording) return;
    this.statement.effectWrites.add(effect);
    this.unit.may.add(effect);
    const since = replace ? this.statement.number : (this.slot(effect)?.since ?? 0);
    this.writeModule(effect, { value: unknownScalar, presence: "bound", since, imported: undefined });
  }

  writeModule(name: string, slot: Slot): void {
    this.flow.writable(this.flow.module).set(name, slot);
  }

  /** Figures that pyplot may be drawing on. */
  get figures(): Value {
    return this.slot(hidden.figures)?.value ?? unknownScalar;
  }

  set figures(value: Value) {
    this.writeModule(hidden.figures, { value, presence: "bound", since: 0, imported: undefined });
  }

  /** Modules whose names came in by a star. */
  get stars(): readonly string[] {
    const text = this.slot(hidden.stars)?.value.constant;
    return typeof text === "string" ? text.split(" ") : [];
  }

  addStar(module: string): void {
    const value = { ...unknownScalar, constant: [...this.stars, module].join(" ") };
    this.writeModule(hidden.stars, { value, presence: "bound", since: 0, imported: undefined });
  }

  diagnose(
    node: SyntaxNode,
    code: DiagnosticCode,
    severity: Diagnostic["severity"],
    message: string,
    name?: string,
    missing?: string,
  ): void {
    if (!this.recording) return;
    // What a function of another unit does wrong is told where it is called, unless nothing could make it right.
    const away = this.text.unit !== this.number;
    const place = away && this.blame !== undefined ? this.blame : node;
    this.tell(`${code}:${name ?? place.start}`, place, { code, severity, message, name, missing });
  }

  tell(
    key: string,
    { row, column }: Pick<SyntaxNode, "row" | "column">,
    {
      code,
      severity,
      message,
      name,
      missing,
    }: Pick<Diagnostic, "code" | "severity" | "message"> & {
      readonly name?: string | undefined;
      readonly missing?: string | undefined;
    },
  ): void {
    if (this.unit.diagnostics.has(key)) return;
    const named = name === undefined ? {} : { name };
    this.unit.diagnostics.set(key, { line: row, column, code, severity, message, missing, ...named });
  }

  /**
   * Looks at text that stands elsewhere, on behalf of what is running.
   * @param step tells this time from others: what is made there is made by this call.
   */
  elsewhere<T>(text: TextPlace, step: string, blame: SyntaxNode, look: () => T): T {
    const before = { text: this.text, path: this.path, blame: this.blame };
    if (this.text.unit === this.number || this.blame === undefined) this.blame = blame;
    this.path = `${this.path}${step}/`;
    this.text = text;
    const result = look();
    Object.assign(this, before);
    return result;
  }

  /** What an iterator still has to do is done where it is read. */
  later(iterator: Obj, text: TextPlace, look: () => void): void {
    iterator.resume = () => {
      this.elsewhere(text, `${this.text.statement}~${iterator.serial}`, this.statement.node, look);
    };
  }

  /** Looks at something that does not run now, and takes back all that this changed. */
  tryOut(node: SyntaxNode, text: TextPlace, look: () => void): UnitRecord {
    const before = { unit: this.unit, number: this.number, text: this.text };
    const log = this.heap.log;
    this.recording = false;
    this.startUnit(-1);
    this.unit.statements.push(newStatement(node, 1));
    this.text = text;
    look();
    const tried = this.unit;
    tried.log = this.heap.log;
    this.heap.settle();
    this.flow.module.slots = new Map();
    this.recording = true;
    Object.assign(this, before);
    this.heap.log = log;
    return tried;
  }
}
