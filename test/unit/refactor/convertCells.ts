import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { analyzeProgram } from "../../../src/analysis/analyzeProgram.ts";
import { vendoredFiles } from "../../../src/formats/vendoredFiles.ts";
import type { Cell, Notebook } from "../../../src/notebook/model.ts";
import { plainProgram } from "../../../src/refactor/plainCells.ts";
import { draftConversion, type Draft, type PlanOptions } from "../../../src/refactor/plan.ts";
import { renderConversion } from "../../../src/refactor/renderConversion.ts";

const runtime = vendoredFiles.map((name) => ({
  path: name,
  text: readFileSync(path.resolve(import.meta.dirname, "../../../src/runtime", name), "utf8"),
}));

/** A code cell by its source alone, or with what stands above it. */
export type CellText =
  | string
  | {
      readonly source: string;
      readonly heading?: string;
      readonly prose?: string;
      readonly tags?: readonly string[];
      readonly printed?: string;
    };

export function notebookOf(cells: readonly CellText[]): Notebook {
  let heading: string | undefined;
  return {
    path: "/project/notebooks/churn.ipynb",
    format: "ipynb",
    language: "python",
    title: undefined,
    introduction: "",
    markdownCells: 0,
    cells: cells.map((given, index): Cell => {
      const cell = typeof given === "string" ? { source: given } : given;
      const startsSection = cell.heading !== undefined;
      heading = cell.heading ?? heading;
      return {
        index,
        number: index + 1,
        id: `cell-${index}`,
        source: cell.source,
        tags: cell.tags ?? [],
        executionCount: undefined,
        outputs: cell.printed === undefined ? [] : [{ kind: "stream", text: cell.printed, mimeTypes: [] }],
        heading,
        startsSection,
        prose: cell.prose ?? "",
      };
    }),
  };
}

/** Plans cells; the parser must be loaded. */
export function draftOf(cells: readonly CellText[], options: PlanOptions = {}): Draft {
  const notebook = notebookOf(cells);
  const program = plainProgram(notebook);
  return draftConversion(notebook, program.cells, analyzeProgram(program.units), options);
}

/** The text of one generated file. */
export function fileOf(draft: Draft, name: string): string {
  const file = filesOf(draft).find((entry) => entry.path === name);
  if (file === undefined) throw new Error(`there is no ${name}`);
  return file.text;
}

export function filesOf(draft: Draft): ReturnType<typeof renderConversion> {
  return renderConversion(draft, {
    runtime,
    version: "0.0.0",
    notebook: "../../notebooks/churn.ipynb",
    workdir: "../../notebooks",
  });
}

/** Writes a draft to `<home>/pipelines/p`, its notebook's folder being `<home>/notebooks`. */
export function writeFiles(home: string, draft: Draft): { folder: string; home: string } {
  const folder = path.join(home, "pipelines", "p");
  mkdirSync(path.join(home, "notebooks"), { recursive: true });
  for (const file of filesOf(draft)) {
    const target = path.join(folder, file.path);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, file.text);
  }
  return { folder, home: path.join(home, "notebooks") };
}
