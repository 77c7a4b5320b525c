/**
 * `_` is the value that the notebook showed last. Where it is plain which line that was, that line gives it the name, and
 * `_` is a variable like any other.
 */
import { namedChildren, parsePython, type SyntaxNode } from "../analysis/parser.ts";
import type { PythonCell } from "../notebook/model.ts";
import { applyEdits } from "./cellText.ts";
import { expressionOf, walk } from "./source.ts";

export function bindShownValues(cells: readonly PythonCell[]): readonly PythonCell[] {
  const mentioned = /(?<![\w.])_(?!\w)/;
  if (!cells.some(({ python }) => mentioned.test(python))) return cells;
  const trees = cells.map(({ python }) => parsePython(python));
  const uses = trees.flatMap(({ root }, cell) =>
    [...walk(root)]
      .filter(({ type, text, field }) => type === "identifier" && text === "_" && field !== "attribute")
      .map((node) => ({ cell, node, root })),
  );
  if (uses.length === 0 || uses.some(({ node, root }) => !isRead(node, root))) return cells;
  const wanted = new Set<number>();
  for (const { cell } of uses) {
    const shown = trees.findLastIndex(({ root }, at) => at < cell && shows(root) !== undefined);
    const value = shown < 0 ? undefined : shows(trees[shown]?.root);
    if (value === undefined || !surelyShown(value)) return cells;
    wanted.add(shown);
  }
  return cells.map((cell, at) => {
    const value = wanted.has(at) ? shows(trees[at]?.root) : undefined;
    if (value === undefined) return cell;
    const { start } = value;
    return { ...cell, python: applyEdits(cell.python, [{ range: { start, end: start }, text: "_ = " }]) };
  });
}

/** `_` anywhere but on the left of something is looked up. */
function isRead(node: SyntaxNode, root: SyntaxNode): boolean {
  return ![...walk(root)].some((parent) => {
    const holds = (child: SyntaxNode | undefined): boolean =>
      child !== undefined && child.start <= node.start && child.end >= node.end;
    if (
      /^(parameters|lambda_parameters|global_statement|nonlocal_statement|as_pattern_target)$/.test(
        parent.type,
      )
    )
      return holds(parent);
    if (/^(import_statement|import_from_statement|aliased_import|case_pattern)$/.test(parent.type))
      return holds(parent);
    return (
      /^(assignment|augmented_assignment|for_statement|for_in_clause|named_expression|delete_statement)$/.test(
        parent.type,
      ) &&
      holds(
        parent.type === "delete_statement"
          ? parent
          : parent.children.find(({ field }) => field === "left" || field === "name"),
      )
    );
  });
}

/** The expression that a cell's last line shows. */
function shows(root: SyntaxNode | undefined): SyntaxNode | undefined {
  if (root === undefined) return undefined;
  const last = namedChildren(root).at(-1);
  const written = root.children.findLast(({ type }) => type !== "comment");
  return last === undefined || written?.type === ";" ? undefined : expressionOf(last);
}

/** Only what cannot be None is surely shown; nobody knows that of a call or a name. */
function surelyShown({ type }: SyntaxNode): boolean {
  return /^(integer|float|string|concatenated_string|list|tuple|dictionary|set|binary_operator|comparison_operator|not_operator|true|false|list_comprehension|dictionary_comprehension|set_comprehension)$/.test(
    type,
  );
}
