/** What is known to differ between two versions of a dataset. Contents are not kept, so their rows are not compared. */
import type { Run } from "../tracking/model.ts";
import type { DatasetVersion } from "./model.ts";

export interface VersionRow {
  readonly section: "file" | "last run";
  readonly key: string;
  readonly values: readonly [string | number | null, string | number | null];
  readonly same: boolean;
}

/** Facts of both versions side by side, then the metrics of the newest run that read each. */
export function compareVersions(before: DatasetVersion, after: DatasetVersion): readonly VersionRow[] {
  const row = (
    section: VersionRow["section"],
    key: string,
    read: (version: DatasetVersion) => unknown,
  ): VersionRow => {
    const values = [plain(read(before)), plain(read(after))] as const;
    return { section, key, values, same: values[0] === values[1] };
  };
  const metrics = [before, after].flatMap((version) => Object.keys(lastRun(version)?.metrics ?? {}));
  return [
    row("file", "digest", (version) => version.digest),
    row("file", "size", (version) => version.size),
    row("file", "runs", (version) => version.usedBy.length),
    row("last run", "run", (version) => lastRun(version)?.id),
    ...[...new Set(metrics)].map((key) =>
      row("last run", key, (version) => lastRun(version)?.metrics[key]?.last),
    ),
  ];
}

function lastRun(version: DatasetVersion): Run | undefined {
  return version.usedBy[0];
}

function plain(value: unknown): string | number | null {
  return typeof value === "string" || typeof value === "number" ? value : null;
}
