/**
 * What a name may hold, as far as can be known without running: objects by the place that makes them, a type only
 * where it is certain. Objects only ever gain elements during an analysis; names are what changes with the flow.
 */
import type { SyntaxNode } from "./parser.ts";
import type { Parameter, ScopeNames } from "./scope.ts";

/** A mutable object, or all objects that one place makes. Only the heap changes one, so that it can be undone. */
export interface Obj {
  readonly serial: number;
  readonly kind: "plain" | "function" | "class" | "instance" | "iterator" | "resource" | "parameter";
  readonly type: string | undefined;
  /** The statement of the running unit that made it, from 1; 0 when an earlier unit did. */
  made: number;
  /** The unit and the statement in it that made it. */
  place: { readonly unit: number; readonly statement: number };
  /** Objects that can be reached from it: items, attributes, what a closure holds. */
  elements: ReadonlySet<Obj>;
  /** Objects whose element it is. */
  holders: ReadonlySet<Obj>;
  /** Objects that share its memory: views, and the objects they look at. */
  shares: ReadonlySet<Obj>;
  /** Values of attributes that were set, by name. */
  attributes: ReadonlyMap<string, Value>;
  /** Names of the program that hold it, or held it once. */
  names: ReadonlySet<string>;
  code: FunctionCode | undefined;
  classCode: ClassCode | undefined;
  /** Set for a file that was closed by its `with`. */
  closed: boolean;
  /** Draws from a global random generator whenever it works. */
  unseeded: boolean;
  /** Runs what an iterator still has to do. */
  resume: (() => void) | undefined;
  /** What a loop over it gives at a time, where that is more than any of its elements. */
  each: (() => Value) | undefined;
  /** Which run of a unit made it last. */
  stamp: number;
  /** Set while an analysis goes over a program again and finds something else in it than the last time. */
  tainted: boolean;
}

export type Constant = string | number | boolean | null;

export interface Value {
  readonly objects: ReadonlySet<Obj>;
  /** Certain type, with its module unless it is a builtin; undefined rather than a guess. */
  readonly type: string | undefined;
  /** Where it comes from, for a module and what is taken from it: `numpy.random`. */
  readonly path: string | undefined;
  readonly constant: Constant | undefined;
  /** For a tuple whose parts are known one by one. */
  readonly items: readonly Value[] | undefined;
  /** True for something a loop over it certainly enters. */
  readonly nonEmpty: boolean;
}

export interface FunctionCode {
  readonly name: string;
  /** A `function_definition` or `lambda`. */
  readonly node: SyntaxNode;
  readonly text: TextPlace;
  readonly closure: Scope;
  readonly names: ScopeNames;
  readonly parameters: readonly Parameter[];
  readonly defaults: ReadonlyMap<string, Value>;
  readonly generator: boolean;
  /** What a decorator makes of it in a class. */
  binding: "" | "property" | "static" | "class";
}

/** Where a piece of text stands: the unit, the top-level statement, and the index of that statement's node. */
export interface TextPlace {
  readonly unit: number;
  readonly statement: number;
  readonly base: number;
  /** True for text that stands in a string. */
  readonly quoted: boolean;
}

export interface ClassCode {
  readonly name: string;
  readonly node: SyntaxNode;
  readonly text: TextPlace;
  readonly scope: Scope;
  readonly bases: readonly Value[];
  /** True where a method may come from a base class we do not see. */
  readonly foreignBase: boolean;
}

export interface Slot {
  readonly value: Value;
  readonly presence: "bound" | "unbound" | "maybe";
  /** The statement of the running unit since which this is certain, from 1; 0 for what was there before or is not certain. */
  readonly since: number;
  /** What a plain top-level import bound it to, so that any other place can import it again. */
  readonly imported: string | undefined;
}

export interface Scope {
  readonly kind: "module" | "function" | "class" | "comprehension";
  readonly parent: Scope | undefined;
  readonly names: ScopeNames;
  /** Which run of a unit made it. */
  readonly stamp: number;
  /** Written by the run alone, which replaces the map where a snapshot holds it. */
  slots: Map<string, Slot>;
  /** Functions that hold this scope as their closure. */
  readonly holders: Set<Obj>;
}

const nothing: ReadonlySet<Obj> = new Set();

/** A value that shares nothing with any other: a number, a string, a fresh immutable. */
export function scalar(type?: string, constant?: Constant): Value {
  return { objects: nothing, type, path: undefined, constant, items: undefined, nonEmpty: false };
}

export const unknownScalar = scalar();

export function valueOf(objects: Iterable<Obj>, type?: string): Value {
  return {
    objects: new Set(objects),
    type,
    path: undefined,
    constant: undefined,
    items: undefined,
    nonEmpty: false,
  };
}

export function external(path: string): Value {
  return { objects: nothing, type: undefined, path, constant: undefined, items: undefined, nonEmpty: false };
}

export function joinValues(a: Value, b: Value): Value {
  if (a === b) return a;
  const same = <T>(x: T, y: T): T | undefined => (x === y ? x : undefined);
  const items =
    a.items?.length === b.items?.length
      ? a.items?.map((item, at) => joinValues(item, b.items?.[at] ?? item))
      : undefined;
  return {
    objects:
      a.objects.size === 0
        ? b.objects
        : b.objects.size === 0
          ? a.objects
          : new Set([...a.objects, ...b.objects]),
    type: same(a.type, b.type),
    path: same(a.path, b.path),
    constant: same(a.constant, b.constant),
    items,
    nonEmpty: a.nonEmpty && b.nonEmpty,
  };
}

export function joinAll(values: readonly Value[]): Value {
  const [first, ...rest] = values;
  return first === undefined ? unknownScalar : rest.reduce(joinValues, first);
}

/** Everything that can be reached from some objects, themselves included, without shared memory. */
export function reach(objects: Iterable<Obj>): ReadonlySet<Obj> {
  const found = new Set<Obj>(objects);
  for (const object of found) for (const element of object.elements) found.add(element);
  return found;
}

function sameObjects(a: ReadonlySet<Obj>, b: ReadonlySet<Obj>): boolean {
  if (a === b) return true;
  if (a.size !== b.size) return false;
  for (const object of a) if (!b.has(object)) return false;
  return true;
}

export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  return (
    a.type === b.type &&
    a.path === b.path &&
    a.constant === b.constant &&
    a.nonEmpty === b.nonEmpty &&
    sameObjects(a.objects, b.objects) &&
    a.items?.length === b.items?.length &&
    (a.items ?? []).every((item, at) => {
      const other = b.items?.[at];
      return other !== undefined && sameValue(item, other);
    })
  );
}

export function sameSlot(a: Slot | undefined, b: Slot | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return (
    a.presence === b.presence &&
    a.since === b.since &&
    a.imported === b.imported &&
    sameValue(a.value, b.value)
  );
}

const containers = new Set(
  ["list", "dict", "set", "tuple", "frozenset", "range"].concat(
    ["deque", "defaultdict", "Counter", "OrderedDict", "ChainMap"].map((name) => `collections.${name}`),
  ),
);

/** What indexing or a loop may give: the elements; of an object we do not know the inside of, anything in it, or itself. */
export function elementsOf(value: Value): Value {
  const objects = new Set<Obj>();
  for (const object of value.objects) {
    if (object.kind === "function" || object.kind === "class") continue;
    if (object.each !== undefined) {
      for (const element of object.each().objects) objects.add(element);
      continue;
    }
    const known = object.type !== undefined && containers.has(object.type);
    // What zip, enumerate or chain give lies a level or two deeper; it is never the iterator.
    const inner = known ? object.elements : reach(object.kind === "iterator" ? object.elements : [object]);
    for (const element of inner) objects.add(element);
  }
  for (const item of value.items ?? []) for (const object of item.objects) objects.add(object);
  return valueOf(objects);
}

/** A tuple whose parts are known one by one, as a loop gives it. */
export function tupleOf(items: readonly Value[]): Value {
  const objects = new Set<Obj>();
  for (const item of items) for (const object of item.objects) objects.add(object);
  return { ...scalar("tuple"), objects, items, nonEmpty: items.length > 0 };
}

/** Everything that some objects reach or share memory with; functions and classes do not count. */
export function sharedObjects(objects: ReadonlySet<Obj>): ReadonlySet<Obj> {
  const found = new Set<Obj>();
  for (const object of reach(objects)) {
    if (object.kind === "function" || object.kind === "class") continue;
    found.add(object);
    for (const other of object.shares) found.add(other);
  }
  return found;
}
