/** What the Notebooks view says: per notebook its headline, per cell what it reads, writes, shows and breaks. */
import path from "node:path";
import { humanPlural } from "../../formats/quantities.ts";
import type { Cell, Notebook, NotebookInsight } from "../../notebook/model.ts";
import type { NotebookProblem } from "../../notebook/problems/model.ts";
import { firstTellingLine } from "../../notebook/tellingLine.ts";
import { code, dotted, escaped, listed, shortened } from "../words.ts";
import { brokenRow, type Row } from "./row.ts";

/** A notebook of the workspace, read and understood, or the reason why not. */
export type NotebookFacts =
  | {
      readonly ok: true;
      readonly path: string;
      readonly notebook: Notebook;
      readonly insight: NotebookInsight;
      /** What else is to be told; what breaks stands in `insight`. */
      readonly problems?: readonly NotebookProblem[];
    }
  | { readonly ok: false; readonly path: string; readonly reason: string };

/** One row a notebook. `folder` is the workspace folder that the paths are shown relative to. */
export function notebookRows(folder: string, all: readonly NotebookFacts[]): readonly Row[] {
  return all.map((facts) => notebookRow(folder, facts));
}

/** A notebook that is still being read. */
export function pendingNotebookRow(folder: string, file: string): Row {
  return {
    id: file,
    ...placeOf(folder, file),
    icon: { name: "loading~spin", tone: "quiet" },
    subject: { kind: "notebook", path: file },
    context: "notebook",
  };
}

export function notebookRow(folder: string, facts: NotebookFacts): Row {
  const subject = { kind: "notebook", path: facts.path } as const;
  const { label } = placeOf(folder, facts.path);
  if (!facts.ok) {
    const row = brokenRow(facts.path, label, withoutName(facts.reason, label), subject);
    return { ...row, tooltip: escaped(facts.reason) };
  }
  const { notebook, insight, problems = [] } = facts;
  const broken = insight.breaks.length > 0;
  const description = newsFirst(insight.headline);
  return {
    id: facts.path,
    label,
    description,
    icon: broken ? { name: "warning", tone: "warning" } : { name: "notebook" },
    tooltip: notebookTooltip(path.relative(folder, facts.path), notebook, insight, problems),
    context: "notebook",
    subject,
    spoken: `${label}, ${description}`,
    children: () => notebook.cells.map((cell) => cellRow(facts.path, cell, insight, problems)),
  };
}

function placeOf(folder: string, file: string): { readonly label: string; readonly description: string } {
  return { label: path.basename(file), description: path.relative(folder, path.dirname(file)) };
}

/** A narrow sidebar cuts the end off: how many cells there are can go, what was found cannot. */
function newsFirst(headline: string): string {
  const [count, ...news] = headline.split(" · ");
  return dotted(...news, count);
}

/** The row has the name already: `is not JSON` is what fits beside it. */
function withoutName(reason: string, name: string): string {
  const rest = reason.startsWith(`${name} `) ? reason.slice(name.length + 1) : reason;
  return rest.replace(/^is (?=not |written |a |too )/, "").replace(/^has (?=no )/, "");
}

function notebookTooltip(
  relative: string,
  notebook: Notebook,
  insight: NotebookInsight,
  problems: readonly NotebookProblem[],
): string {
  const line = (word: string, text: string): string | undefined =>
    text === "" ? undefined : `${word} ${text}`;
  const order = insight.outOfOrder;
  return [
    `**${escaped(notebook.title ?? path.basename(relative))}**`,
    escaped(relative),
    line("Reads", listed(unique(insight.reads.map((use) => code(use.path))))),
    line("Writes", listed(unique(insight.writes.map((use) => code(use.path))))),
    line(
      "Saved numbers:",
      insight.numbers.map((number) => escaped(`${number.name} ${number.text}`)).join(", "),
    ),
    order && `Last run out of order: cell ${order.later} before cell ${order.earlier}`,
    ...insight.breaks.map((found) => `$(warning) In a fresh run, ${escaped(found.message)}`),
    ...besideBreaks(problems).map(
      ({ cell, message }) => `$(info) Cell ${notebook.cells[cell]?.number ?? cell + 1} ${escaped(message)}`,
    ),
  ]
    .filter((text) => text !== undefined)
    .join("\n\n");
}

/** What breaks a fresh run is told with it; the order of the last run in a line of its own. */
function besideBreaks(problems: readonly NotebookProblem[]): readonly NotebookProblem[] {
  return problems.filter(
    ({ code }) => code !== "undefinedName" && code !== "definedLater" && code !== "outOfOrder",
  );
}

function cellRow(
  notebook: string,
  cell: Cell,
  insight: NotebookInsight,
  all: readonly NotebookProblem[],
): Row {
  const here = (use: { readonly cell: number }): boolean => use.cell === cell.number;
  const breaks = insight.breaks.filter(here);
  const problems = all.filter((problem) => problem.cell === cell.index);
  const others = problems.filter(({ code }) => code !== "undefinedName" && code !== "definedLater");
  const written = insight.writes.filter(here);
  const reads = unique(insight.reads.filter(here).map((use) => path.basename(use.path)));
  const writes = unique(written.map((use) => path.basename(use.path)));
  const description = dotted(
    breaks[0]?.message,
    breaks.length === 0 ? others[0]?.message : undefined,
    reads.length > 0 ? `reads ${listed(reads)}` : undefined,
    writes.length > 0 ? `writes ${listed(writes)}` : undefined,
    insight.numbers
      .filter(here)
      .map((number) => `${number.name} ${number.text}`)
      .join(", "),
  );
  // In a narrow sidebar what a cell does matters more than the rest of its line.
  const label = shortened(firstTellingLine(cell), description === "" ? 60 : 16);
  const draws = cell.outputs.some((output) => output.mimeTypes.some((type) => type.startsWith("image/")));
  return {
    id: `${notebook}#${cell.id}`,
    label: `${cell.number}  ${label}`,
    description,
    icon: cellIcon(
      breaks.length > 0,
      others.length > 0,
      written.some(({ kind }) => kind === "model"),
      reads.length > 0,
      draws,
    ),
    tooltip: cellTooltip(
      cell,
      breaks.map((found) => found.message),
      others.map((problem) => problem.message),
    ),
    context: "cell",
    subject: { kind: "cell", path: notebook, cell: cell.index },
    spoken: dotted(`cell ${cell.number}`, label, description),
  };
}

function cellIcon(
  breaks: boolean,
  told: boolean,
  writesModel: boolean,
  reads: boolean,
  draws: boolean,
): Row["icon"] {
  if (breaks) return { name: "warning", tone: "warning" };
  if (told) return { name: "info", tone: "warning" };
  if (writesModel) return { name: "package" };
  if (reads) return { name: "database" };
  return draws ? { name: "graph" } : { name: "code", tone: "quiet" };
}

function cellTooltip(cell: Cell, breaks: readonly string[], others: readonly string[]): string {
  const lines = cell.source.split("\n");
  const shown = lines.slice(0, 16).join("\n");
  const fence = "`".repeat(Math.max(3, ...(shown.match(/`+/g) ?? []).map((run) => run.length + 1)));
  const more = lines.length > 16 ? `\n\n… ${humanPlural(lines.length - 16, "more line")}` : "";
  const under = cell.heading === undefined ? "" : `Under “${escaped(cell.heading)}”\n\n`;
  const warnings = breaks.map((message) => `$(warning) In a fresh run, ${escaped(message)}\n\n`).join("");
  const told = others.map((message) => `$(info) This cell ${escaped(message)}\n\n`).join("");
  return `${under}${warnings}${told}${fence}python\n${shown}\n${fence}${more}`;
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words)];
}
