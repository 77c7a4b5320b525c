/** A cell's own text, changed at single places and never reprinted: taking statements out, replacing, indenting, wrapping. */
import type { Range } from "../analysis/model.ts";
import { fieldOf, namedChildren, parsePython, type SyntaxNode } from "../analysis/parser.ts";
import { walk } from "./source.ts";

export interface Edit {
  readonly range: Range;
  readonly text: string;
}

/** Applies edits; one that starts inside an earlier one is passed over, but for what it takes out beyond it. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const { range, text: replacement } of [...edits].sort(byStart)) {
    if (range.start < at) {
      // What is taken out may reach into what was taken out before it; what is put in stays.
      if (replacement === "") at = Math.max(at, range.end);
      else if (range.start === range.end) parts.push(replacement);
      continue;
    }
    parts.push(text.slice(at, range.start), replacement);
    at = range.end;
  }
  return parts.join("") + text.slice(at);
}

/** From the start on; at one place what is put in comes before what is taken out. */
function byStart(a: Edit, b: Edit): number {
  const insertion = (edit: Edit): number => (edit.range.start === edit.range.end ? 0 : 1);
  return a.range.start - b.range.start || insertion(a) - insertion(b) || b.range.end - a.range.end;
}

/**
 * The edit that takes a statement out: its whole lines where it stands alone, with the comments right above it, else
 * itself and the semicolon that parts it from its neighbour.
 */
export function removal(text: string, range: Range, options: { readonly keepComments?: boolean } = {}): Edit {
  const lineStart = text.lastIndexOf("\n", range.start - 1) + 1;
  const lineEnd = endOfLine(text, range.end);
  const alone =
    text.slice(lineStart, range.start).trim() === "" &&
    /^\s*;?\s*(#.*)?$/.test(text.slice(range.end, lineEnd));
  if (!alone) {
    const after = /^[ \t]*;[ \t]*/.exec(text.slice(range.end, lineEnd))?.[0] ?? "";
    if (after !== "") return { range: { start: range.start, end: range.end + after.length }, text: "" };
    const before = /[ \t]*;[ \t]*$/.exec(text.slice(lineStart, range.start))?.[0] ?? "";
    return { range: { start: range.start - before.length, end: range.end }, text: "" };
  }
  let start = options.keepComments === true ? lineStart : commentStart(text, lineStart);
  let end = Math.min(lineEnd + 1, text.length);
  const blankAbove = start === 0 || text.slice(0, start).endsWith("\n\n");
  while (blankAbove && text.startsWith("\n", end)) end += 1;
  if (end === text.length && start > 0) start = text.slice(0, start).trimEnd().length;
  return { range: { start, end: Math.max(start, end) }, text: "" };
}

/** Where the comment lines begin that stand right above a line. */
export function commentStart(text: string, lineStart: number): number {
  let start = lineStart;
  while (start > 0) {
    const previous = text.lastIndexOf("\n", start - 2) + 1;
    if (!/^\s*#/.test(text.slice(previous, start))) break;
    start = previous;
  }
  return start;
}

export function endOfLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end < 0 ? text.length : end;
}

/** Without blank lines at both ends, trailing white space, and more than one blank line in a row where a gap was made. */
export function tidy(text: string): string {
  const inStrings = stringRows(text);
  const lines = text.split("\n").map((line, row) => (inStrings.has(row + 1) ? line : line.trimEnd()));
  while (lines.length > 0 && lines[0] === "") lines.shift();
  while (lines.length > 0 && lines.at(-1) === "") lines.pop();
  return lines.join("\n");
}

/** Indents every line but the empty ones and those inside a string that spans lines. */
export function indent(text: string, by = 4): string {
  const inStrings = stringRows(text);
  return text
    .split("\n")
    .map((line, row) => (line === "" || inStrings.has(row) ? line : " ".repeat(by) + line))
    .join("\n");
}

/** Rows (from 0) that begin inside a string. */
function stringRows(text: string): ReadonlySet<number> {
  const rows = new Set<number>();
  for (const node of walk(parsePython(text).root)) {
    if (node.type !== "string") continue;
    const count = node.text.split("\n").length;
    for (let row = node.row + 1; row < node.row + count; row += 1) rows.add(row);
  }
  return rows;
}

/**
 * Breaks calls that our edits pushed past the limit, one argument a line. A line that was too long before and was not
 * touched stays the author's.
 * @param limit columns that remain after the indentation to come.
 * @param original the lines as the author wrote them.
 */
export function wrapLongCalls(text: string, limit: number, original: ReadonlySet<string>): string {
  let result = text;
  for (let row = 0; row < result.split("\n").length; row += 1) {
    const line = result.split("\n")[row] ?? "";
    if (line.length <= limit || (original.has(line) && line.length > limit + 4)) continue;
    const edit = wrapping(result, row, limit);
    if (edit !== undefined) result = applyEdits(result, [edit]);
  }
  return result;
}

function wrapping(text: string, row: number, limit: number): Edit | undefined {
  const { root, problems } = parsePython(text);
  if (problems.length > 0) return undefined;
  for (const node of walk(root)) {
    if (node.type !== "call" || node.row !== row || node.text.includes("\n")) continue;
    const list = fieldOf(node, "arguments");
    if (list?.type !== "argument_list" || list.children.some((child) => child.type === "comment")) continue;
    const items = namedChildren(list);
    if (items.length < 2) continue;
    const lineStart = text.lastIndexOf("\n", node.start - 1) + 1;
    const margin = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? "";
    const head = text.slice(lineStart, list.start + 1);
    const tail = text.slice(list.end - 1, endOfLine(text, list.end));
    const rows = items.map((item) => `${margin}    ${item.text},`);
    if ([head, `${margin}${tail}`, ...rows].some((line) => line.length > limit)) continue;
    return { range: { start: list.start, end: list.end }, text: `(\n${rows.join("\n")}\n${margin})` };
  }
  return undefined;
}

/** Text of a node's whole lines with the comments right above, for moving a definition or constant. */
export function withComments(text: string, node: Pick<SyntaxNode, "start" | "end">): string {
  const lineStart = text.lastIndexOf("\n", node.start - 1) + 1;
  const alone = text.slice(lineStart, node.start).trim() === "";
  const start = alone ? commentStart(text, lineStart) : node.start;
  const trailing = /^[ \t]*#.*/.exec(text.slice(node.end, endOfLine(text, node.end)))?.[0] ?? "";
  return text.slice(start, node.end) + trailing;
}
