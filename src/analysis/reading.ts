/** Reading names as Python would: which scope a name belongs to, and what it means where none has it. */
import { builtinNames } from "./knowledge.ts";
import type { SyntaxNode } from "./parser.ts";
import type { Run } from "./run.ts";
import {
  external,
  unknownScalar,
  valueOf,
  type ClassCode,
  type Scope,
  type Slot,
  type Value,
} from "./values.ts";

const history = /^(_{1,3}|_\d+|_i{1,3}|_i\d+|_[iod]h|In|Out)$/;

/** The scope that a name belongs to here; the module's for what no function binds. */
export function homeOf(run: Run, name: string): Scope {
  let { scope } = run.flow;
  let start = true;
  for (;;) {
    const { kind, names, parent } = scope;
    if (parent === undefined) return scope;
    if (names.globals.has(name)) return run.flow.module;
    if (names.locals.has(name) && (kind !== "class" || (start && scope.slots.has(name)))) return scope;
    start = false;
    scope = parent;
  }
}

/** Reads a name as Python would here. */
export function readName(run: Run, name: string, node: SyntaxNode): Value {
  const home = homeOf(run, name);
  return home === run.flow.module
    ? readGlobal(run, name, node)
    : (home.slots.get(name)?.value ?? unknownScalar);
}

/** Reads a name of the module, whatever scope is running. */
export function readGlobal(run: Run, name: string, node: SyntaxNode): Value {
  const slot = run.slot(name);
  if (slot === undefined || slot.presence === "unbound") return readUnbound(run, name, node);
  noteRead(run, name, slot);
  if (slot.presence === "maybe" && slot.since > 0 && run.unit.killed.has(name)) {
    const message = `${name} may have been deleted before it is used here.`;
    run.diagnose(node, "maybe-unbound", "warning", message, name);
  }
  return slot.value;
}

function readUnbound(run: Run, name: string, node: SyntaxNode): Value {
  if (builtinNames.has(name))
    return external(name === "get_ipython" ? "IPython.get_ipython" : `builtins.${name}`);
  if (history.test(name)) {
    run.readEffect("<Out>");
    const message = `${name} is the notebook's own record of earlier cells; give the value a name where it is made.`;
    run.diagnose(node, "output-history", "error", message, name);
    return unknownScalar;
  }
  noteRead(run, name, undefined);
  const { stars } = run;
  if (stars.length > 0) {
    for (const module of stars) run.readEffect(`<star:${module}>`);
    const message = `${name} seems to come from \`from ${stars.join(" or ")} import *\`; import it by name.`;
    run.diagnose(node, "star-import", "error", message, name);
  } else if (run.tolerant === 0) {
    const inside = run.calling.at(-1)?.name;
    const who = inside === undefined ? `${name} is used` : `${inside} uses ${name}`;
    run.diagnose(node, "undefined-name", "error", who, name, name);
  }
  return valueOf([run.object(node)]);
}

function noteRead(run: Run, name: string, slot: Slot | undefined): void {
  if (!run.recording) return;
  const { unit, statement } = run;
  if (slot?.since !== statement.number) statement.reads.add(name);
  if (slot !== undefined && slot.since > 0) return;
  if (slot?.imported === undefined) unit.importsRead.delete(name);
  else if (!unit.exposed.has(name)) unit.importsRead.add(name);
  unit.exposed.add(name);
}

/** A question such as `'x' in globals()`: it depends on the name, but does not fail without it. */
export function asksFor(run: Run, name: string): Slot["presence"] {
  const slot = run.slot(name);
  if (slot === undefined || slot.presence === "unbound") return "unbound";
  noteRead(run, name, slot);
  return slot.presence;
}

/** The module name that holds a class, if one does. */
export function classNamed(run: Run, code: ClassCode): string | undefined {
  const slot = run.slot(code.name);
  return slot !== undefined && [...slot.value.objects].some((object) => object.classCode === code)
    ? code.name
    : undefined;
}

/** How values are shown hangs on the options of the libraries that were set. */
export function readOptions(run: Run): void {
  for (const library of ["pandas", "numpy", "sklearn", "locale"]) {
    const effect = `<options:${library}>`;
    if (run.slot(effect) !== undefined) run.readEffect(effect);
  }
}
