/** What an expression gives, reads and does. */
import { evaluateAttribute } from "./attributes.ts";
import { bindName } from "./binding.ts";
import { evaluateCall } from "./calls.ts";
import { useInstances } from "./classes.ts";
import { evaluateComprehension } from "./comprehensions.ts";
import { evaluateDictionary, evaluateSequence } from "./containers.ts";
import { makeFunction } from "./functions.ts";
import { evaluateSubscript } from "./items.ts";
import { iterate } from "./iteration.ts";
import { literalOf } from "./literals.ts";
import { evaluateComparison, evaluateOperator } from "./operators.ts";
import { fieldOf, namedChildren, type SyntaxNode } from "./parser.ts";
import { readName } from "./reading.ts";
import type { Run } from "./run.ts";
import { isComprehension } from "./scope.ts";
import { evaluateString } from "./strings.ts";
import { joinAll, joinValues, scalar, unknownScalar, valueOf, type Value } from "./values.ts";

export function evaluate(run: Run, node: SyntaxNode): Value {
  switch (node.type) {
    case "identifier":
      return readName(run, node.text, node);
    case "integer":
      return constant("int", node);
    case "float":
      return constant("float", node);
    case "true":
    case "false":
      return scalar("bool", node.type === "true");
    case "none":
      return scalar("None", null);
    case "string":
    case "concatenated_string":
      return evaluateString(run, node);
    case "list":
    case "set":
    case "tuple":
    case "expression_list":
    case "pattern_list":
      return evaluateSequence(run, node);
    case "dictionary":
      return evaluateDictionary(run, node);
    case "attribute":
      return evaluateAttribute(run, node);
    case "subscript":
      return evaluateSubscript(run, node);
    case "call":
      return evaluateCall(run, node);
    case "binary_operator":
    case "unary_operator":
      return evaluateOperator(run, node);
    case "comparison_operator":
      return evaluateComparison(run, node);
    case "boolean_operator":
      return evaluateBoolean(run, node);
    case "not_operator":
      namedChildren(node).forEach((child) => {
        useInstances(run, run.evaluate(child), child);
      });
      return scalar("bool");
    case "conditional_expression":
      return evaluateConditional(run, node);
    case "named_expression":
      return evaluateWalrus(run, node);
    case "lambda":
      return makeFunction(run, node, "lambda");
    case "slice":
      namedChildren(node).forEach((child) => run.evaluate(child));
      return unknownScalar;
    case "await":
      if (run.flow.scope.kind === "module") {
        run.diagnose(
          node,
          "async",
          "error",
          "This waits with await outside a function, which only a notebook can do.",
        );
      }
      return joinAll(namedChildren(node).map((child) => run.evaluate(child)));
    case "yield": {
      const given = joinAll(namedChildren(node).map((child) => run.evaluate(child)));
      run.flow.returns.push(given);
      return valueOf(given.objects);
    }
    case "list_splat":
    case "dictionary_splat":
    case "parenthesized_list_splat":
      return iterate(run, joinAll(namedChildren(node).map((child) => run.evaluate(child))));
    default:
      if (isComprehension(node)) return evaluateComprehension(run, node);
      return joinAll(namedChildren(node).map((child) => run.evaluate(child)));
  }
}

function constant(type: string, node: SyntaxNode): Value {
  const literal = literalOf(node);
  return scalar(type, literal?.type === "int" || literal?.type === "float" ? literal.value : undefined);
}

function evaluateBoolean(run: Run, node: SyntaxNode): Value {
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  if (left === undefined || right === undefined) return unknownScalar;
  const first = run.evaluate(left);
  useInstances(run, first, node);
  if (!/[(:]/.test(right.text)) return joinValues(first, run.evaluate(right));
  let second = unknownScalar;
  run.flow.branch([
    () => {
      second = run.evaluate(right);
    },
    () => undefined,
  ]);
  return joinValues(first, second);
}

function evaluateConditional(run: Run, node: SyntaxNode): Value {
  const [then, condition, otherwise] = namedChildren(node);
  if (then === undefined || condition === undefined || otherwise === undefined) return unknownScalar;
  useInstances(run, run.evaluate(condition), condition);
  if (!/[(:]/.test(then.text + otherwise.text))
    return joinValues(run.evaluate(then), run.evaluate(otherwise));
  const values: Value[] = [];
  run.flow.branch([
    () => void values.push(run.evaluate(then)),
    () => void values.push(run.evaluate(otherwise)),
  ]);
  return joinAll(values);
}

function evaluateWalrus(run: Run, node: SyntaxNode): Value {
  const name = fieldOf(node, "name");
  const given = fieldOf(node, "value");
  if (name === undefined || given === undefined) return unknownScalar;
  const value = run.evaluate(given);
  bindName(run, name.text, value, "walrus");
  return value;
}
