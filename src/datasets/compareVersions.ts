/** What is known to differ between two contents of a dataset. Old contents are not kept, so their rows are not compared. */
import type { Run } from "../tracking/model.ts";
import type { DatasetVersion, PresentFile } from "./model.ts";

type Value = string | number | null;

export interface DifferenceRow {
  readonly section: "file" | "columns" | "last run";
  readonly key: string;
  readonly values: readonly [Value, Value];
  readonly same: boolean;
}

/** Facts of both versions side by side, then the metrics of the newest run that read each. */
export function compareVersions(before: DatasetVersion, after: DatasetVersion): readonly DifferenceRow[] {
  const rowOf = (
    section: DifferenceRow["section"],
    key: string,
    read: (version: DatasetVersion) => Value | undefined,
  ): DifferenceRow => toRow(section, key, read(before) ?? null, read(after) ?? null);
  const metrics = [before, after].flatMap((version) => Object.keys(lastRun(version)?.metrics ?? {}));
  return [
    rowOf("file", "digest", ({ digest }) => digest),
    rowOf("file", "size", ({ size }) => size),
    rowOf("file", "runs", ({ usedBy }) => usedBy.length),
    rowOf("last run", "run", (version) => lastRun(version)?.id),
    ...[...new Set(metrics)].map((key) =>
      rowOf("last run", key, (version) => lastRun(version)?.metrics[key]?.last),
    ),
  ];
}

/** Size, rows and columns of two files side by side; of the columns, only those that one of them lacks. */
export function compareFiles(before: PresentFile, after: PresentFile): readonly DifferenceRow[] {
  const columns = [before, after].map(({ shape }) =>
    shape?.ok === true && shape.shape.kind === "table" ? shape.shape.columns : [],
  );
  const [left = [], right = []] = columns;
  return [
    toRow("file", "size", before.size ?? null, after.size ?? null),
    toRow("file", "rows", rowsOf(before) ?? null, rowsOf(after) ?? null),
    toRow("columns", "count", left.length, right.length),
    ...left.filter((name) => !right.includes(name)).map((name) => toRow("columns", name, name, null)),
    ...right.filter((name) => !left.includes(name)).map((name) => toRow("columns", name, null, name)),
  ];
}

/** Rows of a table, or the first dimension of an array, where it is known exactly or as an estimate. */
export function rowsOf({ shape }: PresentFile): number | undefined {
  if (shape?.ok !== true) return undefined;
  return shape.shape.kind === "table" ? shape.shape.rows : shape.shape.dimensions[0];
}

function toRow(section: DifferenceRow["section"], key: string, before: Value, after: Value): DifferenceRow {
  return { section, key, values: [before, after], same: before === after };
}

function lastRun(version: DatasetVersion): Run | undefined {
  return version.usedBy[0];
}
