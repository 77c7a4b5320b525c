/** `cellsmith analyze NB`: what each cell reads, makes, changes and hands on; nothing is run. */
import { readFile } from "node:fs/promises";
import { analyzeProgram } from "../analysis/analyzeProgram.ts";
import type { ProgramFacts } from "../analysis/model.ts";
import { loadPythonParser } from "../analysis/parser.ts";
import { describeNotebook } from "../notebook/insight.ts";
import type { Cell, Notebook } from "../notebook/model.ts";
import { toProgram } from "../notebook/program.ts";
import { parseNotebook } from "../notebook/readNotebook.ts";
import { firstTellingLine } from "../notebook/tellingLine.ts";
import { ExitCode, messageOf, Problem } from "../problem.ts";
import type { CliCommand } from "./command.ts";

export const analyze: CliCommand = {
  usage: "analyze NOTEBOOK [--json]",
  summary: "Say what each cell needs, makes and changes, without running anything.",
  options: { json: { type: "boolean" } },
  async run({ positionals, values }, terminal) {
    const [path, ...more] = positionals;
    if (path === undefined || more.length > 0)
      throw new Problem("analyze takes one notebook: cellsmith analyze NOTEBOOK");
    const notebook = await readNotebookFile(path);
    const facts = analyzeProgram(toProgram(notebook).units);
    terminal.out(
      values.json === true
        ? `${JSON.stringify(document(notebook, facts), null, 2)}\n`
        : report(notebook, facts),
    );
    return ExitCode.done;
  },
};

async function readNotebookFile(path: string): Promise<Notebook> {
  await loadPythonParser();
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
    throw new Problem(missing ? `there is no file ${path}` : `${path} cannot be read: ${messageOf(error)}`);
  }
  const result = parseNotebook(text, path);
  if (!result.ok) throw new Problem(result.reason);
  return result.notebook;
}

function document(notebook: Notebook, facts: ProgramFacts): unknown {
  return {
    cells: notebook.cells.map((cell) => {
      const unit = facts.units[cell.index];
      const flow = facts.flows[cell.index];
      return {
        index: cell.index,
        id: cell.id,
        reads: unit?.reads,
        writes: unit?.writes,
        mutates: unit?.mutates,
        deletes: unit?.deletes,
        imports: unit?.imports.map(({ name, target }) => ({ name, target })),
        inputs: flow?.inputs,
        outputs: flow?.outputs,
        unbinds: flow?.unbinds,
        inputEffects: flow?.inputEffects,
        outputEffects: flow?.outputEffects,
      };
    }),
    edges: facts.edges,
    diagnostics: facts.diagnostics.map(({ unit, line, column, code, severity, message }) => ({
      cell: unit,
      line,
      column,
      code,
      severity,
      message,
    })),
  };
}

function report(notebook: Notebook, facts: ProgramFacts): string {
  const lines = [`${notebook.title ?? notebook.path}: ${describeNotebook(notebook, facts).headline}`, ""];
  for (const cell of notebook.cells) {
    const flow = facts.flows[cell.index];
    if (flow === undefined || cell.source.trim() === "") continue;
    lines.push(`cell ${cell.number}  ${firstTellingLine(cell)}`);
    const facet = (word: string, names: readonly string[]): void => {
      if (names.length > 0) lines.push(`    ${word.padEnd(8)}${names.join(", ")}`);
    };
    facet("takes", [...flow.inputs, ...flow.inputEffects]);
    facet("gives", [...flow.outputs, ...flow.outputEffects]);
    facet("changes", facts.units[cell.index]?.mutates ?? []);
    facet("deletes", flow.unbinds);
  }
  if (facts.diagnostics.length > 0) lines.push("");
  for (const { unit, line, severity, message } of facts.diagnostics) {
    lines.push(`cell ${numberOf(notebook.cells, unit)}, line ${line + 1}: ${severity}: ${message}`);
  }
  return `${lines.join("\n")}\n`;
}

function numberOf(cells: readonly Cell[], index: number): number {
  return cells[index]?.number ?? index + 1;
}
