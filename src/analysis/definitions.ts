/** `def` and `class` with their decorators. */
import { bindName } from "./binding.ts";
import { callBack, makeClass } from "./classes.ts";
import { makeFunction } from "./functions.ts";
import { fieldOf, namedChildren, type SyntaxNode } from "./parser.ts";
import type { Run } from "./run.ts";
import { typeParameters } from "./scope.ts";
import { joinAll, valueOf, type FunctionCode, type Value } from "./values.ts";

export function define(run: Run, node: SyntaxNode): void {
  const definition = node.type === "decorated_definition" ? fieldOf(node, "definition") : node;
  const decorators = namedChildren(node).filter((child) => child.type === "decorator");
  const values = decorators.map((child) => ({
    child,
    value: joinAll(namedChildren(child).map((inner) => run.evaluate(inner))),
  }));
  const name = definition === undefined ? "" : (fieldOf(definition, "name")?.text ?? "");
  if (definition === undefined) return;
  const isClass = definition.type === "class_definition";
  let made = amongTypeParameters(run, definition, () =>
    isClass ? makeClass(run, definition, name) : makeFunction(run, definition, name),
  );
  for (const { child, value } of values.reverse()) {
    const text = child.text.slice(1).trim();
    if (text === "property" || text.endsWith("cached_property")) setBinding(made, "property");
    else if (text === "staticmethod") setBinding(made, "static");
    else if (text === "classmethod") setBinding(made, "class");
    else if (value.objects.size > 0) {
      const given = callBack(run, value, made, child);
      // What comes back may be a wrapper, which holds the function, or the function itself.
      made = valueOf(
        [...made.objects, ...given.objects].filter(
          (object) => object.code !== undefined || object.classCode !== undefined,
        ),
        made.type,
      );
      if (made.objects.size === 0) made = given;
    }
  }
  bindName(run, name, made, isClass ? "class" : "function");
}

/** Makes something where the type parameters of its definition are names. */
function amongTypeParameters(run: Run, definition: SyntaxNode, make: () => Value): Value {
  const locals = typeParameters(definition);
  if (locals.size === 0) return make();
  const outer = run.flow.scope;
  const names = { locals, globals: new Set<string>(), nonlocals: new Set<string>() };
  const stamp = run.heap.run;
  run.flow.scope = {
    kind: "comprehension",
    parent: outer,
    names,
    stamp,
    slots: new Map(),
    holders: new Set(),
  };
  const made = make();
  run.flow.scope = outer;
  return made;
}

function setBinding(made: Value, binding: FunctionCode["binding"]): void {
  for (const { code } of made.objects) if (code !== undefined) code.binding = binding;
}
