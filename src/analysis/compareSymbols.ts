/** Where two readings of the same Python, ours and CPython's, differ. */
import type { ScopeSymbols } from "./symbols.ts";

export interface SymbolDifference {
  /** In the text, from 1; 0 for the module as a whole. */
  readonly line: number;
  /** From the outside in: `class C, function f`; "" for the module. */
  readonly scope: string;
  /** Undefined where a whole scope is there on one side only. */
  readonly name: string | undefined;
  /** Letters as in `ScopeSymbols.names`, or the scopes that only this side has; "" for none. */
  readonly ours: string;
  readonly theirs: string;
}

/** The differences, those of outer scopes first; none where both readings are the same. The order of scopes on a line is nobody's business. */
export function compareSymbols(
  ours: ScopeSymbols,
  theirs: ScopeSymbols,
  around: readonly string[] = [],
): readonly SymbolDifference[] {
  const here = ours.kind === "module" ? around : [...around, called(ours)];
  const place = { line: ours.line, scope: here.join(", ") };
  const names = new Set([...Object.keys(ours.names), ...Object.keys(theirs.names)]);
  const found: SymbolDifference[] = [];
  for (const name of names) {
    const [mine = "", other = ""] = [ours.names[name], theirs.names[name]];
    if (mine !== other) found.push({ ...place, name, ours: mine, theirs: other });
  }
  const left = inOrder(ours.children);
  const right = inOrder(theirs.children);
  const onlyOurs = without(left, right);
  const onlyTheirs = without(right, left);
  if (onlyOurs !== "" || onlyTheirs !== "") {
    found.push({ ...place, name: undefined, ours: onlyOurs, theirs: onlyTheirs });
    return found;
  }
  left.forEach((child, at) => {
    const other = right[at];
    if (other !== undefined) found.push(...compareSymbols(child, other, here));
  });
  return found;
}

function called({ kind, name }: ScopeSymbols): string {
  return name === "" ? kind : `${kind} ${name}`;
}

function inOrder(scopes: readonly ScopeSymbols[]): readonly ScopeSymbols[] {
  if (scopes.length < 2) return scopes;
  return scopes.toSorted(
    (a, b) => a.line - b.line || compareText(called(a), called(b)) || compareText(textOf(a), textOf(b)),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What is in a scope, the same for both sides. */
function textOf({ names, children }: ScopeSymbols): string {
  const said = Object.entries(names).sort(([a], [b]) => compareText(a, b));
  return JSON.stringify([
    said,
    inOrder(children).map((child) => `${child.line} ${called(child)} ${textOf(child)}`),
  ]);
}

/** The scopes that others lack, by kind, name and line, as often as they are there. */
function without(scopes: readonly ScopeSymbols[], others: readonly ScopeSymbols[]): string {
  const there = others.map(({ kind, name, line }) => `${kind} ${name} ${line}`);
  const left = scopes.filter(({ kind, name, line }) => {
    const at = there.indexOf(`${kind} ${name} ${line}`);
    if (at >= 0) there.splice(at, 1);
    return at < 0;
  });
  return left.map((scope) => `${called(scope)} in line ${scope.line}`).join(", ");
}
