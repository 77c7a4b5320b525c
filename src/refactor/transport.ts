/** Which values cannot leave the step that makes them, and why: what lives only in its process, or reads its step's names. */
import { fieldOf, type SyntaxNode } from "../analysis/parser.ts";
import { boundNames, type Roles } from "./roles.ts";
import { assignedValue, calleeOf, type Source, type SourceStatement } from "./source.ts";

const heldTypes: readonly { readonly type: RegExp; readonly what: string }[] = [
  {
    type: /^(generator|iterator|map|filter|zip|enumerate|reversed)$|(^|\.)\w*_?iterator$/i,
    what: "a generator",
  },
  {
    type: /^(_?io\.|sqlite3\.|socket\.|tempfile\.|zipfile\.ZipFile|sqlalchemy\.)/,
    what: "an open file or connection",
  },
  { type: /^(function|method|builtin_function_or_method|module|type)$/, what: "a function or module" },
  { type: /^matplotlib\.(figure|axes|artist|lines|container)/, what: "a figure" },
  { type: /^re\.Match$|^dict_(keys|values|items)$/, what: "a view or a match" },
  { type: /^(threading|multiprocessing|concurrent|asyncio|subprocess)\./, what: "a process or thread" },
];

/** Why the value that a statement gives a name has to stay in its step; undefined where it can travel. */
export function reasonToStay(
  source: Source,
  roles: Roles,
  statement: SourceStatement,
  name: string,
): string | undefined {
  const binding = statement.fact.binds.find((each) => each.name === name);
  if (statement.fact.kind === "import" || binding?.kind === "import") {
    return `${name} is a module or function under a name with other uses`;
  }
  if (statement.definition?.name === name) return reasonOfDefinition(roles, statement, name);
  const type = source.facts.typeOf(name, statement.cell);
  const held = type === undefined ? undefined : heldTypes.find((entry) => entry.type.test(type));
  if (held !== undefined) return `${name} is ${held.what}`;
  if (binding?.kind === "with") return `${name} is an open file or connection`;
  const value = assignedValue(statement.node)?.value;
  const callee = value === undefined ? "" : (calleeOf(value) ?? "");
  if (/\.(keys|values|items)$/.test(callee) && type === undefined) return `${name} is a view of a dictionary`;
  if (type === undefined && /(^|\.)(search|match|fullmatch|finditer)$/.test(callee)) {
    return `${name} is a match of a regular expression`;
  }
  if (value?.type === "generator_expression") return `${name} is a generator`;
  if (holdsFunction(statement.node, roles)) return `${name} holds a function`;
  const flagged = source.facts.diagnostics.find(
    ({ unit, code, name: about }) =>
      unit === statement.cell &&
      (code === "generator" || code === "open-resource") &&
      (about === undefined || about === name),
  );
  if (flagged === undefined || type !== undefined) return undefined;
  return flagged.code === "generator"
    ? `${name} may be a half-used generator`
    : `${name} may be an open file or connection`;
}

function reasonOfDefinition(roles: Roles, { definition }: SourceStatement, name: string): string {
  const read = [...(definition?.readsAtDefinition ?? []), ...(definition?.readsWhenCalled ?? [])];
  const values = [...new Set(read)].filter((each) => each !== name && !roles.homes.has(each));
  const [first] = values;
  if (first === undefined) return `${name} is defined more than once or changed`;
  return `${name} reads ${values.length === 1 ? first : `${first} and other values`} of the cells around it`;
}

/** Calls that use up a function they are given, so that nothing keeps it. */
const consuming =
  /(^|\.)(apply|applymap|map|agg|aggregate|transform|pipe|assign|sort|sorted|sort_values|min|max|filter|groupby|rename|sub|reduce|any|all|sum|list|tuple|set|dict|len|print|join|where|mask|explode|combine|loc)$/;

/** A lambda, or a function that reads its step's values, that the statement's value may keep. */
function holdsFunction(node: SyntaxNode, roles: Roles): boolean {
  if (node.type === "function_definition" || node.type === "class_definition") return false;
  const visit = (current: SyntaxNode, consumed: boolean): boolean => {
    if (current.type === "lambda") return !consumed;
    if (current.type === "identifier" && roles.local.has(current.text)) return !consumed;
    if (current.type === "call") {
      const callee = fieldOf(current, "function");
      const list = fieldOf(current, "arguments");
      const called = callee?.text ?? "";
      const uses = consuming.test(called) && !/^(map|filter)$/.test(called);
      const inCallee = callee !== undefined && !roles.local.has(called) && visit(callee, consumed);
      return inCallee || (list?.children ?? []).some((child) => visit(child, uses));
    }
    return current.children.some((child) => visit(child, consumed));
  };
  return visit(node, false);
}

/** The statement above a group that gave a name its value. */
export function lastBinder(
  source: Source,
  active: ReadonlySet<number>,
  name: string,
  before: number,
): SourceStatement | undefined {
  return bindersOf(source)
    .get(name)
    ?.findLast(({ cell }) => cell < before && active.has(cell));
}

const binders = new WeakMap<Source, ReadonlyMap<string, readonly SourceStatement[]>>();

/** The statements that bind each name, in order. */
function bindersOf(source: Source): ReadonlyMap<string, readonly SourceStatement[]> {
  const known = binders.get(source);
  if (known !== undefined) return known;
  const found = new Map<string, SourceStatement[]>();
  for (const statement of source.statements) {
    for (const name of boundNames(statement)) {
      const list = found.get(name);
      if (list === undefined) found.set(name, [statement]);
      else if (list.at(-1) !== statement) list.push(statement);
    }
  }
  binders.set(source, found);
  return found;
}
