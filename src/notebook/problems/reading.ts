/** A notebook as the finders of problems read it: trees and facts beside the text that the user sees. */
import type { ProgramFacts, StatementFact } from "../../analysis/model.ts";
import { fieldOf, parsePython, type SyntaxNode, type SyntaxTree } from "../../analysis/parser.ts";
import type { Cell, Notebook, PythonCell } from "../model.ts";
import type { Place, TextEdit } from "./model.ts";

export interface ReadCell {
  readonly cell: Cell;
  readonly python: PythonCell;
  readonly tree: SyntaxTree;
  readonly statements: readonly StatementFact[];
}

export interface Reading {
  readonly notebook: Notebook;
  readonly facts: ProgramFacts;
  readonly cells: readonly ReadCell[];
}

/** @param trees trees of earlier readings by their text; those of cells that are the same are not made again. */
export function readCells(
  notebook: Notebook,
  cells: readonly PythonCell[],
  facts: ProgramFacts,
  trees: Map<string, SyntaxTree>,
): Reading {
  const read = cells.map((python, index): ReadCell => {
    const tree = trees.get(python.python) ?? parsePython(python.python);
    trees.set(python.python, tree);
    return { cell: python.cell, python, tree, statements: facts.units[index]?.statements ?? [] };
  });
  return { notebook, facts, cells: read };
}

export function* walk(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const child of node.children) yield* walk(child);
}

/** Where a range of a cell's Python stands in its text; undefined where that line is not what the user wrote. */
export function placeOf({ cell, python }: ReadCell, start: number, end: number): Place | undefined {
  const at = (offset: number): readonly [number, number] => {
    const before = python.python.slice(0, offset);
    return [before.split("\n").length - 1, offset - (before.lastIndexOf("\n") + 1)];
  };
  const [line, column] = at(start);
  const [endLine, endColumn] = at(end);
  const own = cell.source.split("\n");
  const read = python.python.split("\n");
  for (let row = line; row <= endLine; row += 1) if (own[row] !== read[row]) return undefined;
  return { line, column, endLine, endColumn };
}

/** The whole line of a cell. */
export function lineOf({ cell }: ReadCell, line: number): Place {
  const text = cell.source.split("\n")[line] ?? "";
  return { line, column: text.length - text.trimStart().length, endLine: line, endColumn: text.length };
}

/** Identifiers of a name that stand for a variable: no attributes, no keywords of calls. */
export function occurrences(tree: SyntaxTree, name: string): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const visit = (node: SyntaxNode): void => {
    if (node.type === "identifier" && node.text === name) found.push(node);
    for (const child of node.children) {
      const attribute = node.type === "attribute" && child.field === "attribute";
      const keyword = node.type === "keyword_argument" && child.field === "name";
      if (!attribute && !keyword) visit(child);
    }
  };
  visit(tree.root);
  return found;
}

/** Edits that give a variable another name, in one cell from an offset on; undefined where a function has it as its own. */
export function renaming(
  cell: ReadCell,
  from: number,
  name: string,
  to: string,
): readonly TextEdit[] | undefined {
  for (const node of walk(cell.tree.root)) {
    const parameters = /^(function_definition|lambda)$/.test(node.type)
      ? fieldOf(node, "parameters")
      : undefined;
    if (parameters !== undefined && [...walk(parameters)].some((one) => one.text === name)) return undefined;
  }
  const edits: TextEdit[] = [];
  for (const node of occurrences(cell.tree, name)) {
    if (node.start < from) continue;
    const place = placeOf(cell, node.start, node.end);
    if (place === undefined) return undefined;
    edits.push({ cell: cell.cell.index, place, text: to });
  }
  return edits;
}

/** Puts an import where the notebook has its own: after the last one of its first cell with any, else above a cell. */
export function importing({ cells }: Reading, line: string, needed: number): TextEdit {
  const home = cells.find(
    ({ cell, statements }) => cell.index <= needed && statements.some(({ kind }) => kind === "import"),
  );
  const last = home?.statements.findLast(({ kind }) => kind === "import");
  const place =
    home === undefined || last === undefined ? undefined : placeOf(home, last.range.start, last.range.end);
  if (home === undefined || place === undefined) {
    const top = { line: 0, column: 0, endLine: 0, endColumn: 0 };
    return { cell: needed, place: top, text: `${line}\n\n` };
  }
  const text = home.cell.source.split("\n")[place.endLine] ?? "";
  const end = { line: place.endLine, column: text.length, endLine: place.endLine, endColumn: text.length };
  return { cell: home.cell.index, place: end, text: `\n${line}` };
}
