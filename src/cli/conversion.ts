/** What convert, check and update have in common: reading a pipeline, telling of a plan. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Notebook } from "../notebook/model.ts";
import { openNotebook } from "../notebook/openNotebook.ts";
import type { Lock } from "../pipeline/lock.ts";
import { parseManifest } from "../pipeline/manifest.ts";
import { ExitCode, Problem } from "../problem.ts";
import { readLock } from "../refactor/apply.ts";
import type { ConversionPlan } from "../refactor/model.ts";
import type { Terminal } from "./command.ts";

/** The lock of a pipeline's folder and the notebook it was made from. */
export async function readPipelineAt(
  folder: string,
): Promise<{ lock: Lock; notebook: Notebook; name: string }> {
  const lock = await readLock(folder);
  if (lock === undefined) throw new Problem(`${folder} is no pipeline: it has no pipeline.lock.json`);
  const file = path.join(folder, "pipeline.yaml");
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) throw new Problem(`${folder} is no pipeline: it has no pipeline.yaml`);
  const parsed = parseManifest(text);
  if ("problems" in parsed) {
    const [{ line, column, message }] = parsed.problems;
    throw new Problem(`${file}:${line}:${column}: ${message}`);
  }
  const { notebook, name } = parsed.manifest;
  if (notebook === undefined) throw new Problem(`${file} names no notebook`);
  return { lock, notebook: await openNotebook(path.resolve(folder, notebook)), name };
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
