/** Jupyter's .ipynb, nbformat 4.0 to 4.5 (https://nbformat.readthedocs.io/en/latest/format_description.html), read leniently. */
import * as z from "zod";
import { assembleNotebook, type RawCell } from "./assembleNotebook.ts";
import type { CellOutput, NotebookResult } from "./model.ts";

const longestText = 64 * 1024;

const multiline = z.union([z.string(), z.array(z.string())]);
const outputSchema = z.object({
  output_type: z.string(),
  text: multiline.optional().catch(undefined),
  data: z.record(z.string(), z.unknown()).optional().catch(undefined),
  ename: z.string().optional().catch(undefined),
  evalue: z.string().optional().catch(undefined),
});
const cellSchema = z.object({
  cell_type: z.string(),
  source: multiline.catch(""),
  id: z.string().min(1).optional().catch(undefined),
  execution_count: z.number().int().nullish().catch(undefined),
  metadata: z
    .object({ tags: z.array(z.string()).optional().catch(undefined) })
    .optional()
    .catch(undefined),
  outputs: z.array(z.unknown()).optional().catch(undefined),
});
const notebookSchema = z.object({
  nbformat: z.number(),
  metadata: z
    .object({
      kernelspec: z
        .object({ name: z.string().optional(), language: z.string().optional() })
        .optional()
        .catch(undefined),
      language_info: z.object({ name: z.string().optional() }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
  cells: z.array(z.unknown()),
});

/**
 * Reads an .ipynb's text. Needs `loadPythonParser()`.
 * @param name the file's name, for the sentence that says what is wrong.
 */
export function readIpynb(text: string, path: string, name: string): NotebookResult {
  const refuse = (reason: string): NotebookResult => ({ ok: false, reason: `${name} ${reason}` });
  if (text.trim() === "") return refuse("is empty.");
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    if (/^<{7} /m.test(text)) return refuse("has unresolved merge conflicts; resolve them first.");
    if (!text.trimStart().startsWith("{")) return refuse("is not a notebook: its text is not JSON.");
    return text.trimEnd().endsWith("}")
      ? refuse("is not a notebook: its text is not valid JSON.")
      : refuse("ends in the middle: it was written only in part.");
  }
  const format = z.object({ nbformat: z.number() }).safeParse(json);
  if (format.success && format.data.nbformat < 4) {
    return refuse(
      `is in the old notebook format ${format.data.nbformat}; open it in Jupyter and save it to bring it to format 4.`,
    );
  }
  if (format.success && format.data.nbformat > 4) {
    return refuse(`is in notebook format ${format.data.nbformat}; Cellsmith reads format 4.`);
  }
  const parsed = notebookSchema.safeParse(json);
  if (!parsed.success) return refuse("is JSON, but not a notebook: it has no cells.");
  const language = languageOf(parsed.data.metadata);
  const cells = parsed.data.cells.flatMap((cell) => {
    const result = cellSchema.safeParse(cell);
    return result.success ? [rawCell(result.data)] : [];
  });
  if (language !== "python") {
    return refuse(
      `is written in ${language === "r" ? "R" : language}; Cellsmith works with Python notebooks.`,
    );
  }
  if (!cells.some((cell) => cell.kind === "code" && cell.source.trim() !== ""))
    return refuse("has no code in it.");
  return { ok: true, notebook: assembleNotebook(cells, { path, format: "ipynb", language }) };
}

function languageOf(metadata: z.infer<typeof notebookSchema>["metadata"]): string {
  const { kernelspec, language_info: info } = metadata ?? {};
  const language = (info?.name ?? kernelspec?.language ?? kernelspec?.name ?? "python").toLowerCase();
  if (/^i?python|^conda|^\.?venv/.test(language)) return "python";
  return language === "ir" ? "r" : language;
}

function rawCell(cell: z.infer<typeof cellSchema>): RawCell {
  const code = cell.cell_type === "code";
  return {
    kind: code ? "code" : cell.cell_type === "markdown" ? "markdown" : "other",
    source: joined(cell.source, Infinity).replaceAll("\r\n", "\n"),
    id: cell.id,
    tags: cell.metadata?.tags ?? [],
    executionCount: cell.execution_count ?? undefined,
    outputs: code ? (cell.outputs ?? []).flatMap(reduceOutput) : [],
    line: undefined,
  };
}

function reduceOutput(raw: unknown): readonly CellOutput[] {
  const parsed = outputSchema.safeParse(raw);
  if (!parsed.success) return [];
  const { output_type: type, text, data, ename, evalue } = parsed.data;
  if (type === "stream") return [{ kind: "stream", text: joined(text ?? "", longestText), mimeTypes: [] }];
  if (type === "error") {
    return [
      { kind: "error", text: `${ename ?? "Error"}: ${evalue ?? ""}`.slice(0, longestText), mimeTypes: [] },
    ];
  }
  if (type !== "display_data" && type !== "execute_result") return [];
  const plain = multiline.safeParse(data?.["text/plain"]);
  return [
    {
      kind: type === "display_data" ? "display" : "result",
      text: plain.success ? joined(plain.data, longestText) : "",
      mimeTypes: Object.keys(data ?? {}),
    },
  ];
}

function joined(text: string | readonly string[], most: number): string {
  if (typeof text === "string") return text.slice(0, most);
  let result = "";
  for (const piece of text) {
    result += piece;
    if (result.length >= most) return result.slice(0, most);
  }
  return result;
}
