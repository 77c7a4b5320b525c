/** Which names a piece of Python binds in its own scope, and which it takes from outside, by Python's scope rules. */
import { fieldOf, fieldsOf, namedChildren, type SyntaxNode } from "./parser.ts";

/** The names of a function, class, lambda, comprehension or module body. */
export interface ScopeNames {
  readonly locals: ReadonlySet<string>;
  readonly globals: ReadonlySet<string>;
  readonly nonlocals: ReadonlySet<string>;
}

interface Collected {
  readonly locals: Set<string>;
  readonly globals: Set<string>;
  readonly nonlocals: Set<string>;
}

const comprehensions = new Set([
  "list_comprehension",
  "set_comprehension",
  "dictionary_comprehension",
  "generator_expression",
]);

export function isComprehension(node: SyntaxNode): boolean {
  return comprehensions.has(node.type);
}

/** A parameter of a function or lambda. `star` is `*` or `**` for those that take the rest. */
export interface Parameter {
  readonly name: string;
  readonly star: "" | "*" | "**";
  readonly keywordOnly: boolean;
  readonly default: SyntaxNode | undefined;
  readonly annotation: SyntaxNode | undefined;
}

/** Parameters of a `parameters` or `lambda_parameters` node, in order. */
export function parametersOf(node: SyntaxNode | undefined): readonly Parameter[] {
  let keywordOnly = false;
  const result: Parameter[] = [];
  for (const child of node === undefined ? [] : namedChildren(node)) {
    if (child.type === "keyword_separator") keywordOnly = true;
    const inner =
      child.type === "typed_parameter" ? namedChildren(child)[0] : (fieldOf(child, "name") ?? child);
    if (inner === undefined || child.type === "keyword_separator" || child.type === "positional_separator")
      continue;
    const star =
      inner.type === "list_splat_pattern" ? "*" : inner.type === "dictionary_splat_pattern" ? "**" : "";
    const name = star === "" ? inner.text : (namedChildren(inner)[0]?.text ?? "");
    result.push({
      name,
      star,
      keywordOnly,
      default: fieldOf(child, "value"),
      annotation: fieldOf(child, "type"),
    });
    if (star === "*") keywordOnly = true;
  }
  return result;
}

/** Remembers what was found for a node, which never changes. */
function once<T>(find: (node: SyntaxNode) => T): (node: SyntaxNode) => T {
  const found = new WeakMap<SyntaxNode, { readonly result: T }>();
  return (node) => {
    const known = found.get(node) ?? { result: find(node) };
    found.set(node, known);
    return known.result;
  };
}

/** The names that a function's, lambda's or class's own scope binds. */
export const scopeNames = once((node): ScopeNames => {
  const names: Collected = { locals: new Set(), globals: new Set(), nonlocals: new Set() };
  for (const parameter of parametersOf(fieldOf(node, "parameters"))) names.locals.add(parameter.name);
  const body = fieldOf(node, "body");
  if (body !== undefined) collect(body, names);
  for (const name of [...names.globals, ...names.nonlocals]) names.locals.delete(name);
  return names;
});

/** Names that statements bind in the scope they stand in, walrus targets in comprehensions included. */
export function boundNames(nodes: readonly SyntaxNode[]): ReadonlySet<string> {
  const names: Collected = { locals: new Set(), globals: new Set(), nonlocals: new Set() };
  for (const node of nodes) collect(node, names);
  return names.locals;
}

/** Names that the targets of a comprehension bind in its scope. */
export function comprehensionTargets(node: SyntaxNode): ReadonlySet<string> {
  const names = new Set<string>();
  for (const clause of namedChildren(node)) {
    const left = clause.type === "for_in_clause" ? fieldOf(clause, "left") : undefined;
    if (left !== undefined) targetNames(left, names);
  }
  return names;
}

/** Names bound by an assignment target; `a.b` and `a[0]` bind none. */
export function targetNames(node: SyntaxNode, into: Set<string>): void {
  if (node.type === "identifier") into.add(node.text);
  else if (node.type !== "attribute" && node.type !== "subscript" && node.type !== "call") {
    for (const child of namedChildren(node)) targetNames(child, into);
  }
}

/** Names that a match pattern captures. */
export function patternNames(node: SyntaxNode, into: Set<string>): void {
  const children = namedChildren(node);
  switch (node.type) {
    case "dotted_name":
      if (children.length === 1 && node.text !== "_") into.add(node.text);
      return;
    case "class_pattern":
      for (const child of children.slice(1)) patternNames(child, into);
      return;
    case "keyword_pattern":
      for (const child of children.slice(1)) patternNames(child, into);
      return;
    case "splat_pattern":
      for (const child of children) if (child.text !== "_") into.add(child.text);
      return;
    case "as_pattern":
      for (const child of children) {
        if (child.type === "identifier") into.add(child.text);
        else patternNames(child, into);
      }
      return;
    default:
      for (const child of children) patternNames(child, into);
  }
}

/** The name an import binds: the first part of `import a.b`, the alias where there is one. */
export function importedName(node: SyntaxNode, from: boolean): string {
  const alias = fieldOf(node, "alias");
  if (alias !== undefined) return alias.text;
  return from ? node.text : (node.text.split(".")[0] ?? node.text).trim();
}

function collect(node: SyntaxNode, names: Collected): void {
  const add = (target: SyntaxNode | undefined): void => {
    if (target !== undefined) targetNames(target, names.locals);
  };
  switch (node.type) {
    case "global_statement":
      for (const child of namedChildren(node)) names.globals.add(child.text);
      return;
    case "nonlocal_statement":
      for (const child of namedChildren(node)) names.nonlocals.add(child.text);
      return;
    case "function_definition":
    case "class_definition":
      add(fieldOf(node, "name"));
      for (const child of namedChildren(node))
        if (child.field !== "body" && child.field !== "name") collectInner(child, names);
      return;
    case "lambda":
      return;
    case "import_statement":
    case "import_from_statement":
      for (const child of fieldsOf(node, "name"))
        names.locals.add(importedName(child, node.type !== "import_statement"));
      return;
    case "assignment":
    case "augmented_assignment":
    case "for_statement":
      add(fieldOf(node, "left"));
      break;
    case "named_expression":
      add(fieldOf(node, "name"));
      break;
    case "as_pattern_target":
      add(node);
      return;
    case "delete_statement":
      for (const child of namedChildren(node)) add(child);
      break;
    case "type_alias_statement":
      add(fieldOf(node, "left")?.children[0]?.children[0] ?? fieldOf(node, "left"));
      return;
    case "case_clause":
      for (const child of namedChildren(node))
        if (child.type === "case_pattern") patternNames(child, names.locals);
      for (const child of namedChildren(node)) if (child.type !== "case_pattern") collect(child, names);
      return;
    default:
      if (isComprehension(node)) {
        collectInner(node, names);
        return;
      }
  }
  for (const child of namedChildren(node)) collect(child, names);
}

/** Inside a comprehension or a definition's head only a walrus reaches this scope. */
function collectInner(node: SyntaxNode, names: Collected): void {
  if (node.type === "named_expression") {
    const name = fieldOf(node, "name");
    if (name !== undefined) names.locals.add(name.text);
  }
  if (node.type === "lambda") return;
  for (const child of namedChildren(node)) collectInner(child, names);
}

/** Names that the bodies of a definition, its methods and nested functions take from outside when they run. */
export const bodyReads = once((definition): ReadonlySet<string> => {
  const free = new Set<string>();
  const body = fieldOf(definition, "body");
  if (body === undefined) return free;
  if (definition.type !== "class_definition") {
    readsWithin(body, [scopeNames(definition).locals], free);
    return free;
  }
  const visit = (node: SyntaxNode): void => {
    if (node.type === "function_definition" || node.type === "lambda") {
      for (const name of bodyReads(node)) free.add(name);
    } else namedChildren(node).forEach(visit);
  };
  visit(body);
  return free;
});

/** Names that functions inside declare `global` and bind. */
export const declaredGlobals = once((node): ReadonlySet<string> => {
  const found = new Set<string>();
  const visit = (inner: SyntaxNode): void => {
    if (inner.type === "global_statement") for (const child of namedChildren(inner)) found.add(child.text);
    else inner.children.forEach(visit);
  };
  if (/\bglobal\b/.test(node.text)) visit(node);
  return found;
});

function readsWithin(node: SyntaxNode, bound: readonly ReadonlySet<string>[], free: Set<string>): void {
  const visit = (child: SyntaxNode | undefined, scopes = bound): void => {
    if (child !== undefined) readsWithin(child, scopes, free);
  };
  switch (node.type) {
    case "identifier":
      if (!bound.some((names) => names.has(node.text))) free.add(node.text);
      return;
    case "function_definition":
    case "class_definition":
    case "lambda": {
      const { locals, globals } = scopeNames(node);
      for (const parameter of parametersOf(fieldOf(node, "parameters"))) visit(parameter.default);
      visit(fieldOf(node, "superclasses"));
      const inner = [
        ...bound.map((names) => new Set([...names].filter((name) => !globals.has(name)))),
        locals,
      ];
      visit(fieldOf(node, "body"), inner);
      return;
    }
    case "attribute":
      visit(fieldOf(node, "object"));
      return;
    case "assignment":
    case "for_statement":
    case "named_expression":
      for (const child of namedChildren(node)) {
        if (child.field === "left" || child.field === "name") readsOfTarget(child, bound, free);
        else visit(child);
      }
      return;
    case "keyword_argument":
      visit(fieldOf(node, "value"));
      return;
    case "import_statement":
    case "import_from_statement":
    case "global_statement":
    case "nonlocal_statement":
    case "type":
      return;
    case "keyword_pattern":
      for (const child of namedChildren(node).slice(1)) visit(child);
      return;
    default: {
      const scopes = isComprehension(node) ? [...bound, comprehensionTargets(node)] : bound;
      for (const child of namedChildren(node)) visit(child, scopes);
    }
  }
}

/** A target reads only what it looks into: `a[i].b = 1` reads a and i, `a = 1` nothing. */
function readsOfTarget(node: SyntaxNode, bound: readonly ReadonlySet<string>[], free: Set<string>): void {
  if (node.type === "identifier") return;
  if (node.type === "attribute" || node.type === "subscript") readsWithin(node, bound, free);
  else for (const child of namedChildren(node)) readsOfTarget(child, bound, free);
}
