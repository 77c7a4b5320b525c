/** A notebook as the program that the analysis reads: one unit a code cell, at the cell's index. */
import type { Unit } from "../analysis/model.ts";
import { toPython } from "./magics.ts";
import type { Notebook, PythonCell } from "./model.ts";

export interface Program {
  /** In order; `cells[n].cell.index` is n, and so is the position of its unit. */
  readonly cells: readonly PythonCell[];
  readonly units: readonly Unit[];
}

/** Cells as plain Python, and as units whose keys are the cells' ids. */
export function toProgram(notebook: Notebook): Program {
  const cells = notebook.cells.map(toPython);
  return { cells, units: cells.map(({ cell, python }) => ({ key: cell.id, source: python })) };
}

/** A place in a cell; the line counts from 0. */
export interface CellLine {
  readonly cell: number;
  readonly line: number;
}

export interface JoinedProgram {
  /** All cells one below the other, as one Python file. */
  readonly text: string;
  /** The cell and its line for a line of the text, from 0; undefined past the end. */
  cellLineOf(line: number): CellLine | undefined;
  /** The line of the text for a line of a cell. */
  lineOf(place: CellLine): number | undefined;
}

/** Joins the cells' Python into one text and keeps the way back. */
export function joinProgram(cells: readonly PythonCell[]): JoinedProgram {
  const starts: number[] = [];
  const lines: string[] = [];
  for (const { python } of cells) {
    starts.push(lines.length);
    lines.push(...python.split("\n"));
  }
  return {
    text: lines.join("\n"),
    cellLineOf: (line) => {
      if (line < 0 || line >= lines.length) return undefined;
      const cell = starts.findLastIndex((start) => start <= line);
      return { cell, line: line - (starts[cell] ?? 0) };
    },
    lineOf: ({ cell, line }) => {
      const start = starts[cell];
      return start === undefined ? undefined : start + line;
    },
  };
}
