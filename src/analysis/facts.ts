/** What was seen of units and statements, as the plain facts that other rooms use; each part is found when asked for. */
import { literalOf } from "./literals.ts";
import type { CallFact, DefinitionFact, StatementFact, UnitFacts } from "./model.ts";
import { fieldOf, namedChildren, type SyntaxNode } from "./parser.ts";
import type { Entry } from "./pass.ts";
import { joinTargets, type CallNote, type StatementRecord } from "./records.ts";
import { declaredGlobals } from "./scope.ts";
import type { Tried } from "./tryOut.ts";
import { definitionIn, lateReads } from "./unitText.ts";

/** What facts of a unit need of the rest of the program. */
export interface Surroundings {
  readonly makers: { readonly has: (name: string) => boolean };
  /** What is known of calls in a statement, wherever they were followed from. */
  readonly notesOf: (statement: number) => readonly CallNote[];
  /** Tries out what a statement defined under a name. */
  readonly tried: (entry: Entry, statement: StatementRecord, name: string) => Tried;
}

const isName = (name: string): boolean => !name.startsWith("<");

/** The facts of one unit. */
export function unitFacts(entry: Entry, around: Surroundings): UnitFacts {
  const { record, key } = entry;
  // The unit's own effects and an unreadable text are a statement each that stands for the whole unit.
  const ids = record.statements.map(({ node }) => {
    const at = entry.text.statements.indexOf(node);
    return entry.statementIds[at + 1] ?? -1;
  });
  const definitions = lazily(() =>
    record.statements.flatMap((statement) => definitionFacts(entry, statement, around)),
  );
  return {
    key,
    reads: [...record.exposed].filter(isName),
    writes: [...record.may].filter(isName),
    mutates: [...record.mutates],
    deletes: [...record.killed],
    imports: record.statements.flatMap((statement) => statement.imports),
    get definitions() {
      return definitions();
    },
    statements: record.statements.map((statement, at) =>
      statementFact(
        statement,
        lazily(() => callFacts(entry, statement, ids[at] ?? -1, around)),
      ),
    ),
  };
}

export function lazily<T>(find: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => {
    found ??= { value: find() };
    return found.value;
  };
}

function statementFact(record: StatementRecord, calls: () => readonly CallFact[]): StatementFact {
  const { node } = record;
  const { kind, constant } = kindOf(node);
  const quiet = [...record.effectWrites].every((effect) => effect === "<Out>");
  return {
    kind,
    range: { start: node.start, end: node.end },
    binds: [...record.binds].map(([name, how]) => ({ name, kind: how, certain: record.certain.has(name) })),
    reads: [...record.reads],
    mutates: record.mutates,
    deletes: [...record.deletes],
    get calls() {
      return calls();
    },
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

/** The calls in a statement that were reached, in source order. */
function callFacts(
  entry: Entry,
  record: StatementRecord,
  id: number,
  around: Surroundings,
): readonly CallFact[] {
  const notes = new Map<number, CallNote>();
  const definition = definitionIn(record.node);
  const name = definition === undefined ? undefined : fieldOf(definition, "name")?.text;
  const tried = name === undefined ? [] : around.tried(entry, record, name).calls;
  for (const note of [...around.notesOf(id), ...tried.filter(({ statement }) => statement === id)]) {
    const known = notes.get(note.index);
    if (known === undefined) notes.set(note.index, { ...note });
    else known.target = joinTargets(known.target, note.target);
  }
  if (notes.size === 0) return [];
  const found: CallFact[] = [];
  const visit = (node: SyntaxNode): void => {
    const note = notes.get(node.index - record.node.index);
    if (note !== undefined && node.type === "call") found.push(callFact(node, note));
    for (const child of node.children) visit(child);
  };
  visit(record.node);
  return found;
}

function callFact(node: SyntaxNode, { target, receiver }: CallNote): CallFact {
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

function definitionFacts(
  entry: Entry,
  record: StatementRecord,
  around: Surroundings,
): readonly DefinitionFact[] {
  const definition = definitionIn(record.node);
  if (definition === undefined) return [];
  const name = fieldOf(definition, "name")?.text ?? "";
  const tried = lazily(() => around.tried(entry, record, name));
  return [
    {
      name,
      kind: definition.type === "class_definition" ? "class" : "function",
      range: { start: record.node.start, end: record.node.end },
      readsAtDefinition: [...record.reads],
      readsWhenCalled: lateReads(definition, around.makers),
      rebinds: [...declaredGlobals(definition)],
      get mutates() {
        return tried().globals;
      },
      get mutatesParameters() {
        return tried().parameters;
      },
    },
  ];
}
