/** Sentences about datasets, for the explorer and the command line alike. */
import path from "node:path";
import { humanPlural, humanShape, humanSize } from "../formats/quantities.ts";
import type { Run } from "../tracking/model.ts";
import type { CellUse, Dataset, PresentFile } from "./model.ts";

/** One line after the dataset's name: `2,023 rows, 10 columns · read by churn, features_draft`. */
export function describeDataset(dataset: Dataset, file: PresentFile): string {
  return [...describePresent(dataset, file), ...describeUse(dataset)].join(" · ");
}

/** Why the file's shape cannot be told, as a sentence; undefined where all is well. */
export function troubleOf(dataset: Dataset, file: PresentFile): string | undefined {
  if (file.state.kind === "missing") return `${dataset.source} is not there`;
  return file.shape?.ok === false ? `${dataset.source} ${file.shape.reason}` : undefined;
}

function describePresent(dataset: Dataset, { state, shape, size }: PresentFile): readonly string[] {
  if (state.kind === "missing") return ["is not there"];
  if (state.kind === "elsewhere") return ["not on this machine"];
  const what =
    shape?.ok === true
      ? [humanShape(shape.shape)]
      : [...(size === undefined ? [] : [humanSize(size)]), ...(shape === undefined ? [] : [shape.reason])];
  if (state.kind === "changed") return [...what, `changed since ${nameOf(state.since, dataset)}`];
  if (state.kind === "touched") return [...what, `written since ${nameOf(state.since, dataset)}`];
  return what;
}

/** `run 12`; with its experiment where runs of several used the dataset, since each counts its own. */
function nameOf(run: Run, { versions }: Dataset): string {
  const users = versions.flatMap(({ usedBy, writtenBy }) => [...usedBy, ...writtenBy]);
  const alone = users.every(({ experiment }) => experiment === run.experiment);
  return `run ${run.number}${alone ? "" : ` of ${run.experiment}`}`;
}

function describeUse({ versions, readBy, writtenBy }: Dataset): readonly string[] {
  const runs = new Set(versions.flatMap(({ usedBy }) => usedBy)).size;
  return [
    ...(versions.length > 1 ? [humanPlural(versions.length, "version")] : []),
    ...(writtenBy.length > 0 ? [`written by ${notebooks(writtenBy)}`] : []),
    ...(readBy.length > 0 ? [`read by ${notebooks(readBy)}`] : []),
    ...(runs > 0 ? [`used by ${humanPlural(runs, "run")}`] : []),
  ];
}

function notebooks(uses: readonly CellUse[]): string {
  return [...new Set(uses.map(({ notebook }) => path.parse(notebook).name))].join(", ");
}
