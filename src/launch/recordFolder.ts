import { access, mkdir, rm, writeFile } from "node:fs/promises";
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
    await access(workspace);
    await mkdir(path.join(folder, "artifacts"), { recursive: true });
    await writeFile(path.join(home, ".gitignore"), "*\n", { flag: "wx" }).catch((error: unknown) => {
      if (codeOf(error) !== "EEXIST") throw error;
    });
    return folder;
  } catch (error) {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    throw new Problem(cannotRecord(workspace, codeOf(error)));
  }
}

function cannotRecord(workspace: string, code: string): string {
  const place = path.join(workspace, ".cellsmith");
  switch (code) {
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `runs are recorded in ${place}, and that folder cannot be written: make it writable, or copy the project elsewhere`;
    case "ENOSPC":
      return `runs are recorded in ${place}, and the disk is full`;
    case "ENOTDIR":
    case "EEXIST":
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
