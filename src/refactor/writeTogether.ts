/**
 * Writes several files so that all or none of them are there afterwards. A new folder is made beside its place and moved
 * there. In one that is there, everything is written to a scratch folder first, together with a list of the moves; from
 * then on a crash is made good by whoever writes there next, as long as nobody has touched the files since.
 */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { sha256 } from "../pipeline/lock.ts";
import { messageOf, Problem } from "../problem.ts";

/** What a file becomes; `text` undefined: it goes. `present` is what it is now; undefined: it is not there. */
export interface Write {
  /** POSIX path relative to the folder. */
  readonly path: string;
  readonly present: string | undefined;
  readonly text: string | undefined;
}

const movesName = "moves.json";
const prefix = ".writing-";
/** After so long a scratch folder without a list belongs to nobody. Milliseconds. */
const abandoned = 60_000;

const movesSchema = z.array(
  z.object({
    path: z.string(),
    /** Digest before and after; absent where there is no file. */
    before: z.string().optional(),
    after: z.string().optional(),
  }),
);
type Moves = z.infer<typeof movesSchema>;

/** @throws Problem where the folder cannot be written, or a file is not what it was any more; then nothing was written. */
export async function writeTogether(folder: string, writes: readonly Write[]): Promise<void> {
  if (writes.length === 0) return;
  try {
    if (await isThere(folder)) await writeInto(folder, writes);
    else await writeNew(folder, writes);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(`${folder} cannot be written: ${reasonOf(error)}`);
  }
}

/** Ends what a crash has left in a folder: to its end where the files are still as they were then, else not at all. */
export async function finishWriting(folder: string): Promise<void> {
  const entries = await readdir(folder).catch(() => []);
  for (const name of entries.filter((entry) => entry.startsWith(prefix))) {
    const scratch = path.join(folder, name);
    const moves = await readMoves(scratch);
    if (moves === undefined) {
      const made = await stat(scratch).catch(() => undefined);
      if (made !== undefined && Date.now() - made.mtimeMs < abandoned) continue;
    } else if ((await stateOf(folder, moves)).every((state) => state !== "other")) {
      await move(folder, scratch, moves);
    }
    await rm(scratch, { recursive: true, force: true });
  }
}

async function writeNew(folder: string, writes: readonly Write[]): Promise<void> {
  const made = await mkdir(path.dirname(folder), { recursive: true });
  const scratch = await mkdtemp(path.join(path.dirname(folder), prefix));
  try {
    for (const { path: name, text } of writes) {
      if (text === undefined) continue;
      await mkdir(path.dirname(path.join(scratch, name)), { recursive: true });
      await writeFile(path.join(scratch, name), text);
    }
    await rename(scratch, folder);
  } catch (error) {
    await rm(scratch, { recursive: true, force: true });
    if (made !== undefined) await rm(made, { recursive: true, force: true });
    throw error;
  }
}

async function writeInto(folder: string, writes: readonly Write[]): Promise<void> {
  const digest = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : sha256(text);
  const moves: Moves = writes.map(({ path: name, present, text }) => ({
    path: name,
    before: digest(present),
    after: digest(text),
  }));
  const scratch = await mkdtemp(path.join(folder, prefix));
  try {
    for (const [position, { text }] of writes.entries()) {
      if (text !== undefined) await writeFile(path.join(scratch, String(position)), text);
    }
    for (const { path: name } of writes)
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    const states = await stateOf(folder, moves);
    const changed = moves.find((_, position) => states[position] === "other");
    if (changed !== undefined) {
      throw new Problem(`${changed.path} was changed while it was being updated; nothing was written`);
    }
    await writeFile(path.join(scratch, "list"), JSON.stringify(moves));
    await rename(path.join(scratch, "list"), path.join(scratch, movesName));
    await move(folder, scratch, moves);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Every file is what it was before, is what it is to become, or is something else. */
async function stateOf(folder: string, moves: Moves): Promise<readonly ("before" | "after" | "other")[]> {
  return Promise.all(
    moves.map(async ({ path: name, before, after }) => {
      const bytes = await readFile(path.join(folder, name)).catch(() => undefined);
      const now = bytes === undefined ? undefined : sha256(bytes);
      return now === before ? "before" : now === after ? "after" : "other";
    }),
  );
}

async function move(folder: string, scratch: string, moves: Moves): Promise<void> {
  for (const [position, { path: name, after }] of moves.entries()) {
    if (after === undefined) {
      await rm(path.join(folder, name), { force: true });
      continue;
    }
    await rename(path.join(scratch, String(position)), path.join(folder, name)).catch((error: unknown) => {
      // Moved before the crash.
      if (codeOf(error) !== "ENOENT") throw error;
    });
  }
}

async function readMoves(scratch: string): Promise<Moves | undefined> {
  try {
    const parsed = movesSchema.safeParse(JSON.parse(await readFile(path.join(scratch, movesName), "utf8")));
    return parsed.data;
  } catch {
    return undefined;
  }
}

async function isThere(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === "ENOENT") return false;
      throw error;
    },
  );
}

export function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

/** Why a file or folder cannot be used, in a person's words. */
export function reasonOf(error: unknown): string {
  switch (codeOf(error)) {
    case "EACCES":
    case "EPERM":
      return "you have no permission to write there";
    case "EROFS":
    // What making folders in a folder that is there says on such a disk.
    case "ENOENT":
      return "it is on a disk that cannot be written";
    case "ENOSPC":
      return "the disk is full";
    case "ENOTDIR":
      return "a part of its path is a file";
    default:
      return messageOf(error);
  }
}
