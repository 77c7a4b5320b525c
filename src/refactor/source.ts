/** What planning works on: a notebook's cells with their Python, syntax trees and the facts about them, side by side. */
import type { DefinitionFact, ProgramFacts, Range, StatementFact, UnitFacts } from "../analysis/model.ts";
import { fieldOf, namedChildren, parsePython, type SyntaxNode, type SyntaxTree } from "../analysis/parser.ts";
import type { Notebook, PythonCell } from "../notebook/model.ts";

export interface SourceCell {
  readonly index: number;
  readonly python: PythonCell;
  readonly tree: SyntaxTree;
  readonly facts: UnitFacts;
  readonly statements: readonly SourceStatement[];
}

export interface SourceStatement {
  readonly cell: number;
  /** Position in the cell. */
  readonly position: number;
  readonly fact: StatementFact;
  /** The statement's node; the decorated definition where there are decorators. */
  readonly node: SyntaxNode;
  readonly definition: DefinitionFact | undefined;
}

export interface Source {
  readonly notebook: Notebook;
  readonly facts: ProgramFacts;
  readonly cells: readonly SourceCell[];
  /** Every statement in running order. */
  readonly statements: readonly SourceStatement[];
}

/** Puts text, trees and facts of each cell together. Needs `loadPythonParser()`. */
export function readSource(notebook: Notebook, cells: readonly PythonCell[], facts: ProgramFacts): Source {
  const read = cells.flatMap((python, index): SourceCell[] => {
    const unit = facts.units[index];
    if (unit === undefined) return [];
    const tree = parsePython(python.python);
    const top = namedChildren(tree.root);
    const statements = unit.statements.flatMap((fact, position): SourceStatement[] => {
      const node = top.find((child) => child.start === fact.range.start) ?? nodeAt(tree.root, fact.range);
      const definition = unit.definitions.find((entry) => within(entry.range, fact.range));
      return node === undefined ? [] : [{ cell: index, position, fact, node, definition }];
    });
    return [{ index, python, tree, facts: unit, statements }];
  });
  return { notebook, facts, cells: read, statements: read.flatMap((cell) => cell.statements) };
}

function nodeAt(root: SyntaxNode, range: Range): SyntaxNode | undefined {
  return root.children.find((child) => child.start <= range.start && child.end >= range.end);
}

function within(inner: Range, outer: Range): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}

const walks = new WeakMap<SyntaxNode, readonly SyntaxNode[]>();

/** All nodes below (and with) a node, in order. Trees do not change, so the answer is kept. */
export function walk(node: SyntaxNode): readonly SyntaxNode[] {
  const known = walks.get(node);
  if (known !== undefined) return known;
  const nodes: SyntaxNode[] = [];
  const visit = (current: SyntaxNode): void => {
    nodes.push(current);
    current.children.forEach(visit);
  };
  visit(node);
  walks.set(node, nodes);
  return nodes;
}

/**
 * Names that a piece of code may look up or bind in the scope around it: identifiers that are no attribute, keyword of
 * a call or parameter; names in strings where `candidates` has them, for `df.query("x > @limit")` and `eval`.
 */
export function namesIn(node: SyntaxNode, candidates: ReadonlySet<string> = new Set()): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (current: SyntaxNode): void => {
    if (current.type === "identifier") names.add(current.text);
    if (current.type === "string_content") {
      for (const [word] of current.text.matchAll(/[\p{L}_][\p{L}\p{N}_]*/gu)) {
        if (candidates.has(word)) names.add(word);
      }
    }
    for (const child of current.children) {
      const attribute = current.type === "attribute" && child.field === "attribute";
      const keyword = current.type === "keyword_argument" && child.field === "name";
      if (!attribute && !keyword) visit(child);
    }
  };
  visit(node);
  return names;
}

/** Every name that stands anywhere in a notebook's code: new names must differ from these. */
export function allNames(source: Source): ReadonlySet<string> {
  return new Set(source.cells.flatMap(({ tree }) => [...namesIn(tree.root)]));
}

/** The right side of `name = …`, where a statement is such an assignment to one plain name. */
export function assignedValue(
  node: SyntaxNode,
): { readonly name: string; readonly value: SyntaxNode } | undefined {
  const inner = node.type === "expression_statement" ? namedChildren(node)[0] : node;
  if (inner?.type !== "assignment") return undefined;
  const left = fieldOf(inner, "left");
  const value = fieldOf(inner, "right");
  if (left?.type !== "identifier" || value === undefined) return undefined;
  return { name: left.text, value };
}

/** The one expression that a statement consists of. */
export function expressionOf(node: SyntaxNode): SyntaxNode | undefined {
  return node.type === "expression_statement" && namedChildren(node).length === 1
    ? namedChildren(node)[0]
    : undefined;
}

/** The text of the function that a call node calls: `plt.show`. */
export function calleeOf(node: SyntaxNode): string | undefined {
  return node.type === "call" ? fieldOf(node, "function")?.text : undefined;
}
