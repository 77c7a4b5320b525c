/** Which steps must stay in order although no value goes between them. */
import type { Flow } from "../analysis/model.ts";
import type { Group } from "./cuts.ts";
import { producerOf } from "./sharing.ts";
import type { Source } from "./source.ts";

/** Groups that touch the same file or share a state, and have no value between them that orders them. */
export function orderOf(
  source: Source,
  groups: readonly Group[],
  flows: readonly Flow[],
): readonly (readonly [number, number])[] {
  const groupOf = (cell: number): number => groups.findIndex((group) => group.includes(cell));
  const linked = new Map<number, Set<number>>();
  flows.forEach((flow, group) => {
    const before = new Set<number>();
    for (const name of flow.inputs) {
      const producer = producerOf(flows, group, name);
      if (producer === undefined) continue;
      before.add(producer);
      linked.get(producer)?.forEach((earlier) => before.add(earlier));
    }
    linked.set(group, before);
  });
  const pairs = source.facts.edges
    .filter(({ effects }) => effects.length > 0)
    .map(({ from, to }): readonly [number, number] => [groupOf(from), groupOf(to)])
    .filter(([from, to]) => from >= 0 && to > from)
    // Nearest first, so that what two short edges say together is known before the long one is looked at.
    .toSorted(([a, b], [c, d]) => b - d || c - a);
  const kept: (readonly [number, number])[] = [];
  for (const [from, to] of pairs) {
    const before = linked.get(to) ?? new Set();
    if (before.has(from)) continue;
    kept.push([from, to]);
    before.add(from);
    linked.get(from)?.forEach((earlier) => before.add(earlier));
  }
  return kept.toSorted(([a, b], [c, d]) => a - c || b - d);
}
