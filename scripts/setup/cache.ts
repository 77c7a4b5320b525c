import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where things too big for the repository are kept between runs. `npm ci` and `git clean` do not reach it. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CACHE_HOME;
  return join(base === undefined || base === "" ? join(homedir(), ".cache") : base, "cellsmith");
}

/**
 * A folder of the cache, made once. `make` fills a folder under a temporary name, which gets its own name only when complete: a
 * half-made one never counts. `name` must tell versions apart. Two at once both work; the first to finish stays.
 */
export async function madeOnce(
  name: string,
  make: (folder: string) => Promise<void>,
  cache = cacheFolder(),
): Promise<string> {
  const finished = join(cache, name);
  if (existsSync(finished)) return finished;
  await mkdir(cache, { recursive: true });
  const unfinished = await mkdtemp(join(cache, `.${name}-`));
  try {
    await make(unfinished);
    await rename(unfinished, finished);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(finished)) throw error;
  }
  return finished;
}
