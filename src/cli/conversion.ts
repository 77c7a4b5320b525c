/** What convert and update have in common: telling of a plan. */
import type { Notebook } from "../notebook/model.ts";
import { ExitCode } from "../problem.ts";
import type { ConversionPlan } from "../refactor/model.ts";
import type { Terminal } from "./command.ts";

/** Tells what stands in the way of a conversion; the exit code says that it was refused. */
export function refuse(
  { decisions }: ConversionPlan,
  notebook: Notebook,
  json: boolean,
  terminal: Terminal,
): ExitCode {
  if (json) {
    const refused = decisions.map(({ cell, line, code, message }) => ({ cell, line, code, message }));
    terminal.out(`${JSON.stringify({ refused }, null, 2)}\n`);
  }
  const lines = decisions.map(({ cell, line, message }) => {
    const text = notebook.cells[cell]?.source.split("\n")[line]?.trim() ?? "";
    return `  cell ${notebook.cells[cell]?.number ?? cell + 1}, line ${line + 1}   ${text}\n      ${message}\n`;
  });
  terminal.err(
    `cellsmith: this needs your decision before it can be converted; nothing was written\n${lines.join("")}`,
  );
  return ExitCode.refused;
}

/** A plan as `convert --json` prints it. */
export function planDocument(plan: ConversionPlan): Record<string, unknown> {
  return {
    pipeline: plan.pipeline,
    components: plan.steps.map(({ name, cells, inputs, outputs, settings }) => ({
      name,
      cells,
      inputs: inputs.map((input) => input.name),
      outputs: outputs.map((output) => output.name),
      parameters: settings,
    })),
    leftOut: plan.leftOut,
    warnings: plan.warnings,
  };
}
