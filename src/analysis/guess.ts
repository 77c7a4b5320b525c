/** Calls of the program's functions that are not followed. */
import { writeUnsurely } from "./binding.ts";
import type { Argument } from "./parameters.ts";
import type { SyntaxNode } from "./parser.ts";
import { readGlobal } from "./reading.ts";
import type { Run } from "./run.ts";
import { bodyReads, declaredGlobals } from "./scope.ts";
import { reach, unknownScalar, valueOf, type Obj, type Value } from "./values.ts";

/**
 * A call that is not followed may read and change all that its text and the functions it uses can reach, whatever it
 * is given, and give back any of it.
 */
export function guess(
  run: Run,
  callee: Obj,
  args: readonly Argument[],
  node: SyntaxNode,
  self: Value | undefined,
): Value {
  const values = [...args.map(({ value }) => value), ...(self === undefined ? [] : [self])];
  const given = new Set(values.flatMap((value) => [...value.objects]));
  // The same guess again changes nothing, as long as nothing holds more than before.
  const links = run.heap.log.links.size;
  const key = `${callee.serial}(${[...given].map(({ serial }) => serial).join()})`;
  const known = run.guessed.get(key);
  if (known?.links === links) return known.value;
  if (!run.mayGuess()) return giveUp(run, node);
  for (const value of values) run.mutate(value, "deep");
  const { code } = callee;
  const binds = code !== undefined && !run.calling.includes(code) && touchGlobals(run, callee, node);
  const objects = new Set(reach(given));
  if (objects.size > 0) objects.add(run.object(node));
  const value = valueOf(objects);
  if (!binds) run.guessed.set(key, { links, value });
  return value;
}

/** Too many calls to look at: any of them may read and change whatever there is, and give back any of it. */
function giveUp(run: Run, node: SyntaxNode): Value {
  if (run.anything !== undefined) return run.anything;
  const names = new Set([...run.names.held(), ...run.flow.module.slots.keys()]);
  const objects = new Set([run.object(run.statement.node, {}, "*")]);
  for (const name of names) {
    if (/^[< ]/.test(name) || run.slot(name)?.presence === "unbound") continue;
    for (const object of readGlobal(run, name, node).objects) objects.add(object);
  }
  const all = valueOf(reach(objects));
  for (const { code } of all.objects)
    for (const name of code === undefined ? [] : declaredGlobals(code.node)) {
      const before = run.slot(name);
      if (before !== undefined) writeUnsurely(run, name, before.value);
    }
  const value = valueOf([...all.objects].filter(({ code }) => code === undefined));
  run.mutate(value);
  run.guessed.set("*", { links: 0, value });
  return value;
}

/** Reads and changes what the text of a function can reach; true where it may bind names of the module. */
function touchGlobals(run: Run, callee: Obj, node: SyntaxNode): boolean {
  const key = `${callee.serial}:`;
  const links = run.heap.log.links.size;
  if (run.guessed.get(key)?.links === links) return false;
  let binds = false;
  const functions = new Set<Obj>([callee]);
  const seen = new Set<string>();
  for (const object of functions) {
    if (object.code === undefined) continue;
    for (const name of declaredGlobals(object.code.node)) {
      binds = true;
      const before = run.slot(name);
      if (before !== undefined) writeUnsurely(run, name, before.value);
    }
    for (const name of bodyReads(object.code.node)) {
      const slot = run.slot(name);
      if (slot === undefined || slot.presence === "unbound" || seen.has(name)) continue;
      seen.add(name);
      const value = readGlobal(run, name, node);
      for (const part of reach(value.objects)) {
        if (part.code !== undefined) functions.add(part);
        else run.mutate(valueOf([part]));
      }
    }
  }
  if (!binds) run.guessed.set(key, { links, value: unknownScalar });
  return binds;
}
