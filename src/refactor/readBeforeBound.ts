import type { SyntaxNode } from "../analysis/parser.ts";
import { assignedValue, namesIn, type SourceStatement } from "./source.ts";

/** Names that a step's statements bind but look up before they have bound them, and that the step is not given. */
export function readBeforeBound(
  statements: readonly SourceStatement[],
  given: ReadonlySet<string>,
): readonly { readonly name: string; readonly statement: SourceStatement }[] {
  const bound = new Set(statements.flatMap(({ fact }) => fact.binds.map(({ name }) => name)));
  const sure = new Set(given);
  const found = new Map<string, SourceStatement>();
  for (const statement of statements) {
    const reads = new Set([...statement.fact.reads, ...namesIn(valueSide(statement.node))]);
    for (const name of reads) {
      if (bound.has(name) && !sure.has(name) && !found.has(name)) found.set(name, statement);
    }
    for (const { name, certain } of statement.fact.binds) if (certain) sure.add(name);
  }
  return [...found].map(([name, statement]) => ({ name, statement }));
}

/** What is evaluated before an assignment binds; of other statements nothing is certain, so the facts alone count. */
function valueSide(node: SyntaxNode): SyntaxNode {
  const assigned = assignedValue(node);
  return assigned === undefined ? { ...node, type: "other", children: [] } : assigned.value;
}
