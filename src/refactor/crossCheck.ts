/**
 * Before a conversion is written, the user's own Python reads each cell too: that it parses, and that the names bound and read in
 * every scope are those that the analysis found. No cell is run. Modules of star imports are imported, in a process of their
 * own, to know what they bind.
 */
import * as z from "zod";
import { compareSymbols, type SymbolDifference } from "../analysis/compareSymbols.ts";
import { namedChildren, parsePython, type SyntaxNode } from "../analysis/parser.ts";
import { hasFutureAnnotations, scopeSymbolsSchema, symbolsOf } from "../analysis/symbols.ts";
import type { Notebook } from "../notebook/model.ts";
import { toProgram } from "../notebook/program.ts";
import { ExitCode, messageOf, Problem } from "../problem.ts";
import { askSymbols } from "./askSymbols.ts";
import type { Decision } from "./model.ts";

export interface CrossCheckOptions {
  /** Absolute path of the Python that would run the pipeline; undefined where none may be started, or there is none. */
  readonly python: string | undefined;
  /** Absolute path of the folder with our Python. */
  readonly runtime: string;
  /** Where the notebook's own modules are found. */
  readonly workdir: string;
  /** Code cells (from 0) that are not converted. */
  readonly leaveOut?: readonly number[];
  readonly signal?: AbortSignal | undefined;
  /** For reading the cells, and again for star imports; 10 seconds by default. */
  readonly limitMilliseconds?: number;
}

export interface CrossCheck {
  /** `3.11`; undefined where no Python read the cells. */
  readonly python: string | undefined;
  /** Cells that may not be converted as they stand. */
  readonly refusals: readonly Decision[];
  readonly warnings: readonly string[];
  /** What `from MODULE import *` binds, for the modules that could be imported. */
  readonly stars: Readonly<Record<string, readonly string[]>>;
}

const cellAnswer = z.union([
  z.object({ scope: scopeSymbolsSchema }),
  z.object({ error: z.string(), line: z.int() }),
]);
const cellsAnswer = z.object({ python: z.string(), cells: z.array(cellAnswer) });
const starsAnswer = z.object({ stars: z.record(z.string(), z.array(z.string()).nullable()) });

const nobodyAsked =
  "No Python was asked whether it reads the cells as Cellsmith does. Checking the pipeline does that.";

/**
 * Holds the analysis against the user's Python. The Python parser must be loaded.
 * @throws Problem with exit code 130 when cancelled; a Python that gives no answer is a warning.
 */
export async function crossCheck(notebook: Notebook, options: CrossCheckOptions): Promise<CrossCheck> {
  const { python, runtime, signal } = options;
  if (python === undefined) return { python: undefined, refusals: [], warnings: [nobodyAsked], stars: {} };
  const sources = toProgram(notebook).cells.map((cell) => cell.python);
  const trees = sources.map((source) => parsePython(source));
  const question = { python, runtime, signal, limitMilliseconds: options.limitMilliseconds ?? 10_000 };
  try {
    const [answer, stars] = await Promise.all([
      askSymbols({
        ...question,
        flags: ["-I", "-S", "-W", "ignore"],
        args: ["cells"],
        input: JSON.stringify({ cells: sources }),
      }),
      askStars(
        trees.flatMap(({ root }) => starModules(root)),
        question,
        options.workdir,
      ),
    ]);
    const { cells, python: version } = cellsAnswer.parse(answer);
    const short = version.split(".").slice(0, 2).join(".");
    const leftOut = new Set(options.leaveOut);
    let futureAnnotations = false;
    const refusals: Decision[] = [];
    trees.forEach(({ root, problems }, cell) => {
      const theirs = cells[cell];
      futureAnnotations ||= hasFutureAnnotations(root);
      // What Cellsmith itself cannot read is in the plan already.
      if (theirs === undefined || problems.length > 0 || leftOut.has(cell)) return;
      if ("error" in theirs) {
        refusals.push(unreadable(cell, theirs.line, `Python ${short}`, theirs.error));
        return;
      }
      const [difference] = compareSymbols(symbolsOf(root, { futureAnnotations }), theirs.scope);
      if (difference !== undefined) refusals.push(disagreement(cell, difference, `Python ${short}`));
    });
    return { python: short, refusals, warnings: [], stars };
  } catch (error) {
    if (error instanceof Problem && error.exitCode === ExitCode.cancelled) throw error;
    const reason = error instanceof Problem ? messageOf(error) : `${python} gave an answer of another kind`;
    return { python: undefined, refusals: [], warnings: [`${nobodyAsked} (${reason})`], stars: {} };
  }
}

/** Modules of the star imports in a cell, as they are written; relative ones have no place in a notebook. */
function starModules(root: SyntaxNode): readonly string[] {
  const found: string[] = [];
  const visit = (node: SyntaxNode): void => {
    if (
      node.type === "import_from_statement" &&
      node.children.some(({ type }) => type === "wildcard_import")
    ) {
      const module = node.children.find(({ field }) => field === "module_name");
      if (module?.type === "dotted_name") found.push(module.text);
    } else namedChildren(node).forEach(visit);
  };
  visit(root);
  return found;
}

async function askStars(
  modules: readonly string[],
  question: {
    readonly python: string;
    readonly runtime: string;
    readonly signal: AbortSignal | undefined;
    readonly limitMilliseconds: number;
  },
  workdir: string,
): Promise<CrossCheck["stars"]> {
  if (modules.length === 0) return {};
  const env = { MPLBACKEND: "Agg", CELLSMITH_WORKDIR: workdir };
  const args = ["star", ...new Set(modules)];
  // A module that cannot be imported, or hangs, leaves the star import as unknown as it was.
  const answer = await askSymbols({ ...question, flags: ["-W", "ignore"], args, input: "", env }).catch(
    (error: unknown) => {
      if (error instanceof Problem && error.exitCode === ExitCode.cancelled) throw error;
      return undefined;
    },
  );
  const parsed = starsAnswer.safeParse(answer);
  const entries = Object.entries(parsed.success ? parsed.data.stars : {});
  return Object.fromEntries(entries.flatMap(([name, names]) => (names === null ? [] : [[name, names]])));
}

function unreadable(cell: number, line: number, python: string, reason: string): Decision {
  return {
    cell,
    line,
    code: "syntax-error",
    message: `Your ${python} cannot read this cell: ${reason.replace(/\.$/, "")}. Write it for ${python}, choose another Python, or leave the cell out.`,
    waysOut: ["leave-out"],
  };
}

function disagreement(cell: number, difference: SymbolDifference, python: string): Decision {
  const { line, scope, name, ours, theirs } = difference;
  const where = scope === "" ? "" : ` in ${scope}`;
  const what =
    name === undefined
      ? `the scopes${where} are ${theirs || "fewer"} for Python, ${ours || "fewer"} for Cellsmith`
      : `${name}${where} is ${said(theirs)} for Python, ${said(ours)} for Cellsmith`;
  return {
    cell,
    line: Math.max(line - 1, 0),
    code: "analysis-disagrees",
    message: `Cellsmith and your ${python} read this cell differently: ${what}; please report it.`,
    waysOut: ["leave-out"],
  };
}

const words = {
  b: "bound",
  p: "a parameter",
  i: "imported",
  a: "annotated",
  r: "read",
  n: "declared nonlocal",
  L: "local",
  F: "of a function around",
  G: "declared global",
  g: "global",
};

function said(letters: string): string {
  const found = Object.entries(words).flatMap(([letter, word]) => (letters.includes(letter) ? [word] : []));
  return found.length === 0 ? "no name" : found.join(" and ");
}
