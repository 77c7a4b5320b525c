/** Which names of the scope around it a piece of code looks up or binds, by Python's rules of scope. */
import { fieldOf, namedChildren, type SyntaxNode } from "../analysis/parser.ts";
import { importsOf } from "./importLines.ts";

/**
 * Names that stand free in a piece of code; those in strings where `candidates` has them, for `df.query("x > @limit")`
 * and `eval`. What parameters, comprehensions and a function's own assignments bind is not free.
 */
export function freeNames(
  node: SyntaxNode,
  candidates: ReadonlySet<string> = new Set(),
): ReadonlySet<string> {
  const names = new Set<string>();
  visit(node, new Set(), candidates, names);
  return names;
}

function visit(
  node: SyntaxNode,
  own: ReadonlySet<string>,
  candidates: ReadonlySet<string>,
  found: Set<string>,
): void {
  if (node.type === "identifier") {
    if (!own.has(node.text)) found.add(node.text);
    return;
  }
  if (node.type === "string_content") {
    for (const [word] of node.text.matchAll(/[\p{L}_][\p{L}\p{N}_]*/gu))
      if (candidates.has(word)) found.add(word);
  }
  if (node.type === "function_definition" || node.type === "lambda") {
    const parameters = fieldOf(node, "parameters");
    const body = fieldOf(node, "body");
    const inside = new Set([
      ...own,
      ...parameterNames(parameters),
      ...localNames(node.type === "lambda" ? undefined : body),
    ]);
    for (const child of node.children) {
      if (child === body) visit(child, inside, candidates, found);
      else if (child === parameters)
        defaultsOf(child).forEach((each) => {
          visit(each, own, candidates, found);
        });
      else visit(child, own, candidates, found);
    }
    return;
  }
  if (/_comprehension$|^generator_expression$/.test(node.type)) {
    const clauses = namedChildren(node).filter(({ type }) => type === "for_in_clause");
    const targets = clauses.flatMap((clause) => [...targetNames(fieldOf(clause, "left"))]);
    const inside = new Set([...own, ...targets]);
    const first = clauses[0] === undefined ? undefined : fieldOf(clauses[0], "right");
    if (first !== undefined) visit(first, own, candidates, found);
    for (const child of node.children) {
      if (child === clauses[0])
        child.children
          .filter((each) => each !== first)
          .forEach((each) => {
            visit(each, inside, candidates, found);
          });
      else visit(child, inside, candidates, found);
    }
    return;
  }
  for (const child of node.children) {
    const attribute = node.type === "attribute" && child.field === "attribute";
    const keyword = node.type === "keyword_argument" && child.field === "name";
    if (!attribute && !keyword) visit(child, own, candidates, found);
  }
}

function parameterNames(node: SyntaxNode | undefined): readonly string[] {
  return (node === undefined ? [] : namedChildren(node)).flatMap((parameter): string[] => {
    if (parameter.type === "identifier") return [parameter.text];
    const named = fieldOf(parameter, "name") ?? namedChildren(parameter)[0];
    if (named === undefined) return [];
    return named.type === "identifier" ? [named.text] : [...targetNames(named)];
  });
}

/** Defaults and annotations: they are looked up around the function. */
function defaultsOf(node: SyntaxNode): readonly SyntaxNode[] {
  return namedChildren(node).flatMap((parameter) =>
    parameter.children.filter(({ field }) => field === "value" || field === "type"),
  );
}

function targetNames(node: SyntaxNode | undefined): ReadonlySet<string> {
  const names = new Set<string>();
  const target = (child: SyntaxNode): void => {
    if (child.type === "identifier") names.add(child.text);
    else if (child.type !== "attribute" && child.type !== "subscript") namedChildren(child).forEach(target);
  };
  if (node !== undefined) target(node);
  return names;
}

/** Names that a function's body binds for itself. */
function localNames(body: SyntaxNode | undefined): ReadonlySet<string> {
  const names = new Set<string>();
  const outer = new Set<string>();
  const look = (node: SyntaxNode): void => {
    if (/^(global|nonlocal)_statement$/.test(node.type))
      namedChildren(node).forEach((child) => outer.add(child.text));
    boundHere(node).forEach((name) => names.add(name));
    if (/^(function_definition|class_definition|lambda)$/.test(node.type)) return;
    if (/_comprehension$|^generator_expression$/.test(node.type)) return;
    node.children.forEach(look);
  };
  if (body !== undefined) look(body);
  return new Set([...names].filter((name) => !outer.has(name)));
}

/** Names that a statement's own text assigns, as Python's compiler sees it; not what the functions it calls assign. */
export function assignedNames(node: SyntaxNode): ReadonlySet<string> {
  const names = new Set<string>();
  const look = (current: SyntaxNode): void => {
    boundHere(current).forEach((name) => names.add(name));
    if (!/^(function_definition|class_definition|lambda)$/.test(current.type)) current.children.forEach(look);
  };
  look(node);
  return names;
}

function boundHere(node: SyntaxNode): readonly string[] {
  if (/^(function_definition|class_definition)$/.test(node.type)) {
    const name = fieldOf(node, "name");
    return name === undefined ? [] : [name.text];
  }
  if (/^(assignment|augmented_assignment|for_statement)$/.test(node.type))
    return [...targetNames(fieldOf(node, "left"))];
  if (node.type === "named_expression") return [...targetNames(fieldOf(node, "name"))];
  if (node.type === "as_pattern_target") return [...targetNames(node)];
  return importsOf(node).map(({ binds }) => binds);
}
