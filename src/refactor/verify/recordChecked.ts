/** Writes into the lock what a check has shown, and for which files. */
import { readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { filesDigest, parseLock, renderLock, sha256, type Lock } from "../../pipeline/lock.ts";
import type { VerifyMode } from "./model.ts";

const place = { "in-process": "in one process", isolated: "step by step" } as const;

/**
 * Updates `checked`; all else in the lock stays as it is. What was shown about other files than those now in the
 * folder is forgotten.
 * @param folder the pipeline's folder.
 * @param interpreter Python and libraries it was checked with, in words.
 */
export async function recordChecked(
  folder: string,
  results: ReadonlyMap<VerifyMode, boolean>,
  interpreter: string,
): Promise<void> {
  const file = path.join(folder, "pipeline.lock.json");
  const text = await readFile(file, "utf8");
  const parsed = parseLock(text);
  if ("reason" in parsed) return;
  const digest = await currentDigest(folder, parsed.lock.files);
  const before = parsed.lock.checked;
  const known = before.digest === digest;
  const stateOf = (mode: VerifyMode): Lock["checked"]["step by step"] => {
    const same = results.get(mode);
    if (same !== undefined) return same ? "same" : "different";
    return known ? before[place[mode]] : "not checked";
  };
  const checked: Lock["checked"] = {
    "in one process": stateOf("in-process"),
    "step by step": stateOf("isolated"),
    with: interpreter,
    digest,
    "not compared": before["not compared"],
  };
  const next = renderLock({ ...parsed.lock, checked });
  if (next === text) return;
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, next);
  await rename(temporary, file);
}

/** The digest over the files as they are now, edited by hand or not. */
async function currentDigest(folder: string, files: Lock["files"]): Promise<string> {
  const now = await Promise.all(
    Object.keys(files).map(async (name) => {
      const bytes = await readFile(path.join(folder, name)).catch(() => undefined);
      return [name, { sha256: bytes === undefined ? "" : sha256(bytes) }] as const;
    }),
  );
  return filesDigest(Object.fromEntries(now));
}
