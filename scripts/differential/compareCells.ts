/** Notebook cells as we turn them into Python against IPython's own TransformerManager. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import * as z from "zod";
import { loadPythonParser, parsePython, leaves } from "../../src/analysis/parser.ts";
import { transformCell } from "../../src/notebook/transformCell.ts";

export interface CellResult {
  readonly source: string;
  readonly outcome: "same" | "different" | "refused";
  readonly details: readonly string[];
}

const answerSchema = z.array(z.union([z.object({ text: z.string() }), z.object({ refused: z.string() })]));

/** Compares cells, in order, with one Python that has IPython. */
export async function compareCells(
  sources: readonly string[],
  python: string,
): Promise<readonly CellResult[]> {
  await loadPythonParser();
  const answers = answerSchema.parse(JSON.parse(await transformed(sources, python)));
  return sources.map((source, at): CellResult => {
    const answer = answers[at];
    if (answer === undefined) throw new Error("IPython gave fewer cells than it got");
    if ("refused" in answer) return { source, outcome: "refused", details: [answer.refused] };
    const { lines } = transformCell(source);
    const details: string[] = [];
    if (lines.length !== source.split("\n").length) details.push("another number of lines");
    const [ours, theirs] = [
      tokensOf(`${lines.join("\n").trimEnd()}\n`),
      tokensOf(`${answer.text.trimEnd()}\n`),
    ];
    const first = ours.findIndex((token, index) => token !== theirs[index]);
    if (first >= 0 || ours.length !== theirs.length) {
      details.push(`ours    ${JSON.stringify(lines.join("\n"))}`, `IPython ${JSON.stringify(answer.text)}`);
    }
    return { source, outcome: details.length === 0 ? "same" : "different", details };
  });
}

/** Tokens, and where a line's indentation changes; literals by their value, as both sides choose quotes by themselves. */
function tokensOf(text: string): readonly string[] {
  const { root, problems } = parsePython(text);
  // What is no Python on either side is compared as it is, but for empty lines.
  if (problems.length > 0)
    return text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .map(normalized);
  const tokens: string[] = [];
  let row = -1;
  for (const token of leaves(root)) {
    if (token.text === "" || token.type === "comment") continue;
    if (token.row !== row) tokens.push(`column ${token.column}`);
    row = token.row;
    tokens.push(token.type === "string" ? valueOf(token.text) : token.text);
  }
  return tokens;
}

function normalized(line: string): string {
  return line
    .trimEnd()
    .replace(/(get_ipython\(\)\.\w+\()(.*)(\))$/, (_, before: string, args: string, after: string) => {
      return before + args.replace(/(["'])((?:\\.|(?!\1).)*)\1/g, (literal) => valueOf(literal)) + after;
    });
}

/** A plain one-quote literal without its quotes and escapes; any other as it is. */
function valueOf(literal: string): string {
  const [, quote, inner] = /^(["'])(?!\1\1)([^]*)\1$/.exec(literal) ?? [];
  if (quote === undefined || inner === undefined) return literal;
  const plain: Record<string, string> = { n: "\n", t: "\t", r: "\r" };
  return `“${inner.replace(
    /\\(?:x([\da-f]{2})|u([\da-f]{4})|(.))/g,
    (_, two?: string, four?: string, one?: string) =>
      one === undefined ? String.fromCharCode(parseInt(two ?? four ?? "", 16)) : (plain[one] ?? one),
  )}”`;
}

function transformed(sources: readonly string[], python: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, ["-I", join(import.meta.dirname, "transform_cells.py")], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.stdin.end(JSON.stringify(sources));
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`IPython cannot be asked: ${stderr.trim().split("\n").at(-1) ?? ""}`));
    });
  });
}
