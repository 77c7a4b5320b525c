/**
 * Writes a conversion's files. All are written beside their places first and then moved, the lock last, so that nothing
 * half-written stays behind. What a person changed by hand is merged or kept, never overwritten.
 */
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseLock, renderLock, sha256, unpackText, type Lock, type LockFile } from "../pipeline/lock.ts";
import { messageOf, Problem } from "../problem.ts";
import { mergeTexts } from "./merge.ts";
import type { PlannedFile } from "./model.ts";

const lockName = "pipeline.lock.json";

export interface Applied {
  /** Files that were written as generated. */
  readonly changed: readonly string[];
  /** Files whose hand-made changes were merged with the new text. */
  readonly merged: readonly string[];
  /** Files that were left as they are, because both sides changed the same lines or the file is not ours. */
  readonly conflicts: readonly string[];
  /** Files of steps that are no more. */
  readonly removed: readonly string[];
}

/**
 * @param folder absolute path of the pipeline's folder.
 * @param files all files, with the lock among them.
 * @param options.again false: refuse a folder that has anything in it.
 * @throws Problem when the folder cannot be written or may not be.
 */
export async function applyConversion(
  folder: string,
  files: readonly PlannedFile[],
  options: { readonly again: boolean },
): Promise<Applied> {
  const present = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw new Problem(`${folder} cannot be used: ${reasonOf(error)}`);
  });
  const lock = await readLock(folder);
  if (present.length > 0 && lock === undefined) {
    throw new Problem(`${folder} has other files in it; choose a new folder for the pipeline`);
  }
  if (present.length > 0 && !options.again) {
    throw new Problem(
      `${folder} is a pipeline already; --force converts again and keeps what was changed by hand`,
    );
  }
  const decided = await Promise.all(
    files.filter(({ path: name }) => name !== lockName).map((file) => decide(folder, file, lock)),
  );
  const gone = await obsolete(folder, files, lock);
  const conflicts = [
    ...decided.filter(({ kind }) => kind === "conflict").map(({ file }) => file.path),
    ...gone.edited,
  ];
  const writes = decided.flatMap(({ kind, file, text }) =>
    kind === "write" || kind === "merge" ? [{ path: file.path, text }] : [],
  );
  const newLock = files.find(({ path: name }) => name === lockName);
  if (newLock !== undefined) writes.push({ path: lockName, text: lockAfter(newLock.text, lock, conflicts) });
  await writeAll(folder, writes);
  for (const name of gone.unedited) await rm(path.join(folder, name), { force: true });
  const named = (kind: Decision["kind"]): string[] =>
    decided.filter((entry) => entry.kind === kind).map(({ file }) => file.path);
  return { changed: named("write"), merged: named("merge"), conflicts, removed: gone.unedited };
}

interface Decision {
  readonly kind: "write" | "merge" | "keep" | "conflict";
  readonly file: PlannedFile;
  readonly text: string;
}

async function decide(folder: string, file: PlannedFile, lock: Lock | undefined): Promise<Decision> {
  const present = await readText(path.join(folder, file.path));
  if (present === undefined) return { kind: "write", file, text: file.text };
  if (present === file.text) return { kind: "keep", file, text: present };
  const known =
    lock !== undefined && Object.hasOwn(lock.files, file.path) ? lock.files[file.path] : undefined;
  if (known === undefined) return { kind: "conflict", file, text: present };
  if (sha256(present) === known.sha256) return { kind: "write", file, text: file.text };
  const base = known.base === undefined ? undefined : unpackText(known.base);
  if (base === undefined) return { kind: "conflict", file, text: present };
  const merge = mergeTexts(base, present, file.text);
  if (!merge.clean) return { kind: "conflict", file, text: present };
  return { kind: merge.text === present ? "keep" : "merge", file, text: merge.text };
}

/** Files of the last conversion that this one does not have. */
async function obsolete(
  folder: string,
  files: readonly PlannedFile[],
  lock: Lock | undefined,
): Promise<{ unedited: string[]; edited: string[] }> {
  const unedited: string[] = [];
  const edited: string[] = [];
  for (const [name, { sha256: digest }] of Object.entries(lock?.files ?? {})) {
    if (files.some((file) => file.path === name)) continue;
    const present = await readText(path.join(folder, name));
    if (present === undefined) continue;
    (sha256(present) === digest ? unedited : edited).push(name);
  }
  return { unedited, edited };
}

/** A file left as it was keeps its entry, and its cells their old digests, so that `check` goes on telling of it. */
function lockAfter(text: string, before: Lock | undefined, conflicts: readonly string[]): string {
  const parsed = parseLock(text);
  if (before === undefined || conflicts.length === 0 || "reason" in parsed) return text;
  const { lock } = parsed;
  const steps = conflicts.flatMap((name) => /^components\/(\w+)\.py$/.exec(name)?.[1] ?? []);
  const files = Object.fromEntries(
    Object.entries({ ...before.files, ...lock.files }).flatMap(([name, entry]): [string, LockFile][] => {
      if (conflicts.includes(name)) {
        const old = before.files[name];
        return old === undefined ? [] : [[name, old]];
      }
      return Object.hasOwn(lock.files, name) ? [[name, entry]] : [];
    }),
  );
  const cells = Object.fromEntries(
    Object.entries(lock.cells).map(([id, cell]) => {
      const old = before.cells[id];
      const behind = old !== undefined && cell.to.some((step) => steps.includes(step));
      return [id, behind ? { ...cell, code: old.code } : cell];
    }),
  );
  return renderLock({ ...lock, files, cells });
}

/** Reads the lock of a pipeline's folder; undefined where there is none. */
export async function readLock(folder: string): Promise<Lock | undefined> {
  const text = await readText(path.join(folder, lockName));
  if (text === undefined) return undefined;
  const parsed = parseLock(text);
  if ("reason" in parsed) throw new Problem(`${path.join(folder, lockName)}: ${parsed.reason}`);
  return parsed.lock;
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw new Problem(`${file} cannot be read: ${reasonOf(error)}`);
  }
}

async function writeAll(folder: string, files: readonly PlannedFile[]): Promise<void> {
  let scratch: string | undefined;
  const made: string[] = [];
  try {
    const first = await mkdir(folder, { recursive: true });
    if (first !== undefined) made.push(first);
    scratch = await mkdtemp(path.join(folder, ".writing-"));
    for (const [position, file] of files.entries()) {
      await writeFile(path.join(scratch, String(position)), file.text);
      await mkdir(path.dirname(path.join(folder, file.path)), { recursive: true });
    }
    for (const [position, file] of files.entries()) {
      await rename(path.join(scratch, String(position)), path.join(folder, file.path));
    }
  } catch (error) {
    for (const name of made) await rm(name, { recursive: true, force: true });
    throw new Problem(`${folder} cannot be written: ${reasonOf(error)}`);
  } finally {
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function reasonOf(error: unknown): string {
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
