/** What stands in the way of a faithful conversion, each with its place and its ways out. */
import type { Diagnostic } from "../analysis/model.ts";
import { fieldOf, namedChildren, type SyntaxNode } from "../analysis/parser.ts";
import { readBeforeBound } from "./readBeforeBound.ts";
import { calleeOf, namesIn, walk, type Source, type SourceStatement } from "./source.ts";
import type { Woven } from "./keepTogether.ts";
import { producerOf } from "./sharing.ts";
import type { Decision } from "./model.ts";
import type { Roles } from "./roles.ts";
import { builtinNames } from "./tables.ts";

interface Input {
  readonly source: Source;
  readonly kept: ReadonlySet<number>;
  readonly woven: Woven;
  readonly roles: Roles;
  readonly stays: (cell: number) => readonly SourceStatement[];
}

/** Diagnostics that are settled by keeping cells together. */
const settledByGrouping: readonly Diagnostic["code"][] = ["generator", "open-resource", "maybe-unbound"];

export function findDecisions(input: Input): readonly Decision[] {
  const { source, kept } = input;
  const found: Decision[] = source.facts.diagnostics
    .filter(
      ({ unit, severity, code }) =>
        severity === "error" && kept.has(unit) && !settledByGrouping.includes(code),
    )
    .map(({ unit, line, code, message }) => ({ cell: unit, line, code, message, waysOut: ["leave-out"] }));
  found.push(
    ...missingInputs(input),
    ...otherScope(input),
    ...innerClasses(input),
    ...builtinsRebound(input),
    ...madeByLeftOut(input),
    ...topLevelGlobals(input),
  );
  const seen = new Set<string>();
  return found
    .filter(({ cell, line, code }) => {
      const key = `${cell} ${line} ${code}`;
      return seen.has(key) ? false : seen.add(key);
    })
    .sort((a, b) => a.cell - b.cell || a.line - b.line);
}

/** A step needs a name that no step gives: one that a left-out cell made, or Python's own under a second meaning. */
function missingInputs({ source, woven, stays }: Input): Decision[] {
  return woven.groups.flatMap((group, position) =>
    (woven.flows[position]?.inputs ?? []).flatMap((name): Decision[] => {
      if (producerOf(woven.flows, position, name) !== undefined) return [];
      const statement = group
        .flatMap((cell) => stays(cell))
        .find(({ fact, node }) => fact.reads.includes(name) || namesIn(node).has(name));
      const cell = statement?.cell ?? group[0] ?? 0;
      const line = statement?.node.row ?? 0;
      const own = builtinNames.has(name);
      const maker = source.statements.find(({ fact }) => fact.binds.some((binding) => binding.name === name));
      const makerNumber = maker === undefined ? undefined : source.cells[maker.cell]?.python.cell.number;
      const message = own
        ? `${name} is Python's own here and gets another value in the same step; rename the variable.`
        : makerNumber === undefined
          ? `This needs ${name}, which no cell makes.`
          : `This needs ${name}, which cell ${makerNumber} makes; that cell is left out or runs later.`;
      return [{ cell, line, code: own ? "unknown" : "undefined-name", message, waysOut: ["leave-out"] }];
    }),
  );
}

/** A step needs a name that only a cell makes which is left out. */
function madeByLeftOut({ source, kept, stays, roles }: Input): Decision[] {
  const makers = new Map<string, number>();
  const made = new Set<string>([...roles.homes.keys(), ...roles.local.keys(), ...roles.settings.keys()]);
  return source.cells.flatMap(({ index, statements }) => {
    const missing = stays(index).flatMap((statement): Decision[] => {
      const names = [...statement.fact.reads].filter((name) => makers.has(name) && !made.has(name));
      statement.fact.binds.forEach(({ name }) => made.add(name));
      return names.map((name) => ({
        cell: index,
        line: statement.node.row,
        code: "undefined-name",
        message: `This needs ${name}, which cell ${source.cells[makers.get(name) ?? 0]?.python.cell.number ?? 0} makes, and that cell is left out.`,
        waysOut: ["leave-out"],
      }));
    });
    if (!kept.has(index)) {
      statements.forEach(({ fact }) => {
        fact.binds.forEach(({ name }) => makers.set(name, index));
      });
    }
    return missing;
  });
}

/** `sum = sum(values)`: inside a function the second sum would be the first one, which has no value yet. */
function builtinsRebound({ source, woven, stays }: Input): Decision[] {
  return woven.groups
    .flatMap((group, position) =>
      readBeforeBound(
        group.flatMap((cell) => stays(cell)),
        new Set(woven.flows[position]?.inputs ?? []),
      )
        .filter(({ name }) => builtinNames.has(name))
        .map(({ name, statement }): Decision => ({
          cell: statement.cell,
          line: statement.node.row,
          code: "unknown",
          message: `${name} is Python's own here and gets another value in the same step; rename the variable.`,
          waysOut: ["leave-out"],
        })),
    )
    .filter(({ cell }) => source.cells[cell] !== undefined);
}

interface Place {
  readonly cell: number;
  readonly row: number;
  readonly message: string;
}

/** What means something else inside a function or a module than at the top of a notebook. */
function otherScope(input: Input): Decision[] {
  const { source, kept } = input;
  const places = source.statements
    .filter(({ cell }) => kept.has(cell))
    .flatMap((statement) => placesIn(statement, input));
  return places.map(({ cell, row, message }) => ({
    cell,
    line: row,
    code: "dynamic-names",
    message,
    waysOut: ["leave-out"],
  }));
}

function placesIn(statement: SourceStatement, input: Input): Place[] {
  const found: Place[] = [];
  const add = (node: SyntaxNode, message: string): void => {
    found.push({ cell: statement.cell, row: node.row, message });
  };
  const harmless = new Set<SyntaxNode>();
  const visit = (node: SyntaxNode, inFunction: boolean, nested: boolean): void => {
    if (
      node.type === "identifier" &&
      /^__(name|file|builtins|doc|spec|package)__$/.test(node.text) &&
      !harmless.has(node)
    ) {
      add(node, `${node.text} has another value in a module than in a notebook; write what it stands for.`);
    }
    if (node.type === "string_content" && node.text.includes("__main__")) {
      add(node, "__main__ is another module in a pipeline than in a notebook.");
    }
    if (node.type === "comparison_operator")
      harmlessMembership(node, statement, input).forEach((call) => harmless.add(call));
    const callee = calleeOf(node);
    if (callee !== undefined) {
      const list = fieldOf(node, "arguments");
      const given = list === undefined ? [] : namedChildren(list);
      if (callee.endsWith("getLogger")) for (const child of walk(node)) harmless.add(child);
      const looksAround = callee === "globals" || (!inFunction && /^(locals|vars|dir)$/.test(callee));
      if (
        looksAround &&
        given.length === 0 &&
        !harmless.has(node) &&
        !readsOneName(node, callee, statement, input)
      ) {
        add(node, `${callee}() gives other names in a step than in the notebook; use the names themselves.`);
      }
      if (callee === "exec" && given.length < 2 && !inFunction) {
        add(node, "What exec() defines cannot be handed on; write the code itself.");
      }
      if (callee === "eval" && given.length < 2 && (inFunction || nested)) {
        add(node, "eval() in a function cannot see the step's values; write the expression itself.");
      }
      const [only] = given;
      if (
        callee === "type" &&
        only !== undefined &&
        given.length === 1 &&
        showsOwnClass(node, only, statement, input)
      ) {
        add(
          node,
          `The class of ${only.text} is printed with its module, which is another one in a pipeline; use .__name__.`,
        );
      }
    }
    const isFunction = node.type === "function_definition" || node.type === "lambda";
    const isNested =
      isFunction || node.type.endsWith("comprehension") || node.type === "generator_expression";
    for (const child of node.children) {
      if (node.type === "attribute" && child.field === "attribute") continue;
      visit(child, inFunction || isFunction, nested || isNested);
    }
  };
  visit(statement.node, false, false);
  return found;
}

/** `"x" in globals()` says the same in a step as long as nothing has bound x by then. */
function harmlessMembership(
  node: SyntaxNode,
  statement: SourceStatement,
  { source, kept }: Input,
): readonly SyntaxNode[] {
  const [left, right] = namedChildren(node);
  const call =
    right !== undefined && /^(globals|locals|vars|dir)$/.test(calleeOf(right) ?? "") ? right : undefined;
  if (call === undefined || left?.type !== "string") return [];
  const name = left.text.replace(/^["']|["']$/g, "");
  const before = source.statements.findLast(
    (other) =>
      kept.has(other.cell) &&
      (other.cell < statement.cell ||
        (other.cell === statement.cell && other.position < statement.position)) &&
      [...other.fact.binds.map((binding) => binding.name), ...other.fact.deletes].includes(name),
  );
  const gone = before !== undefined && (source.facts.flows[before.cell]?.unbinds ?? []).includes(name);
  const repeated = /^(for|while)_statement$/.test(statement.node.type);
  const boundHere = repeated && statement.fact.binds.some((binding) => binding.name === name);
  return (before === undefined || gone) && !boundHere ? [call] : [];
}

/** `vars()["x"]` at the top of a step finds the step's own x. */
function readsOneName(
  call: SyntaxNode,
  callee: string,
  statement: SourceStatement,
  { roles }: Input,
): boolean {
  if (callee === "globals" || callee === "dir") return false;
  const subscript = [...walk(statement.node)].find(
    (node) => node.type === "subscript" && fieldOf(node, "value") === call,
  );
  const key = subscript === undefined ? undefined : fieldOf(subscript, "subscript");
  const name = key?.type === "string" ? key.text.replace(/^["']|["']$/g, "") : undefined;
  return name !== undefined && !roles.homes.has(name) && !roles.local.has(name);
}

/** `print(type(x))` where x may be of a class of the notebook's own. */
function showsOwnClass(
  node: SyntaxNode,
  value: SyntaxNode,
  statement: SourceStatement,
  { source, kept }: Input,
): boolean {
  const classes = source.statements.filter(
    ({ definition, cell }) => definition?.kind === "class" && kept.has(cell),
  );
  const type = value.type === "identifier" ? source.facts.typeOf(value.text, statement.cell) : undefined;
  if (classes.length === 0 || (type?.includes(".") === true && !type.startsWith("__main__"))) return false;
  if (type !== undefined && /^(int|float|str|bool|list|dict|tuple|set|bytes)$/.test(type)) return false;
  const shown = [...walk(statement.node)].some((outer) => {
    const list = /^(print|str|repr|display|format)$/.test(calleeOf(outer) ?? "")
      ? fieldOf(outer, "arguments")
      : undefined;
    return (
      list?.children.includes(node) === true ||
      (outer.type === "interpolation" && outer.children.includes(node))
    );
  });
  return shown;
}

/** A class that stays inside a step's function has the function's name in its own, which its repr may show. */
function innerClasses({ source, kept, roles }: Input): Decision[] {
  return source.statements
    .filter(
      (statement) =>
        statement.definition?.kind === "class" && kept.has(statement.cell) && roles.of(statement) === "keep",
    )
    .filter(({ node }) =>
      /@\s*(dataclass|dataclasses|attr|attrs|define)|__qualname__|__module__/.test(node.text),
    )
    .map(({ cell, node, definition }): Decision => ({
      cell,
      line: node.row,
      code: "unknown",
      message: `${definition?.name ?? "This class"} reads values of its cells or is defined twice, so it cannot stand in a module of its own.`,
      waysOut: ["leave-out"],
    }));
}

/** `global x` outside a function says nothing in a notebook, but cuts a step's function off from its own value. */
function topLevelGlobals({ source, kept }: Input): Decision[] {
  return source.statements
    .filter(({ cell, node, definition }) => {
      if (!kept.has(cell) || definition !== undefined) return false;
      const inside = [...walk(node)].filter((child) => child.type === "function_definition");
      return [...walk(node)].some(
        (child) =>
          child.type === "global_statement" &&
          !inside.some((fn) => fn.start <= child.start && fn.end >= child.end),
      );
    })
    .map(({ cell, node }): Decision => ({
      cell,
      line: node.row,
      code: "unknown",
      message: "global does nothing outside a function; take the line out.",
      waysOut: ["leave-out"],
    }));
}
