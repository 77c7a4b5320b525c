/** Names: that no cell makes, that only a later cell makes, that mean something else further down, that hide Python's own. */
import { builtinNames } from "../../analysis/knowledge.ts";
import type { NotebookProblem, ProblemFix, TextEdit } from "./model.ts";
import { importing, placeOf, renaming, type ReadCell, type Reading } from "./reading.ts";

/** What people mean by these names. */
const habits: Readonly<Record<string, string>> = {
  pd: "import pandas as pd",
  np: "import numpy as np",
  plt: "import matplotlib.pyplot as plt",
  sns: "import seaborn as sns",
  px: "import plotly.express as px",
  pl: "import polars as pl",
  tf: "import tensorflow as tf",
  torch: "import torch",
  nn: "from torch import nn",
  sm: "import statsmodels.api as sm",
  xgb: "import xgboost as xgb",
  lgb: "import lightgbm as lgb",
  joblib: "import joblib",
  sklearn: "import sklearn",
  tqdm: "from tqdm import tqdm",
  train_test_split: "from sklearn.model_selection import train_test_split",
  Path: "from pathlib import Path",
  datetime: "from datetime import datetime",
  timedelta: "from datetime import timedelta",
  defaultdict: "from collections import defaultdict",
  Counter: "from collections import Counter",
  partial: "from functools import partial",
  ...Object.fromEntries(
    "os sys re json math random time itertools functools collections glob pickle csv warnings logging shutil subprocess"
      .split(" ")
      .map((module) => [module, `import ${module}`]),
  ),
};

export function missingNames(reading: Reading): readonly NotebookProblem[] {
  return reading.facts.diagnostics.flatMap(
    ({ unit, line, column, code, name, madeBy }): NotebookProblem[] => {
      const here = reading.cells[unit];
      if (code !== "undefined-name" || name === undefined || here === undefined) return [];
      const own = here.cell.source.split("\n")[line] ?? "";
      const start = own.startsWith(name, column)
        ? column
        : Math.max(0, own.search(new RegExp(`(?<![\\w.])${name}\\b`)));
      const place = { line, column: start, endLine: line, endColumn: start + name.length };
      const maker = madeBy === undefined ? undefined : reading.cells[madeBy];
      if (maker !== undefined) {
        const number = maker.cell.number;
        if (maker.cell.index <= unit) return [];
        const title = `Move cell ${number} above cell ${here.cell.number}`;
        const fixes: ProblemFix[] = [{ kind: "move", title, cell: maker.cell.index, above: unit }];
        const message = `needs ${name}, which only cell ${number} makes`;
        return [{ code: "definedLater", cell: unit, place, message, fixes }];
      }
      const ran =
        here.cell.executionCount !== undefined && !here.cell.outputs.some(({ kind }) => kind === "error");
      const message = ran
        ? `needs ${name}, which no cell makes any more: it ran when one did`
        : `needs ${name}, which no cell makes`;
      return [
        { code: "undefinedName", cell: unit, place, message, fixes: namingFixes(reading, here, name, place) },
      ];
    },
  );
}

function namingFixes(
  reading: Reading,
  here: ReadCell,
  name: string,
  place: TextEdit["place"],
): readonly ProblemFix[] {
  const line = habits[name];
  const fixes: ProblemFix[] =
    line === undefined
      ? []
      : [{ kind: "edit", title: `Add ${line}`, edits: [importing(reading, line, here.cell.index)] }];
  const known = new Set(
    reading.cells
      .filter(({ cell }) => cell.index <= here.cell.index)
      .flatMap(({ statements }) => statements.flatMap(({ binds }) => binds.map((binding) => binding.name))),
  );
  const close = [...known]
    .map((other) => ({ other, steps: distance(name, other) }))
    .filter(({ other, steps }) => other !== name && steps <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.steps - b.steps)
    .slice(0, 2);
  for (const { other } of close) {
    const edits = [{ cell: here.cell.index, place, text: other }];
    fixes.push({ kind: "edit", title: `Did you mean ${other}?`, edits });
  }
  return fixes;
}

/** How many letters are to be changed, added or left out to make one word of the other. */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      next.push(
        Math.min((row[j] ?? 0) + (letter === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1),
      );
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

export function shadowedBuiltins(reading: Reading): readonly NotebookProblem[] {
  const told = new Set<string>();
  return reading.cells.flatMap((here) =>
    here.statements.flatMap(({ binds, range }): NotebookProblem[] =>
      binds.flatMap(({ name, kind }) => {
        if (!builtinNames.has(name) || name.startsWith("_") || kind === "delete" || kind === "import")
          return [];
        if (told.has(name)) return [];
        told.add(name);
        const place = placeOf(here, range.start, range.end) ?? {
          line: 0,
          column: 0,
          endLine: 0,
          endColumn: 0,
        };
        const fix = renameFrom(reading, here.cell.index, range.start, name, `${name}_`);
        return [
          {
            code: "shadowedBuiltin",
            cell: here.cell.index,
            place: firstLine(here, place),
            message: `gives the name ${name}, which is Python's own, another meaning for every cell below`,
            fixes: fix === undefined ? [] : [fix],
          },
        ];
      }),
    ),
  );
}

function firstLine({ cell }: ReadCell, place: TextEdit["place"]): TextEdit["place"] {
  if (place.line === place.endLine) return place;
  return { ...place, endLine: place.line, endColumn: (cell.source.split("\n")[place.line] ?? "").length };
}

/** A name that a cell gives to something else, while a cell above goes on using the old meaning. */
export function reusedNames(reading: Reading): readonly NotebookProblem[] {
  const found: NotebookProblem[] = [];
  const makers = new Map<string, number>();
  const passing =
    /^(_.*|[ijknxyab]|fig|ax|axes|row|col|name|key|value|item|line|f|ans|res|tmp|out|start|end)$/;
  for (const here of reading.cells) {
    for (const { binds, reads, range, kind } of here.statements) {
      for (const { name, certain, kind: how } of binds) {
        const before = makers.get(name);
        const anew = certain && how === "assignment" && kind === "assignment" && !reads.includes(name);
        if (anew && before !== undefined && before < here.cell.index && !passing.test(name)) {
          const user = reading.cells.find(
            ({ cell, statements }) =>
              cell.index > before &&
              cell.index < here.cell.index &&
              statements.some((one) => one.reads.includes(name)) &&
              !statements.some((one) => one.binds.some((binding) => binding.name === name)),
          );
          const place = placeOf(here, range.start, range.end);
          if (user !== undefined && place !== undefined) {
            const fix = renameFrom(reading, here.cell.index, range.start, name, freshName(reading, name));
            found.push({
              code: "nameReused",
              cell: here.cell.index,
              place: firstLine(here, place),
              message: `gives ${name} to something else; cell ${user.cell.number}, run again after it, would see that`,
              fixes: fix === undefined ? [] : [fix],
            });
          }
        }
        if (how !== "delete") makers.set(name, here.cell.index);
      }
    }
  }
  return found;
}

function freshName(reading: Reading, name: string): string {
  const taken = new Set(
    reading.cells.flatMap(({ statements }) =>
      statements.flatMap(({ binds }) => binds.map((one) => one.name)),
    ),
  );
  let count = 2;
  while (taken.has(`${name}_${count}`)) count += 1;
  return `${name}_${count}`;
}

/** Gives a name another one from a place on, in that cell and those below. */
function renameFrom(
  reading: Reading,
  cell: number,
  offset: number,
  name: string,
  to: string,
): ProblemFix | undefined {
  const edits: TextEdit[] = [];
  for (const here of reading.cells.slice(cell)) {
    const own = renaming(here, here.cell.index === cell ? offset : 0, name, to);
    if (own === undefined) return undefined;
    edits.push(...own);
  }
  // A name in a string, as in `df.query("a > @name")`, would stay behind.
  const texts = reading.cells.slice(cell).flatMap(({ tree }) => [...stringsIn(tree.root)]);
  if (texts.some((text) => new RegExp(`\\b${name}\\b`).test(text))) return undefined;
  return { kind: "edit", title: `Rename to ${to} from here on`, edits };
}

function* stringsIn(node: Reading["cells"][number]["tree"]["root"]): Generator<string> {
  if (node.type === "string_content") yield node.text;
  for (const child of node.children) yield* stringsIn(child);
}
