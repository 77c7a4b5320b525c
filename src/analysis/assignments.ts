/** Expression statements and assignments. */
import { assign } from "./targets.ts";
import { useInstances } from "./classes.ts";
import { combine } from "./operators.ts";
import { fieldOf, type SyntaxNode } from "./parser.ts";
import type { Run } from "./run.ts";
import { immutableTypes } from "./types.ts";
import { unknownScalar, type Value } from "./values.ts";

export function executeExpression(run: Run, node: SyntaxNode): void {
  if (node.type === "assignment") {
    executeAssignment(run, node);
    return;
  }
  if (node.type === "augmented_assignment") {
    executeAugmented(run, node);
    return;
  }
  run.evaluate(node);
}

function executeAssignment(run: Run, node: SyntaxNode): Value {
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  const type = fieldOf(node, "type");
  const value =
    right === undefined
      ? undefined
      : right.type === "assignment"
        ? executeAssignment(run, right)
        : run.evaluate(right);
  if (type !== undefined && run.flow.scope.kind !== "function") run.evaluate(type);
  if (value === undefined || left === undefined) return unknownScalar;
  assign(run, left, value, "assignment");
  return value;
}

function executeAugmented(run: Run, node: SyntaxNode): void {
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  const operator = (fieldOf(node, "operator")?.text ?? "=").slice(0, -1);
  if (left === undefined || right === undefined) return;
  const before = run.evaluate(left);
  const value = run.evaluate(right);
  useInstances(run, before, node);
  const fixed = before.objects.size === 0 || (before.type !== undefined && immutableTypes.has(before.type));
  if (fixed) {
    assign(run, left, combine(run, operator, before, value, node), "assignment");
    return;
  }
  run.mutate(before);
  for (const holder of before.objects) {
    for (const object of value.objects) for (const part of object.elements) run.heap.addElement(holder, part);
  }
  assign(run, left, { ...before, constant: undefined, items: undefined }, "assignment");
}
