/** The outcome of a check in words, for the terminal and the output channel. */
import { humanPlural } from "../../formats/quantities.ts";
import type { Basis, Compared, Verification } from "./model.ts";

/** How cells are called for people. */
export interface ReportNames {
  readonly notebook: string;
  /** Number of a code cell (from 0) among all cells, from 1. */
  readonly numberOf: (cell: number) => number;
}

const nouns: readonly (readonly [Compared["kind"], string, string])[] = [
  ["stdout", "printed text", "printed texts"],
  ["display", "display", "displays"],
  ["value", "value", "values"],
  ["identity", "shared object", "shared objects"],
  ["figure", "plot", "plots"],
  ["metric", "metric", "metrics"],
  ["file", "written file", "written files"],
];

const modeWords = {
  "in-process": "in one process",
  isolated: "step by step",
  both: "in one process and step by step",
};

/** Several lines, each ended. */
export function renderReport(verification: Verification, names: ReportNames): string {
  const { basis, compared, mode, notCompared, seconds } = verification;
  const different = compared.filter(({ same }) => !same);
  const [first] = different;
  const nothing = compared.length === 0 ? ["  There was nothing to compare"] : [];
  const head =
    first === undefined
      ? `Same result ${modeWords[mode]}${partly(basis)}  (${names.notebook}, ${Math.round(seconds)} s, ${verification.with})`
      : `Different at ${placeOf(first, names)}, run ${modeWords[first.mode]}${partly(basis)}`;
  const lines = [
    head,
    ...(first === undefined ? [] : differences(different)),
    ...nothing,
    ...counts(compared),
  ];
  lines.push(...loose(verification, names), ...declared(verification));
  if (notCompared.length > 0) lines.push(`  Not compared: ${shortList(notCompared)}`);
  if (verification.noticed.length > 0) {
    const reached = verification.noticed.map(({ kind, what, number }) =>
      number === null ? `${kind} ${what}` : `${kind} ${what}, cell ${number}`,
    );
    lines.push(`  Reached outside the scratch copy: ${shortList(reached)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** A check that is no proof of the whole says so in its first line. */
function partly(basis: Basis): string {
  if (basis.kind === "run") return "";
  if (basis.kind === "saved outputs") return ", compared with the saved outputs only";
  return `, on the first ${humanPlural(basis.rows, "row")} of its data only`;
}

/** What the notebook itself does not give twice, and why where that is known. */
function loose({ nondeterministic }: Verification, names: ReportNames): string[] {
  if (nondeterministic.length === 0) return [];
  const where = nondeterministic.map(({ name, kind, cell }) => {
    const what = kind === "stdout" ? "what is printed" : kind === "figure" ? "a plot" : name;
    return cell === null ? what : `${what} (cell ${names.numberOf(cell)})`;
  });
  const [unseeded] = nondeterministic.flatMap((one) => one.unseeded ?? []);
  const from = unseeded?.cell ?? null;
  const cause =
    unseeded === undefined
      ? ""
      : `; ${from === null ? "it" : `cell ${names.numberOf(from)}`} draws from ${unseeded.generator}: seed it, and it can be checked`;
  return [
    `  Not held to it: ${shortList([...new Set(where)], ", ")}, which ${names.notebook} itself does not give twice${cause}`,
  ];
}

function declared({ signatures }: Verification): string[] {
  if (signatures.state !== "do not hold") return [];
  const [first] = signatures.differences;
  const shown =
    first === undefined ? "" : `: ${first.kind === "error" ? oneLine(first.pipeline) : first.name}`;
  return [`  With what the steps do not declare hidden, it gives something else${shown}`];
}

function differences(different: readonly Compared[]): string[] {
  return different
    .slice(0, 8)
    .flatMap(({ name, kind, notebook, pipeline }) => [
      `  ${kind === "error" ? "the pipeline stops" : name}`,
      ...(kind === "error" ? [] : [`    notebook  ${oneLine(notebook)}`]),
      `    pipeline  ${oneLine(pipeline)}`,
    ]);
}

function counts(compared: readonly Compared[]): string[] {
  return nouns.flatMap(([kind, one, many]) => {
    const all = compared.filter((entry) => entry.kind === kind);
    if (all.length === 0) return [];
    // In two modes the same thing is compared twice, and counts once.
    const things = distinct(all);
    const differing = distinct(all.filter(({ same }) => !same)).length;
    const rounded = all.filter(({ rounding }) => rounding !== undefined);
    const most = Math.max(...rounded.map(({ rounding }) => rounding ?? 0));
    const named = [...new Set(rounded.map(({ name }) => name))].join(", ");
    const rounding = rounded.length === 0 ? "" : `, ${named} to rounding (${most.toExponential(0)})`;
    const verdict = differing === 0 ? "the same" : `${things.length - differing} of them the same`;
    return [`  ${humanPlural(things.length, one, many)}: ${verdict}${rounding}`];
  });
}

function distinct(entries: readonly Compared[]): readonly string[] {
  return [...new Set(entries.map(({ cell, name }) => `${cell ?? ""} ${name}`))];
}

function placeOf({ cell, name, kind }: Compared, names: ReportNames): string {
  const step = kind === "metric" || kind === "file" ? name : (name.split(".")[0] ?? name);
  return cell === null ? step : `${step}, cell ${names.numberOf(cell)}`;
}

function oneLine(value: Compared["notebook"]): string {
  return String(value).trimEnd().replaceAll("\n", " ⏎ ");
}

function shortList(items: readonly string[], between = " · "): string {
  const shown = items.slice(0, 6).map((item) => item.split("\n")[0] ?? "");
  return [...shown, ...(items.length > shown.length ? [`${items.length - shown.length} more`] : [])].join(
    between,
  );
}
