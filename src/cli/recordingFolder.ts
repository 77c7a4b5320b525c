import { existsSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { Problem } from "../problem.ts";

/**
 * The folder whose `.cellsmith` a run is recorded in: where there is one already, at or above the target; else the
 * current folder, when the target lies in it and in no repository below it; else the repository or folder of the target.
 * What lies above the repository, or without one above the folder that holds both target and current folder, is
 * somebody else's: nothing is written there.
 * @param store what `--store` says: that folder itself, or its `.cellsmith`.
 */
export function recordingFolder(target: string, store: string | undefined, cwd = process.cwd()): string {
  if (store !== undefined) return storeFolder(store, cwd);
  const start = existsSync(target) && statSync(target).isDirectory() ? target : path.dirname(target);
  const repository = nearest(start, ".git");
  const limit = repository ?? sharedFolder(start, cwd);
  const known = nearest(start, ".cellsmith/runs", limit);
  if (known !== undefined) return known;
  const isCurrent = isInside(start, cwd) && isInside(cwd, repository ?? cwd) && !isNobodys(cwd);
  return isCurrent ? cwd : (repository ?? start);
}

/** The folder whose runs are to be read: `--store`, else the nearest with runs at or above the current folder, else that. */
export function readingFolder(store: string | undefined, cwd = process.cwd()): string {
  if (store !== undefined) return storeFolder(store, cwd);
  return nearest(cwd, ".cellsmith/runs") ?? cwd;
}

function storeFolder(store: string, cwd: string): string {
  const folder = path.resolve(cwd, store.replace(/^cellsmith:/, ""));
  if (/^[a-z][a-z+]+:/i.test(store.replace(/^cellsmith:/, ""))) {
    throw new Problem(`--store ${store}: only a folder can be given here, its runs are in .cellsmith`);
  }
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new Problem(`--store ${store}: there is no folder ${folder}`);
  }
  return path.basename(folder) === ".cellsmith" ? path.dirname(folder) : folder;
}

/** Looks no further up than `limit`. */
function nearest(start: string, mark: string, limit?: string): string | undefined {
  for (let at = start; !isNobodys(at); at = path.dirname(at)) {
    if (existsSync(path.join(at, mark))) return at;
    if (at === limit) return undefined;
  }
  return undefined;
}

/** What lies in the home, the temporary folder or the root belongs to no project. */
function isNobodys(folder: string): boolean {
  return folder === homedir() || folder === tmpdir() || path.dirname(folder) === folder;
}

function sharedFolder(a: string, b: string): string {
  let at = a;
  while (!isInside(b, at)) at = path.dirname(at);
  return at;
}

/** Also for the folder itself. */
function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative.split(path.sep)[0] !== ".." && !path.isAbsolute(relative);
}
