/** Reads a notebook and says what there is to say about it without running anything. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { analyzeProgram } from "../../analysis/analyzeProgram.ts";
import { loadPythonParser } from "../../analysis/parser.ts";
import { describeNotebook } from "../../notebook/insight.ts";
import { toProgram } from "../../notebook/program.ts";
import { parseNotebook } from "../../notebook/readNotebook.ts";
import { messageOf } from "../../problem.ts";
import type { NotebookFacts } from "../views/notebookRows.ts";

/**
 * Never throws: a file that cannot be used is a reason in one sentence, and so is a failure of ours.
 * @param failed is told of the latter.
 */
export async function readNotebookFacts(
  file: string,
  failed: (error: unknown) => void,
): Promise<NotebookFacts> {
  try {
    return await understand(file);
  } catch (error) {
    failed(error);
    const reason = `${path.basename(file)} could not be understood: ${messageOf(error)}`;
    return { ok: false, path: file, reason };
  }
}

async function understand(file: string): Promise<NotebookFacts> {
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
  const insight = describeNotebook(read.notebook, analyzeProgram(toProgram(read.notebook).units));
  return { ok: true, path: file, notebook: read.notebook, insight };
}
