/**
 * A cell's text as IPython's TransformerManager turns it into Python: indentation and prompts taken off, and every magic, shell
 * line and `name?` written as the call that IPython makes of it. Unlike there, each piece keeps its row.
 */
import { logicalLines, type LogicalLine } from "./logicalLines.ts";

/** One place where IPython's syntax stood. */
export interface Escape {
  /** `call`: the escapes `,` `;` and `/`, which are plain calls. */
  readonly kind: "cell" | "line" | "shell" | "help" | "call";
  /** `time`, `cd` …; `!`, `!!`, `?` and so on for the others. */
  readonly name: string;
  /** What follows the name; a shell line's command. */
  readonly argument: string;
  /** For `x = !ls` and `x = %magic`: `x = `; else the indentation. */
  readonly before: string;
  readonly assigned: boolean;
  /** As the user wrote it. */
  readonly text: string;
  /** First row in the cell, from 0. */
  readonly row: number;
  /** Of a cell magic: the row below it, and what stands from there on. */
  readonly body?: { readonly row: number; readonly text: string };
}

export interface TransformedCell {
  /** As many as the source has. */
  readonly lines: readonly string[];
  readonly escapes: readonly Escape[];
}

interface Row {
  readonly text: string;
  readonly row: number;
}

/** Never fails: what IPython refuses stays as it is, and is no Python. */
export function transformCell(source: string): TransformedCell {
  const all = source.split("\n");
  const escapes: Escape[] = [];
  // What follows the last line's end is no line.
  const written = source.endsWith("\n") ? all.slice(0, -1) : all;
  let rows = cleaned(written.map((text, row) => ({ text, row })));
  const opening = cellMagic(rows);
  if (opening !== undefined) {
    escapes.push(opening.escape);
    rows = [opening.row];
  } else if (rows.some(({ text }) => /[%!?]|^\s*[,;/]/.test(text))) {
    for (let step = nextStep(rows); step !== undefined; step = nextStep(rows)) {
      escapes.push(step.escape);
      rows = step.rows;
    }
  }
  const lines = all.map(() => "");
  for (const { text, row } of rows) lines[row] = text;
  return { lines, escapes };
}

function cleaned(rows: readonly Row[]): readonly Row[] {
  const first = rows.findIndex(({ text }) => text.trim() !== "");
  const cell = first < 0 ? [] : rows.slice(first);
  return withoutPrompts(withoutDoctest(dedented(cell)));
}

/** Takes off what all lines begin with. A line of blanks becomes an empty one, in strings too. */
function dedented(rows: readonly Row[]): readonly Row[] {
  const texts = rows.map(({ text }) => (/^[ \t]*$/.test(text) ? "" : text));
  let margin: string | undefined;
  for (const text of texts) {
    if (text === "") continue;
    const [indent = ""] = /^[ \t]*/.exec(text) ?? [];
    let same = 0;
    while (margin !== undefined && same < margin.length && margin[same] === indent[same]) same += 1;
    margin = margin === undefined ? indent : margin.slice(0, same);
  }
  const cut = margin?.length ?? 0;
  return rows.map(({ row }, at) => ({ row, text: (texts[at] ?? "").slice(cut) }));
}

const doctestStart = /^\s*>>>/;
const doctestPrompt = /^\s*(?:>>>|\.\.\.)[ \t]?/;

/** `>>> ` and `... ` of a session of plain Python, but not in a text in triple quotes. */
function withoutDoctest(rows: readonly Row[]): readonly Row[] {
  const quoted = inTripleQuotes(rows);
  if (!rows.some(({ text }, at) => quoted[at] !== true && doctestStart.test(text))) return rows;
  const result: Row[] = [];
  for (let from = 0; from < rows.length;) {
    let to = from;
    while (to < rows.length && quoted[to] === quoted[from]) to += 1;
    const part = rows.slice(from, to);
    const stripped = part.map(({ text, row }) => ({ row, text: text.replace(doctestPrompt, "") }));
    const some = part.some(({ text }) => doctestPrompt.test(text));
    result.push(...(quoted[from] === true || !some ? part : dedented(stripped)));
    from = to;
  }
  return result;
}

/** Rows within a text in triple quotes that was not itself pasted with prompts. */
function inTripleQuotes(rows: readonly Row[]): readonly boolean[] {
  let quote: string | undefined;
  let keeps = false;
  let seen = false;
  return rows.map(({ text }) => {
    let inside = quote !== undefined && keeps;
    for (const { 1: found = "", index } of text.matchAll(/(?<!\\)("""|''')/g)) {
      if (quote === undefined) {
        quote = found;
        const before = text.slice(0, index);
        const bare = before.replace(/^\s*>>>[ \t]?/, "").replace(/^\s*\.\.\.[ \t]?/, "");
        keeps = !(bare !== before && seen) && /^[rubf]*$/i.test(bare.trim());
        inside = keeps;
      } else if (quote === found) {
        quote = undefined;
        keeps = false;
      }
    }
    seen ||= doctestStart.test(text);
    return inside;
  });
}

const prompt = /^(?:(?:(?:\[nav\]|\[ins\])? )?In \[\d+\]: |\s*\.{3,}: ?)/;

function withoutPrompts(rows: readonly Row[]): readonly Row[] {
  if (!rows.slice(0, 2).some(({ text }) => prompt.test(text))) return rows;
  return rows.map(({ text, row }) => ({ row, text: text.replace(prompt, "") }));
}

function cellMagic(rows: readonly Row[]): { readonly escape: Escape; readonly row: Row } | undefined {
  const [first, ...rest] = rows;
  if (first?.text.startsWith("%%") !== true || /^%%[\p{L}\p{N}_]+\?/u.test(first.text)) return undefined;
  const [name, argument] = partition(first.text.slice(2).trimEnd());
  const text = rest.map((row) => row.text).join("\n");
  const body = { row: first.row + 1, text };
  const escape: Escape = {
    ...{ kind: "cell", name, argument, before: "", assigned: false },
    ...{ text: first.text, row: first.row, body },
  };
  // IPython ends the last line where the user has not.
  const whole = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  const call = `get_ipython().run_cell_magic(${quoted(name)}, ${quoted(argument)}, ${quoted(whole)})`;
  return { escape, row: { row: first.row, text: call } };
}

interface Step {
  readonly escape: Escape;
  readonly rows: readonly Row[];
}

interface Candidate {
  readonly row: number;
  readonly column: number;
  readonly priority: number;
  readonly transform: () => Step | undefined;
}

/** Transforms the first piece of IPython's syntax; what stands below can be read only then. */
function nextStep(rows: readonly Row[]): Step | undefined {
  const lines = logicalLines(rows.map(({ text }) => text));
  const candidates = [
    assigned(lines, rows, "%"),
    assigned(lines, rows, "!"),
    escaped(lines, rows),
    help(lines, rows),
  ]
    .filter((candidate) => candidate !== undefined)
    .sort((a, b) => a.row - b.row || a.column - b.column || a.priority - b.priority);
  for (const { transform } of candidates) {
    const step = transform();
    if (step !== undefined) return step;
  }
  return undefined;
}

/** `x = %magic` and `x = !command`. */
function assigned(
  lines: readonly LogicalLine[],
  rows: readonly Row[],
  sign: "%" | "!",
): Candidate | undefined {
  for (const { tokens } of lines) {
    let depth = 0;
    const at = tokens.findIndex(({ text }) => {
      if ("([{".includes(text)) depth += 1;
      if (")]}".includes(text)) depth = Math.max(0, depth - 1);
      return text === "=" && depth === 0;
    });
    const [equals, found, next] = at < 0 ? [] : tokens.slice(at, at + 3);
    if (equals === undefined || found?.text !== sign) continue;
    if (sign === "%" && next?.kind !== "name") continue;
    if (sign === "!" && (rows[equals.row]?.text.trim().startsWith("=") ?? false)) continue;
    const { row, column } = found;
    const transform = (): Step => {
      const { text, end } = continued(rows, row, column);
      const before = (rows[row]?.text ?? "").slice(0, column);
      const argument = text.slice(1);
      if (sign === "!") {
        const call = `get_ipython().getoutput(${quoted(argument)})`;
        return replaced(rows, row, end, before + call, {
          kind: "shell",
          name: "!",
          argument,
          before,
          assigned: true,
        });
      }
      const [name, rest] = partition(argument);
      return replaced(rows, row, end, before + magicCall(name, rest), {
        ...{ kind: "line", name, argument: rest, before, assigned: true },
      });
    };
    return { row, column, priority: 10, transform };
  }
  return undefined;
}

/** A logical line that begins with `%`, `!`, `?`, `,`, `;` or `/`. */
function escaped(lines: readonly LogicalLine[], rows: readonly Row[]): Candidate | undefined {
  const first = lines
    .map(({ tokens }) => tokens[0])
    .find((token) => token !== undefined && "%!?,;/".includes(token.text));
  if (first === undefined) return undefined;
  const { row, column } = first;
  const transform = (): Step | undefined => {
    const { text, end } = continued(rows, row, column);
    const before = (rows[row]?.text ?? "").slice(0, column);
    const escape = text.startsWith("!!") || text.startsWith("??") ? text.slice(0, 2) : text.charAt(0);
    const content = text.slice(escape.length);
    const [name, argument] = partition(content);
    const words = argument.split(/\s+/).filter((word) => word !== "");
    const done = (call: string, rest: Pick<Escape, "kind" | "name" | "argument">): Step =>
      replaced(rows, row, end, before + call, { ...rest, before, assigned: false });
    switch (escape) {
      case "!":
        return done(`get_ipython().system(${quoted(content)})`, {
          kind: "shell",
          name: "!",
          argument: content,
        });
      case "!!":
        return done(`get_ipython().getoutput(${quoted(content)})`, {
          kind: "shell",
          name: "!!",
          argument: content,
        });
      case "?":
      case "??":
        return done(content === "" ? "get_ipython().show_usage()" : helpCall(content, escape), {
          ...{ kind: "help", name: escape, argument: content },
        });
      case "%":
        return done(magicCall(name, argument), { kind: "line", name, argument });
      case ",":
        return done(`${name}("${words.join('", "')}")`, { kind: "call", name: escape, argument: content });
      case ";":
        return done(`${name}("${argument}")`, { kind: "call", name: escape, argument: content });
      default:
        if (name === "") return undefined;
        return done(`${name}(${words.join(", ")})`, { kind: "call", name: escape, argument: content });
    }
  };
  return { row, column, priority: 10, transform };
}

const helpEnd = /(%{0,2}(?!\p{Nd})[\p{L}\p{N}_*]+(?:\.(?!\p{Nd})[\p{L}\p{N}_*]+|\[-?[0-9]+\])*)(\?\??)$/u;

/** `name?` at the end of a logical line, which is given up for it. */
function help(lines: readonly LogicalLine[], rows: readonly Row[]): Candidate | undefined {
  for (const { tokens, ended } of lines) {
    const first = tokens[0];
    const last = tokens.at(-1);
    if (!ended || tokens.length < 2 || first === undefined || last?.text !== "?") continue;
    const transform = (): Step | undefined => {
      const piece = rows.slice(first.row, last.row + 1).map(({ text }) => text);
      const content = piece.join("\n").slice(first.column);
      const [, target = "", escape = ""] = helpEnd.exec(content) ?? [];
      if (target === "") return undefined;
      const before = (piece[0] ?? "").slice(0, first.column);
      const rest = { kind: "help", name: escape, argument: target, before, assigned: false } as const;
      return replaced(rows, first.row, last.row, before + helpCall(target, escape), rest);
    };
    return { row: first.row, column: first.column, priority: 5, transform };
  }
  return undefined;
}

function helpCall(target: string, escape: string): string {
  const method = escape === "??" ? "pinfo2" : target.includes("*") ? "psearch" : "pinfo";
  return magicCall(method, target);
}

/** A line with those that backslashes join to it. */
function continued(
  rows: readonly Row[],
  row: number,
  column: number,
): { readonly text: string; readonly end: number } {
  let end = row;
  while (end < rows.length - 1 && (rows[end]?.text.endsWith("\\") ?? false)) end += 1;
  const parts = rows.slice(row, end + 1).map(({ text }, at) => (at === 0 ? text.slice(column) : text));
  const text = parts
    .map((part, at) => (at === parts.length - 1 ? part.trimEnd() : part.slice(0, -1)))
    .join(" ");
  return { text, end };
}

function replaced(
  rows: readonly Row[],
  from: number,
  to: number,
  text: string,
  escape: Omit<Escape, "text" | "row">,
): Step {
  const row = rows[from]?.row ?? 0;
  const old = rows.slice(from, to + 1).map((each) => each.text);
  return {
    escape: { ...escape, text: old.join("\n").trim(), row },
    rows: [...rows.slice(0, from), { text, row }, ...rows.slice(to + 1)],
  };
}

/** What stands before the first blank, and after it. */
function partition(text: string): readonly [string, string] {
  const at = text.indexOf(" ");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

export function magicCall(name: string, argument: string): string {
  return `get_ipython().run_line_magic(${quoted(name)}, ${quoted(argument)})`;
}

/** A text as a Python literal. */
export function quoted(text: string): string {
  return `'${text
    .replaceAll("\\", "\\\\")
    .replaceAll("'", "\\'")
    .replaceAll("\n", "\\n")
    .replaceAll("\r", "\\r")}'`;
}
