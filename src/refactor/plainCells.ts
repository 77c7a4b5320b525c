/**
 * Cells as plain Python: what only IPython understands, and what means something else in a module, written with the
 * standard library instead. What cannot be said so stays as it is, and is found to be in the way later. The lines stay
 * where they are, but for lines added at the end of a cell.
 */
import { namedChildren, parsePython, type SyntaxNode } from "../analysis/parser.ts";
import type { Notebook, PythonCell } from "../notebook/model.ts";
import { toProgram, type Program } from "../notebook/program.ts";
import { applyEdits, type Edit } from "./cellText.ts";
import { importsOf } from "./importLines.ts";
import { bindShownValues } from "./lastShown.ts";
import { shellEdits } from "./plainShell.ts";
import { namesIn, walk } from "./source.ts";
import { starModules } from "./tables.ts";

/** What `from MODULE import *` binds, for the modules that somebody looked into. */
export type Stars = Readonly<Record<string, readonly string[]>>;

/** What IPython's own module has to say of itself. */
const ipythonDoc = "Automatically created module for IPython interactive environment";

const special = /get_ipython\(|\b__(doc|name)__|\bimport\s*\*|(?<![\w.])_(?!\w)/;

/** A notebook as the program that a conversion is planned from. */
export function plainProgram(notebook: Notebook, stars: Stars = {}): Program {
  const cells = plainCells(toProgram(notebook).cells, stars);
  return { cells, units: cells.map(({ cell, python }) => ({ key: cell.id, source: python })) };
}

/** @param stars names of modules known beyond the few that everybody knows. */
export function plainCells(cells: readonly PythonCell[], stars: Stars = {}): readonly PythonCell[] {
  if (!cells.some(({ python }) => special.test(python))) return cells;
  const trees = cells.map(({ python }) => parsePython(python));
  const bound = new Set(trees.flatMap(({ root }) => [...namesIn(root)]));
  const plain = cells.map((cell, position): PythonCell => {
    const tree = trees[position];
    if (tree === undefined || tree.problems.length > 0 || !special.test(cell.python)) return cell;
    const shell = shellEdits(tree.root, bound);
    const edits = [
      ...shell,
      ...starEdits(tree.root, bound, { ...starModules, ...stars }),
      ...ownNames(tree.root),
    ];
    if (edits.length === 0) return cell;
    const python = applyEdits(cell.python, edits);
    const rows = new Set(shell.map(({ row }) => row));
    return { ...cell, python, magics: cell.magics.filter(({ line }) => !rows.has(line)) };
  });
  return bindShownValues(plain);
}

/** `from math import *` as the names of it that the notebook mentions; of several in a row the last that has a name gives it. */
function starEdits(root: SyntaxNode, used: ReadonlySet<string>, stars: Stars): Edit[] {
  const found: { readonly node: SyntaxNode; readonly module: string; names: string[] }[] = [];
  let row: typeof found = [];
  for (const node of namedChildren(root)) {
    const [line] = importsOf(node);
    const names = line?.binds === "*" && Object.hasOwn(stars, line.module) ? stars[line.module] : undefined;
    if (line === undefined || names === undefined) {
      if (node.type !== "comment") row = [];
      continue;
    }
    const mine = names.filter((name) => used.has(name));
    for (const other of row) other.names = other.names.filter((name) => !mine.includes(name));
    const entry = { node, module: line.module, names: mine };
    row.push(entry);
    found.push(entry);
  }
  return found.map(({ node: { start, end }, module, names }) => ({
    range: { start, end },
    text: names.length === 0 ? `import ${module}` : `from ${module} import ${names.toSorted().join(", ")}`,
  }));
}

/** `__doc__` and `__name__` as a notebook has them; a logger's name is nobody's business. */
function ownNames(root: SyntaxNode): Edit[] {
  return [...walk(root)]
    .filter(
      ({ type, text, field }) =>
        type === "identifier" && field !== "attribute" && /^__(doc|name)__$/.test(text),
    )
    .filter(({ start }) => !isLoggerName(root, start))
    .map(({ start, end, text }) => ({
      range: { start, end },
      text: text === "__doc__" ? JSON.stringify(ipythonDoc) : '"__main__"',
    }));
}

function isLoggerName(root: SyntaxNode, at: number): boolean {
  return [...walk(root)].some(
    ({ type, start, end, text }) =>
      type === "call" && start <= at && at < end && /^[\w.]*getLogger\(/.test(text),
  );
}
