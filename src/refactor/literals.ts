/** Which expressions are plain literals: safe to stand at the top of a module, wherever the notebook had them. */
import type { Literal } from "../analysis/model.ts";
import { fieldOf, namedChildren, type SyntaxNode } from "../analysis/parser.ts";

const containers = ["list", "tuple", "set", "dictionary", "parenthesized_expression", "concatenated_string"];

/** True for numbers, texts without placeholders, True, False, None, containers of these, and `Path("…")`. */
export function isLiteral(node: SyntaxNode): boolean {
  switch (node.type) {
    case "integer":
    case "float":
    case "true":
    case "false":
    case "none":
      return true;
    case "string":
      return !/^[^'"]*[fFtT]/.test(node.text);
    case "unary_operator":
      return namedChildren(node).every((child) => child.type === "integer" || child.type === "float");
    case "pair":
      return namedChildren(node).every(isLiteral);
    case "call": {
      const list = fieldOf(node, "arguments");
      const callee = fieldOf(node, "function")?.text ?? "";
      return /^(pathlib\.)?Path$/.test(callee) && list !== undefined && namedChildren(list).every(isLiteral);
    }
    default:
      return containers.includes(node.type) && namedChildren(node).every(isLiteral);
  }
}

/** The value of a scalar literal as a setting can hold it: whole numbers must be exact; None is none. */
export function settingValue(literal: Literal | undefined): number | boolean | string | undefined {
  if (literal === undefined || literal.type === "none") return undefined;
  if (literal.type === "int" && !Number.isSafeInteger(literal.value)) return undefined;
  if (literal.type === "float" && !Number.isFinite(literal.value)) return undefined;
  // A text of several lines is a template or a query, no setting.
  return literal.type === "str" && literal.value.includes("\n") ? undefined : literal.value;
}
