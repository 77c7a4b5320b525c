/** A metric in words: `auc 0.811`, its change, its shape. */
import type { MetricChange } from "../tracking/compareRuns.ts";
import { formatDelta, formatValue } from "../tracking/formatMetric.ts";
import type { MetricSummary } from "../tracking/model.ts";
import { code, escaped, moment } from "./words.ts";

/** `+0.004 against run 11`; undefined where nothing moved or there is nothing to compare with. */
export function changeText(change: MetricChange | undefined): string | undefined {
  if (change === undefined || change.delta === 0 || Number.isNaN(change.delta)) return undefined;
  return `${formatDelta(change.delta)} against run ${change.against.number}`;
}

/** `better` or `worse` only where the direction is known and code and data of both runs are the same. */
export function changeTone(change: MetricChange | undefined): "better" | "worse" | undefined {
  return change?.likeForLike === true && change.direction !== "same" ? change.direction : undefined;
}

/** `auc 0.811 (+0.004 against run 11)`. */
export function metricText(metric: MetricSummary, change: MetricChange | undefined): string {
  const value = `${metric.key} ${formatValue(metric.last)}`;
  const moved = changeText(change);
  return moved === undefined ? value : `${value} (${moved})`;
}

/** A table for a hover: last, lowest and highest value, and the change. Markdown. */
export function metricTable(
  metrics: readonly { readonly metric: MetricSummary; readonly change: MetricChange | undefined }[],
): string {
  const rows = metrics.map(({ metric, change }) => {
    const series = metric.count > 1;
    const cells = [
      code(metric.key),
      formatValue(metric.last),
      escaped(changeText(change) ?? ""),
      series ? formatValue(metric.min) : "",
      series ? formatValue(metric.max) : "",
      series ? `${metric.count} points, last at ${metric.step}` : "",
    ];
    return cells;
  });
  const heads = ["", "last", "change", "lowest", "highest", ""];
  const used = heads.map((_, at) => rows.some((row) => row[at] !== ""));
  const line = (cells: readonly string[], gap: string): string =>
    `| ${cells.filter((_, at) => used[at] === true).join(` ${gap}| `)} |`;
  const ruler = [":--", "--:", ":--", "--:", "--:", ":--"];
  return [line(heads, "&nbsp;&nbsp;"), line(ruler, ""), ...rows.map((row) => line(row, "&nbsp;&nbsp;"))].join(
    "\n",
  );
}

/** `run 12, 14:03`. */
export function runText(run: { readonly number: number; readonly started: number }, now: number): string {
  return `run ${run.number}, ${moment(run.started, now)}`;
}
