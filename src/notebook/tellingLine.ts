import type { Cell } from "./model.ts";

/** The first line that says what a cell is about: no import, comment, magic or blank one where there is another. */
export function firstTellingLine(cell: Pick<Cell, "source">): string {
  const lines = cell.source
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return lines.find((line) => !/^(import\s|from\s+\S+\s+import\b|#|%|!|\))/.test(line)) ?? lines[0] ?? "";
}
