/** `cellsmith check DIR`: do the components still match the notebook? */
import path from "node:path";
import { ExitCode, Problem } from "../problem.ts";
import { compareCells, type CellChange } from "../refactor/compareCells.ts";
import type { CliCommand } from "./command.ts";
import { readPipelineAt } from "./conversion.ts";

export const check: CliCommand = {
  usage: "check DIR [--json]",
  summary: "Say which cells have changed since the components were made.",
  options: { json: { type: "boolean" } },
  async run({ positionals, values }, terminal) {
    const [given, ...more] = positionals;
    if (given === undefined || more.length > 0) throw new Problem(`usage: cellsmith ${check.usage}`);
    const { lock, notebook } = await readPipelineAt(path.resolve(given));
    const changed = compareCells(lock, notebook);
    const matches = changed.length === 0;
    if (values.json === true) terminal.out(`${JSON.stringify({ matches, changed }, null, 2)}\n`);
    else terminal.out(matches ? "the components match the notebook\n" : changed.map(sentence).join(""));
    return matches ? ExitCode.done : ExitCode.different;
  },
};

function sentence({ change, line, to }: CellChange): string {
  const where = to.length > 0 ? `; update ${to.join(", ")}` : "";
  switch (change) {
    case "new":
      return `${line}  is new and in no step\n`;
    case "gone":
      return `${line}  is gone${where}\n`;
    case "moved":
      return `${line}  now runs later or earlier${where}\n`;
    case "changed":
      return `${line}  has changed${to.length > 0 ? where : ", and was left out"}\n`;
  }
}
