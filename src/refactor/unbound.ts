/**
 * Names that may have no value after a step, because only a branch or a loop binds them. They are handed on as `...`,
 * which stands for no value, and the step that takes them deletes the name again.
 */
import type { Flow } from "../analysis/model.ts";
import type { Group } from "./cuts.ts";
import { boundNames } from "./roles.ts";
import { producerOf } from "./sharing.ts";
import type { Source } from "./source.ts";

/** For each group the outputs that may be unbound when it ends. */
export function unboundOutputs(
  source: Source,
  groups: readonly Group[],
  flows: readonly Flow[],
): readonly ReadonlySet<string>[] {
  const found: ReadonlySet<string>[] = [];
  flows.forEach((flow, position) => {
    const open = flow.outputs.filter((name) => {
      const sure = isSure(source, groups[position] ?? [], name);
      if (sure !== undefined) return !sure;
      const producer = producerOf(flows, position, name);
      const given = flow.inputs.includes(name) && producer !== undefined;
      return !given || found[producer]?.has(name) === true;
    });
    found.push(new Set(open));
  });
  return found;
}

/** Whether a name surely has a value after a group, as far as its own statements tell; undefined where they settle nothing. */
function isSure(source: Source, group: Group, name: string): boolean | undefined {
  let sure: boolean | undefined;
  for (const statement of group.flatMap((cell) => source.cells[cell]?.statements ?? [])) {
    if (statement.fact.deletes.includes(name)) sure = false;
    for (const binding of statement.fact.binds) {
      if (binding.name !== name) continue;
      if (binding.kind === "delete") sure = false;
      else if (binding.certain) sure = true;
    }
    if (sure === undefined && statement.fact.kind === "import" && boundNames(statement).includes(name))
      sure = true;
  }
  return sure;
}
