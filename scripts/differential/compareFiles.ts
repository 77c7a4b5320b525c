/** Python files as we read their scopes against what CPython's own symbol table says of them. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import * as z from "zod";
import { compareSymbols } from "../../src/analysis/compareSymbols.ts";
import { loadPythonParser, parsePython } from "../../src/analysis/parser.ts";
import { scopeSymbolsSchema, symbolsOf } from "../../src/analysis/symbols.ts";
import { root } from "../setup/paths.ts";

const resultSchema = z.object({
  file: z.string(),
  /** `unreadable`: by us; `refused`: by CPython itself. */
  outcome: z.enum(["same", "different", "unreadable", "refused"]),
  /** The differences, or why it cannot be read. */
  details: z.array(z.string()),
});
export type FileResult = z.infer<typeof resultSchema>;
export const resultsSchema = z.array(resultSchema);

const answerSchema = z.union([
  z.object({ file: z.string(), text: z.string(), scope: scopeSymbolsSchema }),
  z.object({ file: z.string(), refused: z.string() }),
]);

/** Compares files, in order, with one Python process for all. */
export async function compareFiles(files: readonly string[], python: string): Promise<readonly FileResult[]> {
  await loadPythonParser();
  const lines = await readScopes(files, python);
  const results = lines.map((line) => compare(line));
  if (lines.length === files.length) return results;
  // Some text brings Python itself down; the others are read without it.
  const [fallen = "", ...rest] = files.slice(lines.length);
  const died: FileResult = { file: fallen, outcome: "refused", details: ["Python ended while it read this"] };
  return [...results, died, ...(rest.length === 0 ? [] : await compareFiles(rest, python))];
}

function compare(line: string): FileResult {
  const answer = answerSchema.parse(JSON.parse(line));
  const { file } = answer;
  if ("refused" in answer) return { file, outcome: "refused", details: [answer.refused] };
  const { root: tree, problems } = parsePython(answer.text);
  const [problem] = problems;
  if (problem !== undefined) {
    return { file, outcome: "unreadable", details: [`line ${problem.row + 1}: ${problem.message}`] };
  }
  const found = compareSymbols(symbolsOf(tree), answer.scope);
  const details = found.map(
    ({ line: at, scope, name, ours, theirs }) =>
      `line ${at}, ${scope || "module"}${name === undefined ? "" : `, ${name}`}: ours “${ours}”, CPython's “${theirs}”`,
  );
  return { file, outcome: details.length === 0 ? "same" : "different", details };
}

function readScopes(files: readonly string[], python: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const script = join(import.meta.dirname, "read_scopes.py");
    const child = spawn(python, ["-I", script, join(root, "src", "runtime")], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stdin.on("error", () => undefined);
    child.stdin.end(files.join("\n"));
    child.once("error", reject);
    child.once("close", () => {
      const lines = Buffer.concat(chunks).toString("utf8").split("\n");
      // A line without its end was not finished.
      lines.pop();
      resolve(lines);
    });
  });
}
