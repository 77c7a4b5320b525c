/** Where a run failed, as Python writes places: `(train.py, line 12)`, `(churn.ipynb, cell 3, line 1)`. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { loadPythonParser } from "../analysis/parser.ts";
import { relativeTo } from "../formats/location.ts";
import { parseNotebook } from "../notebook/readNotebook.ts";
import type { Run } from "../tracking/model.ts";

/** "" where the place is not known, or the message says it or does not need it. */
export async function failurePlace({ failure, target }: Run): Promise<string> {
  const source = failure?.source;
  if (failure === undefined || source === undefined) return "";
  const saysIt = /\([^()]+, line \d+\)$/.test(failure.message);
  if (saysIt || failure.message.includes(" is not installed for ")) return "";
  const base = target.kind === "pipeline" ? target.path : path.dirname(target.path);
  const cell = source.cell === undefined ? undefined : await cellNumber(source.file, source.cell);
  const parts = [
    relativeTo(base, source.file),
    ...(cell === undefined ? [] : [`cell ${cell}`]),
    ...(source.line === undefined || (source.cell !== undefined && cell === undefined)
      ? []
      : [`line ${source.line}`]),
  ];
  return `(${parts.join(", ")})`;
}

/** The cell's position among all cells, from 1; undefined where the notebook no longer has it. */
async function cellNumber(notebook: string, id: string): Promise<number | undefined> {
  const text = await readFile(notebook, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  await loadPythonParser();
  const read = parseNotebook(text, notebook);
  return read.ok ? read.notebook.cells.find((cell) => cell.id === id)?.number : undefined;
}
