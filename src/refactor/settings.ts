/**
 * Settings: literals that people change between runs. Taken are simple assignments in the first cells, paths of files
 * that are read or written, keywords that people tune, and thresholds that a score is compared with; never more than ten.
 */
import type { ArgumentFact, CallFact, Literal, Range } from "../analysis/model.ts";
import { fieldOf, namedChildren, parsePython, type SyntaxNode } from "../analysis/parser.ts";
import { commentStart, endOfLine } from "./cellText.ts";
import { isLiteral, settingValue } from "./literals.ts";
import type { MoreSetting, ParameterType, Setting } from "./model.ts";
import type { Roles, SettingChoices } from "./roles.ts";
import { assignedValue, walk, type Source, type SourceStatement } from "./source.ts";
import { readingCalls, scoreName, settingNames, tunedKeywords, writingCalls } from "./tables.ts";

const maximum = 10;

export interface StepCells {
  readonly name: string;
  readonly cells: readonly number[];
}

interface Candidate {
  readonly name: string;
  readonly literal: Literal;
  readonly access: "read" | "write" | undefined;
  readonly cell: number;
  readonly range: Range;
  readonly statement: SourceStatement;
  /** Taken by itself; others only where the user says so. */
  readonly likely: boolean;
}

interface SettingsInput {
  readonly source: Source;
  readonly roles: Roles;
  readonly steps: readonly StepCells[];
  readonly staying: (cell: number) => readonly SourceStatement[];
  /** Names that no new setting may have. */
  readonly taken: ReadonlySet<string>;
  readonly choices: SettingChoices | undefined;
}

/**
 * @returns settings in the order in which they are met, each with the places it stands for and the steps that take it;
 * and the literals that could be settings and are none.
 */
export function findSettings(input: SettingsInput): {
  readonly settings: readonly Setting[];
  readonly more: readonly MoreSetting[];
} {
  const { source, roles, choices = {} } = input;
  const paths = pathUses(source, input.steps, input.staying);
  const variables = [...roles.settings].flatMap(([name, statement]) =>
    assigned(name, statement, source, paths),
  );
  const found = named(input, variables);
  const off = new Set(choices.off);
  const on = new Set(choices.on);
  let room = maximum;
  const chosen: Setting[] = [];
  const more: Setting[] = [...roles.couldBeSettings].flatMap(([name, statement]) =>
    assigned(name, statement, source, paths),
  );
  for (const { setting, likely } of found) {
    const byItself = setting.variable === true || (likely && room > 0 && !off.has(setting.key));
    if (byItself) room -= 1;
    (byItself || on.has(setting.key) ? chosen : more).push(setting);
  }
  const reserved = new Set([...input.taken, ...[...chosen, ...more].map(({ name }) => name)]);
  const settings = chosen.map((setting) => {
    const name = choices.names?.[setting.key];
    if (name === undefined || setting.variable === true || reserved.has(name)) return setting;
    reserved.add(name);
    return { ...setting, name };
  });
  const inOrder = (all: readonly Setting[]): readonly Setting[] =>
    [...all].sort((a, b) => placeOf(a) - placeOf(b));
  return {
    settings: inOrder(settings),
    more: inOrder(more).map(({ key, default: { text }, places: [first] }) => ({
      key,
      text,
      cell: first?.cell ?? 0,
    })),
  };
}

function placeOf({ places: [first] }: Setting): number {
  return (first?.cell ?? 0) * 1e7 + (first?.range.start ?? 0);
}

/** The literals in calls and comparisons under names of their own; those that are likely settings choose first. */
function named(
  { source, steps, staying, taken }: SettingsInput,
  variables: readonly Setting[],
): readonly { readonly setting: Setting; readonly likely: boolean }[] {
  const literal = steps.flatMap((step) =>
    step.cells.flatMap((cell) =>
      staying(cell)
        .flatMap((statement) => candidatesIn(statement, source))
        .map((candidate) => ({ ...candidate, step })),
    ),
  );
  const files = filePaths(
    source,
    literal.filter(({ access }) => access !== undefined),
  );
  const wanted = [...files, ...literal.filter(({ access }) => access === undefined)].sort(
    (a, b) => Number(b.likely) - Number(a.likely) || a.cell - b.cell || a.range.start - b.range.start,
  );
  const found = variables.map((setting) => ({ setting, likely: true }));
  for (const { step, ...candidate } of wanted) {
    const same = found.findIndex(
      ({ setting, likely }) => likely === candidate.likely && matches(setting, candidate),
    );
    const known = found[same];
    const place = { cell: candidate.cell, range: candidate.range };
    if (known !== undefined) {
      const { setting } = known;
      const access = setting.access ?? candidate.access;
      found[same] = { ...known, setting: { ...setting, places: [...setting.places, place], access } };
      continue;
    }
    const name = [candidate.name, `${step.name}_${candidate.name}`].find(
      (option) => !taken.has(option) && !found.some(({ setting }) => setting.name === option),
    );
    if (name === undefined) continue;
    const setting: Setting = {
      ...{ name, key: name },
      type: candidate.access === undefined ? typeOfLiteral(candidate.literal) : "path",
      access: candidate.access,
      default: candidate.literal,
      description: candidate.access === undefined ? describe(candidate.name, candidate, source) : undefined,
      places: [place],
      steps: [],
    };
    found.push({ setting, likely: candidate.likely });
  }
  return found;
}

function matches(setting: Setting, { name, literal, access }: Candidate): boolean {
  const same = setting.default.text === literal.text || valueOf(setting.default) === valueOf(literal);
  if (access !== undefined) return setting.type === "path" && valueOf(setting.default) === valueOf(literal);
  return (
    same &&
    setting.default.type === literal.type &&
    (setting.name === name || setting.name.endsWith(`_${name}`))
  );
}

function valueOf(literal: Literal): unknown {
  return literal.type === "none" ? null : literal.value;
}

function typeOfLiteral(literal: Literal): ParameterType {
  return literal.type === "none" ? "str" : literal.type;
}

/** A setting from `name = literal`. */
function assigned(
  name: string,
  statement: SourceStatement,
  source: Source,
  paths: ReadonlyMap<string, "read" | "write">,
): Setting[] {
  const constant = statement.fact.constant;
  if (constant === undefined) return [];
  const access = paths.get(name);
  const isPath = access !== undefined && constant.literal.type === "str";
  return [
    {
      ...{ name, key: name, variable: true },
      type: isPath ? "path" : typeOfLiteral(constant.literal),
      access: isPath ? access : undefined,
      default: constant.literal,
      description: describe(name, { cell: statement.cell, range: statement.fact.range }, source),
      places: [{ cell: statement.cell, range: constant.range }],
      steps: [],
    },
  ];
}

/** Names that stand as they are for the path in a call that reads or writes: first use read stays read unless written. */
function pathUses(
  source: Source,
  steps: readonly StepCells[],
  staying: (cell: number) => readonly SourceStatement[],
): ReadonlyMap<string, "read" | "write"> {
  const uses = new Map<string, "read" | "write">();
  const inSteps = steps.flatMap(({ cells }) => cells.flatMap((cell) => staying(cell)));
  const inDefinitions = source.statements.filter(({ definition }) => definition !== undefined);
  for (const { fact } of [...inSteps, ...inDefinitions]) {
    for (const call of fact.calls) {
      const path = pathArgument(call);
      if (path === undefined || !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(path.argument.text)) continue;
      const before = uses.get(path.argument.text);
      if (before === undefined) uses.set(path.argument.text, path.access);
    }
  }
  return uses;
}

/** The argument of a call that is the path of a file it reads or writes. */
export function pathArgument(call: CallFact):
  | {
      readonly argument: ArgumentFact;
      readonly access: "read" | "write";
      readonly what: string;
      readonly name?: string;
    }
  | undefined {
  const positional = call.arguments.filter(
    ({ keyword, text }) => keyword === undefined && !text.startsWith("*"),
  );
  const at = (position: number): ArgumentFact | undefined =>
    positional[position] ??
    call.arguments.find(({ keyword }) =>
      /^(filepath_or_buffer|path_or_buf|path|filename|fname|file|io)$/.test(keyword ?? ""),
    );
  if (/^(open|io\.open|builtins\.open)$/.test(call.target)) {
    const mode = positional[1] ?? call.arguments.find(({ keyword }) => keyword === "mode");
    const argument = at(0);
    if (argument === undefined || (mode !== undefined && mode.literal?.type !== "str")) return undefined;
    const access = mode?.literal?.type === "str" && /[wax]/.test(mode.literal.value) ? "write" : "read";
    return { argument, access, what: "file" };
  }
  const reading = readingCalls.find((entry) => entry.call.test(call.target));
  if (reading !== undefined) {
    const argument = at(reading.position);
    return argument && { argument, access: "read", what: reading.what };
  }
  const writing = writingCalls.find((entry) => entry.call.test(call.target));
  const argument = writing === undefined ? undefined : at(writing.position);
  if (writing === undefined || argument === undefined) return undefined;
  return {
    argument,
    access: "write",
    what: writing.what,
    ...(writing.setting === undefined ? {} : { name: writing.setting }),
  };
}

/** Literals of one statement that may become settings; nothing inside a function of its own. */
function candidatesIn(statement: SourceStatement, source: Source): Candidate[] {
  const { cell, fact } = statement;
  const functions = [...walk(statement.node)].filter(
    ({ type }) => type === "function_definition" || type === "lambda",
  );
  const free = ({ start, end }: Range): boolean =>
    !functions.some((node) => node.start <= start && node.end >= end);
  const found: Candidate[] = [];
  const add = (
    name: string,
    literal: Literal,
    range: Range,
    { access, likely = true }: { access?: "read" | "write"; likely?: boolean } = {},
  ): void => {
    if (free(range)) found.push({ name, literal, access, cell, range, statement, likely });
  };
  for (const call of fact.calls) {
    const path = pathArgument(call);
    if (path?.argument.literal?.type === "str") {
      add(path.name ?? "", path.argument.literal, path.argument.range, { access: path.access });
    }
    for (const { keyword, literal, range } of call.arguments) {
      const value = settingValue(literal);
      if (keyword === undefined || literal === undefined || value === undefined) continue;
      const tuned = tunedKeywords.has(keyword);
      const trivial = literal.type === "int" && (value === 0 || value === 1);
      const number = typeof value === "number";
      if (tuned || (number && !trivial))
        add(settingNames[keyword] ?? keyword, literal, range, { likely: tuned && !trivial });
    }
  }
  for (const node of walk(statement.node)) {
    const threshold = node.type === "comparison_operator" ? thresholdIn(node) : undefined;
    if (threshold !== undefined) add("threshold", threshold.literal, threshold.range);
  }
  return found.map((candidate) => ({
    ...candidate,
    range: literalRange(source.cells[cell]?.python.python ?? "", candidate.range),
  }));
}

/** The range of an argument's value where a keyword came with it. */
function literalRange(text: string, range: Range): Range {
  const keyword = /^[\p{L}_][\p{L}\p{N}_]*\s*=\s*/u.exec(text.slice(range.start, range.end))?.[0] ?? "";
  return { start: range.start + keyword.length, end: range.end };
}

/** `proba >= 0.3`: a score compared with a number between 0 and 1. */
function thresholdIn(node: SyntaxNode): { literal: Literal; range: Range } | undefined {
  const sides = namedChildren(node);
  const [left, right] = sides;
  if (sides.length !== 2 || left === undefined || right === undefined) return undefined;
  const number = [left, right].find((side) => side.type === "float");
  const score = number === left ? right : left;
  const value = Number(number?.text ?? "");
  if (number === undefined || !(value > 0 && value < 1) || !scoreName.test(rootName(score))) return undefined;
  return {
    literal: { type: "float", value, text: number.text },
    range: { start: number.start, end: number.end },
  };
}

function rootName(node: SyntaxNode): string {
  if (node.type === "subscript") return rootName(fieldOf(node, "value") ?? { ...node, type: "other" });
  return node.type === "attribute" ? (fieldOf(node, "attribute")?.text ?? "") : node.text;
}

/**
 * Paths written in calls. One file that is read and written is one setting, if it is written first; a path that also
 * stands elsewhere in the notebook stays as it is everywhere, or the two would part.
 */
function filePaths<Use extends Candidate>(source: Source, uses: readonly Use[]): Use[] {
  const values = new Map<unknown, Use[]>();
  for (const use of uses)
    values.set(valueOf(use.literal), [...(values.get(valueOf(use.literal)) ?? []), use]);
  const reads = [...values.values()].filter(([first]) => first?.access === "read").length;
  return [...values].flatMap(([value, group]) => {
    const written = group.some(({ access }) => access === "write");
    if (written && group[0]?.access === "read") return [];
    if (typeof value !== "string" || occurrences(source, value) !== group.length) return [];
    const access = written ? "write" : "read";
    const named = group.find(({ name }) => name !== "")?.name;
    const name = named ?? (access === "read" && reads === 1 ? "data_path" : `${slugOfPath(value)}_path`);
    return group.map((use) => ({ ...use, name, access }));
  });
}

function occurrences(source: Source, value: string): number {
  const literal = source.cells.flatMap(({ tree }) =>
    [...walk(tree.root)].filter(({ type }) => type === "string"),
  );
  return literal.filter((node) => node.text.replace(/^[A-Za-z]*("""|'''|"|')|("""|'''|"|')$/g, "") === value)
    .length;
}

function slugOfPath(path: string): string {
  const stem = (path.split(/[\\/]/).at(-1) ?? path).replace(/\.[^.]*$/, "");
  const slug = stem
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
  return /^\p{L}/u.test(slug) ? slug : `file_${slug}`;
}

/** What a comment beside or above says, else the sentence of the markdown that has the setting's name as a word. */
function describe(
  name: string,
  { cell, range }: { readonly cell: number; readonly range: Range },
  source: Source,
): string | undefined {
  const entry = source.cells[cell];
  const text = entry?.python.python ?? "";
  const statement = entry?.statements.find(
    ({ fact }) => fact.range.start <= range.start && fact.range.end >= range.end,
  );
  if (statement !== undefined && assignedValue(statement.node)?.name === name) {
    const { start, end } = statement.fact.range;
    const beside = /^[ \t]*#+\s*(.*\S)/.exec(text.slice(end, endOfLine(text, end)))?.[1];
    const lineStart = text.lastIndexOf("\n", start - 1) + 1;
    const above = text
      .slice(commentStart(text, lineStart), lineStart)
      .replace(/^\s*#+\s?/gm, "")
      .trim();
    const comment = beside ?? (above === "" || isCode(above) ? undefined : above.split("\n").join(" "));
    if (comment !== undefined) return comment;
  }
  const word = name.replaceAll("_", "[ _-]");
  if (name.length < 4 || name.endsWith("_path") || name === "seed") return undefined;
  const prose = entry?.python.cell.prose ?? "";
  return sentencesOf(prose).find((sentence) => new RegExp(`\\b${word}\\b`, "i").test(sentence));
}

/** A commented-out line of code describes nothing. */
function isCode(comment: string): boolean {
  return /[=()[\]]/.test(comment) && parsePython(comment).problems.length === 0;
}

/** The sentences of a piece of markdown, without emphasis and line breaks. */
export function sentencesOf(prose: string): readonly string[] {
  return plainProse(prose)
    .split(/\n\n+/)
    .flatMap((paragraph) => paragraph.match(/[^.!?]+(?:[.!?](?!\s|$)[^.!?]*)*[.!?]*/g) ?? [])
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== "");
}

/** Markdown as the text a docstring can hold: paragraphs of words, without lists, tables, code blocks, links, pictures. */
export function plainProse(prose: string): string {
  return prose
    .replace(/^(```|~~~)[^]*?^\1\s*$/gm, "")
    .replace(/!\[[^\]]*\]\([^)]*\)/g, "")
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/<[^>]+>/g, "")
    .replace(/(\*\*|__)(.+?)\1/g, "$2")
    .replace(/(^|\s)[*_](\S(?:.*?\S)?)[*_](?=\W|$)/gm, "$1$2")
    .split(/\n\s*\n/)
    .filter((paragraph) => !/^\s*([|>]|[-*+] |\d+\. |\$\$)/.test(paragraph))
    .map((paragraph) => paragraph.replace(/\s+/g, " ").trim())
    .filter((paragraph) => paragraph !== "")
    .join("\n\n");
}

/** True for `name = literal` statements whose literal can be taken as it is. */
export function isSimpleAssignment(statement: SourceStatement): boolean {
  const value = assignedValue(statement.node)?.value;
  return value !== undefined && isLiteral(value);
}
