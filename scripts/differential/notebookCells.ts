import { openNotebook } from "../../src/notebook/openNotebook.ts";

/** The code cells of Python notebooks; files that are none are passed over. */
export async function cellsOfNotebooks(files: readonly string[]): Promise<readonly string[]> {
  const sources: string[] = [];
  for (const file of files) {
    const notebook = await openNotebook(file).catch(() => undefined);
    if (notebook?.language === "python") sources.push(...notebook.cells.map((cell) => cell.source));
  }
  return sources;
}
