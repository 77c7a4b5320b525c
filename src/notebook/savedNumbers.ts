import type { Cell, SavedNumber } from "./model.ts";

/**
 * A name and a number as people print them: `AUC 0.811`, `loss=0.31`, `accuracy: 0.93`. The number has a decimal
 * point, so that counts, shapes and years are none.
 */
const numberLine =
  /(?<![\w.])([A-Za-z_][\w-]*)\s*[=: ]\s*(-?\d+\.\d+(?:[eE][-+]?\d+)?)(?![\w.%]|\s*(?:[KMGT]i?B|bytes|%|m?s|secs?|seconds?|minutes?|min)\b)/g;

/** Words that stand before a number without naming it. */
const noNames =
  /^(is|are|at|of|in|to|by|the|a|on|with|for|than|about|took|and|or|from|version|v|s|ms|mean|std|min|max|Name|dtype)$/i;

/** Numbers in what a cell printed; tables and errors are left alone. */
export function savedNumbers(cell: Cell): readonly SavedNumber[] {
  const found = new Map<string, SavedNumber>();
  for (const output of cell.outputs) {
    if (output.kind !== "stream") continue;
    for (const line of output.text.slice(0, 16_384).split("\n")) {
      // A row of a printed table has several numbers behind one word.
      if (/\d\s{2,}-?\d|\S\s{3,}\d/.test(line)) continue;
      for (const [, name = "", text = ""] of line.matchAll(numberLine)) {
        const value = Number(text);
        // The last one stands: of a loop's printed losses the final one.
        if (!noNames.test(name) && Number.isFinite(value))
          found.set(name, { name, value, text, cell: cell.number });
      }
    }
  }
  return [...found.values()];
}
