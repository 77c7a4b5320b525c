/** Notebooks of any length that every converter here takes: no globals in functions, no magics, a heading for each cell. */
const headings = ["Load", "Prepare", "Look", "Train", "Evaluate"];

export interface RawCell {
  readonly cell_type: "code" | "markdown";
  readonly id: string;
  readonly source: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly outputs?: readonly unknown[];
  readonly execution_count?: null;
}

export interface RawNotebook {
  readonly cells: readonly RawCell[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly nbformat: 4;
  readonly nbformat_minor: 5;
}

/** Code cells as a person writes them: read, change in place, a function, a model, a sum; each works on the one before. */
export function generatedCells(count: number): readonly string[] {
  const cells = ["import math\nimport statistics\n\nrows = [{'x': n, 'y': n * 2.5} for n in range(50)]"];
  for (let at = 1; at < count; at += 1) {
    const kinds = [
      `for row in rows:\n    row['f${at}'] = row['x'] * ${at} + math.sqrt(row['y'])`,
      `part${at} = [row['y'] for row in rows if row['x'] % ${(at % 7) + 2}]\nprint(len(part${at}))`,
      `def scale${at}(values, by=${at}):\n    top = max(values)\n    return [value / top * by for value in values]`,
      `scaled${at} = scale${at - 1}([row['y'] for row in rows])\nrows[0]['y'] = scaled${at}[1]`,
      `mean${at} = statistics.mean([row['y'] for row in rows])\nprint(round(mean${at}, 3))`,
    ];
    // The fourth calls what the third defined.
    cells.push(kinds[(at - 1) % kinds.length] ?? "");
  }
  return cells;
}

/**
 * A notebook with these code cells, one step each: a second-level heading before each (soorgeon splits there), kale's tags on them.
 * A cell of imports alone gets kale's tag for imports, as its guide asks.
 */
export function toNotebook(cells: readonly string[], withHeadings: boolean): RawNotebook {
  let last: string | undefined;
  const raw = cells.flatMap((source, at): readonly RawCell[] => {
    const step = `s${at}`;
    const imports = isOnlyImports(source);
    const tags = imports ? ["imports"] : [`step:${step}`, ...(last === undefined ? [] : [`prev:${last}`])];
    if (!imports) last = step;
    const code: RawCell = {
      cell_type: "code",
      id: `cell${at}`,
      source,
      metadata: { tags },
      outputs: [],
      execution_count: null,
    };
    const heading = `## ${headings[at % headings.length] ?? ""} ${at}`;
    return withHeadings
      ? [{ cell_type: "markdown", id: `head${at}`, source: heading, metadata: {} }, code]
      : [code];
  });
  const kernelspec = { name: "python3", display_name: "Python 3", language: "python" };
  const metadata = {
    kernelspec,
    language_info: { name: "python", file_extension: ".py", nbconvert_exporter: "python" },
    kubeflow_notebook: { pipeline_name: "bench", experiment_name: "bench" },
  };
  return { cells: raw, metadata, nbformat: 4, nbformat_minor: 5 };
}

export function isOnlyImports(source: string): boolean {
  const lines = source.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"));
  return lines.length > 0 && lines.every((line) => /^(import|from)\s/.test(line) && !/[(\\]\s*$/.test(line));
}

/** Sources of a notebook's code cells, the empty ones left out. */
export function codeOf(notebook: {
  readonly cells: readonly { readonly cell_type: string; readonly source: string | readonly string[] }[];
}): readonly string[] {
  return notebook.cells
    .filter(({ cell_type }) => cell_type === "code")
    .map(({ source }) => (typeof source === "string" ? source : source.join("")))
    .filter((source) => source.trim() !== "");
}
