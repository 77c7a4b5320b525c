/** What each cell of a notebook does, in a word. A cell whose text stays is not looked at again. */
import type { ProgramFacts } from "../../analysis/model.ts";
import type { Notebook, PythonCell } from "../../notebook/model.ts";
import { readSource } from "../../refactor/source.ts";
import { stageOf, type Stage } from "../../refactor/stages.ts";

const words: Readonly<Record<Stage, string>> = {
  load: "load",
  prepare: "prepare",
  split: "split",
  train: "train",
  tune: "tune",
  evaluate: "evaluate",
  predict: "predict",
  plot: "plot",
  save: "save",
  look: "look",
  other: "",
};

export class CellStages {
  #known: ReadonlyMap<string, string> = new Map();

  of(notebook: Notebook, cells: readonly PythonCell[], facts: ProgramFacts): (cell: number) => string {
    const next = new Map<string, string>();
    for (const [position, cell] of cells.entries()) {
      if (next.has(cell.python)) continue;
      const unit = facts.units[position];
      const word =
        this.#known.get(cell.python) ??
        (unit === undefined ? "" : stageWord(notebook, cell, { ...facts, units: [unit] }));
      next.set(cell.python, word);
    }
    this.#known = next;
    return (cell) => next.get(cells[cell]?.python ?? "") ?? "";
  }
}

function stageWord(notebook: Notebook, cell: PythonCell, facts: ProgramFacts): string {
  const { statements } = readSource(notebook, [cell], facts);
  const doing = statements.filter(({ fact }) => !["import", "function", "class"].includes(fact.kind));
  return doing.length === 0 ? "" : words[stageOf(doing)];
}
