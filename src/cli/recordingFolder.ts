import { existsSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import { Problem } from "../problem.ts";

/**
 * The folder whose `.cellsmith` a run is recorded in: where there is one already, at or above the target; else the
 * current folder, when the target lies in it; else the repository or folder that the target lies in.
 * @param store what `--store` says: that folder itself, or its `.cellsmith`.
 */
export function recordingFolder(target: string, store: string | undefined, cwd = process.cwd()): string {
  if (store !== undefined) return storeFolder(store, cwd);
  const start = existsSync(target) && statSync(target).isDirectory() ? target : path.dirname(target);
  const isInside = !path.relative(cwd, start).startsWith("..") && !path.isAbsolute(path.relative(cwd, start));
  return nearest(start, ".cellsmith/runs") ?? (isInside ? cwd : (nearest(start, ".git") ?? start));
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

/** Stops below the home and the temporary folder: what lies there belongs to no project. */
function nearest(start: string, mark: string): string | undefined {
  for (let at = start; at !== homedir() && at !== tmpdir(); at = path.dirname(at)) {
    if (existsSync(path.join(at, mark))) return at;
    if (path.dirname(at) === at) return undefined;
  }
  return undefined;
}
