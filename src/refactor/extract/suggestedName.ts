/** A verb for a selection, from the heading above it or from the call that matters. */
import type { Notebook } from "../../notebook/model.ts";
import { headingVerbs, verbs } from "../tables.ts";
import type { Selection } from "./model.ts";

const calls: readonly (readonly [RegExp, string])[] = [
  [/\btrain_test_split\(/, "split"],
  [/\.fit\(/, "train"],
  [/_score\(|\.predict(_proba)?\(/, "evaluate"],
  [/\bplt\.|\.plot[.(]/, "plot"],
  [/\bread_\w+\(/, "load"],
];

export function suggestedName(notebook: Notebook, selection: Selection): string {
  const [first, last] =
    selection.kind === "cells" ? [selection.first, selection.last] : [selection.cell, selection.cell];
  const cells = notebook.cells.slice(first, last + 1);
  const text = cells.map(({ source }) => source).join("\n");
  const taken = (name: string): boolean =>
    notebook.cells.some(({ source }) => new RegExp(`\\b${name}\\b`).test(source));
  const heading = cells[0]?.heading ?? "";
  const [word = ""] = heading.toLowerCase().split(/\W+/);
  const candidates = [
    ...(verbs.has(word) ? [word] : []),
    ...headingVerbs.flatMap((entry) => (entry.heading.test(heading) ? [entry.step] : [])),
    ...calls.flatMap(([pattern, name]) => (pattern.test(text) ? [name] : [])),
    "prepare",
  ];
  const found = candidates.find((name) => !taken(name)) ?? "prepare";
  if (!taken(found)) return found;
  const [object = "data"] = /^\s*([a-z]\w*)\b.*=/m.exec(text)?.slice(1) ?? [];
  return `${found}_${object}`;
}
