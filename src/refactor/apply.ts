/**
 * Writes a conversion's files, all or none of them (`writeTogether.ts`), the lock last. What a person changed by hand is
 * merged or kept, never overwritten.
 */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import {
  hasConflictMarks,
  mendLock,
  parseLock,
  renderLock,
  sha256,
  type Lock,
  type LockFile,
} from "../pipeline/lock.ts";
import { parseManifest } from "../pipeline/manifest.ts";
import { Problem } from "../problem.ts";
import { mergeLines, mergeThreeWays, type MergeTexts, type Side } from "./merge.ts";
import type { PlannedFile } from "./model.ts";
import { codeOf, finishWriting, reasonOf, writeTogether, type Write } from "./writeTogether.ts";

const lockName = "pipeline.lock.json";
const manifestName = "pipeline.yaml";
const sharedName = "components/shared.py";

/** A file that both sides changed in the same lines, with all that is needed to settle it. */
export interface Conflict {
  readonly path: string;
  /** Empty where the file was never generated before. */
  readonly base: string;
  readonly mine: string;
  readonly theirs: string;
  /** `mine` with git's marks round what is to be settled. */
  readonly marked: string;
}

export interface Applied {
  /** Files that were written as generated. */
  readonly changed: readonly string[];
  /** Files whose hand-made changes were merged with the new text. */
  readonly merged: readonly string[];
  /** The texts of these as they were before. */
  readonly before: readonly PlannedFile[];
  /** Files that were left as they are, because both sides changed the same lines or the file is not ours. */
  readonly conflicts: readonly string[];
  /** The texts of those among them that can be settled in a merge. */
  readonly unsettled: readonly Conflict[];
  /** Files of steps that are no more. */
  readonly removed: readonly string[];
  /** Steps that changed in the notebook too, and were to stay as they are. */
  readonly held: readonly string[];
}

export interface ApplyOptions {
  /** False: refuse a folder that has anything in it. */
  readonly again: boolean;
  /** How texts are merged: by git where it may be started. Without it, by ourselves. */
  readonly merge?: MergeTexts | undefined;
  /** Whose lines are taken where both sides changed the same. Without it the file stays as it is. */
  readonly favor?: Side | undefined;
  /** The one step to bring up to date; others stay as they are as far as they still fit together. */
  readonly only?: string | undefined;
  /** Until the writing has begun, it can be called off. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * @param folder absolute path of the pipeline's folder.
 * @param files all files, with the lock among them.
 * @throws Problem when the folder cannot be written or may not be.
 */
export async function applyConversion(
  folder: string,
  files: readonly PlannedFile[],
  options: ApplyOptions,
): Promise<Applied> {
  await finishWriting(folder);
  const present = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw new Problem(`${folder} cannot be used: ${reasonOf(error)}`);
  });
  const lock = await readLock(folder, { mend: true });
  if (present.length > 0 && lock === undefined) {
    throw new Problem(`${folder} has other files in it; choose a new folder for the pipeline`);
  }
  if (present.length > 0 && !options.again) {
    throw new Problem(
      `${folder} is a pipeline already; --force converts again and keeps what was changed by hand`,
    );
  }
  const held = options.only === undefined ? [] : heldSteps(files, lock, options.only);
  const decided = await Promise.all(
    files
      .filter(({ path: name }) => name !== lockName && !held.some((step) => name === componentOf(step)))
      .map((file) => decide(folder, file, lock, options)),
  );
  const gone = await obsolete(folder, files, lock);
  const unsettled = decided.flatMap(({ conflict }) => (conflict === undefined ? [] : [conflict]));
  const conflicts = [...unsettled.map((conflict) => conflict.path), ...gone.edited];
  const writes: Write[] = decided.flatMap(({ file, present: before, text }) =>
    text === undefined || text === before ? [] : [{ path: file.path, present: before, text }],
  );
  writes.push(...gone.unedited.map(({ name, text }) => ({ path: name, present: text, text: undefined })));
  const newLock = files.find(({ path: name }) => name === lockName);
  if (newLock !== undefined) {
    const text = lockAfter(newLock.text, lock, [...conflicts, ...held.map(componentOf)]);
    const before = await readText(path.join(folder, lockName));
    if (before !== text) writes.push({ path: lockName, present: before, text });
  }
  options.signal?.throwIfAborted();
  await writeTogether(folder, writes);
  const named = (kind: Decision["kind"]): string[] =>
    decided.filter((entry) => entry.kind === kind).map(({ file }) => file.path);
  return {
    changed: named("write"),
    merged: named("merge"),
    before: decided.flatMap(({ kind, file, present: text }) =>
      kind === "merge" && text !== undefined ? [{ path: file.path, text }] : [],
    ),
    conflicts,
    unsettled,
    removed: gone.unedited.map(({ name }) => name),
    held,
  };
}

/**
 * Takes a settled text for a file that was in conflict: from now on what the notebook gave is its base, and its cells count
 * as carried over.
 * @param settled the text that is to stand there.
 * @param codeOfCell digest of a cell's code as it is in the notebook now; undefined where there is no such cell.
 * @throws Problem where the file is not what it was any more; then nothing was written.
 */
export async function settleConflict(
  folder: string,
  conflict: Conflict,
  settled: string,
  codeOfCell: (id: string) => string | undefined,
): Promise<void> {
  const lock = await readLock(folder);
  if (lock === undefined) throw new Problem(`${folder} is no pipeline any more: it has no ${lockName}`);
  const step = stepOf(conflict.path);
  const cells = Object.entries(lock.cells).map(([id, cell]) => {
    const now = step !== undefined && cell.to.includes(step) ? codeOfCell(id) : undefined;
    return [id, now === undefined ? cell : { ...cell, code: now }] as const;
  });
  const files = {
    ...lock.files,
    [conflict.path]: { sha256: sha256(conflict.theirs), base: conflict.theirs },
  };
  const text = renderLock({ ...lock, files, cells: Object.fromEntries(cells) });
  const before = await readText(path.join(folder, lockName));
  await writeTogether(folder, [
    { path: conflict.path, present: conflict.mine, text: settled },
    { path: lockName, present: before, text },
  ]);
}

/** Git has left both sides in a file, and nobody has said yet which is to stand. */
export class UnfinishedMerge extends Problem {
  /** Absolute path. */
  readonly file: string;
  /** From 1. */
  readonly line: number;

  constructor(file: string, name: string, line: number) {
    super(
      `${name} has the marks of a merge that was not finished, line ${line}; settle it there, then update again`,
    );
    this.file = file;
    this.line = line;
  }
}

interface Decision {
  readonly kind: "write" | "merge" | "keep" | "conflict";
  readonly file: PlannedFile;
  readonly present: string | undefined;
  /** What is to stand there; undefined: what does. */
  readonly text: string | undefined;
  readonly conflict?: Conflict;
}

async function decide(
  folder: string,
  file: PlannedFile,
  lock: Lock | undefined,
  { merge = mergeLines, favor }: ApplyOptions,
): Promise<Decision> {
  const present = await readText(path.join(folder, file.path));
  const about = { file, present };
  if (present === undefined) return { kind: "write", ...about, text: file.text };
  if (present === file.text) return { kind: "keep", ...about, text: undefined };
  if (hasConflictMarks(present)) {
    throw new UnfinishedMerge(path.join(folder, file.path), file.path, lineOfMark(present));
  }
  const known =
    lock !== undefined && Object.hasOwn(lock.files, file.path) ? lock.files[file.path] : undefined;
  if (known?.sha256 === sha256(present)) return { kind: "write", ...about, text: file.text };
  const input = { base: known?.base ?? "", mine: present, theirs: file.text };
  const merged = await mergeThreeWays(merge, input, known?.base === undefined ? undefined : favor);
  if (!merged.clean || known?.base === undefined) {
    const marked = merged.clean ? present : merged.marked;
    return { kind: "conflict", ...about, text: undefined, conflict: { path: file.path, ...input, marked } };
  }
  return merged.text === present
    ? { kind: "keep", ...about, text: undefined }
    : { kind: "merge", ...about, text: merged.text };
}

/** From 1. */
function lineOfMark(text: string): number {
  return text.split("\n").findIndex((line) => line.startsWith("<<<<<<<")) + 1;
}

function componentOf(step: string): string {
  return `components/${step}.py`;
}

function stepOf(file: string): string | undefined {
  return /^components\/(\w+)\.py$/u.exec(file)?.[1];
}

/**
 * Other steps whose component would change too, and that can stay: what they take and give is as it was, and nothing
 * they share with others moves. Where one of them cannot stay, all are brought up to date: half of them would not run.
 */
function heldSteps(files: readonly PlannedFile[], lock: Lock | undefined, only: string): readonly string[] {
  if (lock === undefined) return [];
  const changed = files.filter(({ path: name, text }) => {
    const known = Object.hasOwn(lock.files, name) ? lock.files[name] : undefined;
    return known?.base !== undefined && known.base !== text;
  });
  if (changed.some(({ path: name }) => name === sharedName)) return [];
  const before = stepsIn(lock.files[manifestName]?.base);
  const now = stepsIn(files.find(({ path: name }) => name === manifestName)?.text);
  const others = changed.flatMap(({ path: name }) => stepOf(name) ?? []).filter((step) => step !== only);
  const fit = others.every((step) => before[step] !== undefined && before[step] === now[step]);
  return fit ? others : [];
}

function stepsIn(manifest: string | undefined): Readonly<Record<string, string>> {
  const parsed = parseManifest(manifest ?? "");
  if ("problems" in parsed) return {};
  return Object.fromEntries(
    Object.entries(parsed.manifest.steps).map(([name, step]) => [name, JSON.stringify(step)]),
  );
}

/** Files of the last conversion that this one does not have. */
async function obsolete(
  folder: string,
  files: readonly PlannedFile[],
  lock: Lock | undefined,
): Promise<{ unedited: { name: string; text: string }[]; edited: string[] }> {
  const unedited: { name: string; text: string }[] = [];
  const edited: string[] = [];
  for (const [name, { sha256: digest }] of Object.entries(lock?.files ?? {})) {
    if (files.some((file) => file.path === name)) continue;
    const text = await readText(path.join(folder, name));
    if (text === undefined) continue;
    if (sha256(text) === digest) unedited.push({ name, text });
    else edited.push(name);
  }
  return { unedited, edited };
}

/**
 * A file left as it was keeps its entry, and its cells their old digests, so that `check` goes on telling of it. A file
 * that is no component stands for all cells.
 */
function lockAfter(text: string, before: Lock | undefined, left: readonly string[]): string {
  const parsed = parseLock(text);
  if (before === undefined || left.length === 0 || "reason" in parsed) return text;
  const { lock } = parsed;
  const steps = left.map(stepOf);
  const files = Object.fromEntries(
    Object.entries({ ...before.files, ...lock.files }).flatMap(([name, entry]): [string, LockFile][] => {
      if (left.includes(name)) {
        const old = before.files[name];
        return old === undefined ? [] : [[name, old]];
      }
      return Object.hasOwn(lock.files, name) ? [[name, entry]] : [];
    }),
  );
  const all = steps.includes(undefined);
  const cells = Object.fromEntries(
    Object.entries(lock.cells).map(([id, cell]) => {
      const old = before.cells[id];
      const behind = old !== undefined && (all || cell.to.some((step) => steps.includes(step)));
      return [id, behind ? { ...cell, code: old.code } : cell];
    }),
  );
  return renderLock({ ...lock, files, cells });
}

/**
 * Reads the lock of a pipeline's folder; undefined where there is none.
 * @param options.mend put the two sides of an unfinished merge together instead of complaining of it.
 * @throws Problem where it cannot be read.
 */
export async function readLock(
  folder: string,
  options: { readonly mend?: boolean } = {},
): Promise<Lock | undefined> {
  const text = await readText(path.join(folder, lockName));
  if (text === undefined) return undefined;
  const mended = options.mend === true && hasConflictMarks(text) ? mendLock(text) : undefined;
  if (mended !== undefined) return mended;
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
