/** What stands in the way of a faithful conversion, each with its place and its ways out. */
import type { Diagnostic } from "../analysis/model.ts";
import { calleeOf, namesIn, walk, type Source, type SourceStatement } from "./source.ts";
import { producerOf, type Woven } from "./keepTogether.ts";
import type { Decision } from "./model.ts";
import type { Roles } from "./roles.ts";
import { builtinNames } from "./tables.ts";

interface Input {
  readonly source: Source;
  readonly kept: ReadonlySet<number>;
  readonly woven: Woven;
  readonly roles: Roles;
  readonly stays: (cell: number) => readonly SourceStatement[];
}

/** Diagnostics that are settled by keeping cells together. */
const settledByGrouping: readonly Diagnostic["code"][] = ["generator", "open-resource", "maybe-unbound"];

export function findDecisions(input: Input): readonly Decision[] {
  const { source, kept } = input;
  const found: Decision[] = source.facts.diagnostics
    .filter(
      ({ unit, severity, code }) =>
        severity === "error" && kept.has(unit) && !settledByGrouping.includes(code),
    )
    .map(({ unit, line, code, message }) => ({ cell: unit, line, code, message, waysOut: ["leave-out"] }));
  found.push(...missingInputs(input), ...moduleNames(input), ...topLevelGlobals(input));
  const seen = new Set<string>();
  return found
    .filter(({ cell, line, code }) => {
      const key = `${cell} ${line} ${code}`;
      return seen.has(key) ? false : seen.add(key);
    })
    .sort((a, b) => a.cell - b.cell || a.line - b.line);
}

/** A step needs a name that no step gives: one that a left-out cell made, or Python's own under a second meaning. */
function missingInputs({ source, woven, stays }: Input): Decision[] {
  return woven.groups.flatMap((group, position) =>
    (woven.flows[position]?.inputs ?? []).flatMap((name): Decision[] => {
      if (producerOf(woven.flows, position, name) !== undefined) return [];
      const statement = group
        .flatMap((cell) => stays(cell))
        .find(({ fact, node }) => fact.reads.includes(name) || namesIn(node).has(name));
      const cell = statement?.cell ?? group[0] ?? 0;
      const line = statement?.node.row ?? 0;
      const own = builtinNames.has(name);
      const maker = source.statements.find(({ fact }) => fact.binds.some((binding) => binding.name === name));
      const makerNumber = maker === undefined ? undefined : source.cells[maker.cell]?.python.cell.number;
      const message = own
        ? `${name} is Python's own here and gets another value in the same step; rename the variable.`
        : makerNumber === undefined
          ? `This needs ${name}, which no cell makes.`
          : `This needs ${name}, which cell ${makerNumber} makes; that cell is left out or runs later.`;
      return [{ cell, line, code: own ? "unknown" : "undefined-name", message, waysOut: ["leave-out"] }];
    }),
  );
}

/** `__name__` is another word in a module than in a notebook. */
function moduleNames({ source, kept }: Input): Decision[] {
  return source.cells.flatMap(({ index, tree }) => {
    if (!kept.has(index)) return [];
    const harmless = new Set(
      [...walk(tree.root)]
        .filter((node) => /getLogger$/.test(calleeOf(node) ?? ""))
        .flatMap((node) => [...walk(node)]),
    );
    return [...walk(tree.root)]
      .filter(
        (node) =>
          node.type === "identifier" &&
          /^__(name|file|builtins|doc|spec)__$/.test(node.text) &&
          !harmless.has(node),
      )
      .map(({ row, text }): Decision => ({
        cell: index,
        line: row,
        code: "unknown",
        message: `${text} has another value in a module than in a notebook; write what it stands for.`,
        waysOut: ["leave-out"],
      }));
  });
}

/** `global x` outside a function says nothing in a notebook, but cuts a step's function off from its own value. */
function topLevelGlobals({ source, kept }: Input): Decision[] {
  return source.statements
    .filter(({ cell, node, definition }) => {
      if (!kept.has(cell) || definition !== undefined) return false;
      const inside = [...walk(node)].filter((child) => child.type === "function_definition");
      return [...walk(node)].some(
        (child) =>
          child.type === "global_statement" &&
          !inside.some((fn) => fn.start <= child.start && fn.end >= child.end),
      );
    })
    .map(({ cell, node }): Decision => ({
      cell,
      line: node.row,
      code: "unknown",
      message: "global does nothing outside a function; take the line out.",
      waysOut: ["leave-out"],
    }));
}
