/** What stands in square brackets. */
import { useInstances } from "./classes.ts";
import { fieldOf, fieldsOf, type SyntaxNode } from "./parser.ts";
import { readName } from "./reading.ts";
import type { Run } from "./run.ts";
import { indexing } from "./types.ts";
import { elementsOf, external, scalar, unknownScalar, valueOf, type Value } from "./values.ts";

export function evaluateSubscript(run: Run, node: SyntaxNode): Value {
  const object = fieldOf(node, "value");
  const index = fieldsOf(node, "subscript");
  if (object === undefined) return unknownScalar;
  const base = run.evaluate(object);
  const values = index.map((child) => run.evaluate(child));
  return itemOf(run, base, index, values, node);
}

/** The value of `base[index]`. */
export function itemOf(
  run: Run,
  base: Value,
  index: readonly SyntaxNode[],
  values: readonly Value[],
  node: SyntaxNode,
): Value {
  const key = values[0]?.constant;
  if (base.path === "globals()") {
    if (typeof key === "string") return readName(run, key, node);
    run.diagnose(
      node,
      "dynamic-names",
      "error",
      "Which name this takes from globals() is known only when it runs.",
    );
    return unknownScalar;
  }
  if (base.path !== undefined) return external(`${base.path}[]`);
  if (base.items !== undefined && typeof key === "number" && index.length === 1) {
    const item = base.items.at(key);
    if (item !== undefined) return item;
  }
  for (const part of base.objects) {
    if (part.type === "collections.defaultdict") run.mutate(valueOf([part]));
    if (part.kind === "instance") useInstances(run, valueOf([part]), node, /^__getitem__$/);
  }
  const { gives, type } = indexing(base, index, values);
  if (gives === "view") return run.view(node, base, type);
  if (gives === "element") return elementsOf(base);
  return type === "str" || type === "tuple"
    ? { ...scalar(type), objects: base.objects }
    : run.fresh(node, type, elementsOf(base).objects);
}
