/** Everything that is to be told of a notebook. Runs nothing, asks no file system, and reads again only what changed. */
import { createAnalyzer, type TreeCache } from "../../analysis/analyzeProgram.ts";
import type { ProgramFacts } from "../../analysis/model.ts";
import type { Notebook, PythonCell } from "../model.ts";
import { toProgram } from "../program.ts";
import { unpinnedInstalls } from "./installs.ts";
import { literalProblems } from "./literals.ts";
import type { NotebookProblem } from "./model.ts";
import { missingNames, reusedNames, shadowedBuiltins } from "./names.ts";
import { readCells } from "./reading.ts";
import { changedInPlace, ranOutOfOrder, shownOnly } from "./state.ts";

/** Keeps what it knows of a notebook while that is edited. Needs `loadPythonParser()`. */
export class ProblemFinder {
  readonly #trees: TreeCache = new Map();
  readonly #analyzer = createAnalyzer(this.#trees);

  find(notebook: Notebook): readonly NotebookProblem[] {
    const { cells, units } = toProgram(notebook);
    const found = findProblems(notebook, cells, this.#analyzer.analyze(units), this.#trees);
    // Texts of cells as they were are of no use any more.
    const now = new Set(cells.map(({ python }) => python));
    for (const text of this.#trees.keys()) if (!now.has(text)) this.#trees.delete(text);
    return found;
  }
}

/** In the cells' order; what stands in the way of a fresh run first. */
export function findProblems(
  notebook: Notebook,
  cells: readonly PythonCell[],
  facts: ProgramFacts,
  trees: TreeCache = new Map(),
): readonly NotebookProblem[] {
  const reading = readCells(notebook, cells, facts, trees);
  const all = [
    ...missingNames(reading),
    ...literalProblems(reading),
    ...shadowedBuiltins(reading),
    ...reusedNames(reading),
    ...changedInPlace(reading),
    ...shownOnly(reading),
    ...unpinnedInstalls(reading),
    ...ranOutOfOrder(reading),
  ];
  return all.sort((a, b) => a.cell - b.cell);
}
