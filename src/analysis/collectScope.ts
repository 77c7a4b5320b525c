/**
 * What a scope says of its names, before names are looked up: the rules of CPython's symbol table, on our tree. A definition's
 * own scope does not depend on what stands around it, so that each is collected once; `symbols.ts` puts them together.
 */
import { fieldOf, fieldsOf, namedChildren, type SyntaxNode } from "./parser.ts";

export type ScopeKind = "module" | "class" | "function" | "lambda" | "comprehension" | "type";

/** How a scope uses a name; several together. */
export const Use = {
  /** Read when the scope's code runs. */
  read: 1,
  /** Read by an annotation: when the definition runs, unless annotations are not evaluated. */
  annotation: 2,
  /** Read by the annotation of a function's own variable, which is never evaluated. */
  idle: 4,
  /** Deleted, or assigned to with `+=`: not a read in Python's table, but it needs a value. */
  needed: 8,
  bound: 16,
  parameter: 32,
  imported: 64,
  annotated: 128,
  global: 256,
  nonlocal: 512,
  /** In a comprehension: bound by `:=`, and so in the scope around it. */
  walrus: 1024,
  /** Bound by `:=` of a comprehension within. */
  boundWithin: 2048,
} as const;

/** A scope inside another. Definitions are collected when somebody asks. */
interface Inner {
  readonly inAnnotation: boolean;
  readonly get: () => OwnScope;
}

export interface OwnScope {
  readonly kind: ScopeKind;
  /** Of a class, function or PEP 695 scope; "" for others. */
  readonly name: string;
  readonly node: SyntaxNode;
  /** From 1; 0 for a module. */
  readonly line: number;
  readonly uses: ReadonlyMap<string, number>;
  readonly inner: readonly Inner[];
}

interface Building extends OwnScope {
  readonly uses: Map<string, number>;
  readonly inner: Inner[];
  /** The scope that a comprehension stands in. */
  readonly around: Building | undefined;
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

/** A name as Python sees it: letters that only look different are one. */
export function identifierOf(node: SyntaxNode): string {
  return /[^ -~]/.test(node.text) ? node.text.normalize("NFKC") : node.text;
}

/** Remembers what was found for a node, which never changes. */
export function once<T>(find: (node: SyntaxNode) => T): (node: SyntaxNode) => T {
  const found = new WeakMap<SyntaxNode, { readonly result: T }>();
  return (node) => {
    const known = found.get(node) ?? { result: find(node) };
    found.set(node, known);
    return known.result;
  };
}

/** The scope of a module, or of one statement of it. */
export function moduleScope(node: SyntaxNode): OwnScope {
  const scope = newScope("module", "", node);
  visit(node, scope, Use.read);
  return scope;
}

/** The scope of a comprehension by itself. */
export function comprehensionScope(node: SyntaxNode): OwnScope {
  return comprehend(node, newScope("module", "", node), Use.read);
}

/** The own scope of a `def`, `class` or `lambda`. */
export const definitionScope = once((node): OwnScope => {
  const { type } = node;
  const kind = type === "lambda" ? "lambda" : type === "class_definition" ? "class" : "function";
  const name = fieldOf(node, "name");
  const scope = newScope(kind, name === undefined ? "" : identifierOf(name), node);
  for (const parameter of parametersOf(fieldOf(node, "parameters"))) {
    use(scope, parameter.name, Use.parameter);
  }
  const body = fieldOf(node, "body");
  if (body !== undefined) visit(body, scope, Use.read);
  return scope;
});

function newScope(kind: ScopeKind, name: string, node: SyntaxNode, around?: Building): Building {
  return { kind, name, node, line: kind === "module" ? 0 : node.row + 1, uses: new Map(), inner: [], around };
}

function use(scope: Building, name: string, how: number): void {
  scope.uses.set(name, (scope.uses.get(name) ?? 0) | how);
  // `super()` finds its class through a name that nobody writes.
  if (name === "super" && scope.kind !== "class" && scope.kind !== "module" && (how & reads) !== 0) {
    use(scope, "__class__", how & reads);
  }
}

const reads = Use.read | Use.annotation | Use.idle;

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
    const named = star === "" ? inner : namedChildren(inner)[0];
    result.push({
      name: named === undefined ? "" : identifierOf(named),
      star,
      keywordOnly,
      default: fieldOf(child, "value"),
      annotation: fieldOf(child, "type"),
    });
    if (star === "*") keywordOnly = true;
  }
  return result;
}

/** The name an import binds: the first part of `import a.b`, the alias where there is one. */
export function importedName(node: SyntaxNode, from: boolean): string {
  const alias = fieldOf(node, "alias");
  if (alias !== undefined) return identifierOf(alias);
  const [first] = namedChildren(node);
  return from || first === undefined ? identifierOf(node) : identifierOf(first);
}

/** Walks an expression or statement; `how` is what reading a name here counts as. */
function visit(node: SyntaxNode, scope: Building, how: number): void {
  switch (node.type) {
    case "identifier":
      use(scope, identifierOf(node), how);
      return;
    case "attribute":
    case "keyword_argument":
    case "member_type":
      visitFirst(node, node.type === "keyword_argument" ? "value" : "object", scope, how);
      return;
    case "global_statement":
      for (const child of namedChildren(node)) use(scope, identifierOf(child), Use.global);
      return;
    case "nonlocal_statement":
      for (const child of namedChildren(node)) use(scope, identifierOf(child), Use.nonlocal);
      return;
    case "import_statement":
    case "import_from_statement":
    case "future_import_statement":
      for (const child of fieldsOf(node, "name"))
        use(scope, importedName(child, node.type !== "import_statement"), Use.imported);
      return;
    case "function_definition":
    case "class_definition":
    case "lambda":
      define(node, scope, how);
      return;
    case "assignment":
      assign(node, scope, how);
      return;
    case "augmented_assignment": {
      const left = fieldOf(node, "left");
      if (left?.type === "identifier") use(scope, identifierOf(left), Use.needed);
      bindField(node, "left", scope);
      visitOthers(node, "left", scope, how);
      return;
    }
    case "for_statement":
      bindField(node, "left", scope);
      visitOthers(node, "left", scope, how);
      return;
    case "named_expression":
      walrus(node, scope);
      visitOthers(node, "name", scope, how);
      return;
    case "except_clause":
      bindField(node, "alias", scope);
      visitOthers(node, "alias", scope, how);
      return;
    case "as_pattern_target":
      for (const child of namedChildren(node)) bind(child, scope, Use.bound);
      return;
    case "delete_statement":
      for (const child of namedChildren(node)) bind(child, scope, Use.bound | Use.needed);
      return;
    case "type_alias_statement":
      aliasType(node, scope);
      return;
    case "case_pattern":
      capture(node, scope);
      return;
    default:
      if (isComprehension(node)) comprehend(node, scope, how);
      else for (const child of node.children) if (child.named) visit(child, scope, how);
  }
}

function visitFirst(node: SyntaxNode, field: string, scope: Building, how: number): void {
  const child = fieldOf(node, field) ?? namedChildren(node)[0];
  if (child !== undefined) visit(child, scope, how);
}

function visitOthers(node: SyntaxNode, field: string, scope: Building, how: number): void {
  for (const child of node.children) if (child.named && child.field !== field) visit(child, scope, how);
}

function bindField(node: SyntaxNode, field: string, scope: Building): void {
  const target = fieldOf(node, field);
  if (target !== undefined) bind(target, scope, Use.bound);
}

const targetShapes = new Set([
  ..."parenthesized_expression tuple_pattern list_pattern pattern_list tuple list expression_list".split(" "),
  ..."list_splat_pattern list_splat as_pattern_target".split(" "),
]);

/** An assignment's target, or what is deleted; `a.b` and `a[0]` bind nothing and read a. */
function bind(node: SyntaxNode, scope: Building, how: number): void {
  if (node.type === "identifier") use(scope, identifierOf(node), how);
  else if (targetShapes.has(node.type)) for (const child of namedChildren(node)) bind(child, scope, how);
  else visit(node, scope, Use.read);
}

function assign(node: SyntaxNode, scope: Building, how: number): void {
  const left = fieldOf(node, "left");
  const type = fieldOf(node, "type");
  const right = fieldOf(node, "right");
  if (left !== undefined && type !== undefined) {
    const simple = left.type === "identifier";
    // `(x): int` says nothing of x.
    if (simple) use(scope, identifierOf(left), Use.bound | Use.annotated);
    else if (right !== undefined || !targetShapes.has(left.type)) bind(left, scope, Use.bound);
    const inFunction = scope.kind === "function" || scope.kind === "lambda";
    annotate(type, scope, inFunction ? Use.idle : Use.annotation);
  } else if (left !== undefined) bind(left, scope, Use.bound);
  if (right !== undefined) visit(right, scope, how);
}

function annotate(node: SyntaxNode | undefined, scope: Building, how: number = Use.annotation): void {
  if (node === undefined) return;
  const before = scope.inner.length;
  visit(node, scope, how);
  const inside = scope.inner.splice(before);
  scope.inner.push(...inside.map(({ get }) => ({ inAnnotation: true, get })));
}

/** A definition as the scope around it sees it: the name, and what is evaluated when the definition runs. */
function define(node: SyntaxNode, scope: Building, how: number): void {
  const name = fieldOf(node, "name");
  if (name !== undefined) use(scope, identifierOf(name), Use.bound);
  const parameters = parametersOf(fieldOf(node, "parameters"));
  for (const { default: value } of parameters) if (value !== undefined) visit(value, scope, how);
  const typeParameters = fieldOf(node, "type_parameters");
  const head = typeParameters === undefined ? scope : typeScope(node, typeParameters, scope);
  for (const { annotation } of parameters) annotate(annotation, head);
  annotate(fieldOf(node, "return_type"), head);
  const bases = fieldOf(node, "superclasses");
  if (bases !== undefined) visit(bases, head, how);
  head.inner.push({ inAnnotation: false, get: () => definitionScope(node) });
}

/** The scope of a definition's `[T: bound, *Ts, **P]`, where it has them. */
export function typeScopeOf(node: SyntaxNode): OwnScope | undefined {
  const parameters = fieldOf(node, "type_parameters");
  return parameters === undefined ? undefined : typeScope(node, parameters, newScope("module", "", node));
}

/** The scope of type parameters, put into the one around. */
function typeScope(node: SyntaxNode, parameters: SyntaxNode, around: Building): Building {
  const name = fieldOf(node, "name") ?? typeAliasName(node);
  const scope = newScope("type", name === undefined ? "" : identifierOf(name), node);
  for (const parameter of namedChildren(parameters)) {
    const [inner = parameter] = parameter.type === "type" ? namedChildren(parameter) : [parameter];
    const [first, bound] = inner.type === "identifier" ? [inner] : namedChildren(inner);
    const named = first?.type === "type" ? namedChildren(first)[0] : first;
    if (named === undefined) continue;
    use(scope, identifierOf(named), Use.bound);
    if (bound !== undefined) lazily(bound, identifierOf(named), parameter, scope);
  }
  around.inner.push({ inAnnotation: false, get: () => scope });
  return scope;
}

/** A bound or the right side of `type X = …`: evaluated when somebody asks, in a scope of its own. */
function lazily(node: SyntaxNode, name: string, at: SyntaxNode, around: Building): void {
  const scope = newScope("type", name, at);
  visit(node, scope, Use.read);
  around.inner.push({ inAnnotation: false, get: () => scope });
}

/** `X` or `X[T]` on the left of `type X[T] = …`. */
function typeAliasName(node: SyntaxNode): SyntaxNode | undefined {
  const left = fieldOf(node, "left");
  const [inner] = left === undefined ? [] : namedChildren(left);
  return inner === undefined || inner.type === "identifier" ? inner : namedChildren(inner)[0];
}

function aliasType(node: SyntaxNode, scope: Building): void {
  const name = typeAliasName(node);
  const right = fieldOf(node, "right");
  if (name === undefined || right === undefined) return;
  use(scope, identifierOf(name), Use.bound);
  const [inner] = namedChildren(fieldOf(node, "left") ?? node);
  const parameters = inner === undefined ? undefined : namedChildren(inner)[1];
  const head =
    parameters === undefined
      ? scope
      : parameters.type === "type_parameter"
        ? typeScope(node, parameters, scope)
        : scope;
  lazily(right, identifierOf(name), node, head);
}

/** The first `in` is evaluated outside; `:=` binds outside; the rest is a scope of its own. */
function comprehend(node: SyntaxNode, around: Building, how: number): OwnScope {
  const scope = newScope("comprehension", "", node, around);
  const clauses = namedChildren(node).filter(({ type }) => type === "for_in_clause");
  for (const child of namedChildren(node)) {
    if (child.type !== "for_in_clause") {
      visit(child, scope, Use.read);
      continue;
    }
    bindField(child, "left", scope);
    const isFirst = child === clauses[0];
    for (const part of child.children) {
      if (part.named && part.field !== "left")
        visit(part, isFirst ? around : scope, isFirst ? how : Use.read);
    }
  }
  around.inner.push({ inAnnotation: false, get: () => scope });
  return scope;
}

function walrus(node: SyntaxNode, scope: Building): void {
  const target = fieldOf(node, "name");
  if (target === undefined) return;
  const name = identifierOf(target);
  if (scope.kind !== "comprehension") {
    use(scope, name, Use.bound);
    return;
  }
  use(scope, name, Use.bound | Use.walrus);
  let owner: Building | undefined = scope;
  while (owner?.kind === "comprehension") owner = owner.around;
  if (owner !== undefined) use(owner, name, Use.boundWithin);
}

/** Names that a match pattern binds, and those it compares with. */
function capture(node: SyntaxNode, scope: Building): void {
  const children = namedChildren(node);
  const [first, ...others] = children;
  switch (node.type) {
    case "dotted_name":
      if (first === undefined) return;
      if (children.length > 1) use(scope, identifierOf(first), Use.read);
      else if (node.text !== "_") use(scope, identifierOf(first), Use.bound);
      return;
    case "class_pattern": {
      const [root] = first === undefined ? [] : namedChildren(first);
      if (root !== undefined) use(scope, identifierOf(root), Use.read);
      for (const child of others) capture(child, scope);
      return;
    }
    case "keyword_pattern":
      for (const child of others) capture(child, scope);
      return;
    case "splat_pattern":
      for (const child of children) if (child.text !== "_") use(scope, identifierOf(child), Use.bound);
      return;
    case "as_pattern":
      for (const child of children) {
        if (child.type === "identifier") use(scope, identifierOf(child), Use.bound);
        else capture(child, scope);
      }
      return;
    case "string":
    case "concatenated_string":
      return;
    default:
      for (const child of children) capture(child, scope);
  }
}
