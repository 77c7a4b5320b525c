/** Code that runs later than where it stands: what it reads is looked up then. */
import { fieldOf, namedChildren, type SyntaxNode } from "../../analysis/parser.ts";
import { namesIn } from "../source.ts";

/** Calls that use a generator up before they return. */
const usesUp = new Set([
  "sum",
  "any",
  "all",
  "min",
  "max",
  "list",
  "tuple",
  "set",
  "dict",
  "sorted",
  "frozenset",
]);

/** Names that functions, lambdas, classes and generators in a piece of code may look up after it has run. */
export function deferredNames(node: SyntaxNode): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (current: SyntaxNode, parent: SyntaxNode | undefined): void => {
    if (
      /^(function_definition|lambda|class_definition)$/.test(current.type) ||
      isOpenGenerator(current, parent)
    ) {
      const own = new Set(parameterNames(current));
      for (const name of namesIn(current)) if (!own.has(name)) names.add(name);
      return;
    }
    for (const child of current.children) visit(child, current);
  };
  visit(node, undefined);
  return names;
}

function isOpenGenerator(node: SyntaxNode, parent: SyntaxNode | undefined): boolean {
  if (node.type !== "generator_expression") return false;
  const callee = parent?.type === "call" ? fieldOf(parent, "function")?.text : undefined;
  return callee === undefined || !(usesUp.has(callee) || callee.endsWith(".join"));
}

function parameterNames(node: SyntaxNode): readonly string[] {
  const parameters = fieldOf(node, "parameters");
  const name = node.type === "lambda" ? undefined : fieldOf(node, "name")?.text;
  const own = parameters === undefined ? [] : namedChildren(parameters).flatMap(parameterName);
  return name === undefined ? own : [name, ...own];
}

function parameterName(node: SyntaxNode): readonly string[] {
  if (node.type === "identifier") return [node.text];
  const name = fieldOf(node, "name") ?? namedChildren(node)[0];
  return name === undefined ? [] : [name.text];
}
