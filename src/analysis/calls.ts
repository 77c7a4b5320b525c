/** What a call does: which function it may reach, what that is known to read, change and give. */
import { attributeOf } from "./attributes.ts";
import { callBack, classAttribute, instantiate, methodsOf, useInstances } from "./classes.ts";
import { formulaNames } from "./formulas.ts";
import { callFunction } from "./functions.ts";
import { consume } from "./iteration.ts";
import {
  attributeRule,
  effectOfValue,
  functionRule,
  isClassPath,
  isRandom,
  knowsType,
  methodRule,
  methodRules,
} from "./knowledge.ts";
import { positional, type Argument } from "./parameters.ts";
import { fieldOf, namedChildren, type SyntaxNode } from "./parser.ts";
import { classNamed, readName, readOptions } from "./reading.ts";
import { joinTargets } from "./records.ts";
import { applyRule } from "./rules.ts";
import type { Run } from "./run.ts";
import { callSpecial, namesInText } from "./specialCalls.ts";
import { joinAll, joinValues, reach, unknownScalar, valueOf, type Obj, type Value } from "./values.ts";

export function evaluateCall(run: Run, node: SyntaxNode): Value {
  const callee = fieldOf(node, "function");
  if (callee === undefined) return unknownScalar;
  if (callee.type === "attribute") return callMethod(run, node, callee);
  const value = run.evaluate(callee);
  const args = argumentsOf(run, node);
  note(
    run,
    node,
    value.path?.replace(/^builtins\./, "") ?? (callee.type === "identifier" ? callee.text : "?"),
  );
  return callValue(run, value, args, node);
}

/** The arguments of a call, in the order Python evaluates them. */
export function argumentsOf(run: Run, node: SyntaxNode): readonly Argument[] {
  const list = fieldOf(node, "arguments");
  if (list === undefined) return [];
  if (list.type === "generator_expression") return [positional(run.evaluate(list), list)];
  return namedChildren(list).map((child): Argument => {
    if (child.type === "keyword_argument") {
      const value = fieldOf(child, "value");
      return {
        keyword: fieldOf(child, "name")?.text,
        star: "",
        value: value === undefined ? unknownScalar : run.evaluate(value),
        node: value ?? child,
      };
    }
    const star = child.type === "list_splat" ? "*" : child.type === "dictionary_splat" ? "**" : "";
    const [inner] = namedChildren(child);
    const value = star !== "" && inner !== undefined ? run.evaluate(inner) : run.evaluate(child);
    return { keyword: undefined, star, value, node: child };
  });
}

function note(run: Run, node: SyntaxNode, target: string, receiver?: string): void {
  if (run.text.quoted) return;
  const key = run.keyOf(node);
  const known = run.unit.calls.get(key);
  if (known === undefined) {
    const { statement, base } = run.text;
    run.unit.calls.set(key, { statement, index: node.index - base, target, receiver });
  } else known.target = joinTargets(known.target, target);
}

/** Calls a value as a function. */
function callValue(run: Run, value: Value, args: readonly Argument[], node: SyntaxNode): Value {
  if (value.path !== undefined) return callPath(run, value.path, args, node);
  const results: Value[] = [];
  let unknown = value.objects.size === 0;
  for (const object of value.objects) {
    if (object.code !== undefined) results.push(callFunction(run, object, args, node));
    else if (object.kind === "class") results.push(instantiate(run, object, args, node));
    else if (object.kind === "instance" && object.classCode !== undefined) {
      results.push(callInstance(run, object, args, node));
    } else unknown = true;
  }
  if (unknown) {
    const rule = value.type === undefined ? undefined : methodRule(value.type, "__call__");
    results.push(
      rule === undefined
        ? callUnknown(run, value, args, node)
        : applyRule(run, rule, { receiver: value, args, node }),
    );
  }
  return joinAll(results);
}

/** `model(x)`: `__call__`, or with a base class we do not see any method, `forward` for one. */
function callInstance(run: Run, object: Obj, args: readonly Argument[], node: SyntaxNode): Value {
  const { classCode } = object;
  if (classCode === undefined) return unknownScalar;
  const self = valueOf([object]);
  const own = classAttribute(classCode, "__call__");
  const results: Value[] = [...(own?.objects ?? [])].map((method) =>
    callFunction(run, method, args, node, self),
  );
  if (own === undefined) {
    for (const method of methodsOf(classCode).values()) {
      for (const one of method.objects) results.push(callFunction(run, one, args, node, self));
    }
    if (classCode.foreignBase) results.push(callUnknown(run, self, args, node));
  }
  return joinAll(results);
}

function callMethod(run: Run, node: SyntaxNode, callee: SyntaxNode): Value {
  const object = fieldOf(callee, "object");
  const method = fieldOf(callee, "attribute")?.text ?? "";
  if (object === undefined) return unknownScalar;
  const receiver = run.evaluate(object);
  const root = object.type === "identifier" ? object.text : undefined;
  if (receiver.path !== undefined) {
    const value = attributeOf(run, receiver, method, callee);
    const args = argumentsOf(run, node);
    const path = value.path ?? method;
    note(run, node, path.replace(/^builtins\./, ""));
    return callPath(run, path, args, node);
  }
  const args = argumentsOf(run, node);
  if (object.text.startsWith("super(")) return callSuper(run, receiver, method, args, node);
  note(run, node, `${receiver.type ?? "?"}.${method}`, root);
  return invoke(run, receiver, method, args, node, callee);
}

/** Calls a method of a value that is no module. */
function invoke(
  run: Run,
  receiver: Value,
  method: string,
  args: readonly Argument[],
  node: SyntaxNode,
  callee: SyntaxNode,
): Value {
  const results: Value[] = [];
  const foreign: Obj[] = [];
  for (const object of receiver.objects) {
    const own = object.attributes.get(method);
    const found = object.classCode === undefined ? undefined : classAttribute(object.classCode, method);
    const callable = [...(own?.objects ?? [])].filter(
      (part) => part.code !== undefined || part.kind === "class",
    );
    for (const part of callable) results.push(callValue(run, valueOf([part]), args, node));
    if (found !== undefined && object.classCode !== undefined) {
      const name = classNamed(run, object.classCode);
      if (name !== undefined && object.kind === "instance") readName(run, name, callee);
      for (const part of found.objects) {
        const bound = boundTo(run, object, part);
        results.push(callFunction(run, part, args, node, bound));
      }
    }
    if (callable.length === 0 && found === undefined) foreign.push(object);
  }
  if (foreign.length > 0 || receiver.objects.size === 0) {
    const rest: Value = { ...receiver, objects: new Set(foreign) };
    results.push(invokeForeign(run, rest, method, args, node));
  }
  return joinAll(results);
}

/** What a method's first parameter is: the object, for a class method its class. */
function boundTo(run: Run, object: Obj, method: Obj): Value | undefined {
  const binding = method.code?.binding;
  if (binding === "static") return undefined;
  if (binding !== "class") return object.kind === "instance" ? valueOf([object]) : undefined;
  if (object.kind === "class") return valueOf([object]);
  const name = object.classCode === undefined ? undefined : classNamed(run, object.classCode);
  return name === undefined ? unknownScalar : run.slot(name)?.value;
}

/** `super().method(…)`: the method of a base class, on the same object. */
function callSuper(
  run: Run,
  self: Value,
  method: string,
  args: readonly Argument[],
  node: SyntaxNode,
): Value {
  const results: Value[] = [];
  for (const object of self.objects) {
    for (const base of object.classCode?.bases ?? []) {
      const found = [...base.objects].flatMap((each) =>
        each.classCode === undefined ? [] : [...(classAttribute(each.classCode, method)?.objects ?? [])],
      );
      for (const one of found) results.push(callFunction(run, one, args, node, valueOf([object])));
      if (found.length === 0) results.push(callUnknown(run, valueOf([object]), args, node));
    }
  }
  return joinAll(results);
}

function invokeForeign(
  run: Run,
  receiver: Value,
  method: string,
  args: readonly Argument[],
  node: SyntaxNode,
): Value {
  if (
    (method === "query" || method === "eval") &&
    (receiver.type ?? "pandas.DataFrame") === "pandas.DataFrame"
  ) {
    namesInText(run, args[0], /@([A-Za-z_]\w*)/g, node);
  }
  formulaNames(run, method, args, node);
  // `df.plot` is an attribute that can be called.
  const attribute = receiver.type === undefined ? undefined : attributeRule(receiver.type, method)?.returns;
  const known =
    receiver.type === undefined
      ? undefined
      : attribute === undefined
        ? methodRule(receiver.type, method)
        : methodRule(attribute, "__call__");
  if (known !== undefined) return applyRule(run, known, { receiver, args, node, method });
  if (receiver.type !== undefined && knowsType(receiver.type)) return callUnknown(run, receiver, args, node);
  // Not known what it is: all that any known method of this name does.
  const rules = methodRules(method);
  if (rules.length === 0 || isInstanceOfProgram(receiver)) return callUnknown(run, receiver, args, node);
  const results = rules.map((rule) => applyRule(run, rule, { receiver, args, node, method }));
  return { ...results.reduce(joinValues), type: undefined, path: undefined, constant: undefined };
}

function isInstanceOfProgram(receiver: Value): boolean {
  return [...receiver.objects].some((object) => object.kind === "instance");
}

/** Calls what was imported, or a builtin, by its dotted path. */
function callPath(run: Run, path: string, args: readonly Argument[], node: SyntaxNode): Value {
  const special = callSpecial(run, path, args, node);
  if (special !== undefined) return special;
  formulaNames(run, path, args, node);
  const [root = ""] = path.split(".");
  if (run.slot(`<options:${root}>`) !== undefined) run.readEffect(`<options:${root}>`);
  for (const { value } of args) useInstances(run, value, node);
  if (path === "builtins.print" || path.startsWith("IPython.display.")) readOptions(run);
  const inner = path.lastIndexOf(".");
  const owner = path.slice(0, inner);
  const rule =
    effectMethod(run, path, args, node) ??
    functionRule(path) ??
    (isClassPath(owner) ? methodRule(owner, path.slice(inner + 1)) : undefined);
  if (rule === undefined) return callUnknown(run, unknownScalar, args, node);
  if (rule === "done") return unknownScalar;
  const result = applyRule(run, rule, { receiver: unknownScalar, args, node, path });
  if (isRandom(path) && !isSeeded(args))
    for (const object of result.objects) run.heap.flag(object, "unseeded");
  return result;
}

function isSeeded(args: readonly Argument[]): boolean {
  return args.some((argument) => argument.keyword === "random_state" && argument.value.type !== "None");
}

/** Methods of such things as `os.environ` and `sys.path`. */
function effectMethod(
  run: Run,
  path: string,
  args: readonly Argument[],
  node: SyntaxNode,
): "done" | undefined {
  const inner = path.lastIndexOf(".");
  const owner = path.slice(0, inner);
  if (effectOfValue(owner) === undefined) return undefined;
  const method = path.slice(inner + 1);
  const reading = /^(get|keys|values|items|copy|__contains__|index|count)$/.test(method);
  if (!reading) run.mutate({ ...unknownScalar, path: owner });
  for (const { value } of args) consume(run, value);
  return node.type === "call" ? "done" : undefined;
}

/** A call that nothing is known of: it may change whatever it is given, and give back any of it. */
export function callUnknown(run: Run, receiver: Value, args: readonly Argument[], node: SyntaxNode): Value {
  if (run.recording) run.statement.unknown = true;
  const values = [receiver, ...args.map(({ value }) => value)];
  if (run.anything !== undefined) {
    for (const value of values) run.mutate(value);
    for (const holder of receiver.objects)
      for (const { value } of args) for (const part of value.objects) run.heap.addElement(holder, part);
    return run.anything;
  }
  const reached = reach(values.flatMap((value) => [...value.objects]));
  const given = valueOf(
    values.flatMap((value) => [...value.objects]).filter((object) => object.code === undefined),
  );
  for (const value of values) consume(run, value);
  callBack(run, valueOf([...reached].filter((object) => object.code !== undefined)), given, node);
  run.mutate(valueOf(reached));
  useInstances(run, valueOf(reached), node, /^(?!__init__)/);
  // What it was given may now be held by anything else it was given.
  for (const holder of receiver.objects) {
    for (const { value } of args) for (const part of value.objects) run.heap.addElement(holder, part);
  }
  return valueOf([run.object(node), ...[...reached].filter((object) => object.code === undefined)]);
}
