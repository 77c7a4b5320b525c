/** Where the lines between cells run: each in a lane of its own beside the cells, short ones nearest. Pure. */
import type { FlowRail } from "../../src/protocol/flowPage.ts";

export interface Placed {
  readonly rail: FlowRail;
  /** From 0, nearest to the cells. */
  readonly lane: number;
}

/** @param rowOf the row of a cell, from 0; undefined where it has none. */
export function placeRails(
  rails: readonly FlowRail[],
  rowOf: (cell: number) => number | undefined,
): readonly Placed[] {
  const spans = rails.flatMap((rail) => {
    const rows = [rail.from, ...rail.to.map(({ cell }) => cell)].map(rowOf);
    const known = rows.filter((row) => row !== undefined);
    return known.length < rows.length ? [] : [{ rail, start: Math.min(...known), end: Math.max(...known) }];
  });
  spans.sort((a, b) => a.end - a.start - (b.end - b.start) || a.start - b.start);
  const lanes: { start: number; end: number }[][] = [];
  return spans.map(({ rail, start, end }) => {
    const free = lanes.findIndex((taken) => taken.every((other) => other.end <= start || other.start >= end));
    const lane = free < 0 ? lanes.length : free;
    (lanes[lane] ??= []).push({ start, end });
    return { rail, lane };
  });
}
