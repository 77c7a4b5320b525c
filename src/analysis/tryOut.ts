/** What a function of the program changes, found by calling it as at the end of the program with objects of its own. */
import { methodsOf } from "./classes.ts";
import { callFunction } from "./functions.ts";
import { coneOf } from "./names.ts";
import { positional } from "./parameters.ts";
import type { CallNote } from "./records.ts";
import type { Run } from "./run.ts";
import { valueOf, type Obj, type Value } from "./values.ts";

export interface Tried {
  /** Parameters whose object it may change. */
  readonly parameters: readonly string[];
  /** Names of the module whose object it may change. */
  readonly globals: readonly string[];
  readonly calls: readonly CallNote[];
}

/** Tries out what a definition made: a function, or the methods of a class. */
export function tryOut(run: Run, made: readonly Obj[]): Tried {
  const functions = made.flatMap((object) =>
    object.classCode === undefined
      ? [object]
      : [...methodsOf(object.classCode).values()].flatMap((each) => [...each.objects]),
  );
  const parameters = new Set<string>();
  const globals = new Set<string>();
  const calls: CallNote[] = [];
  for (const callee of functions) {
    const { code } = callee;
    if (code === undefined) continue;
    const given: (readonly [string, Value])[] = [];
    const record = run.tryOut(code.node, code.text, () => {
      for (const { name } of code.parameters)
        given.push([name, valueOf([run.object(code.node, { kind: "parameter" }, `@try:${name}`)])]);
      const args = given.map(([name, value]) => ({ ...positional(value, code.node), keyword: name }));
      callFunction(run, callee, args, code.node);
    });
    for (const [name, { objects }] of given)
      if ([...objects].some((object) => record.mutated.has(object))) parameters.add(name);
    const outside = [...record.mutated].filter(({ kind }) => kind !== "parameter");
    for (const name of run.names.reaching(coneOf(outside))) globals.add(name);
    calls.push(...record.calls.values());
    run.heap.undo(record.log);
    run.heap.discard(record.log);
  }
  return { parameters: [...parameters], globals: [...globals].sort(), calls };
}
