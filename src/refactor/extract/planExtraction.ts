/**
 * Plans `Extract to Component`. Runs nothing and writes nothing. The cells' own text becomes a function's body; what cannot
 * be shown to give the same in a function as in a cell is refused with the reason.
 */
import type { Notebook } from "../../notebook/model.ts";
import { annotationFor } from "../annotations.ts";
import { applyEdits, indent, removal, tidy, withComments, type Edit } from "../cellText.ts";
import { importsOf, renderImports, type ImportLine } from "../importLines.ts";
import { changedInPlace } from "../draftSteps.ts";
import { plainProse, sentencesOf } from "../settings.ts";
import { verbs } from "../tables.ts";
import { cutOut, type CutOut } from "./cutOut.ts";
import type { Extraction, ExtractOptions, Selection } from "./model.ts";
import { resolveNames, type Names } from "./names.ts";
import { obstacleTo } from "./obstacles.ts";

/**
 * @param notebook as it stands in the editor.
 * Needs `loadPythonParser()`.
 */
export function planExtraction(
  notebook: Notebook,
  selection: Selection,
  options: ExtractOptions,
): Extraction {
  const cut = cutOut(notebook, selection);
  if ("reason" in cut) return { ok: false, reason: cut.reason };
  const names = resolveNames(cut);
  const reason = obstacleTo(cut, names, options.name);
  if (reason !== undefined) return { ok: false, reason };
  const [first, last] =
    selection.kind === "cells" ? [selection.first, selection.last] : [selection.cell, selection.cell];
  return {
    ok: true,
    component: {
      name: options.name,
      file: `${options.package}/${options.name}.py`,
      text: moduleText(cut, names, options.name),
      cell: cellText(cut, names, options),
      first,
      last,
    },
  };
}

function moduleText(cut: CutOut, names: Names, name: string): string {
  const known = cut.source.statements.flatMap(({ node }) => importsOf(node));
  const taken = new Set([
    ...names.data,
    ...names.settings.map((setting) => setting.name),
    ...names.bound,
    name,
  ]);
  const typed = (type: string | undefined): { text: string; imports: readonly ImportLine[] } => {
    const annotation = annotationFor(type, known, taken);
    return annotation ?? { text: "", imports: [] };
  };
  const typeBefore = (input: string): string | undefined => cut.source.facts.typeOf(input, cut.first - 1);
  const data = names.data.map((input) => ({ input, type: typed(typeBefore(input)) }));
  const settings = names.settings.map(({ name: input, type }) => ({ input, type: typed(type) }));
  const outputs = names.outputs.map((output) => typed(cut.source.facts.typeOf(output, cut.last)));
  const parameters = [
    ...data.map(({ input, type }) => parameter(input, type.text)),
    ...(settings.length > 0 ? ["*"] : []),
    ...settings.map(({ input, type }) => parameter(input, type.text)),
  ];
  const certain = outputs.every(({ text }) => text !== "");
  const returned = outputs.map(({ text }) => text);
  const returns =
    outputs.length === 0
      ? " -> None"
      : !certain
        ? ""
        : outputs.length === 1
          ? ` -> ${returned[0] ?? ""}`
          : ` -> tuple[${returned.join(", ")}]`;
  const line = `def ${name}(${parameters.join(", ")})${returns}:`;
  const signature =
    line.length <= 100
      ? line
      : `def ${name}(\n${parameters.map((one) => `    ${one},\n`).join("")})${returns}:`;
  const types = [...data, ...settings].flatMap(({ type }) => type.imports);
  const imports = [
    ...names.imports,
    ...types,
    ...(certain ? outputs.flatMap((output) => output.imports) : []),
  ];
  const definitions = names.definitions.map((statement) =>
    tidy(withComments(textOf(cut, statement.cell), statement.node)),
  );
  const body = [
    bodyText(cut, names),
    ...(names.outputs.length === 0 ? [] : [`return ${names.outputs.join(", ")}`]),
  ];
  const blocks = [
    renderImports(imports),
    ...definitions.map((text) => `\n${text}`),
    `${definitions.length + imports.length > 0 ? "\n" : ""}${signature}\n${docstring(cut, names)}\n${body.map((part) => indent(part)).join("\n")}`,
  ];
  return `${blocks.filter((block) => block !== "").join("\n\n")}\n`;
}

function parameter(name: string, type: string): string {
  return type === "" ? name : `${name}: ${type}`;
}

/** The selected text without what moved to the top of the file; a blank line where a cell ended. */
function bodyText(cut: CutOut, names: Names): string {
  const parts: string[] = [];
  for (let cell = cut.first; cell <= cut.last; cell += 1) {
    const text = textOf(cut, cell);
    const edits = [...names.hoisted, ...names.definitions]
      .filter((statement) => statement.cell === cell)
      .map((statement): Edit => removal(text, statement.fact.range));
    const left = tidy(applyEdits(text, edits));
    if (left !== "") parts.push(left);
  }
  return parts.join("\n\n");
}

/** What the author wrote above the cells, where it says what they do; what is changed; where it came from. */
function docstring(cut: CutOut, names: Names): string {
  const cells = cut.source.cells.slice(cut.first, cut.last + 1);
  const cell = cells[0]?.python.cell;
  const prose = plainProse(cell?.prose ?? "").split("\n")[0] ?? "";
  const [opening = ""] = sentencesOf(prose);
  const verb = verbs.has((opening.split(/[\s,;:]/)[0] ?? "").toLowerCase()) && opening.length < 90;
  const file = cut.source.notebook.path.split(/[\\/]/).at(-1) ?? "";
  const from = cell?.heading === undefined ? `From ${file}.` : `From ${file}, "${cell.heading}".`;
  const statements = cells.flatMap((one) => one.statements);
  const changed = changedInPlace(statements, names.data);
  const facts = changed.length === 0 ? [] : [`Changes ${changed.join(", ")} in place.`];
  const head = verb ? [/[.!?]$/.test(opening) ? opening : `${opening}.`] : [];
  const text = [...head, ...facts, from].join("\n\n");
  const lines = text.replaceAll("\\", "\\\\").replaceAll('"""', "'''").split("\n");
  const closed =
    lines.length === 1 ? [`"""${lines[0] ?? ""}"""`] : [`"""${lines[0] ?? ""}`, ...lines.slice(1), '"""'];
  return closed.map((line) => (line === "" ? "" : `    ${line}`)).join("\n");
}

function cellText(cut: CutOut, names: Names, { name, package: home, pathLine }: ExtractOptions): string {
  const passed = [...names.data, ...names.settings.map((setting) => `${setting.name}=${setting.name}`)];
  const result = names.outputs.length === 0 ? "" : `${names.outputs.join(", ")} = `;
  const line = `${result}${name}(${passed.join(", ")})`;
  const call =
    line.length <= 100 ? line : `${result}${name}(\n${passed.map((one) => `    ${one},\n`).join("")})`;
  const kept = names.keptImports.map((statement) => statement.node.text);
  const head = [
    ...(pathLine === undefined ? [] : [pathLine]),
    `from ${home}.${name} import ${name}`,
    ...kept,
  ].join("\n");
  const after = cut.after.trim() === "" ? "" : `\n${cut.after.replace(/^\n+/, "")}`;
  const before = cut.before.trim() === "" ? "" : `${cut.before.trimEnd()}\n\n`;
  return `${before}${head}\n\n${call}${after}`;
}

function textOf(cut: CutOut, cell: number): string {
  return cut.source.cells[cell]?.python.python ?? "";
}
