/** Numbers as people read them. */
import type { Shape } from "./shape.ts";

const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte", "petabyte"] as const;

const counts = new Intl.NumberFormat("en");

/** `2023` as `2,023`. */
export function humanCount(count: number): string {
  return counts.format(count);
}

/** `1 row`, `2,023 rows`. */
export function humanPlural(count: number, singular: string, plural = `${singular}s`): string {
  return `${humanCount(count)} ${count === 1 ? singular : plural}`;
}

/** A size in bytes, in steps of 1000 as file managers count: `99.8 kB`, `8.1 GB`. */
export function humanSize(bytes: number): string {
  let size = Math.max(0, bytes);
  let at = 0;
  // 999.95 would be shown as 1,000 of its unit.
  while (size >= 999.95 && at < units.length - 1) {
    size /= 1000;
    at += 1;
  }
  return new Intl.NumberFormat("en", {
    style: "unit",
    unit: units[at] ?? "byte",
    unitDisplay: at === 0 ? "long" : "short",
    maximumFractionDigits: at === 0 ? 0 : 1,
  }).format(size);
}

/** `2,023 rows, 10 columns`; `about 12,300,000 rows, …` for an estimate; `500 × 2, float64` for an array. */
export function humanShape(shape: Shape): string {
  if (shape.kind === "array") {
    const size =
      shape.dimensions.length === 0 ? "a single value" : shape.dimensions.map(humanCount).join(" × ");
    return `${size}, ${shape.type}`;
  }
  const rows = humanPlural(shape.rows, "row");
  return `${shape.sampled ? "about " : ""}${rows}, ${humanPlural(shape.columns.length, "column")}`;
}
