/** What a check found different, as two texts that stand side by side. Knows no editor. */
import { humanPlural } from "../../formats/quantities.ts";
import type { Compared } from "../../refactor/verify/model.ts";

export interface BothSides {
  readonly notebook: string;
  readonly pipeline: string;
}

const words: Readonly<Record<Compared["kind"], string>> = {
  stdout: "printed",
  display: "shown",
  value: "value",
  identity: "shared object",
  metric: "metric",
  figure: "plot",
  file: "written file",
  error: "error",
};

/**
 * The first difference on top, one block each, with as many lines on both sides, so that they stay beside each other.
 * Undefined where nothing differs.
 * @param numberOf number of a code cell (from 0) among all cells, from 1.
 */
export function bothSides(
  compared: readonly Compared[],
  numberOf: (cell: number) => number,
): BothSides | undefined {
  const different = compared.filter(({ same }) => !same);
  if (different.length === 0) return undefined;
  const blocks = different.map(({ kind, name, cell, mode, notebook, pipeline }) => {
    const where = cell === null ? "" : `, cell ${numberOf(cell)}`;
    const how = mode === "isolated" ? ", step by step" : "";
    const head = `# ${[words[kind], name].filter((part) => part !== "").join(" ")}${where}${how}`;
    const [left, right] = [linesOf(notebook), linesOf(pipeline)];
    const height = Math.max(left.length, right.length);
    const padded = (lines: readonly string[]): string =>
      [head, ...lines, ...Array.from({ length: height - lines.length }, () => ""), ""].join("\n");
    return { left: padded(left), right: padded(right) };
  });
  const count = `# ${humanPlural(different.length, "difference")}\n\n`;
  return {
    notebook: count + blocks.map(({ left }) => left).join("\n"),
    pipeline: count + blocks.map(({ right }) => right).join("\n"),
  };
}

function linesOf(told: Compared["notebook"]): readonly string[] {
  return (told === null ? "(nothing)" : String(told)).trimEnd().split("\n");
}
