/**
 * A cell's text as pure Python, line for line: what IPython makes of it (see `transformCell.ts`), where magics that leave results
 * alone are dropped, those around ordinary code are taken off, and the others stand as the calls that IPython makes, so that
 * the analysis sees one language. Automagic (`cd` without `%`) is not supported.
 */
import { treatmentOfCell, treatmentOfLine, treatmentOfShell } from "./magicTable.ts";
import type { Cell, Magic, PythonCell } from "./model.ts";
import { quoted, transformCell, type Escape } from "./transformCell.ts";

/** Turns a cell into Python text with the same number of lines. */
export function toPython(cell: Cell): PythonCell {
  const { lines, magics } = plain(cell.source);
  return { cell, python: lines.join("\n"), magics };
}

interface Plain {
  readonly lines: string[];
  readonly magics: readonly Magic[];
}

function plain(source: string): Plain {
  const { lines: transformed, escapes } = transformCell(source);
  const lines = [...transformed];
  const magics: Magic[] = [];
  for (const escape of escapes) {
    if (escape.kind === "cell") magics.push(...withoutCellMagic(lines, escape));
    else if (escape.kind !== "call") magics.push(...withoutLineMagic(lines, escape));
  }
  return { lines, magics };
}

function withoutCellMagic(lines: string[], escape: Escape): readonly Magic[] {
  const { name, argument, row, text, body = { row: row + 1, text: "" } } = escape;
  const treatment = treatmentOfCell(name);
  const magic: Magic = { kind: "cell", name, text, line: row, treatment };
  const call = `get_ipython().run_cell_magic(${quoted(name)}, ${quoted(argument)}, '')`;
  if (name === "capture") {
    // Its body is ordinary code whose output is kept from view, which plain Python would show.
    const target = argument.split(/\s+/).find((word) => /^[A-Za-z_]\w*$/.test(word));
    lines[row] = target === undefined ? call : `${target} = ${call}`;
  } else if (treatment === "unwrap") {
    lines[row] = "";
  } else {
    const targets = [...argument.matchAll(/--(?:out|err)[ =](\w+)/g)].map((match) => match[1] ?? "_");
    lines[row] = treatment === "effect" ? [...targets, call].join(" = ") : "";
    return [magic];
  }
  // IPython runs the body as a cell of its own.
  const inner = plain(body.text);
  inner.lines.forEach((line, at) => {
    if (body.row + at < lines.length) lines[body.row + at] = line;
  });
  return [magic, ...inner.magics.map((each) => ({ ...each, line: each.line + body.row }))];
}

function withoutLineMagic(lines: string[], escape: Escape): readonly Magic[] {
  const { kind, name, argument, row, text, before, assigned } = escape;
  const place = { text, line: row };
  if (kind === "help") {
    lines[row] = blank(before);
    return [{ kind: "help", name: "?", ...place, treatment: "drop" }];
  }
  if (kind === "shell") {
    if (assigned) return [{ kind: "shell-assignment", name: "!", ...place, treatment: "effect" }];
    const treatment = treatmentOfShell(argument);
    if (treatment === "drop") lines[row] = blank(before);
    return [{ kind: "shell", name: "!", ...place, treatment }];
  }
  const known = treatmentOfLine(name);
  if (known === "unwrap" && argument !== "") {
    const inner = plain(argument);
    lines[row] = before + inner.lines.join("\n");
    const nested = inner.magics.map((each) => ({ ...each, line: row }));
    return [{ kind: assigned ? "magic-assignment" : "line", name, ...place, treatment: "unwrap" }, ...nested];
  }
  if (assigned) return [{ kind: "magic-assignment", name, ...place, treatment: "effect" }];
  if (known !== "effect") lines[row] = blank(before);
  return [{ kind: "line", name, ...place, treatment: known }];
}

/** A line that is dropped leaves a `pass` inside a block, so that the block stays valid. */
function blank(indent: string): string {
  return indent === "" ? "" : `${indent}pass`;
}
