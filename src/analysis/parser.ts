/**
 * Python text to a plain syntax tree. tree-sitter's own nodes live in WebAssembly memory and cost a call for every
 * question; here a tree is copied out once and freed, so that whoever walks it needs no clean-up and runs quickly.
 * Its grammar also takes Python 2's `print x` and some bad indentation; those are found here and called errors.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Language, Parser } from "web-tree-sitter";
import { Problem } from "../problem.ts";
import { copyTree } from "./copyTree.ts";

/** A node with all its children, punctuation included. Offsets count UTF-16 units of the source, rows and columns from 0. */
export interface SyntaxNode {
  readonly type: string;
  /** False for keywords and punctuation. */
  readonly named: boolean;
  /** What it is to its parent: `left`, `body` … */
  readonly field: string | undefined;
  readonly start: number;
  readonly end: number;
  readonly row: number;
  readonly column: number;
  readonly text: string;
  /** Where it stands among all nodes of its tree, parents before children. */
  readonly index: number;
  readonly children: readonly SyntaxNode[];
  /** The children that are not punctuation, comments left out. */
  readonly parts: readonly SyntaxNode[];
}

export interface SyntaxProblem {
  readonly start: number;
  readonly end: number;
  readonly row: number;
  readonly column: number;
  readonly message: string;
}

export interface SyntaxTree {
  readonly source: string;
  readonly root: SyntaxNode;
  /** What Python would not accept, the first one first. */
  readonly problems: readonly SyntaxProblem[];
}

const runtimeFile = "web-tree-sitter.wasm";
const grammarFile = "tree-sitter-python.wasm";

// WebAssembly is loaded once into a process, whoever asks; this is that one load.
let loading: Promise<Parser> | undefined;
let loaded: Parser | undefined;

/**
 * Loads the parser; to be awaited once before `parsePython`. Further calls cost nothing.
 * @param options.wasmFolder where the two .wasm files lie; by default beside the bundle, in development node_modules.
 * @throws Problem when they cannot be found or loaded.
 */
export async function loadPythonParser(options: { readonly wasmFolder?: string } = {}): Promise<void> {
  loading ??= load(options.wasmFolder);
  try {
    loaded = await loading;
  } catch (error) {
    loading = undefined;
    throw error;
  }
}

async function load(wasmFolder: string | undefined): Promise<Parser> {
  const [runtime, grammar] = await Promise.all([
    readFile(locate(wasmFolder, runtimeFile, "web-tree-sitter")),
    readFile(locate(wasmFolder, grammarFile, "tree-sitter-python")),
  ]);
  await Parser.init({ wasmBinary: new Uint8Array(runtime) });
  const parser = new Parser();
  parser.setLanguage(await Language.load(new Uint8Array(grammar)));
  return parser;
}

function locate(wasmFolder: string | undefined, file: string, packageName: string): string {
  const here = wasmFolder ?? import.meta.dirname;
  // The bundle's chunks lie one folder below the files that come with it.
  const candidates = [join(here, file), join(dirname(here), file)];
  for (let folder = here; ; folder = dirname(folder)) {
    candidates.push(join(folder, "node_modules", packageName, file));
    if (dirname(folder) === folder) break;
  }
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) throw new Problem(`Cellsmith is incomplete: ${file} is missing from ${here}.`);
  return found;
}

/**
 * Parses Python text. Never fails on text: what cannot be read is in `problems`, and the tree holds the rest.
 * `loadPythonParser` must have been awaited before.
 */
export function parsePython(source: string): SyntaxTree {
  let tree = parse(source, source);
  // One round shows what it hid: a statement inside another that was misread.
  for (let misread = misreadWords(tree.root), text = source; misread.length > 0;) {
    for (const { start, end } of misread) {
      text = `${text.slice(0, start)}${"_".repeat(end - start)}${text.slice(end)}`;
    }
    tree = parse(text, source);
    misread = misreadWords(tree.root).filter(({ start }) => text.charAt(start) !== "_");
  }
  const problems = [...tree.problems, ...otherProblems(tree.root)].sort((a, b) => a.start - b.start);
  return { source, root: tree.root, problems };
}

/** Parses a text, and makes a tree that shows another of the same length. */
function parse(text: string, shown: string): { root: SyntaxNode; problems: readonly SyntaxProblem[] } {
  if (loaded === undefined) throw new Error("loadPythonParser() was not awaited before parsePython()");
  const tree = loaded.parse(text);
  if (tree === null) throw new Error("the Python parser gave no tree");
  const problems: SyntaxProblem[] = [];
  const root = copyTree(tree, shown, (node) => {
    problems.push(
      problemAt(node, `Python expects ${node.type.startsWith("_") ? "more" : `\`${node.type}\``} here.`),
    );
  });
  tree.delete();
  return { root, problems };
}

const aliasNames = new Set(["identifier", "generic_type", "subscript"]);

/**
 * Words that the grammar takes for a statement's keyword where Python reads a name: `type(x).y = 1` is no type alias, and
 * `print >> file` shifts. Another name of the same length in their place is read as a name.
 */
function misreadWords(node: SyntaxNode): readonly SyntaxNode[] {
  const [word] = node.children;
  if (word !== undefined && node.type === "type_alias_statement") {
    const left = fieldOf(node, "left");
    const [target] = left === undefined ? [] : namedChildren(left);
    const [name = target] = target === undefined ? [] : namedChildren(target);
    const isAlias = target !== undefined && aliasNames.has(target.type) && name?.type === "identifier";
    if (!isAlias) return [word];
  }
  if (word !== undefined && node.type === "print_statement" && node.children[1]?.type === "chevron") {
    return [word];
  }
  return node.children.flatMap((child) => (child.named ? misreadWords(child) : []));
}

function problemAt({ start, end, row, column }: SyntaxNode, message: string): SyntaxProblem {
  return { start, end, row, column, message };
}

function complaint(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case "ERROR": {
      const [line = ""] = node.text.trim().split("\n");
      return `Python cannot read this: ${line.length > 60 ? `${line.slice(0, 60)}…` : line || "the line ends too early"}`;
    }
    case "print_statement":
      return "print without brackets is Python 2; write print(…).";
    case "exec_statement":
      return "exec without brackets is Python 2.";
    case "<>":
      return "<> is Python 2; write !=.";
    default:
      return undefined;
  }
}

/** What cannot be read, and what the grammar lets pass and Python does not: Python 2, lines of a block in different columns, `return` outside a function. */
function otherProblems(root: SyntaxNode): SyntaxProblem[] {
  const problems: SyntaxProblem[] = [];
  const complain = (node: SyntaxNode, message: string): void => {
    problems.push(problemAt(node, message));
  };
  const visit = (node: SyntaxNode, inFunction: boolean): void => {
    const message = complaint(node);
    if (message !== undefined) complain(node, message);
    if (node.type === "return_statement" && !inFunction)
      complain(node, "There is a return outside a function.");
    if (node.type === "yield" && !inFunction) complain(node, "There is a yield outside a function.");
    if (node.type === "module" || node.type === "block") {
      const statements = namedChildren(node);
      const expected = node.type === "module" ? 0 : statements[0]?.column;
      if (node.type === "block" && statements.length === 0)
        complain(node, "Python expects an indented line here.");
      let row = -1;
      for (const statement of statements) {
        if (statement.row !== row && statement.column !== expected && statement.type !== "ERROR") {
          complain(statement, "This line is not indented like its neighbours.");
        }
        row = lastRow(statement);
      }
    }
    const within = node.type === "function_definition" || node.type === "lambda" || inFunction;
    for (const child of node.children) visit(child, within);
  };
  visit(root, false);
  return problems;
}

function lastRow(node: SyntaxNode): number {
  let row = node.row;
  for (let at = node.text.indexOf("\n"); at >= 0; at = node.text.indexOf("\n", at + 1)) row += 1;
  return row;
}

/** The children that are not punctuation, comments left out. */
export function namedChildren(node: SyntaxNode): readonly SyntaxNode[] {
  return node.parts;
}

/** The child in a field, such as `left` of an assignment. */
export function fieldOf(node: SyntaxNode, field: string): SyntaxNode | undefined {
  return node.children.find((child) => child.field === field && child.type !== "comment");
}

/** All children in a field, such as the names of an import. */
export function fieldsOf(node: SyntaxNode, field: string): readonly SyntaxNode[] {
  return node.children.filter((child) => child.field === field && child.named && child.type !== "comment");
}

/** True where a keyword or sign such as `async` or `*` stands among the children. */
export function hasToken(node: SyntaxNode, token: string): boolean {
  return node.children.some((child) => !child.named && child.type === token);
}

/** The tokens of a tree in order: nodes without children; strings and the dots of an import as a whole. */
export function* leaves(node: SyntaxNode): Generator<SyntaxNode> {
  if (node.children.length === 0 || node.type === "string" || node.type === "import_prefix") {
    yield node;
    return;
  }
  for (const child of node.children) yield* leaves(child);
}
