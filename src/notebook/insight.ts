/** What can be said of a notebook from its text and saved outputs alone. Runs nothing, asks no file system. */
import type { Diagnostic, ProgramFacts } from "../analysis/model.ts";
import type { Break, Cell, FileUse, Notebook, NotebookInsight, SavedNumber, WrittenFile } from "./model.ts";
import { savedNumbers } from "./savedNumbers.ts";

const models = /\.(joblib|pkl|pickle|pt|pth|onnx|h5|hdf5|keras|cbm|safetensors|ubj|model|skops)$/i;
const plots = /\.(png|svg|jpe?g|pdf|gif|html)$/i;
const data =
  /\.(csv|tsv|parquet|feather|json|jsonl|xlsx?|npy|npz|orc|dta|sas7bdat|arrow|db|sqlite)(\.(gz|bz2|zip|xz))?$/i;

/** Describes a notebook; `facts` is the analysis of its program. */
export function describeNotebook(notebook: Notebook, facts: ProgramFacts): NotebookInsight {
  const cells = notebook.cells.filter((cell) => cell.source.trim() !== "");
  const written = filesOf(notebook, facts, "writes");
  const writes = written.map((use): WrittenFile => ({ ...use, kind: kindOf(use.path) }));
  // A file that the notebook made itself before is no input of it.
  const reads = filesOf(notebook, facts, "reads").filter(
    ({ path, cell }) => !written.some((file) => file.path === path && file.cell < cell),
  );
  const numbers = cells.flatMap(savedNumbers);
  const breaks = breaksOf(notebook, facts);
  const outOfOrder = orderOf(cells);
  const insight = { cells: cells.length, reads, writes, numbers: latest(numbers), breaks, outOfOrder };
  return { ...insight, headline: headlineOf(insight) };
}

function filesOf(notebook: Notebook, facts: ProgramFacts, how: "reads" | "writes"): readonly FileUse[] {
  const found = new Map<string, FileUse>();
  for (const cell of notebook.cells) {
    for (const statement of facts.units[cell.index]?.statements ?? []) {
      for (const effect of statement.effects[how]) {
        const path = /^<file:(.+)>$/.exec(effect)?.[1];
        if (path !== undefined && path !== "*" && !found.has(path))
          found.set(path, { path, cell: cell.number });
      }
    }
  }
  return [...found.values()];
}

function kindOf(path: string): WrittenFile["kind"] {
  return models.test(path) ? "model" : plots.test(path) ? "plot" : data.test(path) ? "data" : "file";
}

/** Of a number printed in several cells the last one counts. */
function latest(numbers: readonly SavedNumber[]): readonly SavedNumber[] {
  return [...new Map(numbers.map((number) => [number.name, number])).values()];
}

function breaksOf(notebook: Notebook, facts: ProgramFacts): readonly Break[] {
  return facts.diagnostics.flatMap((diagnostic) => {
    const cell = notebook.cells[diagnostic.unit];
    if (cell === undefined || diagnostic.severity !== "error") return [];
    const message = breakMessage(notebook, cell, diagnostic);
    return message === undefined ? [] : [{ cell: cell.number, line: diagnostic.line, message }];
  });
}

function breakMessage(
  notebook: Notebook,
  cell: Cell,
  { code, name, madeBy, message }: Diagnostic,
): string | undefined {
  const here = `cell ${cell.number}`;
  if (code === "syntax-error") return `${here} is not valid Python: ${reasonIn(message)}`;
  if (code !== "undefined-name" || name === undefined) return undefined;
  const maker = madeBy === undefined ? undefined : notebook.cells[madeBy];
  if (maker === undefined) return `${here} needs ${name}, which no cell makes`;
  if (maker.index > cell.index) return `${here} needs ${name}, which only cell ${maker.number} makes`;
  return `${here} needs ${name}, which is gone or not made yet by then`;
}

/** What a parser's sentence adds to "not valid Python": the line itself, or the rule that was broken. */
function reasonIn(message: string): string {
  const lineOf = "Python cannot read this: ";
  if (message.startsWith(lineOf)) return message.slice(lineOf.length);
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`.replace(/\.$/, "");
}

/** The widest pair of cells that ran in the other order than they stand. */
function orderOf(cells: readonly Cell[]): NotebookInsight["outOfOrder"] {
  let highest: Cell | undefined;
  let found: { later: number; earlier: number; gap: number } | undefined;
  for (const cell of cells) {
    const count = cell.executionCount;
    if (count === undefined) continue;
    const before = highest?.executionCount ?? -1;
    if (highest !== undefined && before > count) {
      const gap = before - count;
      if (found === undefined || gap > found.gap)
        found = { later: cell.number, earlier: highest.number, gap };
    } else highest = cell;
  }
  return found && { later: found.later, earlier: found.earlier };
}

type Told = Omit<NotebookInsight, "headline">;

/** The one sentence most worth knowing: what breaks, else the order, else the results, else the files. */
function headlineOf({ cells, breaks, outOfOrder, numbers, reads, writes }: Told): string {
  const [first] = breaks;
  const count = `${cells} ${cells === 1 ? "cell" : "cells"}`;
  if (first !== undefined) return `${count} · breaks in a fresh run: ${first.message}`;
  if (outOfOrder !== undefined) {
    return `${count} · last run out of order (cell ${outOfOrder.later} before cell ${outOfOrder.earlier})`;
  }
  if (numbers.length > 0) {
    const shown = numbers.slice(-3).map(({ name, text }) => `${name} ${text}`);
    return `${count} · ${shown.join(", ")} in its saved output`;
  }
  const files = (uses: readonly FileUse[]): string =>
    uses.length === 1 ? (uses[0]?.path ?? "") : `${uses.length} files`;
  const parts = [
    ...(reads.length > 0 ? [`reads ${files(reads)}`] : []),
    ...(writes.length > 0 ? [`writes ${files(writes)}`] : []),
  ];
  return parts.length > 0 ? `${count} · ${parts.join(", ")}` : count;
}
