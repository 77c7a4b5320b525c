/** Who hands what on to whom. */
import { anyFile, isFile } from "./flows.ts";
import type { Edge, Effect, Flow } from "./model.ts";
import type { UnitRecord } from "./records.ts";

/**
 * Who hands each input on, and which files have to be written before or after another unit uses them. Of units that
 * both use and change an effect one after the other, each follows the one before it.
 */
export function edgesOf(flows: readonly Flow[], records: readonly UnitRecord[]): readonly Edge[] {
  const edges = new Map<number, { from: number; to: number; names: Set<string>; effects: Set<Effect> }>();
  const connect = (from: number, to: number): { names: Set<string>; effects: Set<Effect> } => {
    const key = from * flows.length + to;
    const known = edges.get(key);
    if (known !== undefined) return known;
    const edge = { from, to, names: new Set<string>(), effects: new Set<Effect>() };
    edges.set(key, edge);
    return edge;
  };
  const makers = new Map<string, number>();
  const writers = new Map<Effect, number[]>();
  const fileUsers = new Map<Effect, number>();
  flows.forEach((flow, to) => {
    for (const name of flow.inputs) {
      const from = makers.get(name);
      if (from !== undefined) connect(from, to).names.add(name);
    }
    for (const effect of flow.inputEffects)
      for (const other of meeting(effect, writers))
        for (const from of writers.get(other) ?? []) connect(from, to).effects.add(effect);
    const { exposed = [], may = [] } = records[to] ?? {};
    for (const effect of may) {
      if (!isFile(effect)) continue;
      const users = meeting(effect, fileUsers).map((other) => fileUsers.get(other) ?? -1);
      const from = Math.max(-1, ...users);
      if (from >= 0) connect(from, to).effects.add(effect);
    }
    for (const name of flow.outputs) makers.set(name, to);
    for (const effect of flow.outputEffects) {
      const known = writers.get(effect);
      if (known === undefined || flow.inputEffects.includes(effect)) writers.set(effect, [to]);
      else known.push(to);
    }
    for (const effect of [...exposed, ...may]) if (isFile(effect)) fileUsers.set(effect, to);
  });
  return [...edges.values()]
    .sort((a, b) => a.to - b.to || a.from - b.from)
    .map(({ from, to, names, effects }) => ({ from, to, names: [...names], effects: [...effects] }));
}

/** The effects among some that are the same thing, or may be the same file. */
function meeting(effect: Effect, among: ReadonlyMap<Effect, unknown>): readonly Effect[] {
  if (!isFile(effect)) return among.has(effect) ? [effect] : [];
  if (effect === anyFile) return [...among.keys()].filter(isFile);
  return [effect, anyFile].filter((each) => among.has(each));
}
