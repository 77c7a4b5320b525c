/**
 * What becomes of each statement: imports, constants, definitions and settings may leave their cell, everything else
 * stays in the notebook's order. A name may move only if one statement binds it and nothing ever changes, deletes or
 * rebinds it, so that it means the same wherever it is read.
 */
import { fieldOf, namedChildren, type SyntaxNode } from "../analysis/parser.ts";
import { importsOf } from "./importLines.ts";
import { isLiteral, settingValue } from "./literals.ts";
import {
  assignedValue,
  calleeOf,
  expressionOf,
  namesIn,
  walk,
  type Source,
  type SourceStatement,
} from "./source.ts";
import { draws } from "./stages.ts";
import { builtinNames, tunedKeywords } from "./tables.ts";

export type Role =
  /** Stays in the step's function. */
  | "keep"
  /** An import, or a `try` around imports: to the top of each module that needs it. */
  | "import"
  | "import-block"
  /** A function or class: to the top of the module, or into `shared.py`. */
  | "definition"
  /** A function that reads the step's own values: into each function that uses it. */
  | "local-definition"
  | "constant"
  /** A setting of the process: made by every module. */
  | "option"
  | "setting"
  /** Shows a value and does nothing else: not carried over. */
  | "show"
  /** A constant that nothing reads. */
  | "unused";

export interface Roles {
  of(statement: SourceStatement): Role;
  /** Statements that bind a name that may stand at the top of a module. */
  readonly homes: ReadonlyMap<string, readonly SourceStatement[]>;
  /** Names of functions that go into each step that uses them. */
  readonly local: ReadonlyMap<string, SourceStatement>;
  /** Names that became settings, by the statement that bound them. */
  readonly settings: ReadonlyMap<string, SourceStatement>;
  /** Names that are none but could be. */
  readonly couldBeSettings: ReadonlyMap<string, SourceStatement>;
}

/** What the user decided about settings, by the names that these have by themselves. */
export interface SettingChoices {
  readonly off?: readonly string[];
  readonly on?: readonly string[];
  /** Other names, for those that are no variable of the notebook. */
  readonly names?: Readonly<Record<string, string>>;
}

interface Names {
  readonly binders: ReadonlyMap<string, readonly SourceStatement[]>;
  /** Names that one statement binds, surely, and nothing changes. */
  isStable(name: string): boolean;
  /** The same for a function or class, which no call changes; only what assigns to its attributes does. */
  isStill(name: string): boolean;
  /** Names that only imports bind. */
  isImported(name: string): boolean;
}

/** @param kept cells that take part, in order. */
export function assignRoles(source: Source, kept: ReadonlySet<number>, choices: SettingChoices = {}): Roles {
  const statements = source.statements.filter((statement) => kept.has(statement.cell));
  const names = readNames(statements);
  const blocks = new Set(statements.filter((statement) => isImportBlock(statement, names)));
  const literals = new Map(
    statements.flatMap((statement): [string, SourceStatement][] => {
      const assigned = assignedValue(statement.node);
      return assigned !== undefined && isLiteral(assigned.value) && names.isStable(assigned.name)
        ? [[assigned.name, statement]]
        : [];
    }),
  );
  const usedIn = usage(statements);
  const possible = new Map(
    [...literals].filter(
      ([name, { fact }]) => usedIn.has(name) && settingValue(fact.constant?.literal) !== undefined,
    ),
  );
  let settings = chooseSettings(source, statements, possible, choices);
  let homes = placeDefinitions(statements, names, blocks, literals, settings);
  const demoted = readByShared(statements, homes, settings, usedIn);
  if (demoted.size > 0) {
    settings = new Map([...settings].filter(([name]) => !demoted.has(name)));
    homes = placeDefinitions(statements, names, blocks, literals, settings);
  }

  const fixed = readByShared(statements, homes, possible, usedIn);
  const couldBeSettings = new Map([...possible].filter(([name]) => !settings.has(name) && !fixed.has(name)));

  const leading = leadingCells(source, statements);
  const read = new Set(statements.flatMap(({ fact }) => fact.reads));
  const roles = new Map<SourceStatement, Role>();
  for (const statement of statements) {
    roles.set(
      statement,
      roleOf(statement, { names, blocks, literals, settings, homes, usedIn, read, leading }),
    );
  }
  const movable = new Set<Role>(["import", "import-block", "definition", "constant"]);
  const found = new Map<string, SourceStatement[]>();
  for (const [statement, role] of roles) {
    if (!movable.has(role)) continue;
    for (const name of boundNames(statement)) found.set(name, [...(found.get(name) ?? []), statement]);
  }
  const local = new Map(
    [...roles]
      .filter(([, role]) => role === "local-definition")
      .map(([statement]) => [statement.definition?.name ?? "", statement]),
  );
  return {
    of: (statement) => roles.get(statement) ?? "keep",
    homes: found,
    local,
    settings,
    couldBeSettings,
  };
}

/** Names that a statement binds; a star import binds `*`. */
export function boundNames(statement: SourceStatement): readonly string[] {
  const known = boundOf.get(statement);
  if (known !== undefined) return known;
  const lines = importsOf(statement.node);
  const names =
    lines.length > 0 ? lines.map((line) => line.binds) : statement.fact.binds.map((binding) => binding.name);
  boundOf.set(statement, names);
  return names;
}

const boundOf = new WeakMap<SourceStatement, readonly string[]>();

function readNames(statements: readonly SourceStatement[]): Names {
  const binders = new Map<string, SourceStatement[]>();
  const uncertain = new Set<string>();
  const touched = new Set<string>();
  const deleted = new Set<string>();
  const assigned = new Set<string>();
  for (const statement of statements) {
    attributesAssigned(statement.node).forEach((name) => assigned.add(name));
    for (const name of new Set(boundNames(statement))) {
      binders.set(name, [...(binders.get(name) ?? []), statement]);
    }
    for (const binding of statement.fact.binds) {
      if (!binding.certain) uncertain.add(binding.name);
      if (binding.kind === "delete") deleted.add(binding.name);
    }
    for (const name of statement.fact.deletes) deleted.add(name);
    for (const name of statement.fact.mutates) touched.add(name);
    for (const name of statement.definition?.rebinds ?? []) deleted.add(name);
    for (const name of statement.definition?.mutates ?? []) touched.add(name);
    // `global x` inside any function, whether the analysis saw it called or not.
    for (const node of walk(statement.node)) {
      if (node.type === "global_statement") namedChildren(node).forEach((child) => deleted.add(child.text));
    }
  }
  const single = (name: string): boolean =>
    binders.get(name)?.length === 1 && !deleted.has(name) && !builtinNames.has(name);
  return {
    binders,
    isStable: (name) => single(name) && !uncertain.has(name) && !touched.has(name),
    isStill: (name) => single(name) && !uncertain.has(name) && !assigned.has(name),
    isImported: (name) =>
      name === "*" ||
      (!deleted.has(name) &&
        (!builtinNames.has(name) || name === "display") &&
        (binders.get(name) ?? []).length > 0 &&
        sameImport((binders.get(name) ?? []).map((statement) => importKeys(statement, name)))),
  };
}

/** Names whose attributes or items a statement sets or deletes: `f.calls = 0`, `setattr(f, "calls", 0)`. */
function attributesAssigned(node: SyntaxNode): readonly string[] {
  const found: string[] = [];
  const target = (child: SyntaxNode): void => {
    if (child.type === "attribute" || child.type === "subscript") {
      const root = rootOf(child);
      if (root !== undefined) found.push(root);
    } else if (child.type !== "identifier") namedChildren(child).forEach(target);
  };
  for (const child of walk(node)) {
    const left = fieldOf(child, "left");
    if (left !== undefined && /^(augmented_)?assignment$|^for_/.test(child.type)) target(left);
    if (child.type === "delete_statement") namedChildren(child).forEach(target);
    if (/^(setattr|delattr)$/.test(calleeOf(child) ?? "")) {
      const list = fieldOf(child, "arguments");
      const first = list === undefined ? undefined : namedChildren(list)[0];
      if (first?.type === "identifier") found.push(first.text);
    }
  }
  return found;
}

function rootOf(node: SyntaxNode): string | undefined {
  const inner = node.type === "attribute" ? fieldOf(node, "object") : fieldOf(node, "value");
  if (inner === undefined) return undefined;
  return inner.type === "identifier" ? inner.text : rootOf(inner);
}

/** `import a.b` and `import a.c` bind the same `a`. */
function importKeys(statement: SourceStatement, name: string): string {
  const keys = importsOf(statement.node)
    .filter((line) => line.binds === name)
    .map((line) =>
      line.kind === "from"
        ? `${line.module}:${line.name}`
        : line.alias === undefined
          ? (line.module.split(".")[0] ?? "")
          : line.module,
    );
  return keys.length > 0 && new Set(keys).size === 1 ? (keys[0] ?? "") : "";
}

function sameImport(keys: readonly string[]): boolean {
  return keys.every((key) => key !== "" && key === keys[0]);
}

/** `try: import x; except ImportError: x = None`: its names are bound here alone, and it does nothing else. */
function isImportBlock(statement: SourceStatement, names: Names): boolean {
  const { fact, node } = statement;
  const single = (name: string): boolean => names.binders.get(name)?.length === 1 && !builtinNames.has(name);
  return (
    (node.type === "try_statement" || node.type === "if_statement") &&
    fact.binds.some((binding) => binding.kind === "import") &&
    fact.binds.every((binding) => binding.kind === "except" || single(binding.name)) &&
    fact.mutates.length === 0 &&
    fact.deletes.length === 0 &&
    fact.effects.writes.length === 0 &&
    ![...walk(node)].some((child) => child.type === "call") &&
    fact.reads.every(
      (name) => !names.binders.has(name) || names.isImported(name) || boundNames(statement).includes(name),
    )
  );
}

/** Cells in which each name stands, the cell that binds it left out only where it is nowhere else. */
function usage(statements: readonly SourceStatement[]): ReadonlyMap<string, readonly SourceStatement[]> {
  const used = new Map<string, SourceStatement[]>();
  for (const statement of statements) {
    const bound = new Set(boundNames(statement));
    const reads = new Set(statement.fact.reads);
    for (const name of namesIn(statement.node, reads)) {
      const readsItself = !bound.has(name) || reads.has(name);
      if (readsItself) used.set(name, [...(used.get(name) ?? []), statement]);
    }
  }
  return used;
}

type Usage = ReturnType<typeof usage>;
type Placed = ReadonlyMap<string, SourceStatement>;

function chooseSettings(
  source: Source,
  statements: readonly SourceStatement[],
  possible: Placed,
  { on = [], off = [] }: SettingChoices,
): Placed {
  const leading = leadingCells(source, statements);
  return new Map(
    [...possible].filter(([name, statement]) => {
      const cell = source.cells[statement.cell]?.python.cell;
      const tagged = cell?.tags.includes("parameters") === true;
      const wanted = tagged || leading.has(statement.cell) || tunedKeywords.has(name.toLowerCase());
      return (wanted || on.includes(name)) && !off.includes(name);
    }),
  );
}

/** The cells at the top that only import, define and set. */
function leadingCells(source: Source, statements: readonly SourceStatement[]): ReadonlySet<number> {
  const leading = new Set<number>();
  for (const cell of source.cells) {
    const own = statements.filter((statement) => statement.cell === cell.index);
    const sets = own.every(({ fact, node }) => {
      if (fact.kind === "import" || fact.kind === "function" || fact.kind === "class") return true;
      if (fact.kind === "other")
        return node.type === "try_statement" && fact.binds.some(({ kind }) => kind === "import");
      if (processSetting.test(node.text)) return true;
      const value = assignedValue(node)?.value;
      if (fact.kind === "assignment" && value === undefined) return false;
      return (
        value === undefined || ![...walk(value)].some((child) => child.type === "call") || isLiteral(value)
      );
    });
    if (!sets) break;
    leading.add(cell.index);
  }
  return leading;
}

/** Settings that a definition with more than one user reads: these stay constants beside it. */
function readByShared(
  statements: readonly SourceStatement[],
  homes: ReadonlyMap<SourceStatement, "module" | "local">,
  settings: Placed,
  usedIn: Usage,
): ReadonlySet<string> {
  const demoted = new Set<string>();
  for (const statement of statements) {
    const definition = statement.definition;
    if (definition === undefined) continue;
    const read = [...definition.readsWhenCalled, ...definition.readsAtDefinition].filter((name) =>
      settings.has(name),
    );
    const users = (usedIn.get(definition.name) ?? []).filter((user) => user !== statement);
    const many =
      new Set(users.map((user) => user.cell)).size > 1 || users.some((user) => user.definition !== undefined);
    const atDefinition = definition.readsAtDefinition.some((name) => settings.has(name));
    if (definition.kind === "class" || atDefinition || many || !homes.has(statement)) {
      read.forEach((name) => demoted.add(name));
    }
  }
  return demoted;
}

/** Where each definition may go; one that has to stay where it is has no entry. */
function placeDefinitions(
  statements: readonly SourceStatement[],
  names: Names,
  blocks: ReadonlySet<SourceStatement>,
  literals: Placed,
  settings: Placed,
): ReadonlyMap<SourceStatement, "module" | "local"> {
  const homes = new Map<SourceStatement, "module" | "local">();
  const byName = new Map<string, SourceStatement>();
  for (const statement of statements) {
    const { definition, fact } = statement;
    if (definition === undefined || (fact.kind !== "function" && fact.kind !== "class")) continue;
    // A function that rebinds a global can still go into the step whose value that is.
    const still =
      names.isStill(definition.name) &&
      fact.mutates.every((name) => name === definition.name) &&
      fact.effects.writes.length === 0 &&
      !remembers(statement);
    if (!still) continue;
    homes.set(statement, "module");
    byName.set(definition.name, statement);
  }
  const blockNames = new Set([...blocks].flatMap(boundNames));
  const atTop = (name: string): boolean => {
    const definition = byName.get(name);
    return (
      !names.binders.has(name) ||
      names.isImported(name) ||
      blockNames.has(name) ||
      (literals.has(name) && !settings.has(name)) ||
      (definition !== undefined && homes.get(definition) === "module")
    );
  };
  for (let changed = true; changed;) {
    changed = false;
    for (const [statement, home] of homes) {
      const definition = statement.definition;
      if (definition === undefined) continue;
      const early = definition.readsAtDefinition.every((name) => atTop(name) || name === definition.name);
      const own = (name: string): boolean => name === definition.name;
      const late =
        definition.rebinds.length === 0 &&
        definition.mutates.length === 0 &&
        definition.readsWhenCalled.every((name) => atTop(name) || own(name));
      const next = !early || (definition.kind === "class" && !late) ? undefined : late ? home : "local";
      if (next === home) continue;
      if (next === undefined) homes.delete(statement);
      else homes.set(statement, next);
      changed = true;
    }
  }
  return homes;
}

/** What keeps something between calls, which a second copy of the function would not share: a decorator, a default that calls change. */
function remembers({ node, definition }: SourceStatement): boolean {
  const decorated = node.children.some(
    (child) =>
      child.type === "decorator" &&
      /\b(lru_cache|cache|memoize\w*|singledispatch|register\w*)\b/.test(child.text),
  );
  return decorated || changesDefault(node, new Set(definition?.mutatesParameters ?? []));
}

function changesDefault(node: SyntaxNode, changed: ReadonlySet<string>): boolean {
  if (changed.size === 0) return false;
  return [...walk(node)].some(
    (child) =>
      /^(typed_)?default_parameter$/.test(child.type) &&
      changed.has(fieldOf(child, "name")?.text ?? "") &&
      !/^(none|true|false|integer|float|string)$/.test(fieldOf(child, "value")?.type ?? "none"),
  );
}

interface Knowledge {
  readonly names: Names;
  readonly blocks: ReadonlySet<SourceStatement>;
  readonly literals: Placed;
  readonly settings: Placed;
  readonly homes: ReadonlyMap<SourceStatement, "module" | "local">;
  readonly usedIn: Usage;
  /** The cells at the top that only import, define and set. */
  readonly leading: ReadonlySet<number>;
  /** Names that any statement reads, in whatever way. */
  readonly read: ReadonlySet<string>;
}

function roleOf(statement: SourceStatement, known: Knowledge): Role {
  const { fact, node } = statement;
  if (fact.kind === "import") {
    return importsOf(node).every((line) => known.names.isImported(line.binds)) ? "import" : "keep";
  }
  if (known.blocks.has(statement)) return "import-block";
  if (known.leading.has(statement.cell) && isProcessSetting(statement, known.names)) return "option";
  const home = known.homes.get(statement);
  if (home !== undefined) return home === "module" ? "definition" : "local-definition";
  const assigned = assignedValue(node);
  if (assigned !== undefined && known.literals.get(assigned.name) === statement) {
    if (known.settings.has(assigned.name)) return "setting";
    const users = known.usedIn.get(assigned.name) ?? [];
    if (users.length === 0 && !known.read.has(assigned.name)) return "unused";
    const elsewhere = users.some((user) => user.cell !== statement.cell || user.definition !== undefined);
    return elsewhere || assigned.name === assigned.name.toUpperCase() ? "constant" : "keep";
  }
  return showsOnly(statement) ? "show" : "keep";
}

/**
 * An expression that does nothing but show its value. A bare text in the middle of a cell is a comment and stays; so
 * does a call whose name says that it does something, whatever is known of it.
 */
function showsOnly(statement: SourceStatement): boolean {
  const expression = expressionOf(statement.node);
  if (!statement.fact.onlyShows || expression === undefined || expression.type === "string") return false;
  // A picture is a result, and what another library is told with data may be one.
  const { calls, effects } = statement.fact;
  if (draws(statement) || effects.writes.some((effect) => effect.startsWith("<pyplot"))) return false;
  if (calls.some(({ target, arguments: given }) => given.length > 0 && !shownBy.test(target))) return false;
  return ![...walk(expression)].some((node) => doing.test((calleeOf(node) ?? "").split(".").at(-1) ?? ""));
}

/** Calls that are known to give a value and to leave no trace, whatever they are given. */
const shownBy =
  /^(builtins\.|pandas\.|numpy\.|polars\.|math\.|display$|len$|type$|sorted$|list$|dict$|set$|tuple$|str$|repr$|round$|sum$|min$|max$|abs$|id$|isinstance$|IPython\.)/;

const doing =
  /^(set|register|enable|disable|config|use|install|init|seed|add|remove|del|write|save|dump|send|put|post|push|insert|append|update|start|stop|close|run|exec|mkdir|rm|move|log|warn|simplefilter|reset|clear)/i;

/** Settings of the process, not of a value: they hold for every step, so every module makes them when it is loaded. */
const processSetting =
  /^(sys\.set\w+|sys\.path\.(append|insert)\(|decimal\.getcontext\(\)\.\w+\s*=|decimal\.setcontext|locale\.setlocale|socket\.setdefaulttimeout|torch\.set_(num_threads|default_\w+|float32_matmul_precision)|sklearn\.set_config|set_config|(np|numpy)\.seterr)/;

/** A process setting that can be made again anywhere: it reads nothing but imports, and nothing is bound. */
function isProcessSetting({ fact, node }: SourceStatement, names: Names): boolean {
  return (
    processSetting.test(node.text) &&
    fact.binds.length === 0 &&
    fact.reads.every((name) => !names.binders.has(name) || names.isImported(name))
  );
}
