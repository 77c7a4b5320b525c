import type { Cell } from "../../../src/notebook/model.ts";

/** A code cell with nothing around it. */
export function cellOf(source: string, more: Partial<Cell> = {}): Cell {
  return {
    index: 0,
    number: 1,
    id: "a",
    source,
    tags: [],
    executionCount: undefined,
    outputs: [],
    heading: undefined,
    startsSection: false,
    prose: "",
    ...more,
  };
}
