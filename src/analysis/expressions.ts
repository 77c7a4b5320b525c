/** What an expression gives, reads and does. */
import { evaluateCall } from "./calls.ts";
import { callBack, classAttribute, makeFunction, useInstances } from "./functions.ts";
import { attributeRule, effectOfValue } from "./knowledge.ts";
import { literalOf, stringOf } from "./literals.ts";
import { fieldOf, fieldsOf, namedChildren, type SyntaxNode } from "./parser.ts";
import type { Run } from "./run.ts";
import { comprehensionTargets, isComprehension } from "./scope.ts";
import { assign } from "./targets.ts";
import { comparisonType, immutableTypes, indexing, operatorType } from "./types.ts";
import {
  elementsOf,
  external,
  joinAll,
  joinValues,
  reach,
  scalar,
  unknownScalar,
  valueOf,
  type Constant,
  type Scope,
  type Value,
} from "./values.ts";

export function evaluate(run: Run, node: SyntaxNode): Value {
  switch (node.type) {
    case "identifier":
      return run.read(node.text, node);
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
      if (run.scope.kind === "module") {
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
      run.returns.push(given);
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

function evaluateString(run: Run, node: SyntaxNode): Value {
  const value = stringOf(node);
  const bytes = /^[rR]?[bB]/.test(node.text);
  if (value !== undefined) return { ...scalar("str", value), nonEmpty: value !== "" };
  let text: string | undefined = bytes ? undefined : "";
  for (const part of node.type === "string" ? node.children : namedChildren(node)) {
    if (part.type === "string_content") text = text === undefined ? undefined : text + part.text;
    if (part.type === "interpolation") {
      const inner = interpolate(run, part);
      text = text === undefined || inner === undefined ? undefined : text + inner;
    }
    if (part.type === "string") {
      const inner = evaluateString(run, part).constant;
      text = text === undefined || typeof inner !== "string" ? undefined : text + inner;
    }
  }
  return scalar(bytes ? "bytes" : "str", text);
}

function interpolate(run: Run, node: SyntaxNode): string | undefined {
  const expression = fieldOf(node, "expression");
  const format = fieldOf(node, "format_specifier");
  const value = expression === undefined ? unknownScalar : run.evaluate(expression);
  for (const inner of format === undefined ? [] : namedChildren(format)) interpolate(run, inner);
  useInstances(run, value, node);
  readOptions(run);
  const plain = format === undefined && fieldOf(node, "type_conversion") === undefined;
  return plain && (typeof value.constant === "string" || typeof value.constant === "number")
    ? String(value.constant)
    : undefined;
}

/** How values are shown hangs on the options of the libraries that were set. */
export function readOptions(run: Run): void {
  for (const name of run.module.slots.keys()) {
    if (/^<options:(pandas|numpy|sklearn|locale)>$/.test(name)) run.readEffect(name);
  }
}

function evaluateSequence(run: Run, node: SyntaxNode): Value {
  const children = namedChildren(node);
  const values = children.map((child) => run.evaluate(child));
  const type = node.type === "list" || node.type === "set" ? node.type : "tuple";
  const objects = values.flatMap((value) => [...value.objects]);
  const splat = children.some((child) => child.type.includes("splat"));
  const items = type === "tuple" && !splat ? values : undefined;
  const nonEmpty = values.length > 0 && !splat;
  if (type === "tuple" && objects.length === 0) return { ...scalar("tuple"), items, nonEmpty };
  const path =
    values.every((value) => value.path !== undefined) && values.length === 1 ? values[0]?.path : undefined;
  return { ...run.fresh(node, type, objects), items, nonEmpty: nonEmpty && path === undefined };
}

function evaluateDictionary(run: Run, node: SyntaxNode): Value {
  const objects = namedChildren(node).flatMap((child) => {
    if (child.type !== "pair") return [...run.evaluate(child).objects];
    return fieldsOf(child, "key")
      .concat(fieldsOf(child, "value"))
      .flatMap((part) => [...run.evaluate(part).objects]);
  });
  return run.fresh(node, "dict", objects);
}

function evaluateAttribute(run: Run, node: SyntaxNode): Value {
  const object = fieldOf(node, "object");
  const name = fieldOf(node, "attribute")?.text ?? "";
  return object === undefined ? unknownScalar : attributeOf(run, run.evaluate(object), name, node);
}

/** The value of an attribute. */
export function attributeOf(run: Run, base: Value, name: string, node: SyntaxNode): Value {
  if (base.path !== undefined) {
    const path = `${base.path}.${name}`;
    const effect = effectOfValue(path);
    if (effect !== undefined) run.readEffect(effect);
    for (const option of [`<options:${path.split(".")[0] ?? ""}>`]) {
      if (run.module.slots.has(option)) run.readEffect(option);
    }
    return external(path);
  }
  const rule = base.type === undefined ? undefined : attributeRule(base.type, name);
  if (rule !== undefined) {
    if (rule.gives === "self") return { ...base, type: rule.returns };
    if (rule.gives === "view") return run.view(node, base, rule.returns);
    return rule.returns === undefined || !immutableTypes.has(rule.returns)
      ? run.fresh(node, rule.returns)
      : scalar(rule.returns);
  }
  if (base.type !== undefined && /^(int|float|bool|str|bytes|None|tuple|scalar|range)$/.test(base.type))
    return unknownScalar;
  const found: Value[] = [];
  for (const object of base.objects) {
    const own = object.attributes.get(name);
    const inherited = object.classCode === undefined ? undefined : classAttribute(object.classCode, name);
    const property = object.kind === "instance" ? inherited : undefined;
    for (const method of property?.objects ?? []) {
      if (method.code?.node !== undefined && isProperty(method.code.node, run)) {
        found.push(callBack(run, valueOf([method]), valueOf([object]), node));
      }
    }
    if (own !== undefined) found.push(own);
    if (inherited !== undefined) {
      const home =
        object.kind === "instance" && object.classCode !== undefined && run.classNamed(object.classCode);
      if (own === undefined && typeof home === "string") run.read(home, node);
      found.push(inherited);
    }
    if (own === undefined && inherited === undefined) found.push(elementsOf(valueOf([object])));
  }
  return found.length === 0 ? unknownScalar : joinAll(found);
}

function isProperty(node: SyntaxNode, run: Run): boolean {
  return run.properties.has(node);
}

function evaluateSubscript(run: Run, node: SyntaxNode): Value {
  const object = fieldOf(node, "value");
  const index = fieldsOf(node, "subscript");
  if (object === undefined) return unknownScalar;
  const base = run.evaluate(object);
  const values = index.map((child) => run.evaluate(child));
  return itemOf(run, base, index, values, node);
}

/** The value of `base[index]`. */
export function itemOf(
  run: Run,
  base: Value,
  index: readonly SyntaxNode[],
  values: readonly Value[],
  node: SyntaxNode,
): Value {
  const key = values[0]?.constant;
  if (base.path === "globals()") {
    if (typeof key === "string") return run.read(key, node);
    run.diagnose(
      node,
      "dynamic-names",
      "error",
      "Which name this takes from globals() is known only when it runs.",
    );
    return unknownScalar;
  }
  if (base.path !== undefined) return external(`${base.path}[]`);
  if (base.items !== undefined && typeof key === "number" && index.length === 1) {
    const item = base.items.at(key);
    if (item !== undefined) return item;
  }
  for (const part of base.objects) {
    if (part.type === "collections.defaultdict") run.mutate(valueOf([part]));
    if (part.kind === "instance") useInstances(run, valueOf([part]), node, /^__getitem__$/);
  }
  const { gives, type } = indexing(base, index, values);
  if (gives === "view") return run.view(node, base, type);
  if (gives === "element") return elementsOf(base);
  return type === "str" || type === "tuple"
    ? { ...scalar(type), objects: base.objects }
    : run.fresh(node, type, elementsOf(base).objects);
}

function evaluateOperator(run: Run, node: SyntaxNode): Value {
  const operands = namedChildren(node).map((child) => run.evaluate(child));
  const operator = fieldOf(node, "operator")?.text ?? "";
  const [left = unknownScalar, right] = operands;
  operands.forEach((value) => {
    useInstances(run, value, node);
  });
  return combine(run, operator, left, right, node);
}

/** The result of an operator that makes something new. */
export function combine(
  run: Run,
  operator: string,
  left: Value,
  right: Value | undefined,
  node: SyntaxNode,
): Value {
  const type = right === undefined ? left.type : operatorType(operator, left, right);
  const value = fold(operator, left, right);
  if (value === never) run.reachable = false;
  const plain = [left, right ?? left].every(
    (part) => part.objects.size === 0 || (part.type !== undefined && immutableTypes.has(part.type)),
  );
  const objects = [...left.objects, ...(right?.objects ?? [])];
  if (plain) {
    const folded = value === never ? undefined : value;
    return { ...scalar(type, folded), objects: new Set(type === "tuple" ? objects : []) };
  }
  const keeps = type === undefined || type === "list" || type === "dict" || type === "set";
  return run.fresh(node, type, keeps ? objects.flatMap((object) => [...object.elements]) : []);
}

/** Stands for the result of what always fails. */
const never = Symbol("never");

function fold(operator: string, left: Value, right: Value | undefined): Constant | undefined | typeof never {
  const a = left.constant;
  const b = right?.constant;
  if (right === undefined) return operator === "-" && typeof a === "number" ? -a : undefined;
  if (typeof a === "number" && b === 0 && /^(\/|\/\/|%)$/.test(operator)) return never;
  if (typeof a === "string" && typeof b === "string") {
    if (operator === "+") return a + b;
    if (operator === "/" && left.type === "pathlib.Path")
      return b.startsWith("/") ? b : `${a.replace(/\/$/, "")}/${b}`;
    return undefined;
  }
  if (typeof a !== "number" || typeof b !== "number") return undefined;
  return operator === "+" ? a + b : operator === "-" ? a - b : operator === "*" ? a * b : undefined;
}

function evaluateComparison(run: Run, node: SyntaxNode): Value {
  const operators = node.children
    .filter((child) => child.field === "operators")
    .map((child) => child.text.replace(/\s+/g, " "));
  const operands = namedChildren(node).filter((child) => child.field !== "operators");
  const membership = operators.length === 1 && (operators[0] ?? "").endsWith("in");
  const values = operands.map((child) => run.evaluate(child));
  values.forEach((value) => {
    useInstances(run, value, node);
  });
  const [left, right] = values;
  if (membership && right?.path === "globals()" && typeof left?.constant === "string") {
    run.asksFor(left.constant);
    return scalar("bool");
  }
  if (membership && right !== undefined) iterate(run, right);
  const type = comparisonType(values, operators);
  return type === "bool" || values.every((value) => value.objects.size === 0)
    ? scalar(type)
    : run.fresh(node, type);
}

function evaluateBoolean(run: Run, node: SyntaxNode): Value {
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  if (left === undefined || right === undefined) return unknownScalar;
  const first = run.evaluate(left);
  useInstances(run, first, node);
  if (!/[(:]/.test(right.text)) return joinValues(first, run.evaluate(right));
  let second = unknownScalar;
  run.branch([
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
  run.branch([() => void values.push(run.evaluate(then)), () => void values.push(run.evaluate(otherwise))]);
  return joinAll(values);
}

function evaluateWalrus(run: Run, node: SyntaxNode): Value {
  const name = fieldOf(node, "name");
  const given = fieldOf(node, "value");
  if (name === undefined || given === undefined) return unknownScalar;
  const value = run.evaluate(given);
  run.bind(name.text, value, "walrus");
  return value;
}

function evaluateComprehension(run: Run, node: SyntaxNode): Value {
  const clauses = namedChildren(node).filter(
    (child) => child.type === "for_in_clause" || child.type === "if_clause",
  );
  const first = clauses[0] === undefined ? undefined : fieldOf(clauses[0], "right");
  const source = first === undefined ? unknownScalar : iterate(run, run.evaluate(first));
  const outer = run.scope;
  const lazy = node.type === "generator_expression";
  const collected = new Set<Value>();
  const scope: Scope = {
    kind: "comprehension",
    parent: outer,
    names: { locals: comprehensionTargets(node), globals: new Set(), nonlocals: new Set() },
    unit: run.textUnit,
    slots: new Map(),
    holders: new Set(),
  };
  const walk = (): void => {
    const before = run.scope;
    run.scope = scope;
    clauses.forEach((clause, at) => {
      const left = fieldOf(clause, "left");
      if (left === undefined) {
        namedChildren(clause).forEach((child) => {
          useInstances(run, run.evaluate(child), child);
        });
        return;
      }
      const given =
        at === 0
          ? source
          : iterate(run, joinAll(fieldsOf(clause, "right").map((child) => run.evaluate(child))));
      assign(run, left, given, "loop");
    });
    const body = fieldOf(node, "body");
    for (const part of body?.type === "pair" ? namedChildren(body) : body === undefined ? [] : [body]) {
      collected.add(run.evaluate(part));
    }
    run.scope = before;
  };
  // A walrus inside binds outside; the loop is entered at least once where that is certain.
  if (source.nonEmpty || !node.text.includes(":=")) walk();
  else if (first !== undefined && node.text.includes(":=")) run.branch([walk, () => undefined]);
  const objects = [...collected].flatMap((value) => [...value.objects]);
  if (!lazy) {
    const type =
      node.type === "list_comprehension" ? "list" : node.type === "set_comprehension" ? "set" : "dict";
    return run.fresh(node, type, objects);
  }
  const iterator = run.object(node, { kind: "iterator", type: "iterator" });
  for (const part of [...objects, ...source.objects]) iterator.elements.add(part);
  iterator.resume = walk;
  return valueOf([iterator], "iterator");
}

/** What a loop over a value gives; reading an iterator or a file uses it up. */
export function iterate(run: Run, value: Value): Value {
  consume(run, value);
  if (value.path !== undefined) return unknownScalar;
  if (value.items !== undefined && value.items.length > 0) {
    return { ...joinAll(value.items), constant: undefined, nonEmpty: value.nonEmpty };
  }
  if (value.type === "range") return { ...scalar("int"), nonEmpty: value.nonEmpty };
  if (value.type === "str") return { ...scalar("str"), nonEmpty: value.nonEmpty };
  if (value.type === "pandas.DataFrame") return { ...unknownScalar, nonEmpty: value.nonEmpty };
  return { ...elementsOf(value), nonEmpty: value.nonEmpty };
}

/** Uses up the iterators and files that a value may be, and does what they had still to do. */
export function consume(run: Run, value: Value): void {
  for (const object of value.objects) {
    if (object.kind === "instance")
      useInstances(run, valueOf([object]), run.statement.node, /^__(iter|next|len|getitem)__$/);
    if (object.kind !== "iterator" && object.kind !== "resource") continue;
    run.mutate(valueOf([object]));
    const { resume } = object;
    object.resume = undefined;
    resume?.();
    object.resume = resume;
    for (const inner of reach([object])) {
      if (inner !== object && (inner.kind === "iterator" || inner.kind === "resource"))
        run.mutate(valueOf([inner]));
    }
  }
}
