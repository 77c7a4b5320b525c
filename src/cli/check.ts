/** `cellsmith check DIR`: do the components still match the notebook? */
import path from "node:path";
import type { Notebook } from "../notebook/model.ts";
import { ExitCode, Problem } from "../problem.ts";
import { compareCells, type CellChange } from "../refactor/compareCells.ts";
import { openPipeline } from "../refactor/openPipeline.ts";
import type { CliCommand } from "./command.ts";

export const check: CliCommand = {
  usage: "check DIR [--json]",
  summary: "Say which cells have changed since the components were made.",
  options: { json: { type: "boolean" } },
  async run({ positionals, values }, terminal) {
    const [given, ...more] = positionals;
    if (given === undefined || more.length > 0) throw new Problem(`usage: cellsmith ${check.usage}`);
    const { lock, notebook } = await openPipeline(path.resolve(given));
    const changed = compareCells(lock, notebook);
    const matches = changed.length === 0;
    if (values.json === true) terminal.out(`${JSON.stringify({ matches, changed }, null, 2)}\n`);
    else
      terminal.out(
        matches
          ? "the components match the notebook\n"
          : changed.map((change) => sentence(change, notebook)).join(""),
      );
    return matches ? ExitCode.done : ExitCode.different;
  },
};

/** One line, as `python run.py check` words it. A cell that is gone has no number any more. */
function sentence({ change, cell, line, to }: CellChange, notebook: Notebook): string {
  const name = `cell ${notebook.cells[cell]?.number ?? cell + 1}`;
  const places = to.map((step) => (step === "parameters" ? "the settings" : step)).join(" and ");
  const look = places === "" ? "it was left out" : `look at ${places}`;
  switch (change) {
    case "new":
      return `${name} is new and in no step: ${line}\n`;
    case "gone":
      return `a cell is gone, ${look}: ${line}\n`;
    case "moved":
      return `${name} now runs later or earlier, ${look}: ${line}\n`;
    case "changed":
      return `${name} has changed, ${look}: ${line}\n`;
  }
}
