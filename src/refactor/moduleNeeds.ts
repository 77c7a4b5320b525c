/** What a step's module must have above its function: imports, constants and definitions, and what these need in turn. */
import { importsOf, type ImportLine } from "./importLines.ts";
import type { Roles } from "./roles.ts";
import { namesIn, type Source, type SourceStatement } from "./source.ts";

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
  const inOrder = source.statements.filter((statement) => moved.has(statement));
  const role = (wanted: string): SourceStatement[] =>
    inOrder.filter((statement) => roles.of(statement) === wanted);
  const definitions = source.statements.filter((statement) => local.has(statement));
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
    sunk: definitions.filter(({ cell }) => !cells.includes(cell)),
    inPlace: definitions.filter(({ cell }) => cells.includes(cell)),
    moved: new Set([...moved, ...local]),
  };
}

/** Names that a statement's text may look up; those in strings where the analysis says that they are read. */
export function namesOf(statement: SourceStatement): ReadonlySet<string> {
  const { fact, definition } = statement;
  return namesIn(statement.node, new Set([...fact.reads, ...(definition?.readsWhenCalled ?? [])]));
}

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
    (line) => names.has(line.binds) || line.binds === "*" || line.module === "__future__",
  );
  const packages = new Set(wanted.map(({ module }) => module.split(".")[0]));
  const enabling = all.filter(
    ({ module }) => module.endsWith(".experimental") && packages.has(module.split(".")[0]),
  );
  return [...new Set([...enabling, ...wanted])];
}
