/** What convert and update have in common: telling of a plan. */
import type { Notebook } from "../notebook/model.ts";
import { ExitCode, Problem } from "../problem.ts";
import path from "node:path";
import { findInterpreter } from "../interpreters/findInterpreter.ts";
import { findInstallation } from "../launch/installation.ts";
import { crossCheck, type CrossCheck } from "../refactor/crossCheck.ts";
import type { ConversionPlan } from "../refactor/model.ts";
import type { Terminal } from "./command.ts";

/** Lets the Python that would run the notebook read it too. Where there is none, that is a warning. */
export async function crossChecked(
  notebook: Notebook,
  options: {
    readonly python: string | undefined;
    readonly leaveOut: readonly number[];
    readonly signal: AbortSignal;
  },
): Promise<CrossCheck> {
  const workdir = path.dirname(notebook.path);
  const search = { folder: workdir, workspace: process.cwd(), configured: options.python };
  let python: string | undefined;
  try {
    python = findInterpreter(search).path;
  } catch (error) {
    if (options.python !== undefined || !(error instanceof Problem)) throw error;
  }
  const { runtime } = findInstallation(import.meta.dirname);
  return crossCheck(notebook, { ...options, python, runtime, workdir });
}

/** A plan with what a cross-check found: cells that stand under a decision already need no second one. */
export function withCrossCheck(plan: ConversionPlan, checked: CrossCheck): ConversionPlan {
  const decided = new Set(plan.decisions.map(({ cell }) => cell));
  const more = checked.refusals.filter(({ cell }) => !decided.has(cell));
  return {
    ...plan,
    decisions: [...plan.decisions, ...more],
    warnings: [...plan.warnings, ...checked.warnings],
  };
}

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
