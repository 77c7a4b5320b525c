/** Where a conversion goes, and what it would do to what lies there. Looks at files, changes none. */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { type Lock, sha256 } from "../../pipeline/lock.ts";
import { parseManifest } from "../../pipeline/manifest.ts";
import { Problem } from "../../problem.ts";
import type { PlanView } from "../../protocol/planPage.ts";
import { readLock } from "../../refactor/apply.ts";
import type { PlannedFile } from "../../refactor/model.ts";
import { pipelineName } from "../../refactor/plan.ts";

export interface Target {
  /** Absolute path. */
  readonly folder: string;
  /** Set where this notebook was converted there before. */
  readonly lock: Lock | undefined;
}

/**
 * Where this notebook was converted to before, under whatever name; else `pipelines/<name>` of the workspace folder, with
 * a number behind it where that is taken by something else.
 */
export async function targetFor(workspace: string, notebook: string): Promise<Target> {
  const pipelines = path.join(workspace, "pipelines");
  for (const entry of (await entriesOf(pipelines)).toSorted()) {
    const folder = path.join(pipelines, entry);
    const lock = (await notebookOf(folder)) === notebook ? await lockOf(folder) : undefined;
    if (lock !== undefined) return { folder, lock };
  }
  const name = pipelineName(notebook);
  for (let count = 1; ; count += 1) {
    const folder = path.join(pipelines, count === 1 ? name : `${name}_${count}`);
    if ((await entriesOf(folder)).length === 0) return { folder, lock: undefined };
  }
}

/**
 * A folder of that name beside the one that was chosen.
 * @throws Problem where the name cannot be one, or is taken.
 */
export async function targetNamed({ folder }: Target, name: string): Promise<Target> {
  if (name === "" || pipelineName(`${name}.ipynb`) !== name) {
    throw new Problem(`A pipeline is a folder: “${name}” cannot be its name. Letters, digits and _ can.`);
  }
  const other = path.join(path.dirname(folder), name);
  if ((await entriesOf(other)).length > 0)
    throw new Problem(`There is a folder ${name} with something in it.`);
  return { folder: other, lock: undefined };
}

/** What writing would do to each file: `edited` ones were changed by hand and are merged or left as they are. */
export async function fileStates(
  { folder, lock }: Target,
  files: readonly PlannedFile[],
): Promise<PlanView["files"]> {
  return Promise.all(
    files.map(async (file): Promise<PlanView["files"][number]> => {
      const present = await textOf(path.join(folder, file.path));
      if (present === undefined) return { path: file.path, state: "new" };
      if (present === file.text) return { path: file.path, state: "same" };
      const known =
        lock !== undefined && Object.hasOwn(lock.files, file.path) ? lock.files[file.path] : undefined;
      const ours = file.path === "pipeline.lock.json" || known?.sha256 === sha256(present);
      return { path: file.path, state: ours ? "changed" : "edited" };
    }),
  );
}

async function entriesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // A file of that name is in the way as much as a folder with something in it.
    return code === "ENOENT" ? [] : ["?"];
  }
}

async function lockOf(folder: string): Promise<Lock | undefined> {
  try {
    return await readLock(folder);
  } catch {
    return undefined;
  }
}

async function notebookOf(folder: string): Promise<string | undefined> {
  const parsed = parseManifest((await textOf(path.join(folder, "pipeline.yaml"))) ?? "");
  if ("problems" in parsed || parsed.manifest.notebook === undefined) return undefined;
  return path.resolve(folder, parsed.manifest.notebook);
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch {
    return undefined;
  }
}
