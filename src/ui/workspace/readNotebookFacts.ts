/** Reads a notebook and says what there is to say about it without running anything. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { loadPythonParser } from "../../analysis/parser.ts";
import type { NotebookInsight } from "../../notebook/model.ts";
import { parseNotebook } from "../../notebook/readNotebook.ts";
import type { NotebookFacts } from "../views/notebookRows.ts";

/** Never throws: a file that cannot be used is a reason in one sentence. */
export async function readNotebookFacts(file: string): Promise<NotebookFacts> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    return { ok: false, path: file, reason: `${path.basename(file)} cannot be read (${code})` };
  }
  await loadPythonParser();
  const read = parseNotebook(text, file);
  if (!read.ok) return { ok: false, path: file, reason: read.reason };
  const insight: NotebookInsight = {
    cells: read.notebook.cells.length,
    reads: [],
    writes: [],
    numbers: [],
    breaks: [],
    outOfOrder: undefined,
    headline: `${read.notebook.cells.length} cells`,
  };
  return { ok: true, path: file, notebook: read.notebook, insight };
}
