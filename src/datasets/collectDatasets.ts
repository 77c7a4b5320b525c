/** Puts together the data files that notebooks name and runs used. Pure: touches no file. */
import path from "node:path";
import { isDataFile, isModelFile } from "../formats/fileKinds.ts";
import { locate, relativeTo, shortNames } from "../formats/location.ts";
import type { Run } from "../tracking/model.ts";
import type { CellUse, Dataset, DatasetVersion, KnownNotebook } from "./model.ts";

interface Draft {
  readonly path: string | undefined;
  readonly readBy: CellUse[];
  readonly writtenBy: CellUse[];
  readonly versions: Map<string, DatasetVersion>;
}

/**
 * @param folder absolute path of the workspace folder.
 * @param runs in any order.
 * @returns datasets by name.
 */
export function collectDatasets(
  folder: string,
  notebooks: readonly KnownNotebook[],
  runs: readonly Run[],
): readonly Dataset[] {
  const drafts = new Map<string, Draft>();
  const draftOf = (key: string, file: string | undefined): Draft => {
    const known = drafts.get(key);
    if (known !== undefined) return known;
    const draft: Draft = { path: file, readBy: [], writtenBy: [], versions: new Map() };
    drafts.set(key, draft);
    return draft;
  };

  for (const { path: notebook, insight } of notebooks) {
    const draftAt = (text: string): Draft => {
      const location = locate(path.dirname(notebook), text);
      return location.kind === "url"
        ? draftOf(location.url, undefined)
        : draftOf(location.path, location.path);
    };
    for (const use of insight.reads.filter((read) => !isModelFile(read.path))) {
      draftAt(use.path).readBy.push({ notebook, cell: use.cell });
    }
    for (const use of insight.writes.filter((write) => write.kind === "data")) {
      draftAt(use.path).writtenBy.push({ notebook, cell: use.cell });
    }
  }

  for (const run of runs.toSorted((a, b) => a.started - b.started)) {
    for (const input of run.inputs) {
      if (!isInput(input.path, run)) continue;
      addVersion(draftOf(input.path, input.path).versions, "usedBy", run, input);
    }
    for (const artifact of run.artifacts) {
      if (artifact.kind !== "file" || !isDataFile(artifact.path) || isInRunFolder(artifact.path)) continue;
      addVersion(draftOf(artifact.path, artifact.path).versions, "writtenBy", run, artifact);
    }
  }

  const keys = [...drafts.keys()];
  const names = shortNames(keys);
  return [...drafts.values()]
    .map((draft, at) => ({
      ...draft,
      name: names[at] ?? "",
      source: draft.path === undefined ? (keys[at] ?? "") : relativeTo(folder, draft.path),
      versions: [...draft.versions.values()].toSorted((a, b) => b.created - a.created),
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name, "en"));
}

/** Code, models and the target itself are read too, and are no data. */
function isInput(file: string, run: Run): boolean {
  return (
    file !== run.target.path &&
    !isModelFile(file) &&
    !/\.(py|ipynb)$/.test(file) &&
    !/[\\/]pipeline\.(yaml|lock\.json)$/.test(file)
  );
}

function isInRunFolder(file: string): boolean {
  return file.split(/[\\/]/).includes(".cellsmith");
}

function addVersion(
  versions: Map<string, DatasetVersion>,
  role: "usedBy" | "writtenBy",
  run: Run,
  { digest, size }: { readonly digest: string | undefined; readonly size: number | undefined },
): void {
  if (digest === undefined) return;
  const known = versions.get(digest) ?? { digest, created: run.started, size, usedBy: [], writtenBy: [] };
  if (known[role].includes(run)) return;
  versions.set(digest, { ...known, size: known.size ?? size, [role]: [run, ...known[role]] });
}
