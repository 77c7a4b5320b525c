/** A notebook's dependencies as their page shows them. Plain data in and out. */
import path from "node:path";
import type { Effect, ProgramFacts } from "../../analysis/model.ts";
import type { Notebook } from "../../notebook/model.ts";
import { firstTellingLine } from "../../notebook/tellingLine.ts";
import type { FlowRail, FlowView } from "../../protocol/flowPage.ts";

/** @param stageOf what a cell does, in a word; empty where nothing tells. */
export function flowView(
  notebook: Notebook,
  facts: ProgramFacts,
  stageOf: (cell: number) => string,
): FlowView {
  let heading: string | undefined;
  const cells = notebook.cells
    .filter(({ source }) => source.trim() !== "")
    .map((cell) => {
      const begins = cell.heading !== heading ? cell.heading : undefined;
      heading = cell.heading;
      return {
        index: cell.index,
        number: cell.number,
        line: firstTellingLine(cell),
        stage: stageOf(cell.index),
        ...(begins === undefined ? {} : { heading: begins }),
      };
    });
  return { title: path.basename(notebook.path), cells, rails: railsOf(facts) };
}

/** Names of one cell that go to the same cells, and are changed by the same of them, make one rail. */
function railsOf(facts: ProgramFacts): FlowRail[] {
  const single = new Map<string, FlowRail>();
  const add = (from: number, name: string, to: FlowRail["to"][number], effect: boolean): void => {
    const key = `${from} ${String(effect)} ${name}`;
    const known = single.get(key) ?? { from, names: [name], effect, to: [] };
    // Two effects may have the same words.
    if (!known.to.some(({ cell }) => cell === to.cell)) known.to.push(to);
    single.set(key, known);
  };
  for (const { from, to, names, effects } of facts.edges) {
    const changed = new Set(facts.units[to]?.mutates);
    for (const name of names) add(from, name, { cell: to, changes: changed.has(name) }, false);
    for (const effect of effects) add(from, effectWords(effect), { cell: to, changes: false }, true);
  }
  const joined = new Map<string, FlowRail>();
  for (const rail of single.values()) {
    const key = JSON.stringify([rail.from, rail.effect, rail.to]);
    const known = joined.get(key);
    if (known === undefined) joined.set(key, rail);
    else known.names.push(...rail.names);
  }
  return [...joined.values()];
}

/** What two cells share without a name, in words. */
export function effectWords(effect: Effect): string {
  const [, kind = effect, of = ""] = /^<([^:>]+)(?::([^>]*))?>$/.exec(effect) ?? [];
  switch (kind) {
    case "rng":
      return `random state of ${of}`;
    case "pyplot":
      return "the figure";
    case "file":
      return of === "" || of === "*" ? "a file" : of;
    case "options":
      return `options of ${of}`;
    case "cwd":
      return "working folder";
    case "env":
      return "environment";
    case "Out":
      return "earlier output";
    case "db":
      return "a database";
    case "net":
    case "network":
      return "the network";
    case "clock":
      return "the clock";
    case "star":
      return `all of ${of}`;
    default:
      return of === "" ? kind : `${kind} ${of}`;
  }
}
