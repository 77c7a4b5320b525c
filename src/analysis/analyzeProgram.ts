import { evaluate, readOptions } from "./expressions.ts";
import { edgesOf, flowsOf } from "./flows.ts";
import { lateReads, unitFacts } from "./facts.ts";
import { builtinNames } from "./knowledge.ts";
import type { Diagnostic, ProgramFacts, Unit } from "./model.ts";
import { fieldOf, namedChildren, parsePython, type SyntaxNode, type SyntaxTree } from "./parser.ts";
import { Run, type UnitRecord } from "./run.ts";
import { boundNames, declaredGlobals } from "./scope.ts";
import { execute } from "./statements.ts";
import { reach, sharedObjects, valueOf } from "./values.ts";

/** Trees by source text: hand the same one in again, and only units whose text is new are parsed. */
export type TreeCache = Map<string, SyntaxTree>;

/** Types that no one can import by that name. */
const privateTypes =
  /^(scalar|None|function|type|iterator|range|io\.File|pandas\.(PlotAccessor|Accessor|Indexer|\w+GroupBy)|IPython\..*)$/;

/**
 * Analyses units that run one after the other in one global scope. Runs nothing; needs `loadPythonParser()`.
 * What cannot be known is over-estimated (one more input or output) or said in a diagnostic, never left out silently.
 */
export function analyzeProgram(units: readonly Unit[], cache: TreeCache = new Map()): ProgramFacts {
  const trees = units.map(({ source }) => {
    const tree = cache.get(source) ?? parsePython(source);
    cache.set(source, tree);
    return tree;
  });
  const makers = makersOf(trees);
  const all = units.map((_, at) => at);
  const run = runProgram(units, trees, all, makers);
  const records = [...run.units];
  const flows = flowsOf(records.map((record) => [record]));
  const facts = records.map((record) => unitFacts(run, record, units[record.unit]?.key ?? ""));
  const diagnostics = [
    ...run.diagnostics.values(),
    ...openThings(records, flows),
    ...neverCalled(run, trees),
  ];
  diagnostics.sort((a, b) => a.unit - b.unit || a.line - b.line || a.column - b.column);
  return {
    units: facts,
    flows,
    edges: edgesOf(flows, records),
    diagnostics,
    flowsOf: (groups) => {
      const order = groups.flat();
      const same = order.length === all.length && order.every((unit, at) => unit === at);
      const seen = same ? records : [...runProgram(units, trees, order, makers).units];
      let from = 0;
      return flowsOf(
        groups.map((group) => {
          from += group.length;
          return seen.slice(from - group.length, from);
        }),
      );
    },
    aliasesOf: (name, after) => aliases(records[after], name),
    typeOf: (name, after) => {
      const slot = records[after]?.slots.get(name);
      const type = slot?.presence === "bound" && slot.value.path === undefined ? slot.value.type : undefined;
      return type === undefined || privateTypes.test(type) ? undefined : type;
    },
  };
}

function runProgram(
  units: readonly Unit[],
  trees: readonly SyntaxTree[],
  order: readonly number[],
  makers: ReadonlyMap<string, number>,
): Run {
  const run = new Run({ evaluate, execute }, makers);
  for (const position of order) {
    const unit = units[position];
    const tree = trees[position];
    if (unit === undefined || tree === undefined) continue;
    run.startUnit(position);
    runUnit(run, unit, tree);
    run.endUnit();
  }
  return run;
}

function runUnit(run: Run, unit: Unit, { root, problems }: SyntaxTree): void {
  if (unit.effects !== undefined) {
    run.startStatement(root);
    for (const effect of unit.effects.reads) run.readEffect(effect);
    for (const effect of unit.effects.writes) run.writeEffect(effect);
    run.endStatement();
  }
  const statements = namedChildren(root);
  const [problem] = problems;
  if (problem !== undefined) {
    // What it would make is made, so that the rest of the program is not blamed for it.
    run.startStatement(root);
    for (const name of boundNames(statements))
      run.bind(name, valueOf([run.object(root, {}, name)]), "assignment");
    run.diagnoseSyntax(problem.row, problem.column, problem.message);
    run.endStatement();
    return;
  }
  for (const statement of statements) {
    run.startStatement(statement);
    if (run.reachable) {
      execute(run, [statement]);
      if (statement === statements.at(-1) && shows(root, statement)) {
        readOptions(run);
        run.writeEffect("<Out>", true);
      }
    }
    run.endStatement();
  }
}

/** The last line's value is shown, unless a semicolon follows. */
function shows(root: SyntaxNode, last: SyntaxNode): boolean {
  const [inner] = namedChildren(last);
  if (last.type !== "expression_statement" || inner === undefined || inner.type.endsWith("assignment"))
    return false;
  return root.children.findLast((child) => child.type !== "comment")?.type !== ";";
}

function makersOf(trees: readonly SyntaxTree[]): ReadonlyMap<string, number> {
  const makers = new Map<string, number>();
  trees.forEach(({ root }, unit) => {
    const statements = namedChildren(root);
    for (const name of [
      ...boundNames(statements),
      ...statements.flatMap((node) => [...declaredGlobals(node)]),
    ]) {
      if (!makers.has(name)) makers.set(name, unit);
    }
  });
  return makers;
}

/** Open files, connections and half-read iterators that a later unit goes on with: they cannot be handed on as a copy. */
function openThings(records: readonly UnitRecord[], flows: ProgramFacts["flows"]): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  records.forEach((record, at) => {
    for (const name of flows[at]?.outputs ?? []) {
      const object = [...reach(record.slots.get(name)?.value.objects ?? [])].find(
        (each) => (each.kind === "resource" && !each.closed) || each.kind === "iterator",
      );
      const statement = record.statements.findLast(({ number }) => number === object?.made);
      if (object === undefined || statement === undefined) continue;
      const file = object.kind === "resource";
      found.push({
        unit: record.unit,
        line: statement.node.row,
        column: statement.node.column,
        code: file ? "open-resource" : "generator",
        severity: "error",
        message: file
          ? `${name} stays open, and a later cell goes on using it.`
          : `${name} is read only once, bit by bit, and a later cell goes on reading it.`,
        name,
      });
    }
  });
  return found;
}

/** Names that a function needs and no unit makes, where nothing calls the function. */
function neverCalled(run: Run, trees: readonly SyntaxTree[]): readonly Diagnostic[] {
  if (run.stars.length > 0) return [];
  const told = new Set([...run.diagnostics.values()].map(({ name }) => name));
  return trees.flatMap(({ root, problems }, unit) =>
    problems.length > 0
      ? []
      : namedChildren(root).flatMap((node) => {
          const definition = node.type === "decorated_definition" ? fieldOf(node, "definition") : node;
          if (definition?.type !== "function_definition" && definition?.type !== "class_definition")
            return [];
          return lateReads(run, definition)
            .filter((name) => !run.makers.has(name) && !builtinNames.has(name) && !told.has(name))
            .map((name): Diagnostic => {
              const place = findName(definition, name) ?? definition;
              const message = `${fieldOf(definition, "name")?.text ?? "This"} uses ${name}, but no cell makes it.`;
              const { row: line, column } = place;
              return { unit, line, column, code: "undefined-name", severity: "warning", message, name };
            });
        }),
  );
}

function findName(node: SyntaxNode, name: string): SyntaxNode | undefined {
  if (node.type === "identifier" && node.text === name) return node;
  for (const child of node.children) {
    const found = findName(child, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function aliases(record: UnitRecord | undefined, name: string): readonly string[] {
  const slot = record?.slots.get(name);
  if (record === undefined || slot === undefined || slot.presence === "unbound") return [];
  const mine = sharedObjects(slot.value.objects);
  const others = [...record.slots].filter(
    ([other, { value, presence }]) =>
      other !== name &&
      !other.startsWith("<") &&
      presence !== "unbound" &&
      [...sharedObjects(value.objects)].some((object) => mine.has(object)),
  );
  return others.map(([other]) => other);
}
