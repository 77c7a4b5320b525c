/**
 * The names that every scope of some Python binds and reads, as CPython's own symbol table has them. The rules of one scope
 * stand in `collectScope.ts`; here names are looked up through the scopes around, and private names of classes are mangled.
 */
import * as z from "zod";
import { moduleScope, Use, type OwnScope, type ScopeKind } from "./collectScope.ts";
import { fieldsOf, namedChildren, type SyntaxNode } from "./parser.ts";

/** Where a name's value is kept: in this scope, in a function around it, or in the module (said so by `global` or not). */
export type Place = "local" | "free" | "declared-global" | "global";

/** A scope in the form that Python's side gives it in (see `_symbols.py`). */
export interface ScopeSymbols {
  readonly kind: ScopeKind;
  readonly name: string;
  /** From 1; 0 for a module. */
  readonly line: number;
  /** Name, mangled where Python mangles it, to letters: b p i a r n, then one of L F G g. */
  readonly names: Readonly<Record<string, string>>;
  readonly children: readonly ScopeSymbols[];
}

export const scopeSymbolsSchema: z.ZodType<ScopeSymbols> = z.object({
  kind: z.enum(["module", "class", "function", "lambda", "comprehension", "type"]),
  name: z.string(),
  line: z.int(),
  names: z.record(z.string(), z.string()),
  children: z.array(z.lazy(() => scopeSymbolsSchema)),
});

export interface SymbolOptions {
  /** True where an earlier cell has `from __future__ import annotations`; one in the text itself is seen. */
  readonly futureAnnotations?: boolean;
}

/** The scopes of a module or cell. */
export function symbolsOf(root: SyntaxNode, options: SymbolOptions = {}): ScopeSymbols {
  const future = options.futureAnnotations === true || hasFutureAnnotations(root);
  const nothing = {
    bound: new Set<string>(),
    className: undefined,
    classAround: undefined,
    walrusOwner: undefined,
  };
  return resolve(moduleScope(root), { ...nothing, future }).scope;
}

/** Whether annotations are not evaluated because the text says so. */
export function hasFutureAnnotations(root: SyntaxNode): boolean {
  return namedChildren(root).some(
    (node) =>
      node.type === "future_import_statement" &&
      fieldsOf(node, "name").some((name) => /^annotations\b/.test(name.text)),
  );
}

/** The nearest scope around that is no comprehension: where `:=` binds. */
interface WalrusOwner {
  readonly kind: ScopeKind;
  readonly uses: ReadonlyMap<string, number>;
}

interface Surroundings {
  /** Names of the functions around. */
  readonly bound: ReadonlySet<string>;
  /** For mangling. */
  readonly className: string | undefined;
  /** The names of the class right around, with only PEP 695 scopes between. */
  readonly classAround: ReadonlyMap<string, number> | undefined;
  readonly future: boolean;
  readonly walrusOwner: WalrusOwner | undefined;
}

/** `__x` inside class C is `_C__x`. */
export function mangled(name: string, className: string | undefined): string {
  if (className === undefined || !name.startsWith("__") || name.endsWith("__")) return name;
  const stripped = className.replace(/^_+/, "");
  return stripped === "" ? name : `_${stripped}${name}`;
}

function resolve(
  own: OwnScope,
  around: Surroundings,
): { readonly scope: ScopeSymbols; readonly free: ReadonlySet<string>; readonly globals: Set<string> } {
  const { kind } = own;
  // The parameters of a generic class are mangled with its name, though they stand outside it.
  const named = own.node.type === "class_definition";
  const className = named ? own.name : around.className;
  const uses = mangledUses(own, className);
  const walrusOwner = kind === "comprehension" ? around.walrusOwner : { kind, uses };
  const before = new Set(around.bound);
  const bound = new Set(around.bound);
  const locals = new Set<string>();
  const free = new Set<string>();
  const mask = ~(Use.needed | (around.future ? Use.annotation | Use.idle : 0));
  const globals = new Set<string>();
  const names = new Map<string, string>();
  const classAround = kind === "type" ? around.classAround : undefined;
  for (const [name, how] of uses) {
    const flags = declared(kind, name, how & mask, walrusOwner);
    if (flags === 0) continue;
    const place = placeOf(name, flags, bound, classAround?.get(name));
    if (place === "declared-global") {
      bound.delete(name);
      globals.add(name);
    }
    if (place === "local") locals.add(name);
    if (place === "free") free.add(name);
    names.set(name, letters(flags) + placeLetter[place]);
  }
  const within = kind === "class" ? before : bound;
  if (kind === "class") within.add("__class__");
  else if (kind !== "module") for (const name of locals) within.add(name);
  const children: ScopeSymbols[] = [];
  const asked = new Set<string>();
  for (const { inAnnotation, get } of own.inner) {
    if (inAnnotation && around.future) continue;
    const inner = resolve(get(), {
      bound: within,
      className,
      classAround: kind === "class" ? uses : classAround,
      walrusOwner,
      future: around.future,
    });
    children.push(inner.scope);
    for (const name of inner.free) asked.add(name);
    for (const name of inner.globals) globals.add(name);
  }
  if (kind === "module") {
    for (const name of globals)
      names.set(name, (names.get(name) ?? "").replace(/.$/, "") + placeLetter["declared-global"]);
  }
  for (const name of asked) {
    if (kind === "class" ? name === "__class__" : locals.has(name)) continue;
    free.add(name);
    if (!names.has(name)) names.set(name, "F");
  }
  const { name, line } = own;
  return { scope: { kind, name, line, names: Object.fromEntries(names), children }, free, globals };
}

function mangledUses(own: OwnScope, className: string | undefined): ReadonlyMap<string, number> {
  if (className === undefined) return own.uses;
  const uses = new Map<string, number>();
  for (const [name, how] of own.uses) {
    const known = mangled(name, className);
    uses.set(known, (uses.get(known) ?? 0) | how);
  }
  return uses;
}

/** Adds what `:=` in a comprehension declares: the name belongs to the scope around. */
function declared(kind: ScopeKind, name: string, how: number, walrusOwner: WalrusOwner | undefined): number {
  let flags = how;
  if ((how & Use.boundWithin) !== 0) flags |= kind === "module" ? Use.global : Use.bound;
  if ((how & Use.walrus) !== 0) {
    const inFunction = walrusOwner !== undefined && walrusOwner.kind !== "module";
    const isLocal = inFunction && ((walrusOwner.uses.get(name) ?? 0) & Use.global) === 0;
    flags |= isLocal ? Use.nonlocal : Use.global;
  }
  return flags;
}

const binds = Use.bound | Use.parameter | Use.imported;

function placeOf(
  name: string,
  flags: number,
  bound: ReadonlySet<string>,
  inClass: number | undefined,
): Place {
  if ((flags & Use.global) !== 0) return "declared-global";
  if ((flags & Use.nonlocal) !== 0) return "free";
  if ((flags & binds) !== 0) return "local";
  if (inClass !== undefined) {
    // Seen from a class's own PEP 695 scope, its names come before those of the functions around.
    if ((inClass & Use.global) !== 0) return "declared-global";
    if ((inClass & binds) !== 0 && (inClass & Use.nonlocal) === 0) return "global";
  }
  return bound.has(name) ? "free" : "global";
}

const letterOf: readonly (readonly [number, string])[] = [
  [Use.bound, "b"],
  [Use.parameter, "p"],
  [Use.imported, "i"],
  [Use.annotated, "a"],
  [Use.read | Use.annotation | Use.idle, "r"],
  [Use.nonlocal, "n"],
];

function letters(flags: number): string {
  return letterOf.map(([use, letter]) => ((flags & use) === 0 ? "" : letter)).join("");
}

const placeLetter = { local: "L", free: "F", "declared-global": "G", global: "g" } as const;
