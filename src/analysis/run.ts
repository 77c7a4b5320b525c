/**
 * One pass over a program in running order, statement by statement, without running it: names by scope, what they may
 * hold, what is read, bound, unbound and changed. Branches are followed both ways and joined, loops until nothing new
 * comes, called functions where they are called. Effects such as `<rng:numpy>` are kept as names of the module scope.
 */
import { builtinNames, effectOfValue } from "./knowledge.ts";
import type { Binding, Diagnostic, DiagnosticCode, Effect, ImportFact } from "./model.ts";
import type { SyntaxNode } from "./parser.ts";
import {
  external,
  joinValues,
  reach,
  reaches,
  unknownScalar,
  valueOf,
  type ClassCode,
  type FunctionCode,
  type Obj,
  type Scope,
  type Slot,
  type Value,
} from "./values.ts";

/** What a top-level statement was seen to do. */
export interface StatementRecord {
  readonly node: SyntaxNode;
  readonly unit: number;
  readonly number: number;
  readonly binds: Map<string, Binding["kind"]>;
  readonly reads: Set<string>;
  readonly deletes: Set<string>;
  readonly mutated: Set<Obj>;
  readonly effectReads: Set<Effect>;
  readonly effectWrites: Set<Effect>;
  readonly calls: Map<number, CallRecord>;
  readonly imports: ImportFact[];
  /** Set by a call whose effect is not known. */
  unknown: boolean;
  /** Filled in when it is done. */
  certain: ReadonlySet<string>;
  /** Names whose object it changed, and whether that object was there before it. */
  mutates: ReadonlySet<string>;
  changesOthers: boolean;
}

export interface CallRecord {
  readonly node: SyntaxNode;
  target: string;
  readonly receiver: string | undefined;
}

/** What a unit was seen to do, and the state it leaves. */
export interface UnitRecord {
  readonly unit: number;
  /** Number of its first statement. */
  readonly first: number;
  readonly statements: StatementRecord[];
  /** Names and effects read that the unit had not certainly bound before. */
  readonly exposed: Set<string>;
  /** Of those, the ones that were a plain import's at every read. */
  readonly importsRead: Set<string>;
  readonly may: Set<string>;
  readonly killed: Set<string>;
  readonly mutated: Set<Obj>;
  /** Names whose object was there before the unit and that a statement of it changed. */
  readonly mutates: Set<string>;
  must: ReadonlySet<string>;
  unbound: ReadonlySet<string>;
  /** Module names at the end of the unit. */
  slots: ReadonlyMap<string, Slot>;
  /** Names whose object it changed that was there before. */
  reaching: ReadonlySet<string>;
}

export interface Language {
  evaluate(run: Run, node: SyntaxNode): Value;
  execute(run: Run, nodes: readonly SyntaxNode[]): void;
}

export type Snapshot = ReadonlyMap<Scope, Map<string, Slot>>;

const noNode: SyntaxNode = {
  type: "module",
  named: true,
  field: undefined,
  start: 0,
  end: 0,
  row: 0,
  column: 0,
  text: "",
  index: 0,
  children: [],
  parts: [],
};
const noNames = { locals: new Set<string>(), globals: new Set<string>(), nonlocals: new Set<string>() };
const history = /^(_{1,3}|_\d+|_i{1,3}|_i\d+|_[iod]h|In|Out)$/;

/**
 * How often functions are followed where they are called: in the whole program, in one statement, one function in one
 * statement, and how deep. Beyond that a call is guessed at: it may read and change all that its text can reach.
 */
const entries = { program: 1_500, statement: 60, function: 8, deep: 8 };

export class Run {
  readonly module: Scope;
  readonly language: Language;
  readonly units: UnitRecord[] = [];
  readonly diagnostics = new Map<string, Diagnostic>();
  readonly stars: string[] = [];
  /** Names that anything in the program binds, and the unit that does so first. */
  readonly makers: ReadonlyMap<string, number>;
  /** Functions being called, innermost last. */
  readonly calling: FunctionCode[] = [];
  /** Functions under `@property`, called when they are looked at. */
  readonly properties = new Set<SyntaxNode>();
  readonly classMethods = new Set<SyntaxNode | undefined>();
  readonly statics = new Set<SyntaxNode | undefined>();
  /** Figures that pyplot may be drawing on. */
  figures: Value = unknownScalar;
  scope: Scope;
  /** False after `raise`, `return`, `break` until the flow comes together again. */
  reachable = true;
  returns: Value[] = [];
  /** States at `break` and `continue` of the innermost loop, and at `raise` or `return`. */
  breaks: Snapshot[] = [];
  continues: Snapshot[] = [];
  exits: Snapshot[] = [];
  /** Above 0 where a missing name is expected: in a `try` that catches NameError. */
  tolerant = 0;
  /** The unit whose text is being read, which inside a called function is the function's. */
  textUnit = 0;
  /** False while something is looked at that does not run now. */
  recording = true;
  /** Node in the running unit that is to blame for what a called function does. */
  blame: SyntaxNode | undefined;
  path = "";
  private readonly entered = new Map<SyntaxNode, number>();
  private readonly kept = new WeakSet<ReadonlyMap<string, Slot>>();
  private enteredHere = 0;
  private enteredEver = 0;
  private readonly objects = new Map<string, Obj>();
  private number = 0;

  constructor(language: Language, makers: ReadonlyMap<string, number>) {
    this.language = language;
    this.makers = makers;
    this.module = {
      kind: "module",
      parent: undefined,
      names: noNames,
      unit: 0,
      slots: new Map<string, Slot>(),
      holders: new Set<Obj>(),
    };
    this.scope = this.module;
  }

  /** Whether what comes next is reached. */
  goesOn(): boolean {
    return this.reachable;
  }

  evaluate(node: SyntaxNode): Value {
    return this.language.evaluate(this, node);
  }

  get unit(): UnitRecord {
    const unit = this.units.at(-1);
    if (unit === undefined) throw new Error("no unit is running");
    return unit;
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
      this.enteredEver >= entries.program ||
      this.calling.includes(code)
    ) {
      return false;
    }
    this.entered.set(code.node, spent + 1);
    this.enteredHere += 1;
    this.enteredEver += 1;
    return true;
  }

  startUnit(unit: number): void {
    this.textUnit = unit;
    this.reachable = true;
    this.units.push({
      unit,
      first: this.number + 1,
      statements: [],
      exposed: new Set(),
      importsRead: new Set(),
      may: new Set(),
      killed: new Set(),
      mutated: new Set(),
      mutates: new Set(),
      must: new Set(),
      unbound: new Set(),
      slots: new Map(),
      reaching: new Set(),
    });
  }

  startStatement(node: SyntaxNode): void {
    this.number += 1;
    this.entered.clear();
    this.enteredHere = 0;
    this.unit.statements.push({
      node,
      unit: this.unit.unit,
      number: this.number,
      binds: new Map(),
      reads: new Set(),
      deletes: new Set(),
      mutated: new Set(),
      effectReads: new Set(),
      effectWrites: new Set(),
      calls: new Map(),
      imports: [],
      unknown: false,
      certain: new Set(),
      mutates: new Set(),
      changesOthers: false,
    });
  }

  endStatement(): void {
    const { statement } = this;
    const certain = [...statement.binds.keys()].filter((name) => {
      const slot = this.module.slots.get(name);
      return slot?.presence === "bound" && slot.since === statement.number;
    });
    statement.certain = new Set(certain);
    const changed = new Set([...statement.mutated].filter((object) => object.made < statement.number));
    statement.changesOthers = changed.size > 0;
    if (changed.size === 0) return;
    statement.mutates = this.namesReaching(changed);
    const older = new Set([...changed].filter((object) => object.made < this.unit.first));
    const names = older.size === changed.size ? statement.mutates : this.namesReaching(older);
    for (const name of names) this.unit.mutates.add(name);
  }

  endUnit(): void {
    const { unit } = this;
    const must = new Set<string>();
    const unbound = new Set<string>();
    for (const [name, { presence, since }] of this.module.slots) {
      if (since >= unit.first && presence !== "maybe") (presence === "bound" ? must : unbound).add(name);
    }
    unit.must = must;
    unit.unbound = unbound;
    unit.slots = this.keep(this.module);
    const changed = new Set([...unit.mutated].filter((object) => object.made < unit.first));
    unit.reaching = changed.size === 0 ? new Set() : this.namesReaching(changed);
  }

  /** Module names from which one of some objects can be reached. */
  namesReaching(objects: ReadonlySet<Obj>): ReadonlySet<string> {
    const found = [...this.module.slots].filter(
      ([, { presence, value }]) =>
        presence !== "unbound" && value.objects.size > 0 && reaches(value.objects, objects),
    );
    return new Set(found.map(([name]) => name));
  }

  /** The object that a node makes; the same one each time the same code is reached by the same calls. */
  object(
    node: SyntaxNode,
    about: Partial<Pick<Obj, "kind" | "type" | "code" | "classCode">> = {},
    tag = "",
  ): Obj {
    const id = `${this.path}${this.textUnit}:${node.start}:${node.end}${tag}`;
    const known = this.objects.get(id);
    if (known !== undefined && known.type === about.type) return known;
    const object: Obj = {
      id: known === undefined ? id : `${id}#${this.objects.size}`,
      made: this.number,
      kind: about.kind ?? "plain",
      type: about.type,
      elements: new Set(),
      shares: new Set(),
      attributes: new Map(),
      code: about.code,
      classCode: about.classCode,
      closed: false,
      unseeded: false,
      resume: undefined,
    };
    this.objects.set(object.id, object);
    return object;
  }

  fresh(node: SyntaxNode, type?: string, elements: Iterable<Obj> = []): Value {
    const object = this.object(node, { type });
    for (const element of elements) if (element !== object) object.elements.add(element);
    return valueOf([object], type);
  }

  /** An object of its own whose memory is that of others. */
  view(node: SyntaxNode, of: Value, type?: string): Value {
    if (of.objects.size === 0) return unknownScalar;
    const object = this.object(node, { type });
    for (const base of of.objects) {
      if (base === object) continue;
      for (const shared of [base, ...base.shares]) {
        if (shared === object) continue;
        object.shares.add(shared);
        shared.shares.add(object);
      }
      for (const element of base.elements) object.elements.add(element);
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
      const all = how === "structure" ? [object] : [object, ...object.shares];
      for (const changed of all) {
        this.unit.mutated.add(changed);
        this.statement.mutated.add(changed);
      }
    }
  }

  readEffect(effect: Effect): void {
    if (!this.recording) return;
    this.statement.effectReads.add(effect);
    if ((this.module.slots.get(effect)?.since ?? -1) < this.unit.first) this.unit.exposed.add(effect);
  }

  /** `replace` says that nothing of what was before can be seen afterwards. */
  writeEffect(effect: Effect, replace = false): void {
    if (!this.recording) return;
    this.statement.effectWrites.add(effect);
    this.unit.may.add(effect);
    const since = replace ? this.number : (this.module.slots.get(effect)?.since ?? -1);
    this.write(this.module, effect, { value: unknownScalar, presence: "bound", since, imported: undefined });
  }

  /** The scope that a name belongs to here; the module's for what no function binds. */
  home(name: string): Scope {
    let scope = this.scope;
    let start = true;
    for (;;) {
      const { kind, names, parent } = scope;
      if (parent === undefined) return scope;
      if (names.globals.has(name)) return this.module;
      if (names.locals.has(name) && (kind !== "class" || (start && scope.slots.has(name)))) return scope;
      start = false;
      scope = parent;
    }
  }

  /** Reads a name as Python would here. */
  read(name: string, node: SyntaxNode): Value {
    const home = this.home(name);
    return home === this.module
      ? this.readGlobal(name, node)
      : (home.slots.get(name)?.value ?? unknownScalar);
  }

  /** Reads a name of the module, whatever scope is running. */
  readGlobal(name: string, node: SyntaxNode): Value {
    const slot = this.module.slots.get(name);
    if (slot === undefined || slot.presence === "unbound") {
      return this.readUnbound(name, node);
    }
    this.noteRead(name, slot);
    if (slot.presence === "maybe" && slot.since >= this.unit.first && this.unit.killed.has(name)) {
      this.diagnose(
        node,
        "maybe-unbound",
        "warning",
        `${name} may have been deleted before it is used here.`,
        name,
      );
    }
    return slot.value;
  }

  private readUnbound(name: string, node: SyntaxNode): Value {
    if (builtinNames.has(name))
      return external(name === "get_ipython" ? "IPython.get_ipython" : `builtins.${name}`);
    if (history.test(name)) {
      this.readEffect("<Out>");
      this.diagnose(
        node,
        "output-history",
        "error",
        `${name} is the notebook's own record of earlier cells; give the value a name where it is made.`,
        name,
      );
      return unknownScalar;
    }
    this.noteRead(name, undefined);
    if (this.stars.length > 0) {
      for (const module of this.stars) this.readEffect(`<star:${module}>`);
      const from = this.stars.join(" or ");
      this.diagnose(
        node,
        "star-import",
        "error",
        `${name} seems to come from \`from ${from} import *\`; import it by name.`,
        name,
      );
      return valueOf([this.object(node)]);
    }
    if (this.tolerant === 0) this.diagnoseMissing(name, node);
    return valueOf([this.object(node)]);
  }

  private diagnoseMissing(name: string, node: SyntaxNode): void {
    const maker = this.makers.get(name);
    const inside = this.calling.at(-1)?.name;
    const who = inside === undefined ? `${name} is used` : `${inside} uses ${name}`;
    const message =
      maker === undefined
        ? `${who}, but no cell makes it.`
        : maker > this.unit.unit
          ? `${who} before the cell that makes it.`
          : `${who}, but it is not there any more or not yet.`;
    this.diagnose(node, "undefined-name", "error", message, name, maker);
  }

  private noteRead(name: string, slot: Slot | undefined): void {
    if (!this.recording) return;
    const { unit, statement } = this;
    if (slot?.since !== statement.number) statement.reads.add(name);
    if (slot !== undefined && slot.since >= unit.first) return;
    if (slot?.imported === undefined) unit.importsRead.delete(name);
    else if (!unit.exposed.has(name)) unit.importsRead.add(name);
    unit.exposed.add(name);
  }

  /** A question such as `'x' in globals()`: it depends on the name, but does not fail without it. */
  asksFor(name: string): Slot["presence"] {
    const slot = this.module.slots.get(name);
    if (slot === undefined || slot.presence === "unbound") return "unbound";
    this.noteRead(name, slot);
    return slot.presence;
  }

  bind(name: string, value: Value, kind: Binding["kind"], imported?: string): void {
    let target = this.scope;
    if (kind === "walrus")
      while (target.kind === "comprehension" && target.parent !== undefined) target = target.parent;
    const { names } = target;
    if (target.kind === "function" && !names.locals.has(name)) {
      if (names.nonlocals.has(name)) {
        this.bindNonlocal(name, value, target);
        return;
      }
      target = this.module;
    } else if (names.globals.has(name)) target = this.module;
    if (target !== this.module) {
      this.write(target, name, { value, presence: "bound", since: this.number, imported: undefined });
      return;
    }
    if (!this.recording) return;
    this.unit.may.add(name);
    this.statement.binds.set(name, kind);
    this.write(this.module, name, { value, presence: "bound", since: this.number, imported });
  }

  /** A module name that may get another value, or keep the one it has. */
  writeUnsurely(name: string, value: Value): void {
    if (!this.recording) return;
    this.unit.may.add(name);
    this.statement.binds.set(name, "assignment");
    const unsure = valueOf([...value.objects, this.object(this.statement.node, {}, name)]);
    this.write(this.module, name, { value: unsure, presence: "bound", since: -1, imported: undefined });
  }

  private bindNonlocal(name: string, value: Value, from: Scope): void {
    for (let scope = from.parent; scope !== undefined && scope.kind !== "module"; scope = scope.parent) {
      if (scope.kind !== "function" || !scope.names.locals.has(name)) continue;
      const before = scope.slots.get(name);
      const joined = before === undefined ? value : joinValues(before.value, value);
      this.write(scope, name, { value: joined, presence: "bound", since: this.number, imported: undefined });
      this.mutate(valueOf(scope.holders));
      return;
    }
  }

  unbind(name: string): void {
    const home = this.home(name);
    if (home !== this.module) {
      if (home.slots.has(name)) this.writable(home).delete(name);
      return;
    }
    if (!this.recording) return;
    this.unit.killed.add(name);
    this.statement.deletes.add(name);
    const slot: Slot = { value: unknownScalar, presence: "unbound", since: this.number, imported: undefined };
    this.write(this.module, name, slot);
  }

  /** Snapshots share a scope's map until it is written to again. */
  private writable(scope: Scope): Map<string, Slot> {
    if (this.kept.has(scope.slots)) scope.slots = new Map(scope.slots);
    return scope.slots;
  }

  private write(scope: Scope, name: string, slot: Slot): void {
    this.writable(scope).set(name, slot);
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
    if (scope.slots === slots) return;
    for (const [name, slot] of slots) {
      const mine = scope.slots.get(name);
      if (mine !== slot) this.write(scope, name, joinSlots(mine, slot));
    }
    for (const [name, slot] of scope.slots) {
      if (!slots.has(name)) this.write(scope, name, joinSlots(slot, undefined));
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

  diagnose(
    node: SyntaxNode,
    code: DiagnosticCode,
    severity: Diagnostic["severity"],
    message: string,
    name?: string,
    maker?: number,
  ): void {
    if (!this.recording) return;
    // What a function of another unit does wrong is told where it is called, unless nothing could make it right.
    const away = this.textUnit !== this.unit.unit;
    const place = away && this.blame !== undefined ? this.blame : node;
    const key = `${this.unit.unit}:${code}:${name ?? place.start}`;
    if (this.diagnostics.has(key)) return;
    this.diagnostics.set(key, {
      unit: this.unit.unit,
      line: place.row,
      column: place.column,
      code,
      severity,
      message,
      ...(name === undefined ? {} : { name }),
      ...(maker === undefined ? {} : { madeBy: maker }),
    });
  }

  /** Starts looking at something that does not run now: what it reads and binds is not noted, what it changes is. */
  beginTrial(): UnitRecord {
    this.recording = false;
    this.startUnit(-1);
    this.startStatement(this.units.at(-2)?.statements.at(-1)?.node ?? noNode);
    return this.unit;
  }

  endTrial(): void {
    this.units.pop();
    this.recording = true;
  }

  diagnoseSyntax(line: number, column: number, message: string): void {
    const { unit } = this.unit;
    this.diagnostics.set(`${unit}:syntax`, {
      unit,
      line,
      column,
      code: "syntax-error",
      severity: "error",
      message,
    });
  }

  isEffectValue(path: string): boolean {
    return effectOfValue(path) !== undefined;
  }

  /** The module name that holds a class, if one does. */
  classNamed(code: ClassCode): string | undefined {
    const slot = this.module.slots.get(code.name);
    return slot !== undefined && [...slot.value.objects].some((object) => object.classCode === code)
      ? code.name
      : undefined;
  }
}

function joinSlots(a: Slot | undefined, b: Slot): Slot;
function joinSlots(a: Slot, b: undefined): Slot;
function joinSlots(a: Slot | undefined, b: Slot | undefined): Slot | undefined {
  const one = a ?? b;
  if (a === undefined || b === undefined) {
    const presence = one?.presence === "unbound" ? "unbound" : "maybe";
    return one && { ...one, presence, since: -1, imported: undefined };
  }
  return {
    value:
      a.presence === "unbound" ? b.value : b.presence === "unbound" ? a.value : joinValues(a.value, b.value),
    presence: a.presence === b.presence ? a.presence : "maybe",
    since: Math.min(a.since, b.since),
    imported: a.imported === b.imported ? a.imported : undefined,
  };
}
