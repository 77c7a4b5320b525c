/**
 * Merges that wait for a person. Each has a file of its own in `.cellsmith/merging`, which the merge editor writes to, and
 * beside it what is needed to settle it: so the component stays as it was until the merge is done, and a window that is
 * closed in between loses nothing. Knows no editor.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { hasConflictMarks } from "../../pipeline/lock.ts";
import { settleConflict, type Conflict } from "../../refactor/apply.ts";

const recordSchema = z.object({
  /** Absolute path of the pipeline's folder. */
  folder: z.string(),
  /** Name of the notebook's file. */
  notebook: z.string(),
  conflict: z.object({
    path: z.string(),
    base: z.string(),
    mine: z.string(),
    theirs: z.string(),
    marked: z.string(),
  }),
  /** Digests of the notebook's cells, by id, at the time of the update. */
  cells: z.record(z.string(), z.string()),
});

export type PendingMerge = z.infer<typeof recordSchema>;

/** Where the merge editor writes the result of a file. */
export function resultFileOf(workspace: string, folder: string, file: string): string {
  return path.join(workspace, ".cellsmith", "merging", path.relative(workspace, folder), file);
}

/**
 * Makes the files of a merge. One that waits already for the same texts is left as it is: somebody may have begun.
 * @returns absolute path of the result.
 */
export async function keepPending(workspace: string, pending: PendingMerge): Promise<string> {
  const result = resultFileOf(workspace, pending.folder, pending.conflict.path);
  const known = await pendingAt(result);
  if (known !== undefined && same(known.conflict, pending.conflict)) return result;
  await mkdir(path.dirname(result), { recursive: true });
  await writeFile(path.join(workspace, ".cellsmith", ".gitignore"), "*\n", { flag: "wx" }).catch(
    () => undefined,
  );
  await writeFile(recordOf(result), JSON.stringify(pending));
  await writeFile(result, pending.conflict.marked);
  return result;
}

/** The merge whose result is that file; undefined where there is none. */
export async function pendingAt(result: string): Promise<PendingMerge | undefined> {
  try {
    return recordSchema.safeParse(JSON.parse(await readFile(recordOf(result), "utf8"))).data;
  } catch {
    return undefined;
  }
}

/**
 * Takes a result into the pipeline, unless nothing was decided yet.
 * @returns whether it was taken.
 * @throws Problem where the component is not what it was any more.
 */
export async function settlePending(result: string): Promise<boolean> {
  const pending = await pendingAt(result);
  if (pending === undefined) return false;
  const text = await readFile(result, "utf8").catch(() => undefined);
  if (text === undefined || hasConflictMarks(text)) return false;
  await settleConflict(pending.folder, pending.conflict, text, (id) => pending.cells[id]);
  await rm(result, { force: true });
  await rm(recordOf(result), { force: true });
  return true;
}

function recordOf(result: string): string {
  return `${result}.merge.json`;
}

function same(a: Conflict, b: Conflict): boolean {
  return a.base === b.base && a.mine === b.mine && a.theirs === b.theirs;
}
