/** Binding and unbinding names as Python would, in whatever scope is running. */
import type { Binding } from "./model.ts";
import { homeOf } from "./reading.ts";
import type { Run } from "./run.ts";
import { joinValues, unknownScalar, valueOf, type Scope, type Slot, type Value } from "./values.ts";

/**
 * Gives a name a value.
 * @param imported what a plain top-level import binds it to.
 */
export function bindName(
  run: Run,
  name: string,
  value: Value,
  kind: Binding["kind"],
  imported?: string,
): void {
  const { module } = run.flow;
  let target = run.flow.scope;
  if (kind === "walrus")
    while (target.kind === "comprehension" && target.parent !== undefined) target = target.parent;
  const { names } = target;
  if (target.kind === "function" && !names.locals.has(name)) {
    if (names.nonlocals.has(name)) {
      bindNonlocal(run, name, value, target);
      return;
    }
    target = module;
  } else if (names.globals.has(name)) target = module;
  const since = run.statement.number;
  if (target !== module) {
    writeLocal(run, target, name, { value, presence: "bound", since, imported: undefined });
    return;
  }
  if (!run.recording) return;
  run.unit.may.add(name);
  run.statement.binds.set(name, kind);
  run.writeModule(name, { value, presence: "bound", since, imported });
}

/** A module name that may get another value, or keep the one it has. */
export function writeUnsurely(run: Run, name: string, value: Value): void {
  if (!run.recording) return;
  run.unit.may.add(name);
  run.statement.binds.set(name, "assignment");
  const unsure = valueOf([...value.objects, run.object(run.statement.node, {}, name)]);
  run.writeModule(name, { value: unsure, presence: "bound", since: 0, imported: undefined });
}

function bindNonlocal(run: Run, name: string, value: Value, from: Scope): void {
  for (let scope = from.parent; scope !== undefined && scope.kind !== "module"; scope = scope.parent) {
    if (scope.kind !== "function" || !scope.names.locals.has(name)) continue;
    const before = scope.slots.get(name);
    const joined = before === undefined ? value : joinValues(before.value, value);
    const since = run.statement.number;
    writeLocal(run, scope, name, { value: joined, presence: "bound", since, imported: undefined });
    run.mutate(valueOf(scope.holders));
    return;
  }
}

function writeLocal(run: Run, scope: Scope, name: string, slot: Slot): void {
  run.flow.writable(scope);
  run.heap.setVariable(scope, name, scope.stamp === run.heap.run ? slot : { ...slot, since: 0 });
}

/** What `del` does to a name. */
export function unbindName(run: Run, name: string): void {
  const home = homeOf(run, name);
  if (home !== run.flow.module) {
    if (home.slots.has(name)) run.flow.writable(home).delete(name);
    return;
  }
  if (!run.recording) return;
  run.unit.killed.add(name);
  run.statement.deletes.add(name);
  const since = run.statement.number;
  run.writeModule(name, { value: unknownScalar, presence: "unbound", since, imported: undefined });
}
