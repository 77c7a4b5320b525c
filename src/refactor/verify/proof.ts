/** For what a check's outcome in the lock holds: the pipeline's files and the notebook's cells as they were then. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { codeDigest } from "../../notebook/codeDigest.ts";
import type { Notebook } from "../../notebook/model.ts";
import { filesDigest, sha256, type Lock } from "../../pipeline/lock.ts";

/** The digest over the files as they are now, edited by hand or not. @param folder the pipeline's. */
export async function currentDigest(folder: string, files: Lock["files"]): Promise<string> {
  const now = await Promise.all(
    Object.keys(files).map(async (name) => {
      const bytes = await readFile(path.join(folder, name)).catch(() => undefined);
      return [name, { sha256: bytes === undefined ? "" : sha256(bytes) }] as const;
    }),
  );
  return filesDigest(Object.fromEntries(now));
}

/** Over the code of all cells in their order; comments and layout do not count. */
export function cellsDigest(notebook: Notebook): string {
  return sha256(notebook.cells.map(({ source }) => `${codeDigest(source)}\n`).join(""));
}

/** Whether what the lock says of a check is about these files and these cells. */
export async function proofHolds(folder: string, lock: Lock, notebook: Notebook): Promise<boolean> {
  const { digest, cells } = lock.checked;
  if (cells !== undefined && cells !== cellsDigest(notebook)) return false;
  return digest === (await currentDigest(folder, lock.files));
}
