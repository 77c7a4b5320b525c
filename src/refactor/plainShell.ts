/** Commands of the shell and a few magics, as IPython runs them, in the standard library's words. */
import { fieldOf, namedChildren, parsePython, type SyntaxNode } from "../analysis/parser.ts";
import type { Edit } from "./cellText.ts";
import { calleeOf, namesIn, walk } from "./source.ts";

export interface RowEdit extends Edit {
  readonly row: number;
}

/**
 * @param root a cell in which magics stand as IPython's own calls.
 * @param bound names of the notebook: `{name}` and `$name` in a command are values where it has such a name.
 */
export function shellEdits(root: SyntaxNode, bound: ReadonlySet<string>): readonly RowEdit[] {
  return namedChildren(root).flatMap((statement) => {
    const calls = [...walk(statement)].filter((node) => (calleeOf(node) ?? "").startsWith("get_ipython()."));
    const needed = new Set<string>();
    const edits = calls.flatMap((call): RowEdit[] => {
      const plain = plainCall(call, statement, bound);
      if (plain === undefined) return [];
      plain.modules.forEach((module) => needed.add(module));
      return [{ range: { start: call.start, end: call.end }, text: plain.text, row: call.row }];
    });
    // On the same line, so that every other line stays where it is; the import moves to the top of its module anyway.
    const imports = [...needed].sort().map((module) => `import ${module}; `);
    const { start, row } = statement;
    return edits.length === 0
      ? []
      : [{ range: { start, end: start }, text: imports.join(""), row }, ...edits];
  });
}

interface Plain {
  readonly text: string;
  readonly modules: readonly string[];
}

function plainCall(call: SyntaxNode, statement: SyntaxNode, bound: ReadonlySet<string>): Plain | undefined {
  const list = fieldOf(call, "arguments");
  const given = (list === undefined ? [] : namedChildren(list)).map(textOf);
  const [first, second] = given;
  const method = (calleeOf(call) ?? "").split(".").at(-1);
  const alone =
    statement.type === "expression_statement" && namedChildren(statement)[0]?.start === call.start;
  if (first === undefined) return undefined;
  if (method === "getoutput" || method === "system") {
    const command = commandText(first, bound);
    if (command === undefined) return undefined;
    const run = `subprocess.run(${command}, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout`;
    const text = method === "system" ? `print(${run}, end="")` : `${run}.splitlines()`;
    return { text, modules: ["subprocess"] };
  }
  if (method !== "run_line_magic" || second === undefined || !alone) return undefined;
  if (first === "cd") {
    const [, folder] =
      /^(?:"([^"$~{]+)"|'[^'$~{]+'|[^\s$~{'"-]\S*)$/.exec(second) === null ? [] : [0, unquoted(second)];
    if (folder === undefined) return undefined;
    return { text: `os.chdir(${JSON.stringify(folder)}); print(os.getcwd())`, modules: ["os"] };
  }
  if (first === "env" || first === "set_env") {
    const match = /^(\w+)\s*[=\s]\s*([^\s${}]*)$/.exec(second.trim());
    if (match === null) return undefined;
    const [, name = "", value = ""] = match;
    const said = JSON.stringify(`env: ${name}=${value}`);
    return {
      text: `os.environ[${JSON.stringify(name)}] = ${JSON.stringify(value)}; print(${said})`,
      modules: ["os"],
    };
  }
  return undefined;
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/, "$2");
}

/** The text of a string that was written for a magic: it has three escapes. */
function textOf(node: SyntaxNode): string | undefined {
  if (node.type !== "string" || !node.text.startsWith("'")) return undefined;
  return node.text
    .slice(1, -1)
    .replace(/\\(n|'|\\)/g, (_, letter: string) => (letter === "n" ? "\n" : letter));
}

/** A command as a Python string, `{name}` and `$name` filled in as IPython does it; undefined where that is not plain. */
function commandText(command: string, bound: ReadonlySet<string>): string | undefined {
  const parts: string[] = [];
  let filled = false;
  let at = 0;
  while (at < command.length) {
    const rest = command.slice(at);
    const braces = /^\{([^{}]*)\}/.exec(rest);
    const dollar = /^\$\{?([A-Za-z_]\w*)\}?/.exec(rest);
    if (rest.startsWith("{{") || rest.startsWith("}}")) {
      return undefined;
    } else if (braces !== null) {
      const inside = (braces[1] ?? "").trim();
      const tree = parsePython(inside);
      const names = [...namesIn(tree.root)];
      const plain = /^[\w.[\]]+$/.test(inside) && names.length > 0 && names.every((name) => bound.has(name));
      if (!plain) return undefined;
      parts.push(`{${inside}}`);
      filled = true;
      at += braces[0].length;
    } else if (dollar !== null && !dollar[0].includes("{") && bound.has(dollar[1] ?? "")) {
      parts.push(`{${dollar[1] ?? ""}}`);
      filled = true;
      at += dollar[0].length;
    } else if (/^[{}]/.test(rest)) {
      return undefined;
    } else {
      parts.push(JSON.stringify(rest.charAt(0)).slice(1, -1));
      at += 1;
    }
  }
  return `${filled ? "f" : ""}"${parts.join("")}"`;
}
