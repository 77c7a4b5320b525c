/** Lists, tuples, sets and dicts as they are written out. */
import { fieldsOf, namedChildren, type SyntaxNode } from "./parser.ts";
import type { Run } from "./run.ts";
import { scalar, type Value } from "./values.ts";

export function evaluateSequence(run: Run, node: SyntaxNode): Value {
  const children = namedChildren(node);
  const values = children.map((child) => run.evaluate(child));
  const type = node.type === "list" || node.type === "set" ? node.type : "tuple";
  const objects = values.flatMap((value) => [...value.objects]);
  const splat = children.some((child) => child.type.includes("splat"));
  const items = type === "tuple" && !splat ? values : undefined;
  const nonEmpty = values.length > 0 && !splat;
  if (type === "tuple" && objects.length === 0) return { ...scalar("tuple"), items, nonEmpty };
  const path =
    values.every((value) => value.path !== undefined) && values.length === 1 ? values[0]?.path : undefined;
  return { ...run.fresh(node, type, objects), items, nonEmpty: nonEmpty && path === undefined };
}

export function evaluateDictionary(run: Run, node: SyntaxNode): Value {
  const objects = namedChildren(node).flatMap((child) => {
    if (child.type !== "pair") return [...run.evaluate(child).objects];
    return fieldsOf(child, "key")
      .concat(fieldsOf(child, "value"))
      .flatMap((part) => [...run.evaluate(part).objects]);
  });
  return run.fresh(node, "dict", objects);
}
