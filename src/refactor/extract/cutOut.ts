/** A notebook cut where a selection begins and ends, so that what is taken out is a run of whole cells. */
import { analyzeProgram } from "../../analysis/analyzeProgram.ts";
import type { Cell, Notebook } from "../../notebook/model.ts";
import { toProgram } from "../../notebook/program.ts";
import { readSource, type Source, type SourceStatement } from "../source.ts";
import type { Selection } from "./model.ts";

export interface CutOut {
  readonly source: Source;
  /** Cells of `source` that are taken out, the last one included. */
  readonly first: number;
  readonly last: number;
  /** What stands in the same cell of the notebook before and after the selection. */
  readonly before: string;
  readonly after: string;
  /** Set where the last line selected shows its value: it stays in the notebook. */
  readonly shown: SourceStatement | undefined;
}

export interface Refusal {
  readonly reason: string;
}

/** Needs `loadPythonParser()`. */
export function cutOut(notebook: Notebook, selection: Selection): CutOut | Refusal {
  const [first, last] =
    selection.kind === "cells" ? [selection.first, selection.last] : [selection.cell, selection.cell];
  const cell = notebook.cells[last];
  if (cell === undefined || notebook.cells[first] === undefined || first > last)
    return { reason: "select cells with code first" };
  const lines = cell.source.split("\n");
  const whole = sourceOf(notebook);
  const statements = whole.cells[last]?.statements ?? [];
  let [from, to] = [0, lines.length];
  if (selection.kind === "lines") {
    const text = cell.source;
    const touched = statements.filter(
      ({ fact }) =>
        lineAt(text, fact.range.end) >= selection.firstLine &&
        lineAt(text, fact.range.start) <= selection.lastLine,
    );
    const [top, bottom] = [touched[0], touched.at(-1)];
    if (top === undefined || bottom === undefined) return { reason: "select lines with code first" };
    // Comments that are selected go with the code.
    from = Math.min(selection.firstLine, lineAt(text, top.fact.range.start));
    const above = statements.findLast(({ fact }) => fact.range.end <= top.fact.range.start);
    if (above !== undefined) from = Math.max(from, lineAt(text, above.fact.range.end) + 1);
    from = Math.min(from, lineAt(text, top.fact.range.start));
    to = lineAt(text, bottom.fact.range.end) + 1;
    const rest = statements.find(({ fact }) => fact.range.start >= bottom.fact.range.end);
    if (rest !== undefined && lineAt(text, rest.fact.range.start) < to)
      return { reason: `${place(cell)} has several statements on a line; select all of them` };
  }
  const before = lines.slice(0, from).join("\n");
  let taken = lines.slice(from, to).join("\n");
  let after = lines.slice(to).join("\n");
  let shown: SourceStatement | undefined;
  const final = statements.at(-1);
  if (after.trim() === "" && final !== undefined && mayShow(final, cell.source)) {
    const start = lineAt(cell.source, final.fact.range.start);
    const neighbour = statements.at(-2);
    if (neighbour !== undefined && lineAt(cell.source, neighbour.fact.range.end) === start)
      return {
        reason: `${place(cell)} shows a value on a line with other code; put it on a line of its own`,
      };
    shown = final;
    taken = lines.slice(from, start).join("\n");
    after = lines.slice(start).join("\n");
  }
  const cells: Cell[] = [];
  const add = (original: Cell, source: string, part: string): void => {
    if (source.trim() === "") return;
    cells.push({ ...original, source, index: cells.length, id: `${original.id}${part}` });
  };
  for (const original of notebook.cells.slice(0, first)) add(original, original.source, "");
  add(cell, before, "#before");
  const start = cells.length;
  for (const original of notebook.cells.slice(first, last)) add(original, original.source, "");
  add(cell, taken, "#taken");
  const end = cells.length - 1;
  add(cell, after, "#after");
  for (const original of notebook.cells.slice(last + 1)) add(original, original.source, "");
  if (end < start) return { reason: "there is nothing selected but a line that shows something" };
  const source = sourceOf({ ...notebook, cells });
  return { source, first: start, last: end, before, after, shown };
}

function sourceOf(notebook: Notebook): Source {
  const program = toProgram(notebook);
  return readSource(notebook, program.cells, analyzeProgram(program.units));
}

/** Calls that give None, or that show what they show wherever they are called. */
const silentCalls =
  /^((builtins\.)?(print|display)|IPython\.display\.display|(numpy\.)?random\.seed|warnings\.(filter\w*|simplefilter)|os\.(makedirs|mkdir|remove|chdir)|matplotlib\.pyplot\.(show|tight_layout|close)|pandas\.set_option|(builtins\.)?(list\.(append|extend|sort|insert|reverse|clear|remove)|dict\.(update|clear)|set\.(add|update|discard)))$/;

/** Whether a statement, at a cell's end, may show a value under the cell. */
export function mayShow({ fact, node }: SourceStatement, text: string): boolean {
  if (fact.kind !== "expression") return false;
  if (/^[ \t]*;/.test(text.slice(fact.range.end))) return false;
  const call = fact.calls.find(
    ({ range }) => range.start === fact.range.start && range.end === fact.range.end,
  );
  if (call === undefined) return true;
  const inPlace = call.arguments.some(
    ({ keyword, text: value }) => keyword === "inplace" && value === "True",
  );
  return !inPlace && !silentCalls.test(call.target) && !/^(print|display)\(/.test(node.text);
}

export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length - 1;
}

export function place(cell: Cell): string {
  return `cell ${cell.number}`;
}
