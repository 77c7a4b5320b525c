/** What a step's module must have above its function: imports, constants and definitions, and what these need in turn. */
import { assignedNames, freeNames } from "./freeNames.ts";
import { importsOf, type ImportLine } from "./importLines.ts";
import { readBeforeBound } from "./readBeforeBound.ts";
import type { Roles } from "./roles.ts";
import type { Source, SourceStatement } from "./source.ts";

export interface ModuleNeeds {
  /** Names in the step's own text, in order of appearance; those of functions that go into it included. */
  readonly text: ReadonlySet<string>;
  readonly imports: readonly ImportLine[];
  /** `try: import …` blocks, constants and definitions, in the notebook's order. */
  readonly blocks: readonly SourceStatement[];
  readonly constants: readonly SourceStatement[];
  readonly definitions: readonly SourceStatement[];
  /** Functions that read the step's values and whose own cell is not in the step: they go to its top. */
  readonly sunk: readonly SourceStatement[];
  /** Imports under a name that the step binds itself: they go to its top. */
  readonly sunkImports: readonly ImportLine[];
  /** Names that a function of the step rebinds and the step itself never mentions: they need a place there. */
  readonly declared: readonly string[];
  /** Functions that read the step's values and stand in one of its cells. */
  readonly inPlace: readonly SourceStatement[];
  /** All of these statements. */
  readonly moved: ReadonlySet<SourceStatement>;
}

/** @param cells the step's cells; `statements` those that stay in it. */
export function moduleNeeds(
  source: Source,
  roles: Roles,
  cells: readonly number[],
  statements: readonly SourceStatement[],
  given: ReadonlySet<string>,
): ModuleNeeds {
  const text = new Set<string>();
  const local = new Set<SourceStatement>();
  const waiting = [...statements];
  for (let statement = waiting.shift(); statement !== undefined; statement = waiting.shift()) {
    for (const name of namesOf(statement)) {
      text.add(name);
      const definition = roles.local.get(name);
      if (definition === undefined || local.has(definition)) continue;
      local.add(definition);
      waiting.push(definition);
    }
  }
  const moved = reachable(roles, text);
  const inOrder = [...moved].sort(byPlace);
  const role = (wanted: string): SourceStatement[] =>
    inOrder.filter((statement) => roles.of(statement) === wanted);
  const definitions = [...local].sort(byPlace);
  return {
    text,
    imports: importsFor(
      source,
      roles,
      new Set([...text, ...[...moved].flatMap((statement) => [...namesOf(statement)])]),
    ),
    blocks: role("import-block"),
    constants: role("constant"),
    definitions: role("definition"),
    sunkImports: sunkImports(source, roles, cells, statements, given),
    declared: declaredNames(definitions, statements, given),
    sunk: definitions.filter(({ cell }) => !cells.includes(cell)),
    inPlace: definitions.filter(({ cell }) => cells.includes(cell)),
    moved: new Set([...moved, ...local]),
  };
}

function byPlace(a: SourceStatement, b: SourceStatement): number {
  return a.cell - b.cell || a.position - b.position;
}

/** `import json`, then in a later step `json = json.dumps(…)`: the step takes the module under its name first. */
function sunkImports(
  source: Source,
  roles: Roles,
  cells: readonly number[],
  statements: readonly SourceStatement[],
  given: ReadonlySet<string>,
): readonly ImportLine[] {
  const first = cells[0] ?? 0;
  const bound = new Set(statements.flatMap(({ fact }) => fact.binds.map(({ name }) => name)));
  const wanted = new Set(readBeforeBound(statements, given).map(({ name }) => name));
  for (const statement of statements) {
    for (const name of statement.fact.reads) if (!bound.has(name) && !given.has(name)) wanted.add(name);
  }
  return [...wanted].flatMap((name) => {
    if (roles.homes.has(name)) return [];
    const binder = source.statements.findLast(
      (statement) => statement.cell < first && statement.fact.binds.some((binding) => binding.name === name),
    );
    if (binder?.fact.kind !== "import" || roles.of(binder) !== "keep") return [];
    return importsOf(binder.node).filter(({ binds }) => binds === name);
  });
}

function declaredNames(
  definitions: readonly SourceStatement[],
  statements: readonly SourceStatement[],
  given: ReadonlySet<string>,
): readonly string[] {
  const known = new Set([...given, ...statements.flatMap(({ node }) => [...assignedNames(node)])]);
  const rebound = definitions.flatMap(({ definition }) => definition?.rebinds ?? []);
  return [...new Set(rebound)].filter((name) => !known.has(name));
}

/** Names that a statement's text may look up; those in strings where the analysis says that they are read. */
export function namesOf(statement: SourceStatement): ReadonlySet<string> {
  const known = namesIn.get(statement);
  if (known !== undefined) return known;
  const { fact, definition } = statement;
  const free = freeNames(statement.node, new Set([...fact.reads, ...(definition?.readsWhenCalled ?? [])]));
  // A formula that stands in a variable is evaluated here, wherever its text is.
  const formula = fact.calls.some(
    (call) =>
      /(^|\.)formula\.|(^|\.)(dmatrix|dmatrices|model_matrix|Formula|from_formula)$/.test(call.target) ||
      call.arguments.some(({ keyword }) => keyword === "formula"),
  );
  const names = formula ? new Set([...free, ...fact.reads]) : free;
  namesIn.set(statement, names);
  return names;
}

const namesIn = new WeakMap<SourceStatement, ReadonlySet<string>>();

/** Movable statements that bind any of the names, and those that they need. */
export function reachable(roles: Roles, names: ReadonlySet<string>): ReadonlySet<SourceStatement> {
  const found = new Set<SourceStatement>();
  const waiting = [...names];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    for (const statement of roles.homes.get(name) ?? []) {
      if (found.has(statement)) continue;
      found.add(statement);
      if (roles.of(statement) !== "import") waiting.push(...namesOf(statement));
    }
  }
  return found;
}

/**
 * The single imports that bind any of the names. A star import comes with every module, and so does
 * `from __future__`; `sklearn.experimental` comes with whatever is taken from scikit-learn.
 */
export function importsFor(source: Source, roles: Roles, names: ReadonlySet<string>): readonly ImportLine[] {
  const all = source.statements
    .filter((statement) => roles.of(statement) === "import")
    .flatMap((statement) => importsOf(statement.node));
  const wanted = all.filter(
    (line) =>
      (names.has(line.binds) && !isDisplay(line)) || line.binds === "*" || line.module === "__future__",
  );
  const packages = new Set(wanted.map(({ module }) => module.split(".")[0]));
  const enabling = all
    .filter(({ module }) => module.endsWith(".experimental") && packages.has(module.split(".")[0]))
    .map((line): ImportLine => (names.has(line.binds) ? line : { ...line, unread: true }));
  return [...new Set([...enabling, ...wanted])];
}

/** `display` shows and does nothing else; its calls are taken out. */
function isDisplay(line: ImportLine): boolean {
  return line.kind === "from" && line.name === "display" && line.module.startsWith("IPython");
}
