/** Classes of the program itself, their objects and methods. */
import { callFunction } from "./functions.ts";
import { positional, type Argument } from "./parameters.ts";
import { fieldOf, namedChildren, type SyntaxNode } from "./parser.ts";
import type { Run } from "./run.ts";
import { scopeNames } from "./scope.ts";
import {
  joinAll,
  unknownScalar,
  valueOf,
  type ClassCode,
  type Obj,
  type Scope,
  type Value,
} from "./values.ts";

/** Runs a class body and gives the class. */
export function makeClass(run: Run, node: SyntaxNode, name: string): Value {
  const bases = namedChildren(fieldOf(node, "superclasses") ?? node)
    .filter((child) => fieldOf(node, "superclasses") !== undefined && child.type !== "keyword_argument")
    .map((child) => run.evaluate(child));
  for (const child of namedChildren(fieldOf(node, "superclasses") ?? node)) {
    const value = child.type === "keyword_argument" ? fieldOf(child, "value") : undefined;
    if (value !== undefined) run.evaluate(value);
  }
  const outer = run.flow.scope;
  const scope: Scope = {
    kind: "class",
    parent: outer,
    names: scopeNames(node),
    stamp: run.heap.run,
    slots: new Map(),
    holders: new Set(),
  };
  run.flow.scope = scope;
  run.execute(namedChildren(fieldOf(node, "body") ?? node));
  run.flow.scope = outer;
  const classCode: ClassCode = {
    name,
    node,
    text: run.text,
    scope,
    bases,
    foreignBase: bases.some((base) => base.path !== undefined && !base.path.startsWith("builtins.")),
  };
  const object = run.object(node, { kind: "class", type: "type", classCode });
  for (const slot of scope.slots.values())
    for (const part of slot.value.objects) run.heap.addElement(object, part);
  for (const base of bases) for (const part of base.objects) run.heap.addElement(object, part);
  return valueOf([object], "type");
}

/** What a class or its bases bind to a name. */
export function classAttribute(code: ClassCode, name: string): Value | undefined {
  const own = code.scope.slots.get(name)?.value;
  if (own !== undefined) return own;
  for (const base of code.bases) {
    for (const object of base.objects) {
      const found = object.classCode === undefined ? undefined : classAttribute(object.classCode, name);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Makes an object of one of the program's classes. */
export function instantiate(run: Run, callee: Obj, args: readonly Argument[], node: SyntaxNode): Value {
  const { classCode } = callee;
  if (classCode === undefined) return unknownScalar;
  const object = run.object(node, { kind: "instance", classCode });
  const self = valueOf([object]);
  const init = classAttribute(classCode, "__init__") ?? classAttribute(classCode, "__post_init__");
  for (const { value } of args) for (const part of value.objects) run.heap.addElement(object, part);
  for (const method of init?.objects ?? []) callFunction(run, method, args, node, self);
  return self;
}

/** Calls whatever functions a value may be, with arguments that are not known one by one. */
export function callBack(run: Run, value: Value, given: Value, node: SyntaxNode): Value {
  const results: Value[] = [];
  for (const callee of value.objects) {
    if (callee.code !== undefined) {
      const args = callee.code.parameters
        .filter((parameter) => parameter.star === "" && parameter.default === undefined)
        .map(() => positional(given, node));
      results.push(callFunction(run, callee, args, node));
    } else if (callee.kind === "class")
      results.push(instantiate(run, callee, [positional(given, node)], node));
  }
  return joinAll(results);
}

/** What print, comparison, arithmetic and the like do to objects of the program's classes: their `__…__` methods run. */
export function useInstances(run: Run, value: Value, node: SyntaxNode, which = /^__(?!init__)\w+__$/): void {
  if (run.anything !== undefined) return;
  for (const object of value.objects) {
    const { classCode } = object;
    if (object.kind !== "instance" || classCode === undefined) continue;
    for (const [name, slot] of methodsOf(classCode)) {
      if (which.test(name)) {
        for (const method of slot.objects) {
          const given =
            (method.code?.parameters.length ?? 0) > 1 ? [positional(valueOf([object]), node)] : [];
          callFunction(run, method, given, node, valueOf([object]));
        }
      }
    }
  }
}

export function methodsOf(code: ClassCode): ReadonlyMap<string, Value> {
  const found = new Map<string, Value>();
  for (const base of code.bases) {
    for (const object of base.objects) {
      if (object.classCode !== undefined)
        for (const [name, value] of methodsOf(object.classCode)) found.set(name, value);
    }
  }
  for (const [name, slot] of code.scope.slots) {
    if ([...slot.value.objects].some((object) => object.code !== undefined)) found.set(name, slot.value);
  }
  return found;
}
