/** Where a conversion goes, and what it would do to what lies there. Looks at files, changes none. */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { type Lock, sha256 } from "../../pipeline/lock.ts";
import { parseManifest } from "../../pipeline/manifest.ts";
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

/** `pipelines/<name>` of the workspace folder; with a number behind it where that is taken by something else. */
export async function targetFor(workspace: string, notebook: string): Promise<Target> {
  const name = pipelineName(notebook);
  for (let count = 1; ; count += 1) {
    const folder = path.join(workspace, "pipelines", count === 1 ? name : `${name}-${count}`);
    if ((await entriesOf(folder)).length === 0) return { folder, lock: undefined };
    const lock = await lockOf(folder);
    if (lock !== undefined && (await notebookOf(folder)) === notebook) return { folder, lock };
  }
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
