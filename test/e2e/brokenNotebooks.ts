import { writeFile } from "node:fs/promises";
import { join } from "node:path";

interface Cell {
  readonly kind: "code" | "markdown";
  readonly source: string;
  /** What it printed when it was last run. */
  readonly printed?: string;
}

function notebook(
  cells: readonly Cell[],
  kernel: { readonly name: string; readonly language: string },
): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: kernel.name, display_name: kernel.name, language: kernel.language },
      language_info: { name: kernel.language },
    },
    cells: cells.map(({ kind, source, printed }, index) => ({
      cell_type: kind,
      id: `cell-${index}`,
      metadata: {},
      source,
      ...(kind === "code"
        ? {
            execution_count: index + 1,
            outputs: printed === undefined ? [] : [{ output_type: "stream", name: "stdout", text: printed }],
          }
        : {}),
    })),
  });
}

const python = { name: "python3", language: "python" };
const code = (source: string): Cell => ({ kind: "code", source });

/** Fills a folder with notebooks, each with another thing wrong with it. */
export async function brokenNotebooks(folder: string): Promise<void> {
  const files = {
    "holiday.ipynb": "Dear diary, this is no notebook.",
    "in_r.ipynb": notebook([code("model <- glm(churn ~ tenure, data = customers)")], {
      name: "ir",
      language: "R",
    }),
    "notes.ipynb": notebook([{ kind: "markdown", source: "# Ideas" }], python),
    "typo.ipynb": notebook(
      [...Array.from({ length: 6 }, (_, at) => code(`f = ${at}`)), code("g = (f +")],
      python,
    ),
    "undefined.ipynb": notebook([code("rows = 3"), code("print(rows * prize)")], python),
    "wordy.ipynb": notebook(
      [
        {
          kind: "code",
          source: 'text = "lorem ipsum"\nprint(text)',
          printed: "lorem ipsum\n".repeat(1_800_000),
        },
        { kind: "code", source: "auc = 0.912\nprint(f'AUC {auc:.3f}')", printed: "AUC 0.912\n" },
      ],
      python,
    ),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}
