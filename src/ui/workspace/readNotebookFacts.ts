/** Reads a notebook and says what there is to say about it without running anything. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { analyzeProgram, type TreeCache } from "../../analysis/analyzeProgram.ts";
import { loadPythonParser } from "../../analysis/parser.ts";
import { describeNotebook } from "../../notebook/insight.ts";
import { findProblems } from "../../notebook/problems/findProblems.ts";
import { toProgram } from "../../notebook/program.ts";
import { parseNotebook } from "../../notebook/readNotebook.ts";
import { messageOf } from "../../problem.ts";
import type { NotebookFacts } from "../views/notebookRows.ts";

/**
 * Never throws: a file that cannot be used is a reason in one sentence, and so is a failure of ours.
 * @param failed is told of the latter.
 * @param wanted which kinds of problems the user wants to hear of.
 */
export async function readNotebookFacts(
  file: string,
  failed: (error: unknown) => void,
  wanted: (code: string) => boolean = () => true,
): Promise<NotebookFacts> {
  try {
    return await understand(file, wanted);
  } catch (error) {
    failed(error);
    const reason = `${path.basename(file)} could not be understood: ${messageOf(error)}`;
    return { ok: false, path: file, reason };
  }
}

async function understand(file: string, wanted: (code: string) => boolean): Promise<NotebookFacts> {
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
  const { cells, units } = toProgram(read.notebook);
  const trees: TreeCache = new Map();
  const facts = analyzeProgram(units, trees);
  const insight = describeNotebook(read.notebook, facts);
  const problems = findProblems(read.notebook, cells, facts, trees).filter(({ code }) => wanted(code));
  return { ok: true, path: file, notebook: read.notebook, insight, problems };
}
