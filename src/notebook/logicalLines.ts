/**
 * A cell's tokens by logical line, as Python's `tokenize` gives them to IPython, which looks for its own syntax among them. It is
 * no Python yet: a quote without its end is a token, and reading goes on behind it.
 */

export interface Token {
  readonly kind: "name" | "number" | "string" | "comment" | "sign";
  readonly text: string;
  readonly row: number;
  readonly column: number;
}

export interface LogicalLine {
  /** Blanks, line ends and indentation are no tokens here. */
  readonly tokens: readonly Token[];
  /** False for the last one where a text in triple quotes is open at the end. */
  readonly ended: boolean;
}

const word = /[\p{L}\p{Nl}_][\p{L}\p{N}\p{M}\p{Pc}]*/uy;
const number = /(?:0[xXoObB][\da-fA-F_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][-+]?\d[\d_]*)?[jJ]?)/y;
const signs = /\*\*=|\/\/=|>>=|<<=|\.\.\.|[-+*/%&|^@=!<>:]=|\*\*|\/\/|>>|<<|->|[^]/uy;
const stringStart = /(?:[rRbBuUfFtT]|[rR][bBfFtT]|[bBfFtT][rR])?("""|'''|"|')/y;

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** @param rows the cell's lines, without their ends. */
export function logicalLines(rows: readonly string[]): readonly LogicalLine[] {
  const text = rows.join("\n");
  const result: LogicalLine[] = [];
  let tokens: Token[] = [];
  let row = 0;
  let rowStart = 0;
  // Python's own count of open brackets goes below zero; IPython's does not.
  let depth = 0;
  let balance = 0;
  const close = (ended: boolean): void => {
    if (tokens.length > 0) result.push({ tokens, ended });
    tokens = [];
  };
  for (let at = 0; at < text.length;) {
    const character = text.charAt(at);
    if (character === "\n") {
      if (depth === 0 || balance <= 0) close(true);
      at += 1;
      row += 1;
      rowStart = at;
      continue;
    }
    if (/\s/.test(character)) {
      at += 1;
      continue;
    }
    if (character === "\\" && text.charAt(at + 1) === "\n") {
      at += 2;
      row += 1;
      rowStart = at;
      continue;
    }
    const place = { row, column: at - rowStart };
    if (character === "#") {
      const end = text.indexOf("\n", at);
      const comment = text.slice(at, end < 0 ? undefined : end);
      tokens.push({ kind: "comment", text: comment, ...place });
      at += comment.length;
      continue;
    }
    const opening = match(stringStart, text, at);
    const end = opening === undefined ? undefined : stringEnd(text, at, opening);
    if (opening !== undefined && end === undefined && /"""|'''/.test(opening)) {
      // The rest of the cell is one text.
      close(false);
      return result;
    }
    if (end !== undefined) {
      tokens.push({ kind: "string", text: text.slice(at, end), ...place });
      for (let next = text.indexOf("\n", at); next >= 0 && next < end; next = text.indexOf("\n", next + 1)) {
        row += 1;
        rowStart = next + 1;
      }
      at = end;
      continue;
    }
    const name = match(word, text, at);
    const digits = name === undefined ? match(number, text, at) : undefined;
    const found = name ?? digits ?? match(signs, text, at) ?? character;
    if (name === undefined && digits === undefined) {
      const step = "([{".includes(found) ? 1 : ")]}".includes(found) ? -1 : 0;
      depth = Math.max(0, depth + step);
      balance += step;
    }
    const kind = name !== undefined ? "name" : digits !== undefined ? "number" : "sign";
    tokens.push({ kind, text: found, ...place });
    at += found.length;
  }
  close(true);
  return result;
}

/**
 * Where a text ends that begins at `at`; undefined where it does not. A text in one quote ends with its line; one that a backslash
 * carries on and that does not end then is taken with the end of that line.
 */
function stringEnd(text: string, at: number, opening: string): number | undefined {
  const [quote = "'"] = /["']+$/.exec(opening) ?? [];
  const formatted = /^[rR]?[fFtT]/.test(opening);
  const nested = formatted ? endOf(text, at + opening.length, quote, true) : undefined;
  return nested ?? endOf(text, at + opening.length, quote, false);
}

/** With `nested`, what stands in the braces of an f-string is Python, and may use the same quotes. */
function endOf(text: string, from: number, quote: string, nested: boolean): number | undefined {
  let carriedOn = false;
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "\\") {
      at += 1;
      carriedOn ||= text.charAt(at) === "\n";
    } else if (text.startsWith(quote, at)) return at + quote.length;
    else if (character === "\n" && quote.length === 1) return carriedOn && !nested ? at + 1 : undefined;
    else if (nested && character === "{") {
      if (text.charAt(at + 1) === "{") at += 1;
      else {
        const end = braceEnd(text, at + 1, quote);
        if (end === undefined) return undefined;
        at = end;
      }
    }
  }
  return undefined;
}

function braceEnd(text: string, from: number, quote: string): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "}" && depth === 0) return at;
    if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character)) depth -= 1;
    else if (character === "\n" && quote.length === 1) return undefined;
    else if (character === '"' || character === "'") {
      const opening = match(stringStart, text, at) ?? character;
      const end = stringEnd(text, at, opening);
      if (end === undefined) return undefined;
      at = end - 1;
    }
  }
  return undefined;
}
