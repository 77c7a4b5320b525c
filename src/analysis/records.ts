/** What statements and units were seen to do. */
import { newLog, type HeapLog } from "./heap.ts";
import type { Binding, Diagnostic, Effect, ImportFact } from "./model.ts";
import type { NameChange } from "./names.ts";
import type { SyntaxNode } from "./parser.ts";
import type { Obj, Slot } from "./values.ts";

/** What a top-level statement was seen to do. */
export interface StatementRecord {
  readonly node: SyntaxNode;
  /** Its place in the unit, from 1. */
  readonly number: number;
  readonly binds: Map<string, Binding["kind"]>;
  readonly reads: Set<string>;
  readonly deletes: Set<string>;
  readonly mutated: Set<Obj>;
  readonly effectReads: Set<Effect>;
  readonly effectWrites: Set<Effect>;
  readonly imports: ImportFact[];
  /** Set by a call whose effect is not known. */
  unknown: boolean;
  /** Filled in when it is done. */
  certain: ReadonlySet<string>;
  /** Names whose object it changed, and whether that object was there before it. */
  mutates: readonly string[];
  changesOthers: boolean;
}

/** A call that was followed, wherever its text stands. */
export interface CallNote {
  /** The statement its text stands in, and the place of its node there. */
  readonly statement: number;
  readonly index: number;
  readonly receiver: string | undefined;
  target: string;
}

/** What two ways to a call say of its callee together. */
export function joinTargets(known: string, target: string): string {
  if (known === target || target.startsWith("?")) return known;
  return known.startsWith("?") ? target : `?.${target.slice(target.lastIndexOf(".") + 1)}`;
}

/** A diagnostic; what it says of a missing name hangs on who makes that name. */
export interface Told extends Omit<Diagnostic, "unit" | "madeBy"> {
  readonly missing: string | undefined;
}

/** What a unit was seen to do. */
export interface UnitRecord {
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
  readonly calls: Map<string, CallNote>;
  readonly diagnostics: Map<string, Told>;
  must: ReadonlySet<string>;
  unbound: ReadonlySet<string>;
  /** Objects it changed that were there before. */
  changed: readonly Obj[];
  /** Names whose object it changed that was there before. */
  reaching: readonly string[];
  /** The same, and names that it bound again whose object before was one of these: tells whether other names joined. */
  cone: string;
  /** What it found in the names it looked at, and left in those it wrote. */
  readonly footprint: Map<string, Slot | undefined>;
  writes: ReadonlyMap<string, NameChange>;
  log: HeapLog;
}

export function newUnit(): UnitRecord {
  return {
    statements: [],
    exposed: new Set(),
    importsRead: new Set(),
    may: new Set(),
    killed: new Set(),
    mutated: new Set(),
    mutates: new Set(),
    calls: new Map(),
    diagnostics: new Map(),
    must: new Set(),
    unbound: new Set(),
    changed: [],
    reaching: [],
    cone: "",
    footprint: new Map(),
    writes: new Map(),
    log: newLog(),
  };
}

export function newStatement(node: SyntaxNode, number: number): StatementRecord {
  return {
    node,
    number,
    binds: new Map(),
    reads: new Set(),
    deletes: new Set(),
    mutated: new Set(),
    effectReads: new Set(),
    effectWrites: new Set(),
    imports: [],
    unknown: false,
    certain: new Set(),
    mutates: [],
    changesOthers: false,
  };
}
