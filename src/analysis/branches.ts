/** `if` and `match`: every way that may be taken is followed. */
import { useInstances } from "./classes.ts";
import { literalOf } from "./literals.ts";
import { fieldOf, fieldsOf, namedChildren, type SyntaxNode } from "./parser.ts";
import type { Run } from "./run.ts";
import { capture } from "./targets.ts";
import { joinAll } from "./values.ts";

/** Whether a condition says by itself how it ends; names are not followed, since a constant may become a setting. */
export function certainty(node: SyntaxNode): boolean | undefined {
  const literal = literalOf(node);
  if (literal !== undefined) return literal.type !== "none" && Boolean(literal.value);
  if (/^__name__\s*==\s*(['"])__main__\1$/.test(node.text)) return true;
  if (/^(typing\.)?TYPE_CHECKING$/.test(node.text)) return false;
  return undefined;
}

/** What a guard such as `'x' not in globals()` says of the branch it lets through. */
function impossible(run: Run, condition: SyntaxNode, holds: boolean): boolean {
  const match = /^(['"])(\w+)\1\s+(not\s+)?in\s+(?:globals|locals|vars|dir)\(\)$/.exec(condition.text);
  if (match?.[2] === undefined || run.flow.scope.kind !== "module") return false;
  const slot = run.slot(match[2]);
  const presence = slot?.presence ?? "unbound";
  const asksPresent = match[3] === undefined ? holds : !holds;
  return asksPresent ? presence === "unbound" : presence === "bound";
}

export function executeIf(run: Run, node: SyntaxNode): void {
  const condition = fieldOf(node, "condition");
  const consequence = fieldOf(node, "consequence");
  const alternatives = node.children.filter((child) => child.field === "alternative" && child.named);
  branchIf(run, condition, consequence, alternatives);
}

function branchIf(
  run: Run,
  condition: SyntaxNode | undefined,
  consequence: SyntaxNode | undefined,
  alternatives: readonly SyntaxNode[],
): void {
  if (condition === undefined) return;
  useInstances(run, run.evaluate(condition), condition);
  const [next, ...rest] = alternatives;
  const then = (): void => {
    run.execute(consequence === undefined ? [] : namedChildren(consequence));
  };
  const otherwise = (): void => {
    if (next === undefined) return;
    if (next.type === "elif_clause")
      branchIf(run, fieldOf(next, "condition"), fieldOf(next, "consequence"), rest);
    else run.execute(namedChildren(fieldOf(next, "body") ?? next));
  };
  const certain = certainty(condition);
  const ways = [
    ...(certain === false || impossible(run, condition, true) ? [] : [then]),
    ...(certain === true || impossible(run, condition, false) ? [] : [otherwise]),
  ];
  run.flow.branch(ways);
}

export function executeMatch(run: Run, node: SyntaxNode): void {
  const subject = fieldsOf(node, "subject").map((child) => run.evaluate(child));
  const value = joinAll(subject);
  const cases = namedChildren(fieldOf(node, "body") ?? node).filter((child) => child.type === "case_clause");
  const always = cases.some((each) => /^case\s+\w+\s*:/.test(each.text));
  const ways = cases.map((each) => () => {
    for (const pattern of namedChildren(each))
      if (pattern.type === "case_pattern") capture(run, pattern, value);
    const guard = fieldOf(each, "guard");
    if (guard !== undefined) namedChildren(guard).forEach((child) => run.evaluate(child));
    run.execute(namedChildren(fieldOf(each, "consequence") ?? each));
  });
  run.flow.branch(always ? ways : [...ways, () => undefined]);
}
