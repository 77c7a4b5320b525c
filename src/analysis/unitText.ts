/** What can be said of a unit from its text alone; found once for each tree. */
import { builtinNames } from "./knowledge.ts";
import { fieldOf, namedChildren, type SyntaxNode, type SyntaxTree } from "./parser.ts";
import { bodyReads, boundNames, declaredGlobals } from "./scope.ts";

export interface UnitText {
  readonly tree: SyntaxTree;
  readonly statements: readonly SyntaxNode[];
  /** Names that it binds at the top or by `global`. */
  readonly makes: ReadonlySet<string>;
  readonly definitions: readonly SyntaxNode[];
  /** True where the last line's value is shown: no semicolon follows. */
  readonly shows: boolean;
}

const known = new WeakMap<SyntaxTree, UnitText>();

export function unitText(tree: SyntaxTree): UnitText {
  const found = known.get(tree);
  if (found !== undefined) return found;
  const { root } = tree;
  const statements = namedChildren(root);
  const makes = new Set(boundNames(statements));
  for (const node of statements) for (const name of declaredGlobals(node)) makes.add(name);
  const definitions = statements.flatMap((node) => {
    const definition = definitionIn(node);
    return definition === undefined ? [] : [definition];
  });
  const text = { tree, statements, makes, definitions, shows: shows(root, statements.at(-1)) };
  known.set(tree, text);
  return text;
}

/** The `def` or `class` that a statement is, its decorators left out. */
export function definitionIn(node: SyntaxNode): SyntaxNode | undefined {
  const definition = node.type === "decorated_definition" ? fieldOf(node, "definition") : node;
  const defines = definition?.type === "function_definition" || definition?.type === "class_definition";
  return defines ? definition : undefined;
}

function shows(root: SyntaxNode, last: SyntaxNode | undefined): boolean {
  const [inner] = last === undefined ? [] : namedChildren(last);
  if (last?.type !== "expression_statement" || inner === undefined || inner.type.endsWith("assignment"))
    return false;
  return root.children.findLast((child) => child.type !== "comment")?.type !== ";";
}

/** Names that a definition's bodies take from the module when they run; `makers` are names that the program binds. */
export function lateReads(
  definition: SyntaxNode,
  makers: { readonly has: (name: string) => boolean },
): readonly string[] {
  return [...bodyReads(definition)].filter((name) => makers.has(name) || !builtinNames.has(name));
}
