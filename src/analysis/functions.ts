/** Functions of the program itself: making them, and following calls into their bodies. */
import { guess } from "./guess.ts";
import { bindParameters, positional, type Argument } from "./parameters.ts";
import { fieldOf, namedChildren, type SyntaxNode } from "./parser.ts";
import type { Run } from "./run.ts";
import { parametersOf, scopeNames } from "./scope.ts";
import {
  joinAll,
  scalar,
  unknownScalar,
  valueOf,
  type FunctionCode,
  type Obj,
  type Scope,
  type Value,
} from "./values.ts";

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
    text: run.text,
    closure: run.flow.scope,
    names: scopeNames(node),
    parameters,
    defaults,
    generator: node.type === "function_definition" && yields(fieldOf(node, "body")),
    binding: "",
  };
  // A def in a loop makes the same function each time; one in a called function closes over that call.
  const object = run.object(node, { kind: "function", type: "function", code });
  for (const value of defaults.values()) for (const part of value.objects) run.heap.addElement(object, part);
  for (let { scope } = run.flow; scope.parent !== undefined; scope = scope.parent) {
    scope.holders.add(object);
    for (const slot of scope.slots.values())
      for (const part of slot.value.objects) run.heap.addElement(object, part);
  }
  return valueOf([object], "function");
}

function yields(node: SyntaxNode | undefined): boolean {
  if (node === undefined || node.type === "function_definition" || node.type === "lambda") return false;
  return node.type === "yield" || namedChildren(node).some(yields);
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
  if (run.anything !== undefined) return run.anything;
  if (!run.mayEnter(code)) return guess(run, callee, args, node, self);
  const scope: Scope = {
    kind: "function",
    parent: code.closure,
    names: code.names,
    stamp: run.heap.run,
    slots: new Map(),
    holders: new Set(),
  };
  const bound = self === undefined ? args : [positional(self, node), ...args];
  for (const [name, value] of bindParameters(run, code, bound, node)) {
    scope.slots.set(name, { value, presence: "bound", since: 0, imported: undefined });
  }
  const follow = (): Value => within(run, code, scope);
  const result = run.elsewhere(code.text, run.keyOf(node), node, follow);
  if (!code.generator) return result;
  const iterator = run.object(node, { kind: "iterator", type: "iterator" }, "@generator");
  for (const slot of scope.slots.values())
    for (const part of slot.value.objects) run.heap.addElement(iterator, part);
  run.later(iterator, code.text, follow);
  return valueOf([iterator], "iterator");
}

function body(run: Run, code: FunctionCode): Value {
  const inner = fieldOf(code.node, "body");
  if (inner === undefined) return unknownScalar;
  if (code.node.type === "lambda") return run.evaluate(inner);
  run.execute(namedChildren(inner));
  if (run.flow.reachable) run.flow.returns.push(scalar("None", null));
  // What a function did before an early return counts as much as what it did to its end.
  run.flow.join([...run.flow.exits, ...(run.flow.reachable ? [run.flow.snapshot()] : [])]);
  return joinAll(run.flow.returns);
}

/** Follows a body in a scope of its own, and comes back to where the call stands. */
function within(run: Run, code: FunctionCode, scope: Scope): Value {
  const { flow } = run;
  const { reachable, returns, breaks, continues, exits } = flow;
  const before = { scope: flow.scope, reachable, returns, breaks, continues, exits };
  Object.assign(flow, { scope, reachable: true, returns: [], breaks: [], continues: [], exits: [] });
  run.calling.push(code);
  const result = body(run, code);
  run.calling.pop();
  Object.assign(flow, before);
  return result;
}
