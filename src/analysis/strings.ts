/** Strings, and what stands in them. */
import { useInstances } from "./classes.ts";
import { stringOf } from "./literals.ts";
import { fieldOf, namedChildren, type SyntaxNode } from "./parser.ts";
import { readOptions } from "./reading.ts";
import type { Run } from "./run.ts";
import { scalar, unknownScalar, type Value } from "./values.ts";

export function evaluateString(run: Run, node: SyntaxNode): Value {
  const value = stringOf(node);
  const bytes = /^[rR]?[bB]/.test(node.text);
  if (value !== undefined) return { ...scalar("str", value), nonEmpty: value !== "" };
  let text: string | undefined = bytes ? undefined : "";
  for (const part of node.type === "string" ? node.children : namedChildren(node)) {
    if (part.type === "string_content") text = text === undefined ? undefined : text + part.text;
    if (part.type === "interpolation") {
      const inner = interpolate(run, part);
      text = text === undefined || inner === undefined ? undefined : text + inner;
    }
    if (part.type === "string") {
      const inner = evaluateString(run, part).constant;
      text = text === undefined || typeof inner !== "string" ? undefined : text + inner;
    }
  }
  return scalar(bytes ? "bytes" : "str", text);
}

function interpolate(run: Run, node: SyntaxNode): string | undefined {
  const expression = fieldOf(node, "expression");
  const format = fieldOf(node, "format_specifier");
  const value = expression === undefined ? unknownScalar : run.evaluate(expression);
  for (const inner of format === undefined ? [] : namedChildren(format)) interpolate(run, inner);
  useInstances(run, value, node);
  readOptions(run);
  const plain = format === undefined && fieldOf(node, "type_conversion") === undefined;
  return plain && (typeof value.constant === "string" || typeof value.constant === "number")
    ? String(value.constant)
    : undefined;
}
