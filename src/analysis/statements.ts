/** What statements do, and which way the flow goes through them. */
import { combine, iterate } from "./expressions.ts";
import { makeClass, makeFunction, callBack, useInstances } from "./functions.ts";
import { literalOf } from "./literals.ts";
import { fieldOf, fieldsOf, hasToken, namedChildren, type SyntaxNode } from "./parser.ts";
import type { Run, Snapshot } from "./run.ts";
import { importedName } from "./scope.ts";
import { assign, capture, remove } from "./targets.ts";
import { immutableTypes } from "./types.ts";
import { external, joinAll, reach, unknownScalar, valueOf, type Value } from "./values.ts";

export function execute(run: Run, nodes: readonly SyntaxNode[]): void {
  for (const node of nodes) {
    if (!run.goesOn()) return;
    executeOne(run, node);
  }
}

function executeOne(run: Run, node: SyntaxNode): void {
  switch (node.type) {
    case "expression_statement":
      for (const child of namedChildren(node)) executeExpression(run, child);
      return;
    case "import_statement":
    case "import_from_statement": {
      executeImport(run, node);
      return;
    }
    case "future_import_statement":
    case "pass_statement":
    case "global_statement":
    case "nonlocal_statement":
    case "comment":
      return;
    case "function_definition":
    case "class_definition":
    case "decorated_definition": {
      define(run, node);
      return;
    }
    case "if_statement": {
      executeIf(run, node);
      return;
    }
    case "for_statement": {
      executeFor(run, node);
      return;
    }
    case "while_statement": {
      executeWhile(run, node);
      return;
    }
    case "try_statement": {
      executeTry(run, node);
      return;
    }
    case "with_statement": {
      executeWith(run, node);
      return;
    }
    case "match_statement": {
      executeMatch(run, node);
      return;
    }
    case "delete_statement":
      for (const child of namedChildren(node)) remove(run, child);
      return;
    case "return_statement":
      run.returns.push(joinAll(namedChildren(node).map((child) => run.evaluate(child))));
      run.exits.push(run.snapshot());
      run.reachable = false;
      return;
    case "raise_statement":
      for (const child of namedChildren(node)) run.evaluate(child);
      run.reachable = false;
      return;
    case "break_statement":
      run.breaks.push(run.snapshot());
      run.reachable = false;
      return;
    case "continue_statement":
      run.continues.push(run.snapshot());
      run.reachable = false;
      return;
    case "type_alias_statement": {
      const name = /[^\W\d]\w*/.exec(fieldOf(node, "left")?.text ?? "")?.[0];
      if (name !== undefined) run.bind(name, unknownScalar, "assignment");
      return;
    }
    default:
      for (const child of namedChildren(node)) run.evaluate(child);
  }
}

function executeExpression(run: Run, node: SyntaxNode): void {
  if (node.type === "assignment") {
    executeAssignment(run, node);
    return;
  }
  if (node.type === "augmented_assignment") {
    executeAugmented(run, node);
    return;
  }
  run.evaluate(node);
}

function executeAssignment(run: Run, node: SyntaxNode): Value {
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  const type = fieldOf(node, "type");
  const value =
    right === undefined
      ? undefined
      : right.type === "assignment"
        ? executeAssignment(run, right)
        : run.evaluate(right);
  if (type !== undefined && run.scope.kind !== "function") run.evaluate(type);
  if (value === undefined || left === undefined) return unknownScalar;
  assign(run, left, value, "assignment");
  return value;
}

function executeAugmented(run: Run, node: SyntaxNode): void {
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  const operator = (fieldOf(node, "operator")?.text ?? "=").slice(0, -1);
  if (left === undefined || right === undefined) return;
  const before = run.evaluate(left);
  const value = run.evaluate(right);
  useInstances(run, before, node);
  const fixed = before.objects.size === 0 || (before.type !== undefined && immutableTypes.has(before.type));
  if (fixed) {
    assign(run, left, combine(run, operator, before, value, node), "assignment");
    return;
  }
  run.mutate(before);
  for (const holder of before.objects) {
    for (const object of value.objects)
      for (const part of object.elements) if (part !== holder) holder.elements.add(part);
  }
  assign(run, left, { ...before, constant: undefined, items: undefined }, "assignment");
}

function executeImport(run: Run, node: SyntaxNode): void {
  const from = node.type === "import_from_statement";
  const module = fieldOf(node, "module_name")?.text.replace(/\s/g, "") ?? "";
  const range = { start: node.start, end: node.end };
  // Only what stands by itself at the top level can be imported again elsewhere.
  const plain = run.scope.kind === "module" && run.statement.node === node;
  if (run.module.slots.has("<sys.path>")) run.readEffect("<sys.path>");
  const note = (name: string, target: string, source: string): void => {
    if (run.recording && run.scope.kind === "module")
      run.statement.imports.push({ name, target, module: source, range });
  };
  if (node.children.some((child) => child.type === "wildcard_import")) {
    run.stars.push(module);
    run.writeEffect(`<star:${module}>`);
    note("*", module, module);
    run.diagnose(
      node,
      "star-import",
      "warning",
      `Which names \`from ${module} import *\` brings cannot be seen.`,
    );
    return;
  }
  for (const child of fieldsOf(node, "name")) {
    const name = importedName(child, from);
    const full = (fieldOf(child, "name") ?? child).text.replace(/\s/g, "");
    const target = from ? `${module}${module.endsWith(".") ? "" : "."}${full}` : full;
    // `import a.b` binds a.
    const bound = from || fieldOf(child, "alias") !== undefined ? target : (full.split(".")[0] ?? full);
    note(name, target, from ? module : full);
    run.bind(name, external(bound), "import", plain ? bound : undefined);
  }
}

function define(run: Run, node: SyntaxNode): void {
  const definition = node.type === "decorated_definition" ? fieldOf(node, "definition") : node;
  const decorators = namedChildren(node).filter((child) => child.type === "decorator");
  const values = decorators.map((child) => ({
    child,
    value: joinAll(namedChildren(child).map((inner) => run.evaluate(inner))),
  }));
  const name = definition === undefined ? "" : (fieldOf(definition, "name")?.text ?? "");
  if (definition === undefined) return;
  const isClass = definition.type === "class_definition";
  let made = isClass ? makeClass(run, definition, name) : makeFunction(run, definition, name);
  for (const { child, value } of values.reverse()) {
    const text = child.text.slice(1).trim();
    if (text === "property" || text.endsWith("cached_property")) run.properties.add(definition);
    else if (text === "staticmethod") run.statics.add(definition);
    else if (text === "classmethod") run.classMethods.add(definition);
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
  run.bind(name, made, isClass ? "class" : "function");
}

/** Whether a condition says by itself how it ends; names are not followed, since a constant may become a setting. */
function certainty(node: SyntaxNode): boolean | undefined {
  const literal = literalOf(node);
  if (literal !== undefined) return literal.type !== "none" && Boolean(literal.value);
  if (/^__name__\s*==\s*(['"])__main__\1$/.test(node.text)) return true;
  if (/^(typing\.)?TYPE_CHECKING$/.test(node.text)) return false;
  return undefined;
}

/** What a guard such as `'x' not in globals()` says of the branch it lets through. */
function impossible(run: Run, condition: SyntaxNode, holds: boolean): boolean {
  const match = /^(['"])(\w+)\1\s+(not\s+)?in\s+(?:globals|locals|vars|dir)\(\)$/.exec(condition.text);
  if (match?.[2] === undefined || run.scope.kind !== "module") return false;
  const slot = run.module.slots.get(match[2]);
  const presence = slot?.presence ?? "unbound";
  const asksPresent = match[3] === undefined ? holds : !holds;
  return asksPresent ? presence === "unbound" : presence === "bound";
}

function executeIf(run: Run, node: SyntaxNode): void {
  const condition = fieldOf(node, "condition");
  const consequence = fieldOf(node, "consequence");
  const alternatives = node.children.filter((child) => child.field === "alternative" && child.named);
  branchIf(run, condition, consequence, alternatives);
}

function branchIf(
  run: Run,
  condition: SyntaxNode | undefined,
  consequence: SyntaxNode | undefined,
  alternatives: readonly SyntaxNode[],
): void {
  if (condition === undefined) return;
  useInstances(run, run.evaluate(condition), condition);
  const [next, ...rest] = alternatives;
  const then = (): void => {
    execute(run, consequence === undefined ? [] : namedChildren(consequence));
  };
  const otherwise = (): void => {
    if (next === undefined) return;
    if (next.type === "elif_clause")
      branchIf(run, fieldOf(next, "condition"), fieldOf(next, "consequence"), rest);
    else execute(run, namedChildren(fieldOf(next, "body") ?? next));
  };
  const certain = certainty(condition);
  const ways = [
    ...(certain === false || impossible(run, condition, true) ? [] : [then]),
    ...(certain === true || impossible(run, condition, false) ? [] : [otherwise]),
  ];
  run.branch(ways);
}

/** Goes round a body until nothing new comes; `entered` says that it runs at least once. */
function loop(
  run: Run,
  entered: boolean,
  endless: boolean,
  round: () => void,
  otherwise: SyntaxNode | undefined,
): void {
  const outer = { breaks: run.breaks, continues: run.continues };
  run.breaks = [];
  const start = run.snapshot();
  const ends: Snapshot[] = entered ? [] : [start];
  for (let turn = 0; turn < 3; turn += 1) {
    if (turn > 0) {
      const last = ends.at(-1);
      if (last === undefined) break;
      // Whatever the first turns leave is there in later ones, beside what was there at the start.
      run.join(turn === 1 && entered ? [last] : [start, last]);
    }
    run.continues = [];
    run.reachable = true;
    round();
    run.join([...run.continues, ...(run.goesOn() ? [run.snapshot()] : [])]);
    if (!run.goesOn()) break;
    ends.push(run.snapshot());
  }
  const leaves = endless ? [] : ends;
  const breaks = run.breaks;
  Object.assign(run, outer);
  run.join(leaves);
  if (otherwise !== undefined && run.goesOn())
    execute(run, namedChildren(fieldOf(otherwise, "body") ?? otherwise));
  run.join([...(run.goesOn() ? [run.snapshot()] : []), ...breaks]);
}

function executeFor(run: Run, node: SyntaxNode): void {
  const left = fieldOf(node, "left");
  const right = fieldsOf(node, "right");
  const body = fieldOf(node, "body");
  if (left === undefined || body === undefined) return;
  if (hasToken(node, "async") && run.scope.kind === "module") {
    run.diagnose(
      node,
      "async",
      "error",
      "This loops with async outside a function, which only a notebook can do.",
    );
  }
  const source = joinAll(right.map((child) => run.evaluate(child)));
  const given = iterate(run, source);
  const entered = given.nonEmpty || enumerates(run, right[0]);
  loop(
    run,
    entered,
    false,
    () => {
      assign(run, left, given, "loop");
      execute(run, namedChildren(body));
    },
    fieldOf(node, "alternative"),
  );
}

/** `enumerate([1, 2])` is entered as surely as what it counts. */
function enumerates(run: Run, node: SyntaxNode | undefined): boolean {
  if (
    node?.type !== "call" ||
    !/^(enumerate|sorted|reversed|list|tqdm)$/.test(fieldOf(node, "function")?.text ?? "")
  )
    return false;
  const first = namedChildren(fieldOf(node, "arguments") ?? node)[0];
  if (first === undefined || !/^(list|tuple|call)$/.test(first.type)) return false;
  if (first.type !== "call") return namedChildren(first).some((child) => !child.type.includes("splat"));
  const recording = run.recording;
  run.recording = false;
  const value = fieldOf(first, "function")?.text === "range" ? run.evaluate(first) : unknownScalar;
  run.recording = recording;
  return value.nonEmpty;
}

function executeWhile(run: Run, node: SyntaxNode): void {
  const condition = fieldOf(node, "condition");
  const body = fieldOf(node, "body");
  if (condition === undefined || body === undefined) return;
  const certain = certainty(condition) === true;
  useInstances(run, run.evaluate(condition), condition);
  loop(
    run,
    certain,
    certain,
    () => {
      execute(run, namedChildren(body));
      if (run.goesOn()) run.evaluate(condition);
    },
    fieldOf(node, "alternative"),
  );
}

function executeTry(run: Run, node: SyntaxNode): void {
  const body = fieldOf(node, "body");
  const handlers = namedChildren(node).filter((child) => child.type === "except_clause");
  const otherwise = namedChildren(node).find((child) => child.type === "else_clause");
  const last = namedChildren(node).find((child) => child.type === "finally_clause");
  // Any statement may be the one that fails.
  const fails: Snapshot[] = [run.snapshot()];
  const tolerant = handlers.some((handler) => /^except\s*(:|NameError)/.test(handler.text));
  if (tolerant) run.tolerant += 1;
  for (const statement of body === undefined ? [] : namedChildren(body)) {
    if (!run.goesOn()) break;
    executeOne(run, statement);
    if (run.goesOn()) fails.push(run.snapshot());
  }
  if (tolerant) run.tolerant -= 1;
  // After the last statement nothing is left that could fail.
  if (run.goesOn() && fails.length > 1) fails.pop();
  const ends: Snapshot[] = [];
  if (run.goesOn()) {
    if (otherwise !== undefined) execute(run, namedChildren(fieldOf(otherwise, "body") ?? otherwise));
    if (run.goesOn()) ends.push(run.snapshot());
  }
  for (const handler of handlers) {
    run.join(fails);
    handle(run, handler);
    if (run.goesOn()) ends.push(run.snapshot());
  }
  const fallen = handlers.length === 0 ? fails : [];
  if (last !== undefined && ends.length === 0) {
    run.join(fallen.length > 0 ? fallen : fails);
    execute(run, namedChildren(last).flatMap(namedChildren));
    run.reachable = false;
    return;
  }
  run.join(ends);
  if (last !== undefined) execute(run, namedChildren(last).flatMap(namedChildren));
}

function handle(run: Run, handler: SyntaxNode): void {
  const value = fieldOf(handler, "value");
  const alias = value?.type === "as_pattern" ? fieldOf(value, "alias") : fieldOf(handler, "alias");
  for (const child of value?.type === "as_pattern"
    ? namedChildren(value)
    : value === undefined
      ? []
      : [value]) {
    if (child.field !== "alias") run.evaluate(child);
  }
  const name = alias?.text;
  if (name !== undefined) run.bind(name, valueOf([run.object(handler)]), "except");
  const block = handler.children.find((child) => child.type === "block");
  execute(run, block === undefined ? [] : namedChildren(block));
  if (name !== undefined && run.goesOn()) run.unbind(name);
}

function executeWith(run: Run, node: SyntaxNode): void {
  const items = namedChildren(node).find((child) => child.type === "with_clause");
  const opened: Value[] = [];
  let suppresses = false;
  if (hasToken(node, "async") && run.scope.kind === "module") {
    run.diagnose(
      node,
      "async",
      "error",
      "This opens with async outside a function, which only a notebook can do.",
    );
  }
  for (const item of items === undefined ? [] : namedChildren(items)) {
    const value = fieldOf(item, "value");
    if (value === undefined) continue;
    const aliased = value.type === "as_pattern";
    const expression = aliased ? namedChildren(value)[0] : value;
    const alias = aliased ? fieldOf(value, "alias") : undefined;
    const given = expression === undefined ? unknownScalar : run.evaluate(expression);
    useInstances(run, given, item, /^__(enter|exit)__$/);
    suppresses ||= /\bsuppress\b/.test(expression?.text ?? "");
    opened.push(given);
    if (alias !== undefined) assign(run, alias, given, "with");
  }
  const body = namedChildren(fieldOf(node, "body") ?? node);
  if (suppresses) {
    run.branch([
      () => {
        execute(run, body);
      },
      () => undefined,
    ]);
  } else execute(run, body);
  for (const value of opened) for (const object of reach(value.objects)) object.closed = true;
}

function executeMatch(run: Run, node: SyntaxNode): void {
  const subject = fieldsOf(node, "subject").map((child) => run.evaluate(child));
  const value = joinAll(subject);
  const cases = namedChildren(fieldOf(node, "body") ?? node).filter((child) => child.type === "case_clause");
  const always = cases.some((each) => /^case\s+\w+\s*:/.test(each.text));
  const ways = cases.map((each) => () => {
    for (const pattern of namedChildren(each))
      if (pattern.type === "case_pattern") capture(run, pattern, value);
    const guard = fieldOf(each, "guard");
    if (guard !== undefined) namedChildren(guard).forEach((child) => run.evaluate(child));
    execute(run, namedChildren(fieldOf(each, "consequence") ?? each));
  });
  run.branch(always ? ways : [...ways, () => undefined]);
}
