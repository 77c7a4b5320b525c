/** Data → versions → the runs that read them. Plain data in, rows out. */
import { describeDataset, troubleOf } from "../../datasets/describeDataset.ts";
import type { CellUse, Dataset, DatasetVersion, PresentFile } from "../../datasets/model.ts";
import { humanPlural, humanSize } from "../../formats/quantities.ts";
import { code, dotted, escaped, moment } from "../words.ts";
import { shortDigest } from "./experimentRows.ts";
import { runLinkRow, useRows } from "./linkRows.ts";
import type { Row } from "./row.ts";

/** A dataset, and its file as it lies there now; undefined while nobody has looked. */
export interface DatasetFacts {
  readonly dataset: Dataset;
  readonly file: PresentFile | undefined;
}

export function datasetRows(folder: string, all: readonly DatasetFacts[], now: number): readonly Row[] {
  return all.map((facts) => datasetRow(folder, facts, now));
}

function datasetRow(folder: string, { dataset, file }: DatasetFacts, now: number): Row {
  const trouble = file && troubleOf(dataset, file);
  const description = file === undefined ? "…" : describeDataset(dataset, file);
  const id = `${folder}#data:${dataset.source}`;
  const changed = file?.state.kind === "changed" || file?.state.kind === "touched";
  return {
    id,
    label: dataset.name,
    description,
    icon:
      trouble === undefined
        ? { name: "database", tone: changed ? "warning" : undefined }
        : { name: "warning", tone: "warning" },
    tooltip: tooltipOf(dataset, file, trouble),
    context: "dataset",
    subject: dataset.path === undefined ? undefined : { kind: "file", path: dataset.path },
    spoken: dotted(dataset.name, description),
    children: () => [
      ...dataset.versions.map((version) => versionRow(folder, id, version, now)),
      ...useRows(id, "read", dataset.readBy),
      ...useRows(id, "written", dataset.writtenBy),
    ],
  };
}

function tooltipOf(dataset: Dataset, file: PresentFile | undefined, trouble: string | undefined): string {
  const shape = file?.shape?.ok === true ? file.shape.shape : undefined;
  const columns = shape?.kind === "table" ? shape.columns : [];
  const shown = columns.slice(0, 24).map(code).join(", ");
  return [
    `**${escaped(dataset.name)}** ${escaped(dataset.source)}`,
    trouble && `$(warning) ${escaped(trouble)}`,
    file?.size === undefined ? undefined : escaped(humanSize(file.size)),
    shown === "" ? undefined : `Columns: ${shown}${columns.length > 24 ? ", …" : ""}`,
    usesText("Read by", dataset.readBy),
    usesText("Written by", dataset.writtenBy),
  ]
    .filter((text) => text !== undefined)
    .join("\n\n");
}

function usesText(words: string, uses: readonly CellUse[]): string | undefined {
  if (uses.length === 0) return undefined;
  return `${words} ${uses.map((use) => escaped(`${baseName(use.notebook)}, cell ${use.cell}`)).join("; ")}`;
}

function versionRow(folder: string, parent: string, version: DatasetVersion, now: number): Row {
  const runs = [...new Set([...version.usedBy, ...version.writtenBy])];
  const id = `${parent}@${version.digest}`;
  const description = dotted(
    version.size === undefined ? undefined : humanSize(version.size),
    `first met ${moment(version.created, now)}`,
    humanPlural(runs.length, "run"),
  );
  return {
    id,
    label: shortDigest(version.digest) ?? version.digest,
    description,
    icon: { name: "versions" },
    tooltip: code(version.digest),
    context: "datasetVersion",
    spoken: dotted(`version ${shortDigest(version.digest) ?? ""}`, description),
    children: () => runs.map((run) => runLinkRow(folder, id, run, now)),
  };
}

function baseName(file: string): string {
  return file.split(/[\\/]/).at(-1) ?? file;
}
