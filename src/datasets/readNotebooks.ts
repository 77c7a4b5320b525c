/** Reads the notebooks of a workspace and asks what can be said about each. Runs nothing. */
import { readFile } from "node:fs/promises";
import type { Notebook, NotebookInsight } from "../notebook/model.ts";
import { parseNotebook } from "../notebook/readNotebook.ts";
import { messageOf } from "../problem.ts";
import type { KnownNotebook } from "./model.ts";

export interface NotebooksRead {
  readonly notebooks: readonly KnownNotebook[];
  /** Notebooks that cannot be used, each with one sentence. */
  readonly broken: readonly { readonly path: string; readonly reason: string }[];
}

/**
 * @param paths absolute paths.
 * @param understand says what a notebook reads, writes and breaks; the Python parser must be loaded if it needs it.
 */
export async function readNotebooks(
  paths: readonly string[],
  understand: (notebook: Notebook) => NotebookInsight,
  signal?: AbortSignal,
): Promise<NotebooksRead> {
  const notebooks: KnownNotebook[] = [];
  const broken: { path: string; reason: string }[] = [];
  // One after the other: understanding a notebook keeps the processor busy, reading ahead would only hold memory.
  for (const path of paths) {
    signal?.throwIfAborted();
    const result = await read(path);
    if (result.ok) notebooks.push({ path, insight: understand(result.notebook) });
    else broken.push({ path, reason: result.reason });
  }
  return { notebooks, broken };
}

async function read(path: string): Promise<ReturnType<typeof parseNotebook>> {
  try {
    return parseNotebook(await readFile(path, "utf8"), path);
  } catch (error) {
    return { ok: false, reason: messageOf(error) };
  }
}
