/** Compares the file that lies there now with what runs have met. */
import { digestFile, type FileFacts, readFacts } from "../formats/fileFacts.ts";
import { readShape } from "../formats/readShape.ts";
import type { Run } from "../tracking/model.ts";
import type { Dataset, DatasetVersion, PresentFile, PresentState } from "./model.ts";

const maxDigested = 64 << 20;

/**
 * Looks at a dataset's file: size, shape, and whether it is still what the last run used. A file up to 64 MiB that was
 * written since is read and compared; a larger one is called `touched`.
 */
export async function inspectDataset(dataset: Dataset, signal?: AbortSignal): Promise<PresentFile> {
  if (dataset.path === undefined) {
    return { state: { kind: "elsewhere" }, size: undefined, modified: undefined, shape: undefined };
  }
  const facts = await readFacts(dataset.path);
  const guess = compareToRuns(dataset, facts);
  const state =
    guess.kind === "touched" && facts !== undefined && facts.size <= maxDigested
      ? await compareContent(dataset, dataset.path, guess.since, signal)
      : guess;
  return {
    state,
    size: facts?.isFolder === false ? facts.size : undefined,
    modified: facts?.modified,
    shape: facts?.isFolder === false ? await readShape(dataset.path, { signal }) : undefined,
  };
}

/** What size and time alone can tell. */
export function compareToRuns(dataset: Dataset, facts: FileFacts | undefined): PresentState {
  if (facts === undefined) return { kind: "missing" };
  const last = lastUse(dataset);
  if (last === undefined) return { kind: "unrecorded" };
  const { version, run } = last;
  if (version.size !== undefined && version.size !== facts.size) return { kind: "changed", since: run };
  return facts.modified <= run.started ? { kind: "same", version } : { kind: "touched", since: run };
}

async function compareContent(
  dataset: Dataset,
  path: string,
  since: Run,
  signal: AbortSignal | undefined,
): Promise<PresentState> {
  try {
    const digest = await digestFile(path, signal);
    const version = dataset.versions.find((candidate) => candidate.digest === digest);
    return version === undefined ? { kind: "changed", since } : { kind: "same", version };
  } catch {
    signal?.throwIfAborted();
    return { kind: "touched", since };
  }
}

/** The version that the newest run read or wrote, and that run. */
function lastUse(dataset: Dataset): { readonly version: DatasetVersion; readonly run: Run } | undefined {
  return dataset.versions
    .flatMap((version) => [...version.usedBy, ...version.writtenBy].map((run) => ({ version, run })))
    .toSorted((a, b) => b.run.started - a.run.started)[0];
}
