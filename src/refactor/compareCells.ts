/** Which cells of a notebook have changed since its components were made. */
import { codeDigest } from "../notebook/codeDigest.ts";
import type { Cell, Notebook } from "../notebook/model.ts";
import { firstTellingLine } from "../notebook/tellingLine.ts";
import type { Lock, LockCell } from "../pipeline/lock.ts";

export interface CellChange {
  readonly change: "changed" | "gone" | "new" | "moved";
  /** Code cell, from 0; for one that is gone, where it was. */
  readonly cell: number;
  readonly id: string;
  readonly line: string;
  /** Steps it went to, or `parameters`. */
  readonly to: readonly string[];
}

/** Cells that differ, in the notebook's order. Needs `loadPythonParser()`. */
export function compareCells(lock: Lock, notebook: Notebook): readonly CellChange[] {
  const partner = pair(lock, notebook);
  const changes: CellChange[] = [];
  let highest = -1;
  for (const cell of notebook.cells) {
    const known = partner.get(cell);
    const line = firstTellingLine(cell);
    if (known === undefined) {
      if (isCode(cell)) changes.push({ change: "new", cell: cell.index, id: cell.id, line, to: [] });
      continue;
    }
    const about = { cell: cell.index, id: cell.id, line, to: known.entry.to };
    if (known.entry.code !== codeDigest(cell.source)) changes.push({ change: "changed", ...about });
    else if (known.entry.index < highest && known.entry.to.length > 0)
      changes.push({ change: "moved", ...about });
    highest = Math.max(highest, known.entry.index);
  }
  const found = new Set([...partner.values()].map(({ id }) => id));
  for (const [id, entry] of Object.entries(lock.cells)) {
    const counts = entry.to.length > 0 || entry.why !== undefined;
    if (!found.has(id) && counts) {
      changes.push({ change: "gone", cell: entry.index, id, line: entry["first line"], to: entry.to });
    }
  }
  return changes.sort((a, b) => a.cell - b.cell);
}

function isCode(cell: Cell): boolean {
  return cell.source.split("\n").some((line) => line.trim() !== "" && !line.trim().startsWith("#"));
}

interface Partner {
  readonly id: string;
  readonly entry: LockCell;
}

/** By id; where the file has none (their ids are digests), what is left between two matches belongs together in order. */
function pair(lock: Lock, notebook: Notebook): ReadonlyMap<Cell, Partner> {
  const partners = new Map<Cell, Partner>();
  for (const cell of notebook.cells) {
    const entry = Object.hasOwn(lock.cells, cell.id) ? lock.cells[cell.id] : undefined;
    if (entry !== undefined) partners.set(cell, { id: cell.id, entry });
  }
  const used = new Set([...partners.values()].map(({ id }) => id));
  const left = Object.entries(lock.cells)
    .filter(([id]) => id.startsWith("digest:") && !used.has(id))
    .map(([id, entry]) => ({ id, entry }))
    .sort((a, b) => a.entry.index - b.entry.index);
  for (const cell of notebook.cells) {
    if (partners.has(cell) || !cell.id.startsWith("digest:")) continue;
    const before = notebook.cells.findLast((other) => other.index < cell.index && partners.has(other));
    const after = notebook.cells.find((other) => other.index > cell.index && partners.has(other));
    const low = before === undefined ? -1 : (partners.get(before)?.entry.index ?? -1);
    const high = after === undefined ? Infinity : (partners.get(after)?.entry.index ?? Infinity);
    const at = left.findIndex(({ entry }) => entry.index > low && entry.index < high);
    const [found] = at < 0 ? [] : left.splice(at, 1);
    if (found !== undefined) partners.set(cell, found);
  }
  return partners;
}
