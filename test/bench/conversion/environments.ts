/** Python environments for the bench, made once and kept: one for the notebooks, one for each peer. */
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { lastLine, run } from "./processes.ts";

export type Installed = { readonly python: string } | { readonly missing: string };

/**
 * An environment with these packages, from the index that pip is configured for.
 * @param cache absolute; a finished environment there is used again while the packages are the same.
 */
export async function environment(
  cache: string,
  name: string,
  packages: readonly string[],
): Promise<Installed> {
  const folder = path.join(cache, "environments", name);
  const python = path.join(folder, "bin", "python");
  const mark = path.join(folder, `done-${packages.length}-${digestOf(packages)}`);
  if (existsSync(mark)) return { python };
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.dirname(folder), { recursive: true });
  let why = "there is no Python with venv";
  for (const base of bases()) {
    const made = await attempt([base, "-m", "venv", folder], cache);
    if (made !== undefined) {
      why = made;
      continue;
    }
    const pip = [python, "-m", "pip", "install", "--quiet", "--prefer-binary"] as const;
    const failed = await attempt([...pip, ...packages], cache);
    if (failed === undefined) {
      await writeFile(mark, "");
      return { python };
    }
    why = `${base}: ${failed}`;
    await rm(folder, { recursive: true, force: true });
  }
  return { missing: why };
}

/** Newer ones last: what a peer was written for comes first. */
function bases(): readonly string[] {
  const given = process.env.CELLSMITH_BENCH_PYTHON;
  return given === undefined ? ["python3.11", "python3", "python3.12", "python3.10"] : [given];
}

async function attempt(command: readonly [string, ...string[]], cwd: string): Promise<string | undefined> {
  try {
    const ended = await run(command, { cwd, seconds: 1800 });
    return ended.code === 0 ? undefined : lastLine(ended.stderr) || `ended with ${ended.code ?? "a signal"}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function digestOf(packages: readonly string[]): string {
  let hash = 0;
  for (const char of packages.join()) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) | 0;
  return (hash >>> 0).toString(36);
}
