import { basename } from "node:path";
import type { NotebookResult } from "./model.ts";
import { readIpynb } from "./readIpynb.ts";
import { readPercent } from "./readPercent.ts";

/**
 * Reads a notebook's text: JSON for `.ipynb`, a `# %%` script for anything else.
 * `loadPythonParser()` must have been awaited. Never throws: a file that cannot be used is a reason in one sentence.
 */
export function parseNotebook(text: string, path: string): NotebookResult {
  const name = basename(path);
  return path.toLowerCase().endsWith(".ipynb") ? readIpynb(text, path, name) : readPercent(text, path, name);
}
