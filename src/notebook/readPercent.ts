/** Scripts cut into cells by `# %%` lines (VS Code, Spyder, Jupytext's percent format). */
import { assembleNotebook, type RawCell } from "./assembleNotebook.ts";
import type { NotebookResult } from "./model.ts";

const marker = /^#\s*%%(?!%)(.*)$/;

/** Reads a script's text. Needs `loadPythonParser()`. */
export function readPercent(text: string, path: string, name: string): NotebookResult {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\r|\n/);
  if (!lines.some((line) => marker.test(line))) {
    return {
      ok: false,
      reason: name.endsWith(".py")
        ? `${name} has no cells: put a line \`# %%\` above each of them.`
        : `${name} is no notebook: give an .ipynb file, or a .py script with \`# %%\` cells.`,
    };
  }
  const cells: RawCell[] = [];
  let header = "";
  let start = skipHeader(lines);
  const close = (end: number): void => {
    const body = lines.slice(start, end);
    if (body.some((line) => line.trim() !== "") || header !== "") cells.push(cellOf(header, body, start));
  };
  for (let row = start; row < lines.length; row += 1) {
    const found = marker.exec(lines[row] ?? "")?.[1];
    if (found === undefined) continue;
    close(row);
    header = `%%${found}`;
    start = row + 1;
  }
  close(lines.length);
  if (!cells.some((cell) => cell.kind === "code" && cell.source.trim() !== "")) {
    return { ok: false, reason: `${name} has no code in it.` };
  }
  return { ok: true, notebook: assembleNotebook(cells, { path, format: "percent", language: "python" }) };
}

/** Jupytext's YAML header: a commented block between two `# ---` lines. */
function skipHeader(lines: readonly string[]): number {
  if (lines[0]?.trim() !== "# ---") return 0;
  const end = lines.findIndex((line, row) => row > 0 && line.trim() === "# ---");
  return end < 0 ? 0 : end + 1;
}

function cellOf(header: string, body: readonly string[], start: number): RawCell {
  const markdown = /^%%.*\[(markdown|md)\]/.test(header);
  const raw = /^%%.*\[raw\]/.test(header);
  const lead = body.findIndex((line) => line.trim() !== "");
  const lines = body.slice(Math.max(lead, 0));
  while (lines.at(-1)?.trim() === "") lines.pop();
  return {
    kind: markdown ? "markdown" : raw ? "other" : "code",
    source: markdown ? uncomment(lines) : lines.join("\n"),
    id: undefined,
    tags: tagsOf(header),
    executionCount: undefined,
    outputs: [],
    line: start + Math.max(lead, 0),
  };
}

function uncomment(lines: readonly string[]): string {
  const quoted = /^[rR]?("""|''')/.exec(lines[0] ?? "")?.[1];
  if (quoted !== undefined)
    return lines
      .join("\n")
      .replace(/^[rR]?/, "")
      .replaceAll(quoted, "")
      .trim();
  return lines.map((line) => line.replace(/^# ?/, "")).join("\n");
}

function tagsOf(header: string): string[] {
  const list = /tags=\[([^\]]*)\]/.exec(header)?.[1] ?? "";
  return [...list.matchAll(/"([^"]*)"|'([^']*)'/g)].map((match) => match[1] ?? match[2] ?? "");
}
