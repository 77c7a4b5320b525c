/** Where things are: our own Python files, the runtime, the command line, the cache. */
import { mkdir } from "node:fs/promises";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../../..");

export const scripts = path.join(import.meta.dirname, "python");
export const offline = path.join(scripts, "offline");
export const runtime = path.join(root, "src/runtime");
export const ownCases = path.join(root, "test/fixtures/conversions/small.json");

/** The command line as it is shipped; built before anything is measured. */
export const cli = path.join(root, "dist/cli.js");

/** Kept between runs; `CELLSMITH_BENCH_CACHE` puts it elsewhere. */
export async function cacheFolder(): Promise<string> {
  const folder = path.resolve(process.env.CELLSMITH_BENCH_CACHE ?? path.join(root, ".cache/bench"));
  await mkdir(folder, { recursive: true });
  return folder;
}

/** A variable set for every run of a notebook or of what was made of it: no network, and the time of day stands still. */
export const sealed = { PYTHONPATH: offline, MPLCONFIGDIR: "", LANG: "C.UTF-8" };
