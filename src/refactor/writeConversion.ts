/** From a notebook to files on disk: the plan, the text, the writing. */
import path from "node:path";
import { analyzeProgram } from "../analysis/analyzeProgram.ts";
import { describeInterpreter } from "../interpreters/describeInterpreter.ts";
import type { Notebook } from "../notebook/model.ts";
import { applyConversion, type Applied, type ApplyOptions } from "./apply.ts";
import { folderFacts } from "./folderFacts.ts";
import { plainProgram } from "./plainCells.ts";
import { draftConversion, type Draft, type PlanOptions } from "./plan.ts";
import { renderComponents } from "./renderComponents.ts";
import { renderConversion } from "./renderConversion.ts";
import { importedModules } from "./renderProject.ts";
import { distributions } from "./tables.ts";

/** Plans the conversion of a notebook. The Python parser must be loaded, as it is once a notebook was read. */
export function draftOf(notebook: Notebook, options: PlanOptions): Draft {
  const { cells, units } = plainProgram(notebook, options.stars);
  return draftConversion(notebook, cells, analyzeProgram(units), options);
}

/**
 * Renders and writes. With an interpreter, its versions go into requirements.txt.
 * @param options.runtime absolute path of the folder with the runtime that is vendored.
 */
export async function writeDraft(
  draft: Draft,
  folder: string,
  options: ApplyOptions & { readonly runtime: string; readonly python?: string | undefined },
): Promise<Applied> {
  const facts = await folderFacts(draft.plan.notebook, folder, options.runtime);
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
