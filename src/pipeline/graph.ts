/** The graph of a pipeline: which step needs which, in what order they run, and where each stands in the text. */
import type { Manifest } from "./manifest.ts";
import { readPlainYaml } from "./plainYaml.ts";

export interface PipelineGraph {
  /** Steps in running order: the manifest's own order wherever the edges allow it. Empty when there is a cycle. */
  readonly order: readonly string[];
  /** Steps that must run before a step, by its name. */
  readonly before: ReadonlyMap<string, readonly string[]>;
  /** The steps of one cycle, the first named again at the end; undefined when there is none. */
  readonly cycle: readonly string[] | undefined;
}

/** Builds the graph from values (`inputs`) and edges without a value (`order`). References must be known to exist or are passed over. */
export function graphOf(manifest: Pick<Manifest, "steps" | "order">): PipelineGraph {
  const names = Object.keys(manifest.steps);
  const before = new Map<string, string[]>(names.map((name) => [name, []]));
  for (const [name, step] of Object.entries(manifest.steps)) {
    for (const source of Object.values(step.inputs ?? {})) {
      const producer = source.startsWith("$") ? undefined : source.split(".")[0];
      if (producer !== undefined && before.has(producer)) before.get(name)?.push(producer);
    }
  }
  for (const [earlier, later] of manifest.order ?? []) {
    if (before.has(earlier)) before.get(later)?.push(earlier);
  }
  const order: string[] = [];
  const waiting = new Set(names);
  for (;;) {
    const next = names.find(
      (name) => waiting.has(name) && !before.get(name)?.some((other) => waiting.has(other)),
    );
    if (next === undefined) break;
    waiting.delete(next);
    order.push(next);
  }
  return { order: waiting.size > 0 ? [] : order, before, cycle: cycleIn(waiting, before) };
}

function cycleIn(
  waiting: ReadonlySet<string>,
  before: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const path: string[] = [];
  let [current] = waiting;
  while (current !== undefined && !path.includes(current)) {
    path.unshift(current);
    current = before.get(current)?.find((name) => waiting.has(name));
  }
  return current === undefined ? undefined : [current, ...path.slice(0, path.indexOf(current) + 1)];
}

/** Lines (from 1) of a manifest's steps, parameters and metrics by name, for decorations beside them. */
export interface ManifestLines {
  readonly steps: ReadonlyMap<string, number>;
  readonly parameters: ReadonlyMap<string, number>;
  readonly metrics: ReadonlyMap<string, number>;
}

/** Where each key of a manifest stands. Never throws; text that cannot be read has no lines. */
export function linesOf(text: string, manifest: Manifest): ManifestLines {
  const { at } = readPlainYaml(text);
  const lines = (section: "steps" | "parameters" | "metrics"): Map<string, number> =>
    new Map(Object.keys(manifest[section] ?? {}).map((name) => [name, at([section, name], "key").line]));
  return { steps: lines("steps"), parameters: lines("parameters"), metrics: lines("metrics") };
}
