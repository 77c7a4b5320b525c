/** Values that share an object: which must travel in one file, and which come from different steps. */
import type { Flow } from "../analysis/model.ts";
import type { Group } from "./cuts.ts";
import type { Source } from "./source.ts";

/** The group whose output an input is; undefined where no step above gives it. */
export function producerOf(flows: readonly Flow[], group: number, name: string): number | undefined {
  const producer = flows.findLastIndex((flow, position) => position < group && flow.outputs.includes(name));
  return producer < 0 ? undefined : producer;
}

export interface Sharing {
  /** The group that takes both. */
  readonly group: number;
  readonly names: readonly [string, string];
}

/** Pairs of inputs that may share an object which this or a later group changes. */
export function sharingInputs(
  source: Source,
  groups: readonly Group[],
  flows: readonly Flow[],
): readonly Sharing[] {
  return flows.flatMap((flow, group) => {
    if (flow.inputs.length < 2) return [];
    const first = groups[group]?.[0] ?? 0;
    const changed = new Set(
      source.statements.filter(({ cell }) => cell >= first).flatMap(({ fact }) => fact.mutates),
    );
    return flow.inputs.flatMap((name, position) => {
      const rest = flow.inputs.slice(position + 1).filter((other) => changed.has(name) || changed.has(other));
      const aliases = rest.length === 0 ? [] : source.facts.aliasesOf(name, first - 1);
      return rest
        .filter((other) => aliases.includes(other))
        .map((other): Sharing => ({ group, names: [name, other] }));
    });
  });
}

interface Member {
  readonly group: number;
  readonly name: string;
}

/** Outputs that travel in one file, so that what they share stays one object. */
export function bundlesOf(
  source: Source,
  groups: readonly Group[],
  flows: readonly Flow[],
): readonly (readonly Member[])[] {
  const bundles: Member[][] = [];
  for (const { group, names } of sharingInputs(source, groups, flows)) {
    const members = names.flatMap((name): Member[] => {
      const producer = producerOf(flows, group, name);
      return producer === undefined ? [] : [{ group: producer, name }];
    });
    if (members.length < 2) continue;
    const same = (a: Member, b: Member): boolean => a.group === b.group && a.name === b.name;
    const touched = bundles.filter((bundle) =>
      bundle.some((entry) => members.some((member) => same(entry, member))),
    );
    const whole = [...touched.flat(), ...members];
    const bundle = whole.filter((member, at) => whole.findIndex((other) => same(other, member)) === at);
    bundles.splice(0, bundles.length, ...bundles.filter((each) => !touched.includes(each)), bundle);
  }
  return bundles;
}
