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

/**
 * Facts of both versions side by side, then the metrics of the newest runs of one target, a run for each version: runs
 * of different targets have nothing to be compared.
 */
export function compareVersions(before: DatasetVersion, after: DatasetVersion): readonly DifferenceRow[] {
  const [left, right] = comparableRuns(before, after);
  const metrics = new Set([left, right].flatMap((run) => Object.keys(run?.metrics ?? {})));
  return [
    toRow("file", "digest", before.digest, after.digest),
    toRow("file", "size", before.size ?? null, after.size ?? null),
    toRow("file", "runs", before.usedBy.length, after.usedBy.length),
    ...(left === undefined || right === undefined ? [] : [toRow("last run", "run", left.id, right.id)]),
    ...[...metrics].map((key) =>
      toRow("last run", key, left?.metrics[key]?.last ?? null, right?.metrics[key]?.last ?? null),
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

/** For the newest run of `after` that has one: itself and the newest run of `before` with the same target. */
function comparableRuns(
  before: DatasetVersion,
  after: DatasetVersion,
): readonly [Run | undefined, Run | undefined] {
  for (const right of after.usedBy) {
    const left = before.usedBy.find(({ target }) => target.path === right.target.path);
    if (left !== undefined) return [left, right];
  }
  return [undefined, undefined];
}
