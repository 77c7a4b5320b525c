/** Arguments of a call, and how they become the parameters of a function. */
import type { SyntaxNode } from "./parser.ts";
import type { Run } from "./run.ts";
import { elementsOf, joinAll, unknownScalar, valueOf, type FunctionCode, type Value } from "./values.ts";

export interface Argument {
  readonly keyword: string | undefined;
  readonly star: "" | "*" | "**";
  readonly value: Value;
  readonly node: SyntaxNode;
}

export function bindParameters(
  run: Run,
  code: FunctionCode,
  args: readonly Argument[],
  node: SyntaxNode,
): ReadonlyMap<string, Value> {
  const bound = new Map<string, Value>();
  const spread = args
    .filter((argument) => argument.star !== "")
    .map((argument) => elementsOf(argument.value));
  const positionals = args.filter((argument) => argument.keyword === undefined && argument.star === "");
  const keywords = new Map(
    args.flatMap((argument) => (argument.keyword === undefined ? [] : [[argument.keyword, argument.value]])),
  );
  let at = 0;
  for (const parameter of code.parameters) {
    const { name } = parameter;
    if (parameter.star !== "") {
      const rest =
        parameter.star === "*" ? positionals.slice(at).map(({ value }) => value) : [...keywords.values()];
      if (parameter.star === "*") at = positionals.length;
      const held = joinAll([...rest, ...spread]).objects;
      const object = run.object(node, { type: parameter.star === "*" ? "tuple" : "dict" }, `@${name}`);
      for (const part of held) run.heap.addElement(object, part);
      bound.set(name, valueOf([object], object.type));
      continue;
    }
    const given = keywords.get(name) ?? (parameter.keywordOnly ? undefined : positionals[at]?.value);
    if (!keywords.has(name) && !parameter.keywordOnly && at < positionals.length) at += 1;
    keywords.delete(name);
    const fallback = code.defaults.get(name);
    if (given !== undefined) bound.set(name, given);
    else if (spread.length > 0)
      bound.set(name, joinAll(fallback === undefined ? spread : [...spread, fallback]));
    else if (fallback !== undefined) bound.set(name, fallback);
    else bound.set(name, unknownScalar);
  }
  return bound;
}

export function positional(value: Value, node: SyntaxNode): Argument {
  return { keyword: undefined, star: "", value, node };
}
