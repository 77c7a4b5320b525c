/** Storing into names, attributes, items and patterns. */
import { bindName, unbindName } from "./binding.ts";
import { useInstances } from "./classes.ts";
import { consume } from "./iteration.ts";
import type { Binding } from "./model.ts";
import { fieldOf, fieldsOf, namedChildren, type SyntaxNode } from "./parser.ts";
import { readName } from "./reading.ts";
import type { Run } from "./run.ts";
import { patternNames } from "./scope.ts";
import { elementsOf, valueOf, type Value } from "./values.ts";

/** Gives a value to a target of an assignment, a loop, a `with` or a comprehension. */
export function assign(run: Run, target: SyntaxNode, value: Value, kind: Binding["kind"]): void {
  switch (target.type) {
    case "identifier":
      bindName(run, target.text, value, kind);
      return;
    case "attribute":
      storeAttribute(run, target, value);
      return;
    case "subscript":
      storeItem(run, target, value);
      return;
    case "list_splat_pattern":
    case "list_splat": {
      const [inner] = namedChildren(target);
      if (inner !== undefined) assign(run, inner, run.fresh(target, "list", value.objects), kind);
      return;
    }
    case "pattern_list":
    case "tuple_pattern":
    case "list_pattern":
    case "tuple":
    case "list":
    case "expression_list":
      unpack(run, namedChildren(target), value, kind);
      return;
    default:
      for (const child of namedChildren(target)) assign(run, child, value, kind);
  }
}

function unpack(run: Run, targets: readonly SyntaxNode[], value: Value, kind: Binding["kind"]): void {
  consume(run, value);
  const splat = targets.some((target) => target.type.startsWith("list_splat"));
  const items = !splat && value.items?.length === targets.length ? value.items : undefined;
  const part = elementsOf(value);
  targets.forEach((target, at) => {
    assign(run, target, items?.[at] ?? part, kind);
  });
}

function storeAttribute(run: Run, target: SyntaxNode, value: Value): void {
  const object = fieldOf(target, "object");
  const name = fieldOf(target, "attribute")?.text ?? "";
  if (object === undefined) return;
  const base = run.evaluate(object);
  run.mutate(base.path === undefined ? base : { ...base, path: `${base.path}.${name}` }, "structure");
  for (const holder of base.objects) run.heap.setAttribute(holder, name, value);
  useInstances(run, base, target, /^__setattr__$/);
}

function storeItem(run: Run, target: SyntaxNode, value: Value): void {
  const object = fieldOf(target, "value");
  if (object === undefined) return;
  const base = run.evaluate(object);
  const index = fieldsOf(target, "subscript").map((child) => run.evaluate(child));
  if (base.path === "globals()") {
    const name = index[0]?.constant;
    if (typeof name === "string") bindName(run, name, value, "assignment");
    else
      run.diagnose(
        target,
        "dynamic-names",
        "error",
        "Which name this makes in globals() is known only when it runs.",
      );
    return;
  }
  // A new or replaced column leaves columns taken earlier alone.
  const column =
    base.type === "pandas.DataFrame" &&
    index.length === 1 &&
    (index[0]?.type === "str" || index[0]?.type === "list");
  run.mutate(base, column ? "structure" : "content");
  useInstances(run, base, target, /^__setitem__$/);
  if (column || /^(pandas|numpy)\./.test(base.type ?? "")) return;
  for (const holder of base.objects) {
    for (const part of [...value.objects, ...index.flatMap((key) => [...key.objects])]) {
      run.heap.addElement(holder, part);
    }
  }
}

/** Deletes what a `del` names. */
export function remove(run: Run, target: SyntaxNode): void {
  switch (target.type) {
    case "identifier":
      readName(run, target.text, target);
      unbindName(run, target.text);
      return;
    case "attribute": {
      const object = fieldOf(target, "object");
      if (object !== undefined) run.mutate(run.evaluate(object), "structure");
      return;
    }
    case "subscript": {
      const object = fieldOf(target, "value");
      for (const child of fieldsOf(target, "subscript")) run.evaluate(child);
      if (object === undefined) return;
      const base = run.evaluate(object);
      if (base.path === "globals()") {
        run.diagnose(
          target,
          "dynamic-names",
          "error",
          "This deletes a name through globals(); use del with the name.",
        );
      } else run.mutate(base, base.type === "pandas.DataFrame" ? "structure" : "content");
      return;
    }
    default:
      for (const child of namedChildren(target)) remove(run, child);
  }
}

/** Binds what a `case` captures; what it matches against is read. */
export function capture(run: Run, pattern: SyntaxNode, subject: Value): void {
  const names = new Set<string>();
  patternNames(pattern, names);
  readClasses(run, pattern);
  const part = valueOf([...subject.objects, ...elementsOf(subject).objects]);
  for (const name of names) bindName(run, name, part, "match");
}

function readClasses(run: Run, pattern: SyntaxNode): void {
  const children = namedChildren(pattern);
  const [first] = children;
  if (first === undefined) return;
  if (pattern.type === "class_pattern" || (pattern.type === "dotted_name" && children.length > 1)) {
    const root = pattern.type === "dotted_name" ? first : (namedChildren(first)[0] ?? first);
    readName(run, root.text, root);
  }
  if (pattern.type !== "dotted_name")
    children.forEach((child) => {
      readClasses(run, child);
    });
}
