/** Rows as a reader sees them: `label  description`, children indented, so that a test reads like the tree. */
import type { Row } from "../../../src/ui/views/row.ts";

export async function shown(rows: readonly Row[], depth = Infinity): Promise<string[]> {
  const lines: string[] = [];
  for (const row of rows) {
    lines.push([row.label, row.description].filter((text) => text !== undefined && text !== "").join("  "));
    if (depth > 0) {
      const children = await shown((await row.children?.()) ?? [], depth - 1);
      lines.push(...children.map((line) => `  ${line}`));
    }
  }
  return lines;
}

/** Every row of a tree, opened all the way down. */
export async function allRows(rows: readonly Row[]): Promise<Row[]> {
  const below = await Promise.all(rows.map(async (row) => allRows((await row.children?.()) ?? [])));
  return rows.flatMap((row, at) => [row, ...(below[at] ?? [])]);
}
