/** Comprehensions and generator expressions: a scope of their own, a loop each. */
import { useInstances } from "./classes.ts";
import { iterate } from "./iteration.ts";
import { fieldOf, fieldsOf, namedChildren, type SyntaxNode } from "./parser.ts";
import type { Run } from "./run.ts";
import { comprehensionTargets } from "./scope.ts";
import { assign } from "./targets.ts";
import { joinAll, unknownScalar, valueOf, type Scope, type Value } from "./values.ts";

export function evaluateComprehension(run: Run, node: SyntaxNode): Value {
  const clauses = namedChildren(node).filter(
    (child) => child.type === "for_in_clause" || child.type === "if_clause",
  );
  const first = clauses[0] === undefined ? undefined : fieldOf(clauses[0], "right");
  const source = first === undefined ? unknownScalar : iterate(run, run.evaluate(first));
  const outer = run.flow.scope;
  const { text } = run;
  const lazy = node.type === "generator_expression";
  const collected = new Set<Value>();
  const scope: Scope = {
    kind: "comprehension",
    parent: outer,
    names: { locals: comprehensionTargets(node), globals: new Set(), nonlocals: new Set() },
    stamp: run.heap.run,
    slots: new Map(),
    holders: new Set(),
  };
  const walk = (): void => {
    const before = run.flow.scope;
    run.flow.scope = scope;
    clauses.forEach((clause, at) => {
      const left = fieldOf(clause, "left");
      if (left === undefined) {
        namedChildren(clause).forEach((child) => {
          useInstances(run, run.evaluate(child), child);
        });
        return;
      }
      const given =
        at === 0
          ? source
          : iterate(run, joinAll(fieldsOf(clause, "right").map((child) => run.evaluate(child))));
      assign(run, left, given, "loop");
    });
    const body = fieldOf(node, "body");
    for (const part of body?.type === "pair" ? namedChildren(body) : body === undefined ? [] : [body]) {
      collected.add(run.evaluate(part));
    }
    run.flow.scope = before;
  };
  // A walrus inside binds outside; the loop is entered at least once where that is certain.
  if (source.nonEmpty || !node.text.includes(":=")) walk();
  else if (first !== undefined && node.text.includes(":=")) run.flow.branch([walk, () => undefined]);
  const objects = [...collected].flatMap((value) => [...value.objects]);
  if (!lazy) {
    const type =
      node.type === "list_comprehension" ? "list" : node.type === "set_comprehension" ? "set" : "dict";
    return run.fresh(node, type, objects);
  }
  const iterator = run.object(node, { kind: "iterator", type: "iterator" });
  for (const part of [...objects, ...source.objects]) run.heap.addElement(iterator, part);
  run.later(iterator, text, walk);
  return valueOf([iterator], "iterator");
}
