/** What is to be told of a program, in order. */
import type { History } from "./history.ts";
import { builtinNames } from "./knowledge.ts";
import type { Diagnostic, Flow } from "./model.ts";
import { coneOf } from "./names.ts";
import { fieldOf, type SyntaxNode } from "./parser.ts";
import type { Entry } from "./pass.ts";
import type { Told } from "./records.ts";
import { lateReads } from "./unitText.ts";
import type { Obj } from "./values.ts";

interface Program {
  readonly entries: readonly Entry[];
  readonly flows: readonly Flow[];
  readonly history: History;
  /** Names that anything in the program binds, and the unit that does so first. */
  readonly makers: ReadonlyMap<string, number>;
}

export function diagnosticsOf(program: Program): readonly Diagnostic[] {
  const { entries, makers } = program;
  const told = new Set<string>();
  const found = entries.flatMap(({ record }, unit) =>
    [...record.diagnostics.values()].map((each) => {
      if (each.name !== undefined) told.add(each.name);
      return place(each, unit, makers);
    }),
  );
  found.push(...openThings(program), ...neverCalled(program, told));
  return found.sort((a, b) => a.unit - b.unit || a.line - b.line || a.column - b.column);
}

function place(told: Told, unit: number, makers: ReadonlyMap<string, number>): Diagnostic {
  const { missing, ...rest } = told;
  if (missing === undefined) return { unit, ...rest };
  const maker = makers.get(missing);
  const why =
    maker === undefined
      ? ", but no cell makes it."
      : maker > unit
        ? " before the cell that makes it."
        : ", but it is not there any more or not yet.";
  const message = `${told.message}${why}`;
  return { unit, ...rest, message, ...(maker === undefined ? {} : { madeBy: maker }) };
}

/** Open files, connections and half-read iterators that a later unit goes on with: they cannot be handed on as a copy. */
function openThings({ entries, flows, history }: Program): readonly Diagnostic[] {
  const open = new Map<Obj, Entry["record"]>();
  for (const { record } of entries)
    for (const { object } of record.log.made)
      if ((object.kind === "resource" && !object.closed) || object.kind === "iterator")
        open.set(object, record);
  if (open.size === 0) return [];
  const holding = coneOf(open.keys());
  const found: Diagnostic[] = [];
  entries.forEach(({ number, record }, unit) => {
    for (const name of flows[unit]?.outputs ?? []) {
      const objects = [...(history.get(name, unit)?.value.objects ?? [])].filter((each) => holding.has(each));
      if (objects.length === 0) continue;
      const object = firstOpen(objects, open);
      const statement = record.statements.findLast(
        (each) => object?.place.unit === number && each.number === object.place.statement,
      );
      if (object === undefined || statement === undefined) continue;
      const file = object.kind === "resource";
      found.push({
        unit,
        line: statement.node.row,
        column: statement.node.column,
        code: file ? "open-resource" : "generator",
        severity: "error",
        message: file
          ? `${name} stays open, and a later cell goes on using it.`
          : `${name} is read only once, bit by bit, and a later cell goes on reading it.`,
        name,
      });
    }
  });
  return found;
}

function firstOpen(objects: readonly Obj[], open: ReadonlyMap<Obj, unknown>): Obj | undefined {
  const seen = new Set(objects);
  for (const object of seen) {
    if (open.has(object)) return object;
    for (const element of object.elements) seen.add(element);
  }
  return undefined;
}

/** Names that a function needs and no unit makes, where nothing calls the function. */
function neverCalled(
  { entries, history, makers }: Program,
  told: ReadonlySet<string>,
): readonly Diagnostic[] {
  if (history.get(" stars", Infinity) !== undefined) return [];
  return entries.flatMap(({ text }, unit) =>
    text.tree.problems.length > 0
      ? []
      : text.definitions.flatMap((definition) =>
          lateReads(definition, makers)
            .filter((name) => !makers.has(name) && !builtinNames.has(name) && !told.has(name))
            .map((name): Diagnostic => {
              const { row: line, column } = findName(definition, name) ?? definition;
              const message = `${fieldOf(definition, "name")?.text ?? "This"} uses ${name}, but no cell makes it.`;
              return { unit, line, column, code: "undefined-name", severity: "warning", message, name };
            }),
        ),
  );
}

function findName(node: SyntaxNode, name: string): SyntaxNode | undefined {
  if (node.type === "identifier" && node.text === name) return node;
  for (const child of node.children) {
    const found = findName(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
