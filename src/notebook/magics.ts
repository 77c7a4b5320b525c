/**
 * A cell's text as pure Python, line for line, following IPython's input transformer: what it would take for a magic
 * is one, a `%` inside brackets, a string or a continued line is not. What has an effect becomes the call that
 * IPython makes of it (`get_ipython().system('ls')`), so that the analysis sees one language.
 * Automagic (`cd` without `%`) is not supported.
 */
import { treatmentOfCell, treatmentOfLine, treatmentOfShell } from "./magicTable.ts";
import type { Cell, Magic, PythonCell } from "./model.ts";

interface Scan {
  quote: string | undefined;
  depth: number;
  continued: boolean;
}

/** Turns a cell into Python text with the same number of lines. */
export function toPython(cell: Cell): PythonCell {
  const lines = withoutIndent(withoutPrompts(cell.source.split("\n")));
  const magics: Magic[] = [];
  const first = lines.findIndex((line) => line.trim() !== "");
  const opening = first < 0 ? undefined : /^%%(\w[\w.]*)\s*(.*)$/.exec(lines[first] ?? "");
  if (opening?.[1] !== undefined && !(lines[first] ?? "").trimEnd().endsWith("?")) {
    cellMagic(lines, first, opening[1], opening[2] ?? "", magics);
  } else {
    lineMagics(lines, 0, magics);
  }
  return { cell, python: lines.join("\n"), magics };
}

function cellMagic(lines: string[], row: number, name: string, argument: string, magics: Magic[]): void {
  const treatment = treatmentOfCell(name);
  magics.push({ kind: "cell", name, text: lines[row] ?? "", line: row, treatment });
  const call = `get_ipython().run_cell_magic(${quoted(name)}, ${quoted(argument)}, '')`;
  if (name === "capture") {
    // Its body is ordinary code whose output is kept from view, which plain Python would show.
    const target = argument.split(/\s+/).find((word) => /^[A-Za-z_]\w*$/.test(word));
    lines[row] = target === undefined ? call : `${target} = ${call}`;
    lineMagics(lines, row + 1, magics);
  } else if (treatment === "unwrap") {
    lines[row] = "";
    lineMagics(lines, row + 1, magics);
  } else {
    const targets = [...argument.matchAll(/--(?:out|err)[ =](\w+)/g)].map((match) => match[1] ?? "_");
    lines.fill("", row);
    if (treatment === "effect") lines[row] = [...targets, call].join(" = ");
  }
}

function lineMagics(lines: string[], from: number, magics: Magic[]): void {
  const state: Scan = { quote: undefined, depth: 0, continued: false };
  for (let row = from; row < lines.length; row += 1) {
    const line = lines[row] ?? "";
    const fresh = state.quote === undefined && state.depth === 0 && !state.continued;
    const length = fresh ? escapedLine(lines, row, magics) : 0;
    if (length > 0) {
      row += length - 1;
      continue;
    }
    const before = { ...state };
    const found = scan(line, state, fresh);
    if (fresh && found.assigned !== undefined && assignedMagic(lines, row, found.assigned, magics)) {
      Object.assign(state, before);
    } else if (found.help && before.quote === undefined) {
      magics.push({ kind: "help", name: "?", text: line.trim(), line: row, treatment: "drop" });
      lines[row] = blank(line);
      Object.assign(state, before);
    }
  }
}

/** A logical line that starts with an escape character; returns how many lines it covers, 0 if it is none. */
function escapedLine(lines: string[], row: number, magics: Magic[]): number {
  const line = lines[row] ?? "";
  const match = /^(\s*)(%{1,2}|!{1,2}|\?{1,2})(?=\S|\s*\w)(.*)$/.exec(line);
  if (match === null) return 0;
  const [, indent = "", escape = "", rest = ""] = match;
  if (escape.startsWith("%") && !/^[A-Za-z_]/.test(rest)) return 0;
  const last = continuedTo(lines, row);
  const body = [rest, ...lines.slice(row + 1, last + 1)].join("\n").replace(/\\\n/g, " ").trim();
  const text = lines
    .slice(row, last + 1)
    .join("\n")
    .trim();
  lines.fill("", row + 1, last + 1);
  if (escape.startsWith("?") || body.endsWith("?")) {
    magics.push({ kind: "help", name: "?", text, line: row, treatment: "drop" });
    lines[row] = blank(line);
  } else if (escape.startsWith("!")) {
    const treatment = treatmentOfShell(body);
    magics.push({ kind: "shell", name: "!", text, line: row, treatment });
    lines[row] =
      treatment === "drop" ? blank(line) : indent + shellCall(escape === "!" ? "system" : "getoutput", body);
  } else {
    const [, name = "", argument = ""] = /^([\w.]+)\s*([^]*)$/.exec(body) ?? [];
    const treatment = treatmentOfLine(name);
    magics.push({ kind: "line", name, text, line: row, treatment });
    if (treatment === "unwrap" && argument !== "") lines[row] = indent + argument;
    else lines[row] = treatment === "effect" ? indent + magicCall(name, argument) : blank(line);
  }
  return last - row + 1;
}

/** `x = !ls` and `x = %magic`; `at` is the offset of what follows the first `=`. */
function assignedMagic(lines: string[], row: number, at: number, magics: Magic[]): boolean {
  const line = lines[row] ?? "";
  const match = /^\s*([!%])(?!=)\s*(\S.*)$/.exec(line.slice(at));
  if (match === null) return false;
  const [, escape, start = ""] = match;
  if (escape === "%" && !/^[A-Za-z_]/.test(start)) return false;
  const last = continuedTo(lines, row);
  const body = [start, ...lines.slice(row + 1, last + 1)].join("\n").replace(/\\\n/g, " ").trim();
  const text = lines
    .slice(row, last + 1)
    .join("\n")
    .trim();
  lines.fill("", row + 1, last + 1);
  const target = `${line.slice(0, at).trimEnd()} `;
  if (escape === "!") {
    magics.push({ kind: "shell-assignment", name: "!", text, line: row, treatment: "effect" });
    lines[row] = target + shellCall("getoutput", body);
    return true;
  }
  const [, name = "", argument = ""] = /^([\w.]+)\s*([^]*)$/.exec(body) ?? [];
  const unwrap = treatmentOfLine(name) === "unwrap" && argument !== "";
  magics.push({ kind: "magic-assignment", name, text, line: row, treatment: unwrap ? "unwrap" : "effect" });
  lines[row] = target + (unwrap ? argument : magicCall(name, argument));
  return true;
}

function continuedTo(lines: readonly string[], row: number): number {
  let last = row;
  while (last + 1 < lines.length && (lines[last] ?? "").endsWith("\\")) last += 1;
  return last;
}

/** Follows strings, brackets and continuations through one line of Python. */
function scan(line: string, state: Scan, fresh: boolean): { assigned: number | undefined; help: boolean } {
  let assigned: number | undefined;
  let codeEnd = "";
  let at = 0;
  state.continued = false;
  while (at < line.length) {
    const character = line.charAt(at);
    if (state.quote !== undefined) {
      if (character === "\\") at += 2;
      else if (line.startsWith(state.quote, at)) {
        at += state.quote.length;
        state.quote = undefined;
      } else at += 1;
      continue;
    }
    if (character === "#") break;
    if (character === "'" || character === '"') {
      state.quote = line.startsWith(character.repeat(3), at) ? character.repeat(3) : character;
      at += state.quote.length;
      codeEnd = character;
      continue;
    }
    if ("([{".includes(character)) state.depth += 1;
    if (")]}".includes(character)) state.depth = Math.max(0, state.depth - 1);
    if (fresh && state.depth === 0 && assigned === undefined && character === "=" && isAssignment(line, at)) {
      assigned = at + 1;
    }
    if (character === "\\" && at === line.length - 1) state.continued = true;
    if (character.trim() !== "") codeEnd = character;
    at += 1;
  }
  // A one-quote string ends with its line, unless a backslash carries it on.
  if (state.quote?.length === 1 && !line.endsWith("\\")) state.quote = undefined;
  const help = state.depth === 0 && codeEnd === "?" && /^\s*[^#]*[\w*\])]\?{1,2}\s*(#.*)?$/.test(line);
  return { assigned, help };
}

function isAssignment(line: string, at: number): boolean {
  return line.charAt(at + 1) !== "=" && !"=!<>:+-*/%&|^@".includes(line.charAt(at - 1) || " ");
}

function shellCall(method: string, command: string): string {
  return `get_ipython().${method}(${quoted(command)})`;
}

function magicCall(name: string, argument: string): string {
  return `get_ipython().run_line_magic(${quoted(name)}, ${quoted(argument)})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}'`;
}

/** A line that is dropped leaves a `pass` inside a block, so that the block stays valid. */
function blank(line: string): string {
  const indent = /^\s*/.exec(line)?.[0] ?? "";
  return indent === "" ? "" : `${indent}pass`;
}

function withoutIndent(lines: string[]): string[] {
  const indent = /^[ \t]+/.exec(lines.find((line) => line.trim() !== "") ?? "")?.[0];
  return indent === undefined
    ? lines
    : lines.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
}

function withoutPrompts(lines: string[]): string[] {
  const first = lines.find((line) => line.trim() !== "") ?? "";
  const prompt = first.startsWith(">>> ")
    ? /^(>>> |\.\.\. ?|>>>$)/
    : /^In \[\d+\]: /.test(first)
      ? /^(In \[\d+\]: | *\.{3,}: ?)/
      : undefined;
  return prompt === undefined ? lines : lines.map((line) => line.replace(prompt, ""));
}
