/**
 * The digest of a cell's code: comments, blank lines and layout inside brackets do not count.
 * The generated runtime computes the same with Python's `tokenize`; the definition both follow:
 * - the tokens' exact texts in order, a string with prefix and quotes (an f-string too) as one token, and the words
 *   `<NEWLINE>` after each logical line, `<INDENT>` and `<DEDENT>` where Python's tokenizer puts them, joined by "\n";
 * - a cell with a line only IPython understands, or that Python cannot parse, counts as text instead: its lines without
 *   trailing white space, blank lines left out, joined by "\n".
 */
import { createHash } from "node:crypto";
import { leaves, parsePython, type SyntaxNode } from "../analysis/parser.ts";

/** A line that may be IPython's: it starts with `%`, `!` or `?`, ends with `?`, or assigns `!…` or `%…`. */
const ipythonLine = /^\s*[%!?]|\?\s*$|^[^#'"]*=\s*[%!]/;

/** SHA-256 of the code tokens, in hex. Needs `loadPythonParser()`. */
export function codeDigest(source: string): string {
  return createHash("sha256").update(codeText(source), "utf8").digest("hex");
}

/** The text that is hashed; exported so that a differing digest can be explained. */
export function codeText(source: string): string {
  const lines = source.split(/\r\n|\r|\n/);
  const text = lines.join("\n");
  if (!lines.some((line) => ipythonLine.test(line))) {
    const { root, problems } = parsePython(text);
    if (!problems.some((problem) => !problem.message.includes("outside a function"))) {
      return codeTokens(root, text, lines).join("\n");
    }
  }
  return lines
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .join("\n");
}

function codeTokens(root: SyntaxNode, text: string, lines: readonly string[]): string[] {
  const tokens: string[] = [];
  const indents = [0];
  let depth = 0;
  let lastRow = -1;
  let end = 0;
  for (const leaf of leaves(root)) {
    if (leaf.text === "" || leaf.type === "line_continuation") continue;
    const continued = text.slice(end, leaf.start).includes("\\");
    end = leaf.end;
    if (leaf.type === "comment") continue;
    if (leaf.row > lastRow && depth === 0 && !continued) {
      if (lastRow >= 0) tokens.push("<NEWLINE>");
      indent(indentOf(lines[leaf.row] ?? ""), indents, tokens);
    }
    lastRow = leaf.row + leaf.text.split("\n").length - 1;
    if (leaf.type === "(" || leaf.type === "[" || leaf.type === "{") depth += 1;
    if (leaf.type === ")" || leaf.type === "]" || leaf.type === "}") depth -= 1;
    push(leaf, tokens);
  }
  if (lastRow >= 0) tokens.push("<NEWLINE>");
  indent(0, indents, tokens);
  return tokens;
}

function push(leaf: SyntaxNode, tokens: string[]): void {
  if (leaf.type === "not in" || leaf.type === "is not") tokens.push(...leaf.text.split(/\s+/));
  else if (leaf.type === "import_prefix") tokens.push(...(leaf.text.match(/\.\.\.|\./g) ?? []));
  else tokens.push(leaf.text);
}

function indent(column: number, indents: number[], tokens: string[]): void {
  if (column > (indents.at(-1) ?? 0)) {
    indents.push(column);
    tokens.push("<INDENT>");
  }
  while (column < (indents.at(-1) ?? 0)) {
    indents.pop();
    tokens.push("<DEDENT>");
  }
}

/** As Python counts it: a tab goes to the next multiple of 8, a form feed back to 0. */
function indentOf(line: string): number {
  let column = 0;
  for (const character of line) {
    if (character === " ") column += 1;
    else if (character === "\t") column = (Math.floor(column / 8) + 1) * 8;
    else if (character === "\f") column = 0;
    else break;
  }
  return column;
}
