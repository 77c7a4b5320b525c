/** Arithmetic and comparisons. */
import { useInstances } from "./classes.ts";
import { iterate } from "./iteration.ts";
import { fieldOf, namedChildren, type SyntaxNode } from "./parser.ts";
import { asksFor } from "./reading.ts";
import type { Run } from "./run.ts";
import { comparisonType, immutableTypes, operatorType } from "./types.ts";
import { scalar, unknownScalar, type Constant, type Value } from "./values.ts";

export function evaluateOperator(run: Run, node: SyntaxNode): Value {
  const operands = namedChildren(node).map((child) => run.evaluate(child));
  const operator = fieldOf(node, "operator")?.text ?? "";
  const [left = unknownScalar, right] = operands;
  operands.forEach((value) => {
    useInstances(run, value, node);
  });
  return combine(run, operator, left, right, node);
}

/** The result of an operator that makes something new. */
export function combine(
  run: Run,
  operator: string,
  left: Value,
  right: Value | undefined,
  node: SyntaxNode,
): Value {
  const type = right === undefined ? left.type : operatorType(operator, left, right);
  const value = fold(operator, left, right);
  if (value === never) run.flow.reachable = false;
  const plain = [left, right ?? left].every(
    (part) => part.objects.size === 0 || (part.type !== undefined && immutableTypes.has(part.type)),
  );
  const objects = [...left.objects, ...(right?.objects ?? [])];
  if (plain) {
    const folded = value === never ? undefined : value;
    return { ...scalar(type, folded), objects: new Set(type === "tuple" ? objects : []) };
  }
  const keeps = type === undefined || type === "list" || type === "dict" || type === "set";
  return run.fresh(node, type, keeps ? objects.flatMap((object) => [...object.elements]) : []);
}

/** Stands for the result of what always fails. */
const never = Symbol("never");

function fold(operator: string, left: Value, right: Value | undefined): Constant | undefined | typeof never {
  const a = left.constant;
  const b = right?.constant;
  if (right === undefined) return operator === "-" && typeof a === "number" ? -a : undefined;
  if (typeof a === "number" && b === 0 && /^(\/|\/\/|%)$/.test(operator)) return never;
  if (typeof a === "string" && typeof b === "string") {
    if (operator === "+") return a + b;
    if (operator === "/" && left.type === "pathlib.Path")
      return b.startsWith("/") ? b : `${a.replace(/\/$/, "")}/${b}`;
    return undefined;
  }
  if (typeof a !== "number" || typeof b !== "number") return undefined;
  return operator === "+" ? a + b : operator === "-" ? a - b : operator === "*" ? a * b : undefined;
}

export function evaluateComparison(run: Run, node: SyntaxNode): Value {
  const operators = node.children
    .filter((child) => child.field === "operators")
    .map((child) => child.text.replace(/\s+/g, " "));
  const operands = namedChildren(node).filter((child) => child.field !== "operators");
  const membership = operators.length === 1 && (operators[0] ?? "").endsWith("in");
  const values = operands.map((child) => run.evaluate(child));
  values.forEach((value) => {
    useInstances(run, value, node);
  });
  const [left, right] = values;
  if (membership && right?.path === "globals()" && typeof left?.constant === "string") {
    asksFor(run, left.constant);
    return scalar("bool");
  }
  if (membership && right !== undefined) iterate(run, right);
  const type = comparisonType(values, operators);
  return type === "bool" || values.every((value) => value.objects.size === 0)
    ? scalar(type)
    : run.fresh(node, type);
}
