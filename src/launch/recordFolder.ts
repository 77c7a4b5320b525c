import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { Problem } from "../problem.ts";

/** Where a run of this id is recorded, made or not. */
export function runFolderOf(workspace: string, id: string): string {
  return path.join(workspace, ".cellsmith", "runs", id);
}

/**
 * Makes a run's folder, and on the first run `.cellsmith` around it, which git is told to pass over.
 * @returns its absolute path.
 * @throws Problem when nothing can be written there.
 */
export async function makeRunFolder(workspace: string, id: string): Promise<string> {
  const home = path.join(workspace, ".cellsmith");
  const folder = runFolderOf(workspace, id);
  try {
    // One by one: made in one go, a disk that cannot be written is reported as a folder that is not there.
    for (const place of [home, path.dirname(folder), folder, path.join(folder, "artifacts")]) {
      await unlessThere(mkdir(place));
    }
    await unlessThere(writeFile(path.join(home, ".gitignore"), "*\n", { flag: "wx" }));
    return folder;
  } catch (error) {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    const code = codeOf(error);
    // Some file systems say so of what they do not let be made.
    throw new Problem(cannotRecord(workspace, code === "ENOENT" && existsSync(workspace) ? "EPERM" : code));
  }
}

async function unlessThere(making: Promise<unknown>): Promise<void> {
  try {
    await making;
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
  }
}

function cannotRecord(workspace: string, code: string): string {
  const place = path.join(workspace, ".cellsmith");
  switch (code) {
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `runs are recorded in ${place}, which cannot be written: make it writable, or choose another folder (--store)`;
    case "ENOSPC":
      return `runs are recorded in ${place}, and the disk is full`;
    case "ENOTDIR":
      return `runs are recorded in ${place}, and that is a file: rename it`;
    case "ENOENT":
      return `runs are recorded in ${place}, and the folder ${workspace} is not there`;
    default:
      return `runs are recorded in ${place}, and that failed (${code})`;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
