/** What convert, check and update have in common: reading, planning, writing, telling. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { analyzeProgram } from "../analysis/analyzeProgram.ts";
import { loadPythonParser } from "../analysis/parser.ts";
import { describeInterpreter } from "../interpreters/describeInterpreter.ts";
import { findInstallation } from "../launch/installation.ts";
import type { Notebook } from "../notebook/model.ts";
import { toProgram } from "../notebook/program.ts";
import { parseNotebook } from "../notebook/readNotebook.ts";
import type { Lock } from "../pipeline/lock.ts";
import { parseManifest } from "../pipeline/manifest.ts";
import { ExitCode, messageOf, Problem } from "../problem.ts";
import { applyConversion, readLock, type Applied } from "../refactor/apply.ts";
import { folderFacts } from "../refactor/folderFacts.ts";
import type { ConversionPlan } from "../refactor/model.ts";
import { draftConversion, type Draft, type PlanOptions } from "../refactor/plan.ts";
import { renderConversion } from "../refactor/renderConversion.ts";
import { importedModules } from "../refactor/renderProject.ts";
import { renderComponents } from "../refactor/renderComponents.ts";
import { distributions } from "../refactor/tables.ts";
import type { Terminal } from "./command.ts";

/** Reads a notebook's file; what is wrong with it is a Problem in one sentence. */
export async function readNotebookAt(file: string): Promise<Notebook> {
  await loadPythonParser();
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") throw new Problem(`there is no file ${file}`);
    throw new Problem(
      code === "EISDIR"
        ? `${file} is a folder, not a notebook`
        : `${file} cannot be read: ${messageOf(error)}`,
    );
  }
  const result = parseNotebook(text, path.resolve(file));
  if (!result.ok) throw new Problem(result.reason);
  if (result.notebook.language !== "python") {
    throw new Problem(
      `${path.basename(file)} is a notebook in ${result.notebook.language}; only Python can be converted`,
    );
  }
  return result.notebook;
}

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
  return { lock, notebook: await readNotebookAt(path.resolve(folder, notebook)), name };
}

export function draftOf(notebook: Notebook, options: PlanOptions): Draft {
  const { cells, units } = toProgram(notebook);
  return draftConversion(notebook, cells, analyzeProgram(units), options);
}

/** Renders and writes. With an interpreter, its versions go into requirements.txt. */
export async function writeDraft(
  draft: Draft,
  folder: string,
  options: { readonly again: boolean; readonly python?: string | undefined },
): Promise<Applied> {
  const facts = await folderFacts(draft.plan.notebook, folder, findInstallation(import.meta.dirname).runtime);
  if (options.python === undefined) return applyConversion(folder, renderConversion(draft, facts), options);
  const modules = importedModules(renderComponents(draft));
  const names = [
    ...new Set([...modules.map((name) => distributions[name] ?? name), "pyarrow", "joblib", "pytest"]),
  ];
  const [found, byModule] = await Promise.all([
    describeInterpreter(path.resolve(options.python), names),
    describeInterpreter(path.resolve(options.python), modules),
  ]);
  const versions = new Map(
    [...Object.entries(byModule.packages), ...Object.entries(found.packages)]
      .filter(([, version]) => version !== "")
      .map(([name, version]) => [name.toLowerCase(), version]),
  );
  const python = found.version.split(".").slice(0, 2).join(".");
  return applyConversion(folder, renderConversion(draft, { ...facts, versions, python }), options);
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
