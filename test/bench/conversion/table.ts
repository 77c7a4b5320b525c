/** Markdown for what was measured. */
import { outcomes, type Judged } from "./model.ts";

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""].join("\n");
}

export interface Counted {
  readonly name: string;
  readonly judged: readonly Judged[];
  /** More cells for the row. */
  readonly more?: readonly string[];
}

export function outcomeTable(counted: readonly Counted[], more: readonly string[] = []): string {
  const rows = counted.map(({ name, judged, more: extra = [] }) => [
    name,
    ...outcomes.map((outcome) => {
      const count = judged.filter((one) => one.outcome === outcome).length;
      const share = judged.length === 0 ? 0 : Math.round((100 * count) / judged.length);
      return outcome === "same" ? `${count} of ${judged.length} (${share} %)` : String(count);
    }),
    ...extra,
  ]);
  return markdownTable(["", "same", "silently different", "crash", "refused", ...more], rows);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = Number.NaN, high = Number.NaN] = [sorted[(sorted.length - 1) >> 1], sorted[middle]];
  return (low + high) / 2;
}

/** Seconds of others over ours, round by round, so that what slows the machine for a while falls out. */
export function pairedRatio(ours: readonly number[], theirs: readonly number[]): number {
  return median(theirs.flatMap((value, at) => (ours[at] === undefined ? [] : [value / ours[at]])));
}
