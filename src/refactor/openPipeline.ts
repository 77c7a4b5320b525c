/** The files of a pipeline that a re-conversion starts from: its manifest, its lock, the notebook it was made from. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Notebook } from "../notebook/model.ts";
import { openNotebook } from "../notebook/openNotebook.ts";
import { hasConflictMarks, type Lock } from "../pipeline/lock.ts";
import { parseManifest } from "../pipeline/manifest.ts";
import { Problem } from "../problem.ts";
import { readLock } from "./apply.ts";

export interface OpenPipeline {
  readonly lock: Lock;
  readonly notebook: Notebook;
  readonly name: string;
}

/**
 * @param options.mend take a lock with the marks of an unfinished merge for what both its sides say together.
 * @throws Problem in one sentence, where something of it is missing or cannot be read.
 */
export async function openPipeline(
  folder: string,
  options: { readonly mend?: boolean } = {},
): Promise<OpenPipeline> {
  const lock = await readLock(folder, options);
  if (lock === undefined) throw new Problem(`${folder} is no pipeline: it has no pipeline.lock.json`);
  const file = path.join(folder, "pipeline.yaml");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) throw new Problem(`${folder} is no pipeline: it has no pipeline.yaml`);
  if (hasConflictMarks(text)) {
    throw new Problem(`${file} has the marks of a merge that was not finished; settle it there first`);
  }
  const parsed = parseManifest(text);
  if ("problems" in parsed) {
    const [{ line, column, message }] = parsed.problems;
    throw new Problem(`${file}:${line}:${column}: ${message}`);
  }
  const { notebook, name } = parsed.manifest;
  if (notebook === undefined) throw new Problem(`${file} names no notebook`);
  return { lock, notebook: await openNotebook(path.resolve(folder, notebook)), name };
}
