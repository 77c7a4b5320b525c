/** What the analysis asks of scopes: which names a piece of Python binds in its own scope, and which it takes from outside. */
import {
  comprehensionScope,
  definitionScope,
  moduleScope,
  once,
  typeScopeOf,
  Use,
  type OwnScope,
} from "./collectScope.ts";
import type { SyntaxNode } from "./parser.ts";
import { mangled } from "./symbols.ts";

export { importedName, isComprehension, parametersOf, type Parameter } from "./collectScope.ts";

/** The names of a function, class, lambda, comprehension or module body. */
export interface ScopeNames {
  readonly locals: ReadonlySet<string>;
  readonly globals: ReadonlySet<string>;
  readonly nonlocals: ReadonlySet<string>;
}

const binds = Use.bound | Use.parameter | Use.imported | Use.boundWithin;
const reads = Use.read | Use.annotation | Use.needed;

/** The names that a function's, lambda's or class's own scope binds. */
export const scopeNames = once((node): ScopeNames => {
  const { uses } = definitionScope(node);
  const having = (wanted: number, without: number): ReadonlySet<string> =>
    new Set(
      [...uses].filter(([, how]) => (how & wanted) !== 0 && (how & without) === 0).map(([name]) => name),
    );
  return {
    locals: having(binds, Use.global | Use.nonlocal),
    globals: having(Use.global, 0),
    nonlocals: having(Use.nonlocal, 0),
  };
});

const boundBy = once((node): readonly string[] =>
  [...moduleScope(node).uses].filter(([, how]) => (how & binds) !== 0).map(([name]) => name),
);

/** The type parameters of a `def` or `class` (PEP 695), which only it sees. */
export const typeParameters = once((definition): ReadonlySet<string> => {
  return new Set(typeScopeOf(definition)?.uses.keys());
});

/** Names that statements bind in the scope they stand in, walrus targets in comprehensions included. */
export function boundNames(nodes: readonly SyntaxNode[]): ReadonlySet<string> {
  return new Set(nodes.flatMap(boundBy));
}

/** Names that the targets of a comprehension bind in its scope. */
export const comprehensionTargets = once((node): ReadonlySet<string> => {
  const { uses } = comprehensionScope(node);
  return new Set([...uses].filter(([, how]) => isOwn(how)).map(([name]) => name));
});

function isOwn(how: number): boolean {
  return (how & binds) !== 0 && (how & (Use.global | Use.nonlocal | Use.walrus)) === 0;
}

/** Names that a match pattern captures. */
export function patternNames(node: SyntaxNode, into: Set<string>): void {
  for (const name of boundBy(node)) into.add(name);
}

/**
 * Names that the bodies of a definition, its methods and nested functions take from outside when they run. A class's own body
 * has run by then.
 */
export const bodyReads = once((definition): ReadonlySet<string> => {
  const free = new Set<string>();
  const scope = definitionScope(definition);
  const around = typeParameters(definition);
  if (scope.kind === "class") lateReads(scope, around, scope.name, free);
  else readsWithin(scope, around, undefined, free);
  return free;
});

/** Of a class, and of what runs with its body, only the functions inside. */
function lateReads(
  scope: OwnScope,
  bound: ReadonlySet<string>,
  className: string | undefined,
  free: Set<string>,
): void {
  const within = scope.kind === "class" ? bound : withOwn(scope, bound);
  for (const { get } of scope.inner) {
    const inner = get();
    if (inner.kind === "function" || inner.kind === "lambda") readsWithin(inner, within, className, free);
    else lateReads(inner, within, inner.kind === "class" ? inner.name : className, free);
  }
}

function readsWithin(
  scope: OwnScope,
  bound: ReadonlySet<string>,
  className: string | undefined,
  free: Set<string>,
): void {
  for (const [name, how] of scope.uses) {
    const declared = (how & Use.global) !== 0;
    // What super() looks up is made by the class around, with no name of the program.
    if (name === "__class__") continue;
    if ((how & reads) === 0 || (!declared && (isOwn(how) || bound.has(name)))) continue;
    free.add(mangled(name, className));
  }
  const within = scope.kind === "class" ? bound : withOwn(scope, bound);
  for (const { get } of scope.inner) {
    const inner = get();
    readsWithin(inner, within, inner.kind === "class" ? inner.name : className, free);
  }
}

/** What functions inside see of the functions around them. */
function withOwn(scope: OwnScope, bound: ReadonlySet<string>): ReadonlySet<string> {
  const within = new Set(bound);
  for (const [name, how] of scope.uses) {
    if ((how & Use.global) !== 0) within.delete(name);
    else if (isOwn(how)) within.add(name);
  }
  return within;
}

/** Names that functions inside declare `global`. */
export const declaredGlobals = once((node): ReadonlySet<string> => {
  const found = new Set<string>();
  const visit = ({ uses, inner }: OwnScope): void => {
    for (const [name, how] of uses) if ((how & Use.global) !== 0) found.add(name);
    for (const { get } of inner) visit(get());
  };
  if (/\bglobal\b/.test(node.text)) visit(moduleScope(node));
  return found;
});
