/** Puts together the models that notebooks write and runs wrote. Pure: touches no file and never loads a model. */
import path from "node:path";
import { isModelFile } from "../formats/fileKinds.ts";
import { locate, relativeTo, shortNames } from "../formats/location.ts";
import type { Artifact, Run } from "../tracking/model.ts";
import type { CellUse, KnownNotebook, Model } from "./model.ts";

interface Draft {
  readonly path: string | undefined;
  readonly readBy: CellUse[];
  readonly writtenBy: CellUse[];
  /** Oldest run first. */
  readonly written: { readonly run: Run; readonly artifact: Artifact }[];
}

/**
 * @param folder absolute path of the workspace folder.
 * @param runs in any order.
 * @returns models by name.
 */
export function collectModels(
  folder: string,
  notebooks: readonly KnownNotebook[],
  runs: readonly Run[],
): readonly Model[] {
  const drafts = new Map<string, Draft>();
  const draftOf = (key: string, file: string | undefined): Draft => {
    const known = drafts.get(key);
    if (known !== undefined) return known;
    const draft: Draft = { path: file, readBy: [], writtenBy: [], written: [] };
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
    for (const use of insight.writes.filter((write) => write.kind === "model")) {
      draftAt(use.path).writtenBy.push({ notebook, cell: use.cell });
    }
    for (const use of insight.reads.filter((read) => isModelFile(read.path))) {
      draftAt(use.path).readBy.push({ notebook, cell: use.cell });
    }
  }

  for (const run of runs.toSorted((a, b) => a.started - b.started)) {
    for (const artifact of run.artifacts.filter(({ kind }) => kind === "model")) {
      const own = isInRunFolder(artifact.path);
      // Each run has a folder of its own: there, experiment and name say which model it is.
      const key = own ? `${run.experiment}/${artifact.name}` : artifact.path;
      const draft = draftOf(key, own ? undefined : artifact.path);
      const before = draft.written.findIndex((other) => other.run === run);
      if (before >= 0) draft.written.splice(before, 1);
      draft.written.push({ run, artifact });
    }
  }

  const keys = [...drafts.keys()];
  const names = shortNames(keys);
  return [...drafts.values()]
    .map(({ written, ...draft }, at): Model => ({
      ...draft,
      name: names[at] ?? "",
      source: draft.path === undefined ? (keys[at] ?? "") : relativeTo(folder, draft.path),
      store: written.at(-1)?.run.store,
      versions: written
        .map(({ run, artifact }, index) => ({
          version: index + 1,
          run,
          created: run.ended ?? run.started,
          path: artifact.path,
          digest: artifact.digest,
          size: artifact.size,
        }))
        .toReversed(),
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name, "en"));
}

function isInRunFolder(file: string): boolean {
  return file.split(/[\\/]/).includes(".cellsmith");
}
