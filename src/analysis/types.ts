/** Types of operators and indexing, where they are certain. */
import { namedChildren, type SyntaxNode } from "./parser.ts";
import type { Value } from "./values.ts";

const frame = "pandas.DataFrame";
const series = "pandas.Series";
const array = "numpy.ndarray";
const numbers = new Set(["int", "float", "bool", "scalar"]);

/** Types that cannot change: an operator on two of them makes another one. */
export const immutableTypes: ReadonlySet<string> = new Set([
  ..."int float bool str bytes None complex scalar tuple frozenset range function type".split(" "),
  ..."pandas.Index pandas.DatetimeIndex pathlib.Path".split(" "),
]);

export function operatorType(operator: string, left: Value, right: Value): string | undefined {
  const a = left.type;
  const b = right.type;
  if (a === undefined || b === undefined) {
    const known = a ?? b;
    // A frame stays one whatever it meets; an array or series may meet a frame.
    return known === frame ? frame : undefined;
  }
  if (a === frame || b === frame) return frame;
  if (a === series || b === series) return series;
  if (a === array || b === array) return numbers.has(a) || numbers.has(b) || a === b ? array : undefined;
  if (numbers.has(a) && numbers.has(b)) {
    if (a === "scalar" || b === "scalar") return undefined;
    if (operator === "/") return "float";
    return a === "float" || b === "float" ? "float" : operator === "**" ? undefined : "int";
  }
  if (operator === "%" && a === "str") return "str";
  if (operator === "*" && (a === "int" || b === "int")) return a === "int" ? b : a;
  if (operator === "/" && a === "pathlib.Path") return a;
  return a === b ? a : undefined;
}

export function comparisonType(values: readonly Value[], operators: readonly string[]): string | undefined {
  if (operators.some((operator) => /^(in|not in|is|is not)$/.test(operator))) return "bool";
  const types = values.map(({ type }) => type);
  if (types.includes(frame)) return frame;
  if (types.includes(series)) return series;
  if (types.includes(undefined)) return undefined;
  if (types.includes(array)) return array;
  return types.every((type) => type !== undefined && immutableTypes.has(type) && type !== "scalar")
    ? "bool"
    : undefined;
}

/** What indexing gives: a view, a copy, or an element, and its type. */
export function indexing(
  base: Value,
  index: readonly SyntaxNode[],
  values: readonly Value[],
): { readonly gives: "view" | "copy" | "element"; readonly type: string | undefined } {
  const [first] = index;
  const [value] = values;
  const slices = index.map((node) => node.type === "slice");
  const one = index.length === 1;
  switch (base.type) {
    case frame:
      if (one && value?.type === "str") return { gives: "view", type: series };
      if (one && slices[0] === true) return { gives: "view", type: frame };
      if (one && (value?.type === "list" || value?.type === series || value?.type === frame)) {
        return { gives: "copy", type: frame };
      }
      return { gives: "view", type: undefined };
    case series:
      if (one && slices[0] === true) return { gives: "view", type: series };
      if (one && (value?.type === series || value?.type === "list")) return { gives: "copy", type: series };
      return { gives: "element", type: undefined };
    case array:
      if (
        slices.some(Boolean) &&
        index.every((node, at) => slices[at] === true || isPlainIndex(node, values[at]))
      ) {
        return { gives: "view", type: array };
      }
      if (one && (value?.type === array || value?.type === series || value?.type === "list")) {
        return { gives: "copy", type: array };
      }
      return { gives: "view", type: undefined };
    case "pandas.DataFrameGroupBy":
      return {
        gives: "view",
        type: value?.type === "str" ? "pandas.SeriesGroupBy" : value?.type === "list" ? base.type : undefined,
      };
    case "pandas.Indexer":
      return { gives: "view", type: undefined };
    case "str":
      return { gives: "copy", type: "str" };
    case "list":
    case "tuple":
      return first?.type === "slice"
        ? { gives: "copy", type: base.type }
        : { gives: "element", type: undefined };
    default:
      return { gives: first?.type === "slice" ? "view" : "element", type: undefined };
  }
}

function isPlainIndex(node: SyntaxNode, value: Value | undefined): boolean {
  return (
    value?.type === "int" ||
    node.type === "integer" ||
    (node.type === "none" && namedChildren(node).length === 0)
  );
}
