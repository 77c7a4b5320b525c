/** What was seen of units and statements, as the plain facts that other rooms use. */
import { callFunction, methodsOf, positional } from "./functions.ts";
import { builtinNames } from "./knowledge.ts";
import { literalOf } from "./literals.ts";
import type { CallFact, DefinitionFact, StatementFact, UnitFacts } from "./model.ts";
import { fieldOf, namedChildren, type SyntaxNode } from "./parser.ts";
import type { CallRecord, Run, StatementRecord, UnitRecord } from "./run.ts";
import { bodyReads, declaredGlobals } from "./scope.ts";
import { valueOf, type Obj, type Value } from "./values.ts";

const isName = (name: string): boolean => !name.startsWith("<");

/** The facts of one unit; `run` has been through the whole program. */
export function unitFacts(run: Run, record: UnitRecord, key: string): UnitFacts {
  return {
    key,
    reads: [...record.exposed].filter(isName),
    writes: [...record.may].filter(isName),
    mutates: [...record.mutates],
    deletes: [...record.killed],
    imports: record.statements.flatMap((statement) => statement.imports),
    definitions: record.statements.flatMap((statement) => definitionFacts(run, record, statement)),
    statements: record.statements.map(statementFact),
  };
}

function statementFact(record: StatementRecord): StatementFact {
  const { node } = record;
  const { kind, constant } = kindOf(node);
  const quiet = [...record.effectWrites].every((effect) => effect === "<Out>");
  return {
    kind,
    range: { start: node.start, end: node.end },
    binds: [...record.binds].map(([name, how]) => ({ name, kind: how, certain: record.certain.has(name) })),
    reads: [...record.reads],
    mutates: [...record.mutates],
    deletes: [...record.deletes],
    calls: [...record.calls.values()]
      .sort((a, b) => a.node.start - b.node.start || b.node.end - a.node.end)
      .map(callFact),
    effects: { reads: [...record.effectReads], writes: [...record.effectWrites] },
    constant,
    onlyShows:
      kind === "expression" &&
      quiet &&
      !record.unknown &&
      !record.changesOthers &&
      record.binds.size === 0 &&
      !waits(node),
  };
}

function kindOf(node: SyntaxNode): Pick<StatementFact, "kind" | "constant"> {
  const constant = undefined;
  const [inner] = namedChildren(node);
  switch (node.type) {
    case "import_statement":
    case "import_from_statement":
    case "future_import_statement":
      return { kind: "import", constant };
    case "function_definition":
      return { kind: "function", constant };
    case "class_definition":
      return { kind: "class", constant };
    case "decorated_definition":
      return {
        kind: fieldOf(node, "definition")?.type === "class_definition" ? "class" : "function",
        constant,
      };
    case "expression_statement":
      if (inner?.type === "assignment") return { kind: "assignment", constant: constantOf(inner) };
      return { kind: inner?.type === "augmented_assignment" ? "assignment" : "expression", constant };
    default:
      return { kind: "other", constant };
  }
}

function constantOf(node: SyntaxNode): StatementFact["constant"] {
  const left = fieldOf(node, "left");
  const right = fieldOf(node, "right");
  const literal = right === undefined ? undefined : literalOf(right);
  if (left?.type !== "identifier" || right === undefined || literal === undefined) return undefined;
  return { name: left.text, literal, range: { start: right.start, end: right.end } };
}

function waits(node: SyntaxNode): boolean {
  return node.type === "await" || namedChildren(node).some(waits);
}

function callFact({ node, target, receiver }: CallRecord): CallFact {
  const list = fieldOf(node, "arguments");
  const args = list === undefined ? [] : list.type === "argument_list" ? namedChildren(list) : [list];
  return {
    target,
    receiver,
    arguments: args.map((child) => {
      const value = child.type === "keyword_argument" ? (fieldOf(child, "value") ?? child) : child;
      return {
        keyword: child.type === "keyword_argument" ? fieldOf(child, "name")?.text : undefined,
        text: value.text,
        range: { start: value.start, end: value.end },
        literal: literalOf(value),
      };
    }),
    range: { start: node.start, end: node.end },
  };
}

function definitionFacts(run: Run, unit: UnitRecord, record: StatementRecord): readonly DefinitionFact[] {
  const definition =
    record.node.type === "decorated_definition" ? fieldOf(record.node, "definition") : record.node;
  if (definition?.type !== "function_definition" && definition?.type !== "class_definition") return [];
  const name = fieldOf(definition, "name")?.text ?? "";
  const value = unit.slots.get(name)?.value;
  const made = [...(value?.objects ?? [])].filter((object) => object.made === record.number);
  const functions = made.flatMap((object) =>
    object.classCode === undefined
      ? [object]
      : [...methodsOf(object.classCode).values()].flatMap((each) => [...each.objects]),
  );
  const tried = functions.filter((object) => object.code !== undefined).map((object) => tryOut(run, object));
  return [
    {
      name,
      kind: definition.type === "class_definition" ? "class" : "function",
      range: { start: record.node.start, end: record.node.end },
      readsAtDefinition: [...record.reads],
      readsWhenCalled: lateReads(run, definition),
      rebinds: [...declaredGlobals(definition)],
      mutates: [...new Set(tried.flatMap(({ globals }) => globals))],
      mutatesParameters: [...new Set(tried.flatMap(({ parameters }) => parameters))],
    },
  ];
}

/** Names that a definition's bodies take from the module when they run. */
export function lateReads(run: Run, definition: SyntaxNode): readonly string[] {
  return [...bodyReads(definition)].filter((name) => run.makers.has(name) || !builtinNames.has(name));
}

/** Calls a function as at the end of the program, with objects of its own, to see what it changes. */
function tryOut(
  run: Run,
  callee: Obj,
): { readonly parameters: readonly string[]; readonly globals: readonly string[] } {
  const { code } = callee;
  if (code === undefined) return { parameters: [], globals: [] };
  const saved = run.snapshot();
  const record = run.beginTrial();
  const given = code.parameters.map((parameter): readonly [string, Value] => {
    const object = run.object(code.node, { kind: "parameter" }, `@try:${parameter.name}`);
    return [parameter.name, valueOf([object])];
  });
  const args = given.map(([name, value]) => ({ ...positional(value, code.node), keyword: name }));
  callFunction(run, callee, args, code.node);
  const changed = record.mutated;
  const parameters = given.filter(([, { objects }]) => [...objects].some((object) => changed.has(object)));
  const outside = new Set([...changed].filter((object) => object.kind !== "parameter"));
  run.endTrial();
  run.restore(saved);
  return { parameters: parameters.map(([name]) => name), globals: [...run.namesReaching(outside)] };
}
