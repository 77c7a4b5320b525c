/**
 * Figures are results: `plt.show()` becomes returning the figure. One figure is returned under its own name; where a
 * step shows several, or shows them in a loop, they are collected in a list, each closed as the notebook closes it.
 */
import { fieldOf, namedChildren, type SyntaxNode } from "../analysis/parser.ts";
import type { Edit } from "./cellText.ts";
import { endOfLine, removal } from "./cellText.ts";
import { calleeOf, expressionOf, walk, type Source, type SourceStatement } from "./source.ts";
import { carriesFigure, figuresSurvive } from "./carriedFigures.ts";
import { draws } from "./stages.ts";

export interface Figures {
  /** The output that holds them; undefined where the step draws nothing. */
  readonly output: { readonly name: string; readonly type: string | undefined } | undefined;
  readonly edits: readonly { readonly cell: number; readonly edit: Edit }[];
  /** True where the list has to be made at the start of the step. */
  readonly collects: boolean;
  /** True where the text refers to `plt`. */
  readonly needsPyplot: boolean;
}

const none: Figures = { output: undefined, edits: [], collects: false, needsPyplot: false };

/**
 * @param staying statements of the step's cells.
 * @param pyplot the name pyplot has in the notebook, `plt` if it was never imported.
 * @param fresh gives a name that the notebook does not use.
 */
export function returnFigures(
  source: Source,
  cells: readonly number[],
  staying: (cell: number) => readonly SourceStatement[],
  pyplot: string,
  fresh: (name: string) => string,
): Figures {
  const drawn = cells
    .map((cell) => ({ cell, statements: staying(cell) }))
    .filter(
      ({ statements }) =>
        statements.some(drawsFigure) || statements.some(({ node }) => showsIn(node, pyplot).length > 0),
    );
  if (drawn.length === 0) return none;
  const shown = drawn.map(({ cell, statements }) => ({
    cell,
    statements,
    shows: statements.flatMap((statement) =>
      showsIn(statement.node, pyplot).map((node) => ({ node, statement })),
    ),
  }));
  const [only] = shown;
  const nested = shown.some(({ shows }) =>
    shows.some(({ node, statement }) => expressionOf(statement.node) !== node),
  );
  const again = only !== undefined && drawsAfterShow(only);
  if (only !== undefined && shown.length === 1 && only.shows.length <= 1 && !nested && !again) {
    return oneFigure(source, only.cell, only.statements, only.shows[0]?.statement, pyplot, fresh);
  }
  const list = fresh("figures");
  const survive = figuresSurvive(source, staying);
  const edits = shown.flatMap((one) => {
    const { cell, statements, shows } = one;
    const text = source.cells[cell]?.python.python ?? "";
    const collect = (margin: string): string => `${list}.append(${pyplot}.gcf())\n${margin}${pyplot}.close()`;
    const edits = shows.map(({ node }) => {
      const lineStart = text.lastIndexOf("\n", node.start - 1) + 1;
      const margin = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? "";
      return { cell, edit: { range: { start: node.start, end: node.end }, text: collect(margin) } };
    });
    const last = statements.at(-1);
    const carried =
      survive && shown.some((other) => other.cell > cell && carriesFigure(cell, other.cell, staying));
    if (last === undefined || carried || (shows.length > 0 && !drawsAfterShow(one))) return edits;
    return [...edits, { cell, edit: after(text, last, collect("")) }];
  });
  return { output: { name: list, type: undefined }, edits, collects: true, needsPyplot: true };
}

/** What is drawn after `plt.show()` is on a figure of its own. */
function drawsAfterShow({
  statements,
  shows,
}: {
  readonly statements: readonly SourceStatement[];
  readonly shows: readonly { readonly statement: SourceStatement }[];
}): boolean {
  const last = shows.at(-1)?.statement;
  return last !== undefined && statements.slice(statements.indexOf(last) + 1).some(drawsFigure);
}

function drawsFigure(statement: SourceStatement): boolean {
  return (
    statement.definition === undefined &&
    (draws(statement) || drawsByFunction(statement)) &&
    !statement.fact.calls.every(({ target }) => target.startsWith("plotly"))
  );
}

/** A call of the notebook's own function that draws. */
function drawsByFunction({ fact }: SourceStatement): boolean {
  return (
    fact.effects.writes.some((effect) => effect.startsWith("<pyplot")) &&
    fact.calls.some(({ target }) => /^\w+$/.test(target))
  );
}

function oneFigure(
  source: Source,
  cell: number,
  statements: readonly SourceStatement[],
  show: SourceStatement | undefined,
  pyplot: string,
  fresh: (name: string) => string,
): Figures {
  const text = source.cells[cell]?.python.python ?? "";
  const type = "matplotlib.figure.Figure";
  const made = statements.flatMap((statement) => figureMadeBy(statement));
  const [own] = made;
  if (own !== undefined && made.length === 1) {
    const edits =
      show === undefined ? [] : [{ cell, edit: removal(text, show.fact.range, { keepComments: true }) }];
    return { output: { name: own, type }, edits, collects: false, needsPyplot: false };
  }
  const name = fresh("fig");
  const line = `${name} = ${pyplot}.gcf()`;
  const last = statements.at(-1);
  const edit = show !== undefined ? { range: show.fact.range, text: line } : last && after(text, last, line);
  if (edit === undefined) return none;
  return { output: { name, type }, edits: [{ cell, edit }], collects: false, needsPyplot: true };
}

/** New lines below a statement. */
function after(text: string, statement: SourceStatement, line: string): Edit {
  const end = endOfLine(text, statement.fact.range.end);
  return { range: { start: end, end }, text: `\n${line}` };
}

/** `fig, ax = plt.subplots(…)` and `fig = plt.figure(…)`: the name of the figure. */
function figureMadeBy({ node, fact }: SourceStatement): string[] {
  const makes = fact.calls.some(({ target }) =>
    /^matplotlib\.pyplot\.(figure|subplots|subplot_mosaic)$/.test(target),
  );
  const assignment = node.type === "expression_statement" ? namedChildren(node)[0] : node;
  if (!makes || assignment?.type !== "assignment") return [];
  const left = fieldOf(assignment, "left");
  if (left?.type === "identifier") return [left.text];
  const first = left === undefined ? undefined : namedChildren(left)[0];
  return first?.type === "identifier" ? [first.text] : [];
}

/** Calls of `plt.show` in a statement that is no function of its own. */
function showsIn(node: SyntaxNode, pyplot: string): readonly SyntaxNode[] {
  if (
    node.type === "function_definition" ||
    node.type === "class_definition" ||
    node.type === "decorated_definition"
  ) {
    return [];
  }
  return [...walk(node)].filter((child) => calleeOf(child) === `${pyplot}.show`);
}
