/** Puts raw cells together into a Notebook: numbers, identities, headings and prose. Shared by both file formats. */
import { codeDigest } from "./codeDigest.ts";
import type { Cell, CellOutput, Notebook } from "./model.ts";
import { cutAtHeadings, proseOf, type MarkdownPart } from "./prose.ts";

export interface RawCell {
  readonly kind: "code" | "markdown" | "other";
  readonly source: string;
  readonly id: string | undefined;
  readonly tags: readonly string[];
  readonly executionCount: number | undefined;
  readonly outputs: readonly CellOutput[];
  readonly line: number | undefined;
}

/** Needs `loadPythonParser()` for cells without an id. */
export function assembleNotebook(
  raw: readonly RawCell[],
  about: { readonly path: string; readonly format: Notebook["format"]; readonly language: string },
): Notebook {
  const cells: Cell[] = [];
  const seen = new Map<string, number>();
  let parts: MarkdownPart[] = [];
  let heading: string | undefined;
  let title: string | undefined;
  let introduction = "";
  let markdownCells = 0;
  raw.forEach((cell, position) => {
    if (cell.kind === "markdown") {
      markdownCells += 1;
      parts.push(...cutAtHeadings(cell.source));
    }
    if (cell.kind !== "code") return;
    const startsSection = parts.some((part) => part.heading !== undefined);
    heading = parts.findLast((part) => part.heading !== undefined)?.heading ?? heading;
    if (cells.length === 0) {
      const opening = openingOf(parts);
      title = opening.find((part) => part.heading !== undefined)?.heading;
      introduction = proseOf(opening);
      parts = parts.slice(opening.length);
    }
    cells.push({
      index: cells.length,
      number: position + 1,
      id: identify(cell, seen),
      source: cell.source,
      tags: cell.tags,
      executionCount: cell.executionCount,
      outputs: cell.outputs,
      heading,
      startsSection,
      prose: proseOf(parts),
      ...(cell.line === undefined ? {} : { line: cell.line }),
    });
    parts = [];
  });
  return { ...about, cells, title, introduction, markdownCells };
}

/** What stands above the first code cell up to the second heading: that much is about the notebook as a whole. */
function openingOf(parts: readonly MarkdownPart[]): readonly MarkdownPart[] {
  const first = parts.findIndex((part) => part.heading !== undefined);
  const second = parts.findIndex((part, at) => at > first && part.heading !== undefined);
  return second < 0 ? parts : parts.slice(0, second);
}

function identify(cell: RawCell, seen: Map<string, number>): string {
  const id = cell.id ?? `digest:${codeDigest(cell.source).slice(0, 16)}`;
  const count = (seen.get(id) ?? 0) + 1;
  seen.set(id, count);
  return count === 1 ? id : `${id}#${count}`;
}
