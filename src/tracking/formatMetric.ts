/** Numbers as a person reads them: three decimals where that says enough, and a change never rounded away to nothing. */

const grouped = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const threeDecimals = new Intl.NumberFormat("en-US", { minimumFractionDigits: 3, maximumFractionDigits: 3 });
const threeDigits = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });
const scientific = new Intl.NumberFormat("en-US", { notation: "scientific", maximumSignificantDigits: 3 });

const blocks = "▁▂▃▄▅▆▇█";
const minus = "−";

/** `0.811`, `2,012`, `1,234.5`, `0.00042`, `1.2E-7`, `NaN`, `∞`. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return formatNumber(value, false).replace("-", minus);
}

/** The same with its sign: `+0.004`, `−12`, `±0`. */
export function formatDelta(delta: number): string {
  if (Number.isNaN(delta)) return "NaN";
  if (delta === 0) return "±0";
  return `${delta > 0 ? "+" : minus}${formatNumber(Math.abs(delta), true)}`;
}

function formatNumber(value: number, isDelta: boolean): string {
  const size = Math.abs(value);
  if (size === Number.POSITIVE_INFINITY) return value > 0 ? "∞" : "-∞";
  if (size >= 1e9 || (size > 0 && size < 1e-4)) return scientific.format(value);
  if (Number.isInteger(value) || size >= 1e5) return grouped.format(value);
  if (size >= 1000) return oneDecimal.format(value);
  // 0.00042 would read 0.000.
  if (size < (isDelta ? 0.0005 : 0.01)) return threeDigits.format(value);
  return threeDecimals.format(value);
}

/**
 * A series as a line of blocks.
 * @param width most characters; a longer series is cut into that many stretches, each shown by its mean.
 * @returns "" where there is no series: fewer than two finite points.
 */
export function sparkline(values: readonly number[], width = 12): string {
  const finite = values.filter((value) => Number.isFinite(value));
  if (finite.length < 2) return "";
  const shown = finite.length <= width ? finite : means(finite, width);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of shown) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const span = high - low;
  const top = blocks.length - 1;
  return shown
    .map((value) => blocks.charAt(span > 0 ? Math.round(((value - low) / span) * top) : Math.floor(top / 2)))
    .join("");
}

function means(values: readonly number[], buckets: number): number[] {
  return Array.from({ length: buckets }, (_, bucket) => {
    const from = Math.floor((bucket * values.length) / buckets);
    const to = Math.floor(((bucket + 1) * values.length) / buckets);
    let sum = 0;
    for (let index = from; index < to; index += 1) sum += values[index] ?? 0;
    return sum / (to - from);
  });
}
