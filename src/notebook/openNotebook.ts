import { readFile } from "node:fs/promises";
import path from "node:path";
import { loadPythonParser } from "../analysis/parser.ts";
import { messageOf, Problem } from "../problem.ts";
import type { Notebook } from "./model.ts";
import { parseNotebook } from "./readNotebook.ts";

/** Reads a notebook's file; what is wrong with it is a Problem in one sentence. */
export async function openNotebook(file: string): Promise<Notebook> {
  await loadPythonParser();
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") throw new Problem(`there is no file ${file}`);
    throw new Problem(
      code === "EISDIR"
        ? `${file} is a folder, not a notebook`
        : `${file} cannot be read: ${messageOf(error)}`,
    );
  }
  const result = parseNotebook(text, path.resolve(file));
  if (!result.ok) throw new Problem(result.reason);
  if (result.notebook.language !== "python") {
    throw new Problem(
      `${path.basename(file)} is a notebook in ${result.notebook.language}; only Python can be converted`,
    );
  }
  return result.notebook;
}
