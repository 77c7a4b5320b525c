/** Literals that hold for one machine or that nobody else should read. */
import path from "node:path";
import { fieldOf, type SyntaxNode } from "../../analysis/parser.ts";
import type { NotebookProblem, TextEdit } from "./model.ts";
import { importing, placeOf, walk, type ReadCell, type Reading } from "./reading.ts";

const ownFolders =
  /^(\/(home|Users|root|mnt|data|tmp|opt|srv|media|content|kaggle|workspaces?|Volumes|dbfs)\/\S|~\/|[A-Za-z]:[\\/])/;
const secretName = /(^|_)(password|passwd|pwd|secret|token|api_?key|access_?key|auth_?key|private_?key)$/i;
const secretText =
  /^(AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|github_pat_\w{30,}|sk-[\w-]{20,}|xox[abprs]-[\w-]{10,}|hf_\w{20,}|AIza[\w-]{30,})$/;
const placeholder = /^(<.*>|\*+|x+|your[-_ ].*|change.?me|todo|none|.*\.\.\..*|)$/i;

/** The name that a string is given to: `token = "…"`, `connect(password="…")`, `{"api_key": "…"}`. */
function nameOfValue(parent: SyntaxNode | undefined, node: SyntaxNode): string | undefined {
  if (parent === undefined) return undefined;
  if (parent.type === "assignment" && fieldOf(parent, "right") === node) {
    const left = fieldOf(parent, "left");
    return left?.type === "attribute"
      ? fieldOf(left, "attribute")?.text
      : left?.text.replace(/^.*\[["']|["']\]$/g, "");
  }
  if (parent.type === "keyword_argument") return fieldOf(parent, "name")?.text;
  if (parent.type === "pair" && fieldOf(parent, "value") === node)
    return fieldOf(parent, "key")?.text.replace(/^["']|["']$/g, "");
  return undefined;
}

export function literalProblems(reading: Reading): readonly NotebookProblem[] {
  return reading.cells.flatMap((here) => {
    const found: NotebookProblem[] = [];
    const visit = (node: SyntaxNode, parent: SyntaxNode | undefined): void => {
      if (node.type === "string") {
        const problem = problemOf(reading, here, node, parent);
        if (problem !== undefined) found.push(problem);
        return;
      }
      for (const child of node.children) visit(child, node);
    };
    visit(here.tree.root, undefined);
    return found;
  });
}

function problemOf(
  reading: Reading,
  here: ReadCell,
  node: SyntaxNode,
  parent: SyntaxNode | undefined,
): NotebookProblem | undefined {
  const text = plainText(node);
  const place = text === undefined ? undefined : placeOf(here, node.start, node.end);
  if (text === undefined || place === undefined) return undefined;
  const about = { cell: here.cell.index, place };
  const name = nameOfValue(parent, node);
  const named = name !== undefined && secretName.test(name) && text.length >= 6 && !/\s/.test(text);
  if ((named || secretText.test(text)) && !placeholder.test(text)) {
    const variable = (name !== undefined && /^\w+$/.test(name) ? name : "api_key").toUpperCase();
    return {
      ...about,
      code: "secret",
      message: `has ${name === undefined ? "a key" : `the ${name}`} itself in its text, for everyone who gets the notebook`,
      fixes: [
        {
          kind: "edit",
          title: `Read it from the environment as ${variable}`,
          edits: [
            { ...about, text: `os.environ["${variable}"]` },
            ...(importsOs(reading, here.cell.index)
              ? []
              : [importing(reading, "import os", here.cell.index)]),
          ],
        },
      ],
    };
  }
  if (!ownFolders.test(text) || text.includes("\n")) return undefined;
  const relative = relativeTo(path.dirname(reading.notebook.path), text);
  const edit: TextEdit | undefined =
    relative === undefined
      ? undefined
      : { ...about, text: `${prefixOf(node)}${quote(node)}${relative}${quote(node)}` };
  return {
    ...about,
    code: "absolutePath",
    message: `has ${text}, a path that only this machine has`,
    fixes: edit === undefined ? [] : [{ kind: "edit", title: `Make it ${relative ?? ""}`, edits: [edit] }],
  };
}

/** The text of a plain string: no f-string, no bytes, nothing escaped. */
function plainText(node: SyntaxNode): string | undefined {
  const match = /^([rR]?)("""|'''|"|')([^]*)\2$/.exec(node.text);
  const text = match?.[3];
  if (text === undefined || (match?.[1] === "" && text.includes("\\") && !/^[A-Za-z]:\\/.test(text)))
    return undefined;
  return text;
}

function prefixOf(node: SyntaxNode): string {
  return /^[rR]/.test(node.text) ? node.text.slice(0, 1) : "";
}

function quote(node: SyntaxNode): string {
  return /^[rR]?("""|'''|"|')/.exec(node.text)?.[1] ?? '"';
}

/** With forward slashes, as far as the two lie in one place. */
function relativeTo(folder: string, target: string): string | undefined {
  if (!target.startsWith("/") || !folder.startsWith("/")) return undefined;
  const relative = path.posix.relative(folder, target);
  const up = relative.split("/").filter((part) => part === "..").length;
  const shared = folder.split("/").filter((part) => part !== "").length - up;
  return shared >= 2 && relative !== "" ? relative : undefined;
}

function importsOs({ cells }: Reading, before: number): boolean {
  return cells.some(
    ({ cell, tree }) =>
      cell.index <= before &&
      [...walk(tree.root)].some(
        (node) => node.type === "import_statement" && /\bimport os\b(?! as)/.test(node.text),
      ),
  );
}
