/** Calls of the program's functions that are not followed. */
import { writeUnsurely } from "./binding.ts";
import type { Argument } from "./parameters.ts";
import type { SyntaxNode } from "./parser.ts";
import { readGlobal } from "./reading.ts";
import type { Run } from "./run.ts";
import { bodyReads, declaredGlobals } from "./scope.ts";
import { reach, valueOf, type Obj, type Value } from "./values.ts";

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
  for (const value of values) run.mutate(value, "deep");
  const { code } = callee;
  if (code !== undefined && !run.calling.includes(code)) touchGlobals(run, callee, node);
  const objects = new Set(reach(values.flatMap((value) => [...value.objects])));
  if (objects.size > 0) objects.add(run.object(node));
  return valueOf(objects);
}

function touchGlobals(run: Run, callee: Obj, node: SyntaxNode): void {
  const functions = new Set<Obj>([callee]);
  const seen = new Set<string>();
  for (const object of functions) {
    if (object.code === undefined) continue;
    for (const name of declaredGlobals(object.code.node)) {
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
}
