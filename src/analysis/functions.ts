/** Functions and classes of the program itself: making them, and following calls into their bodies. */
import { fieldOf, namedChildren, type SyntaxNode } from "./parser.ts";
import type { Run } from "./run.ts";
import { bodyReads, declaredGlobals, parametersOf, scopeNames } from "./scope.ts";
import {
  elementsOf,
  joinAll,
  reach,
  scalar,
  unknownScalar,
  valueOf,
  type ClassCode,
  type FunctionCode,
  type Obj,
  type Scope,
  type Value,
} from "./values.ts";

export interface Argument {
  readonly keyword: string | undefined;
  readonly star: "" | "*" | "**";
  readonly value: Value;
  readonly node: SyntaxNode;
}

/** The value of a `def` or lambda; its defaults are read now, its body when it is called. */
export function makeFunction(run: Run, node: SyntaxNode, name: string): Value {
  const parameters = parametersOf(fieldOf(node, "parameters"));
  const defaults = new Map<string, Value>();
  for (const parameter of parameters) {
    if (parameter.default !== undefined) defaults.set(parameter.name, run.evaluate(parameter.default));
    if (parameter.annotation !== undefined) run.evaluate(parameter.annotation);
  }
  const returned = fieldOf(node, "return_type");
  if (returned !== undefined) run.evaluate(returned);
  const code: FunctionCode = {
    name,
    node,
    unit: run.textUnit,
    closure: run.scope,
    names: scopeNames(node),
    parameters,
    defaults,
    generator: node.type === "function_definition" && yields(fieldOf(node, "body")),
  };
  // A def in a loop makes the same function each time; one in a called function closes over that call.
  const object = run.object(node, { kind: "function", type: "function", code }, `@${run.path}`);
  if (run.scope.kind !== "module") run.scope.holders.add(object);
  return valueOf([object], "function");
}

function yields(node: SyntaxNode | undefined): boolean {
  if (node === undefined || node.type === "function_definition" || node.type === "lambda") return false;
  return node.type === "yield" || namedChildren(node).some(yields);
}

/** Runs a class body and gives the class. */
export function makeClass(run: Run, node: SyntaxNode, name: string): Value {
  const bases = namedChildren(fieldOf(node, "superclasses") ?? node)
    .filter((child) => fieldOf(node, "superclasses") !== undefined && child.type !== "keyword_argument")
    .map((child) => run.evaluate(child));
  for (const child of namedChildren(fieldOf(node, "superclasses") ?? node)) {
    const value = child.type === "keyword_argument" ? fieldOf(child, "value") : undefined;
    if (value !== undefined) run.evaluate(value);
  }
  const outer = run.scope;
  const scope: Scope = {
    kind: "class",
    parent: outer,
    names: scopeNames(node),
    unit: run.textUnit,
    slots: new Map(),
    holders: new Set(),
  };
  run.scope = scope;
  run.language.execute(run, namedChildren(fieldOf(node, "body") ?? node));
  run.scope = outer;
  const classCode: ClassCode = {
    name,
    unit: run.textUnit,
    scope,
    bases,
    foreignBase: bases.some((base) => base.path !== undefined && !base.path.startsWith("builtins.")),
  };
  const object = run.object(node, { kind: "class", type: "type", classCode });
  for (const slot of scope.slots.values()) for (const part of slot.value.objects) object.elements.add(part);
  for (const base of bases) for (const part of base.objects) object.elements.add(part);
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

/** Follows a call of one of the program's functions. `self` is what a method is bound to. */
export function callFunction(
  run: Run,
  callee: Obj,
  args: readonly Argument[],
  node: SyntaxNode,
  self?: Value,
): Value {
  const { code } = callee;
  if (code === undefined) return unknownScalar;
  if (!run.mayEnter(code)) return guess(run, callee, args, node, self);
  const scope: Scope = {
    kind: "function",
    parent: code.closure,
    names: code.names,
    unit: code.unit,
    slots: new Map(),
    holders: new Set(),
  };
  const bound = self === undefined ? args : [positional(self, node), ...args];
  for (const [name, value] of bindParameters(run, code, bound, node)) {
    scope.slots.set(name, { value, presence: "bound", since: -1, imported: undefined });
  }
  const run_ = (): Value => within(run, code, scope, node, () => body(run, code));
  const result = run_();
  if (!code.generator) return result;
  const iterator = run.object(node, { kind: "iterator", type: "iterator" }, "@generator");
  for (const slot of scope.slots.values()) for (const part of slot.value.objects) iterator.elements.add(part);
  iterator.resume = () => void run_();
  return valueOf([iterator], "iterator");
}

function body(run: Run, code: FunctionCode): Value {
  const inner = fieldOf(code.node, "body");
  if (inner === undefined) return unknownScalar;
  if (code.node.type === "lambda") return run.evaluate(inner);
  run.language.execute(run, namedChildren(inner));
  if (run.reachable) run.returns.push(scalar("None", null));
  // What a function did before an early return counts as much as what it did to its end.
  run.join([...run.exits, ...(run.reachable ? [run.snapshot()] : [])]);
  return joinAll(run.returns);
}

/** Looks at something in another scope, as part of a call, and comes back to where the call stands. */
export function within(
  run: Run,
  code: FunctionCode,
  scope: Scope,
  node: SyntaxNode,
  look: () => Value,
): Value {
  const before = {
    scope: run.scope,
    reachable: run.reachable,
    returns: run.returns,
    breaks: run.breaks,
    continues: run.continues,
    exits: run.exits,
    textUnit: run.textUnit,
    path: run.path,
    blame: run.blame,
  };
  if (run.textUnit === run.unit.unit || run.blame === undefined) run.blame = node;
  run.path = `${run.path}${run.textUnit}:${node.start}/`;
  Object.assign(run, {
    scope,
    reachable: true,
    returns: [],
    breaks: [],
    continues: [],
    exits: [],
    textUnit: code.unit,
  });
  run.calling.push(code);
  const result = look();
  run.calling.pop();
  Object.assign(run, before);
  return result;
}

function bindParameters(
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
      for (const part of held) object.elements.add(part);
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

/**
 * A call that is not followed may read and change all that its text and the functions it uses can reach, whatever it
 * is given, and give back any of it.
 */
function guess(
  run: Run,
  callee: Obj,
  args: readonly Argument[],
  node: SyntaxNode,
  self: Value | undefined,
): Value {
  const values = [...args.map(({ value }) => value), ...(self === undefined ? [] : [self])];
  for (const value of values) run.mutate(value, "deep");
  const { code } = callee;
  if (code !== undefined && !run.calling.includes(code)) touchGlobals(run, callee, node);
  const objects = new Set(reach(values.flatMap((value) => [...value.objects])));
  if (objects.size > 0) objects.add(run.object(node));
  return valueOf(objects);
}

function touchGlobals(run: Run, callee: Obj, node: SyntaxNode): void {
  const functions = new Set<Obj>([callee]);
  const seen = new Set<string>();
  for (const object of functions) {
    if (object.code === undefined) continue;
    for (const name of declaredGlobals(object.code.node)) {
      const before = run.module.slots.get(name);
      if (before !== undefined) run.writeUnsurely(name, before.value);
    }
    for (const name of bodyReads(object.code.node)) {
      const slot = run.module.slots.get(name);
      if (slot === undefined || slot.presence === "unbound" || seen.has(name)) continue;
      seen.add(name);
      const value = run.readGlobal(name, node);
      for (const part of reach(value.objects)) {
        if (part.code !== undefined) functions.add(part);
        else run.mutate(valueOf([part]));
      }
    }
  }
}

export function positional(value: Value, node: SyntaxNode): Argument {
  return { keyword: undefined, star: "", value, node };
}

/** Makes an object of one of the program's classes. */
export function instantiate(run: Run, callee: Obj, args: readonly Argument[], node: SyntaxNode): Value {
  const { classCode } = callee;
  if (classCode === undefined) return unknownScalar;
  const object = run.object(node, { kind: "instance", classCode });
  const self = valueOf([object]);
  const init = classAttribute(classCode, "__init__") ?? classAttribute(classCode, "__post_init__");
  for (const { value } of args) for (const part of value.objects) object.elements.add(part);
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
