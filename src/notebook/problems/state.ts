/** What a notebook's state hides: the order it ran in, data changed under other cells, results that were only looked at. */
import type { NotebookProblem } from "./model.ts";
import { lineOf, placeOf, type Reading } from "./reading.ts";

export function ranOutOfOrder(reading: Reading): readonly NotebookProblem[] {
  let highest: { readonly number: number; readonly count: number } | undefined;
  return reading.cells.flatMap((here): NotebookProblem[] => {
    const count = here.cell.executionCount;
    if (count === undefined || here.cell.source.trim() === "") return [];
    if (highest === undefined || count > highest.count) {
      highest = { number: here.cell.number, count };
      return [];
    }
    const message = `last ran before cell ${highest.number}, which stands above it`;
    return [{ code: "outOfOrder", cell: here.cell.index, place: lineOf(here, 0), message, fixes: [] }];
  });
}

const changing =
  /^[\w.]+\.(append|extend|insert|pop|popleft|appendleft|remove|sort|reverse|clear|update|add|discard|popitem)\(|\binplace\s*=\s*True/;

/** A cell that changes another cell's data each time it runs. Setting a column does the same the second time, and is none. */
export function changedInPlace(reading: Reading): readonly NotebookProblem[] {
  const makers = new Map<string, number>();
  const found: NotebookProblem[] = [];
  for (const here of reading.cells) {
    const own = new Set<string>();
    for (const { kind, mutates, binds, range } of here.statements) {
      const text = here.python.python.slice(range.start, range.end);
      // What an unknown function does to what it is given is not known well enough to be told.
      const again =
        (kind === "expression" && changing.test(text)) ||
        /^del\b/.test(text) ||
        /^[\w.[\]"']+\s*(\+|-|\*|\/|\|)=/.test(text);
      const name = again ? mutates.find((one) => makers.has(one) && !own.has(one)) : undefined;
      const maker = name === undefined ? undefined : reading.cells[makers.get(name) ?? -1];
      const place = placeOf(here, range.start, range.end);
      if (name !== undefined && maker !== undefined && place !== undefined && place.line === place.endLine) {
        own.add(name);
        found.push({
          code: "changedInPlace",
          cell: here.cell.index,
          place,
          message: `changes ${name} of cell ${maker.cell.number} in place; run twice, it changes it twice`,
          fixes: [],
        });
      }
      for (const binding of binds) own.add(binding.name);
    }
    for (const { binds } of here.statements) {
      for (const { name, kind } of binds) {
        if (kind === "assignment" || kind === "with") makers.set(name, here.cell.index);
        else makers.delete(name);
      }
    }
  }
  return found;
}

const givesNew =
  /^([A-Za-z_]\w*)\.(dropna|fillna|drop|drop_duplicates|sort_values|sort_index|reset_index|set_index|rename|astype|replace|assign|query|merge|join)\(/;

/** `df.dropna()` as a line of its own: what it gives is shown, and `df` stays as it was. */
export function shownOnly(reading: Reading): readonly NotebookProblem[] {
  return reading.cells.flatMap((here) =>
    here.statements.flatMap(({ kind, range, mutates }): NotebookProblem[] => {
      const text = here.python.python.slice(range.start, range.end);
      const [, name, method] = givesNew.exec(text) ?? [];
      const place = placeOf(here, range.start, range.end);
      if (kind !== "expression" || name === undefined || method === undefined || place === undefined)
        return [];
      if (mutates.includes(name) || /\binplace\s*=\s*True/.test(text)) return [];
      const type = reading.facts.typeOf(name, here.cell.index);
      if (type !== undefined && !/^(pandas|polars|cudf|dask)\./.test(type)) return [];
      // What is only looked at once more below was meant to be looked at: `df.drop(columns="x").head()`.
      if (/\)\s*\.\w+/.test(text.slice(text.indexOf("(")))) return [];
      const used = reading.cells
        .slice(here.cell.index + 1)
        .some(({ statements }) => statements.some(({ reads }) => reads.includes(name)));
      if (!used) return [];
      const start = { ...place, endLine: place.line, endColumn: place.column };
      return [
        {
          code: "shownOnly",
          cell: here.cell.index,
          place: place.line === place.endLine ? place : lineOf(here, place.line),
          message: `only shows what ${name}.${method}(…) gives; ${name} stays as it was for the cells below`,
          fixes: [
            {
              kind: "edit",
              title: `Keep it as ${name}`,
              edits: [{ cell: here.cell.index, place: start, text: `${name} = ` }],
            },
          ],
        },
      ];
    }),
  );
}
