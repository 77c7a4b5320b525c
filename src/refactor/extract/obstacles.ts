/** Why a selection cannot become a function that gives the same; undefined where nothing speaks against it. */
import { namedChildren, type SyntaxNode } from "../../analysis/parser.ts";
import { namesIn, walk, type SourceStatement } from "../source.ts";
import { builtinNames, keywords } from "../tables.ts";
import { mayShow, place, type CutOut } from "./cutOut.ts";
import { deferredNames } from "./deferred.ts";
import type { Names } from "./names.ts";

/** Names that mean the notebook itself, or the place where they stand. */
const ofTheNotebook = new Set([
  ...["_", "__", "___", "In", "Out", "get_ipython", "exit", "quit"],
  ...["globals", "locals", "vars", "dir", "eval", "exec", "__name__", "__file__", "__import__"],
]);

/** What the analysis cannot see through. */
const opaque = new Set([
  ...["syntax-error", "undefined-name", "star-import", "dynamic-code", "dynamic-names"],
  ...["magic", "shell", "output-history", "async", "unknown"],
]);

export function obstacleTo(cut: CutOut, names: Names, name: string): string | undefined {
  const selected = cut.source.statements.filter(({ cell }) => cell >= cut.first && cell <= cut.last);
  return (
    nameObstacle(cut, name) ??
    magicObstacle(cut) ??
    diagnosticObstacle(cut) ??
    shownObstacle(cut) ??
    firstOf(selected, (statement) => codeObstacle(cut, statement)) ??
    bindingObstacle(cut, names, selected) ??
    lateObstacle(cut, names, selected)
  );
}

function firstOf<Item>(items: readonly Item[], of: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const found = of(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function nameObstacle({ source }: CutOut, name: string): string | undefined {
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) || keywords.has(name))
    return `“${name}” cannot be a function's name`;
  if (builtinNames.has(name)) return `${name} is a function of Python; choose another name`;
  const taken = source.cells.some(({ tree }) => namesIn(tree.root).has(name));
  return taken ? `the notebook uses ${name} for something else; choose another name` : undefined;
}

function magicObstacle(cut: CutOut): string | undefined {
  return firstOf(cut.source.cells.slice(cut.first, cut.last + 1), ({ python }) => {
    const [magic] = python.magics;
    return magic === undefined
      ? undefined
      : `${place(python.cell)} has a line that only Jupyter understands (${magic.text.split("\n")[0] ?? ""}); leave it in the notebook`;
  });
}

function diagnosticObstacle(cut: CutOut): string | undefined {
  const found = cut.source.facts.diagnostics.find(
    ({ unit, code }) => unit >= cut.first && unit <= cut.last && opaque.has(code),
  );
  if (found === undefined) return undefined;
  const cell = cut.source.cells[found.unit]?.python.cell;
  return `${cell === undefined ? "" : `${place(cell)}: `}${found.message.replace(/\.$/, "")}`;
}

/** Only the last selected cell's last line can go on being shown: it stays in the notebook. */
function shownObstacle(cut: CutOut): string | undefined {
  return firstOf(cut.source.cells.slice(cut.first, cut.last), ({ python, statements }) => {
    const last = statements.at(-1);
    return last !== undefined && mayShow(last, python.python)
      ? `${place(python.cell)} shows ${shortText(last)}, which a function would not; leave that line out first`
      : undefined;
  });
}

function codeObstacle({ source }: CutOut, statement: SourceStatement): string | undefined {
  const cell = source.cells[statement.cell]?.python.cell;
  const here = cell === undefined ? "" : `${place(cell)} `;
  for (const node of walk(statement.node)) {
    if (node.type === "class_definition")
      return `${here}defines a class, which would get another name in a file; leave it in the notebook`;
    if (node.type === "global_statement")
      return `${here}has a function that changes names of the notebook (${node.text})`;
    if (node.type === "wildcard_import") return `${here}imports everything of a module; name what it needs`;
    if (node.type === "await" || (node.type === "yield" && !insideFunction(statement.node, node)))
      return `${here}waits for something (${node.text.split("\n")[0] ?? ""}), which a plain function cannot`;
    if (node.type === "identifier" && ofTheNotebook.has(node.text) && isName(statement.node, node))
      return `${here}uses ${node.text}, which means the notebook itself`;
  }
  return statement.fact.calls.some(({ target }) => /^(inspect|sys\._getframe|traceback)\b/.test(target))
    ? `${here}looks at the code that runs it`
    : undefined;
}

function insideFunction(root: SyntaxNode, node: SyntaxNode): boolean {
  return [...walk(root)].some(
    ({ type, start, end }) =>
      (type === "function_definition" || type === "lambda") && start <= node.start && end >= node.end,
  );
}

function isName(root: SyntaxNode, node: SyntaxNode): boolean {
  for (const parent of walk(root)) {
    if (!parent.children.includes(node)) continue;
    if (parent.type === "attribute") return namedChildren(parent)[0] === node;
    if (parent.type === "keyword_argument") return namedChildren(parent)[0] !== node;
    if (parent.type === "for_in_clause" || parent.type === "pattern_list" || parent.type === "for_statement")
      return node.text !== "_";
    return !(parent.type === "assignment" && namedChildren(parent)[0] === node && node.text === "_");
  }
  return true;
}

function bindingObstacle(
  cut: CutOut,
  names: Names,
  selected: readonly SourceStatement[],
): string | undefined {
  const given = new Set([...names.data, ...names.settings.map(({ name }) => name)]);
  for (const name of names.bound) {
    if (builtinNames.has(name) && names.text.has(name))
      return `it gives the name ${name} of Python another meaning; choose another name for it first`;
  }
  const sure = new Set(
    selected.flatMap(({ fact }) => fact.binds.flatMap(({ name, certain }) => (certain ? [name] : []))),
  );
  for (const output of names.outputs) {
    if (!sure.has(output) && !given.has(output))
      return `${output} may have no value at its end, and a later cell needs it`;
    const maker = selected.find(({ fact }) => fact.binds.some(({ name }) => name === output));
    if (maker?.fact.kind === "function")
      return `it defines ${output}, which other cells call; leave the definition in the notebook`;
    if (maker?.fact.kind === "import")
      return `it imports ${output} below other code, and other cells use it; move the import up`;
  }
  const others = cut.source.statements.filter((statement) => !selected.includes(statement));
  for (const definition of names.definitions) {
    const name = definition.definition?.name ?? "";
    if (others.some(({ node, fact }) => namesIn(node, new Set(fact.reads)).has(name)))
      return `it defines ${name}, which other cells use; leave the definition in the notebook`;
  }
  for (const { fact } of selected) {
    const gone = [
      ...fact.deletes,
      ...fact.binds.flatMap(({ name, kind }) => (kind === "delete" ? [name] : [])),
    ];
    const outer = gone.find(
      (name) => given.has(name) || names.outputs.includes(name) || boundElsewhere(others, name),
    );
    if (outer !== undefined) return `it deletes ${outer}, which a function cannot do for the notebook`;
  }
  return undefined;
}

function boundElsewhere(others: readonly SourceStatement[], name: string): boolean {
  return others.some(({ fact }) => fact.binds.some((binding) => binding.name === name));
}

/** Functions look names up when they run: in the notebook they would find others than in a file. */
function lateObstacle(cut: CutOut, names: Names, selected: readonly SourceStatement[]): string | undefined {
  for (const { cell, node, definition } of cut.source.statements) {
    if (cell >= cut.first && cell <= cut.last) continue;
    if (cell < cut.first) {
      const read = [...deferredNames(node)].find((name) => names.bound.has(name));
      if (read !== undefined)
        return `${labelOf(definition?.name)} reads ${read} when it is called, and the selection makes it anew`;
    }
    const rebound = definition?.rebinds.find((name) => names.text.has(name) || names.bound.has(name));
    if (rebound !== undefined) return `${labelOf(definition?.name)} changes ${rebound} behind its back`;
  }
  const boundLater = new Set(
    cut.source.statements
      .filter(({ cell }) => cell > cut.last)
      .flatMap(({ fact }) => fact.binds.map(({ name }) => name)),
  );
  const moved = new Set(names.definitions);
  const given = new Set([...names.data, ...names.settings.map(({ name }) => name), ...names.bound]);
  for (const statement of selected) {
    if (moved.has(statement)) continue;
    const frozen = [...deferredNames(statement.node)].find((name) => boundLater.has(name) && given.has(name));
    if (frozen !== undefined)
      return `a function in it reads ${frozen} when it is called, and a later cell gives that name to something else`;
  }
  return undefined;
}

function labelOf(name: string | undefined): string {
  return name ?? "a function of another cell";
}

function shortText(statement: SourceStatement): string {
  const [line = ""] = statement.node.text.split("\n");
  return line.length <= 40 ? line : `${line.slice(0, 39)}…`;
}
