/** Import statements, taken apart and written again: each component gets the ones it needs, sorted as isort would. */
import { fieldOf, fieldsOf, type SyntaxNode } from "../analysis/parser.ts";
import { standardLibrary } from "./tables.ts";

export type ImportLine = (
  | {
      readonly kind: "plain";
      readonly module: string;
      readonly alias: string | undefined;
      readonly binds: string;
    }
  | {
      readonly kind: "from";
      readonly module: string;
      readonly name: string;
      readonly alias: string | undefined;
      readonly binds: string;
    }
) & {
  /** Set where nothing reads the name: it is imported for what importing it does. */
  readonly unread?: true;
};

/** The single imports of an import statement; a star import binds `*`. */
export function importsOf(node: SyntaxNode): readonly ImportLine[] {
  if (node.type === "import_statement") {
    return fieldsOf(node, "name").map((entry) => {
      const [module, alias] = nameAndAlias(entry);
      return { kind: "plain", module, alias, binds: alias ?? module.split(".")[0] ?? module };
    });
  }
  if (node.type !== "import_from_statement" && node.type !== "future_import_statement") return [];
  const module =
    node.type === "future_import_statement" ? "__future__" : (fieldOf(node, "module_name")?.text ?? "");
  if (node.children.some((child) => child.type === "wildcard_import")) {
    return [{ kind: "from", module, name: "*", alias: undefined, binds: "*" }];
  }
  return fieldsOf(node, "name").flatMap((entry): ImportLine[] => {
    const [name, alias] = nameAndAlias(entry);
    // All others are how Python 3 is anyway.
    if (module === "__future__" && name !== "annotations") return [];
    return [{ kind: "from", module, name, alias, binds: alias ?? name }];
  });
}

function nameAndAlias(node: SyntaxNode): [string, string | undefined] {
  if (node.type !== "aliased_import") return [node.text, undefined];
  return [fieldOf(node, "name")?.text ?? node.text, fieldOf(node, "alias")?.text];
}

/** What every sorter of imports keeps as it is, whatever line length a project has. */
const lineLimit = 88;

const noqa = "  # noqa: F401";

/** Import lines in isort's order: future, standard library, third party, our own; plain before from, one line a module. */
export function renderImports(imports: readonly ImportLine[]): string {
  const sections: string[][] = [[], [], [], []];
  const plain = new Set<string>();
  const from = new Map<string, Set<string>>();
  const alone = new Map<string, string>();
  for (const line of imports) {
    if (line.kind === "plain")
      plain.add(aliased(line.module, line.alias) + (line.unread === true ? noqa : ""));
    else if (line.unread === true)
      alone.set(line.module, `from ${line.module} import ${aliased(line.name, line.alias)}${noqa}`);
    else from.set(line.module, (from.get(line.module) ?? new Set()).add(aliased(line.name, line.alias)));
  }
  for (const text of [...plain].sort(byLetters)) sections[sectionOf(text)]?.push(`import ${text}`);
  for (const module of [...from.keys(), ...alone.keys()].sort(byLetters)) {
    const single = alone.get(module);
    if (single !== undefined) {
      sections[sectionOf(module)]?.push(single);
      continue;
    }
    const names = [...(from.get(module) ?? [])].sort(compare);
    const line = `from ${module} import ${names.join(", ")}`;
    const wrapped = `from ${module} import (\n${names.map((name) => `    ${name},`).join("\n")}\n)`;
    sections[sectionOf(module)]?.push(line.length <= lineLimit ? line : wrapped);
  }
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function aliased(name: string, alias: string | undefined): string {
  return alias === undefined ? name : `${name} as ${alias}`;
}

function sectionOf(module: string): number {
  const top = module.split(/[. ]/)[0] ?? "";
  if (top === "__future__") return 0;
  if (top === "") return 3;
  return standardLibrary.has(top) ? 1 : 2;
}

function byLetters(a: string, b: string): number {
  return a.toLowerCase() < b.toLowerCase() ? -1 : a.toLowerCase() > b.toLowerCase() ? 1 : 0;
}

/** As isort sorts the names of one module: CONSTANTS, Classes, then the rest. */
function compare(a: string, b: string): number {
  const rank = (text: string): number => {
    const name = text.split(/[. ]/)[0] ?? "";
    return /^[A-Z][A-Z0-9_]+$/.test(name) ? 0 : /^[A-Z]/.test(name) ? 1 : 2;
  };
  return rank(a) - rank(b) || byLetters(a, b);
}
