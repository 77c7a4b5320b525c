/**
 * Whether one cell goes on with the figure of another. Jupyter shows and closes a cell's figures when the cell ends, so
 * that each starts with none; only where a notebook chose another way of drawing, or plainly counts on the figure of the
 * cell above, does a figure survive.
 */
import { draws } from "./stages.ts";
import type { Source, SourceStatement } from "./source.ts";

type Staying = (cell: number) => readonly SourceStatement[];

/** True where figures stay open from cell to cell in this notebook. */
export function figuresSurvive(source: Source, staying: Staying): boolean {
  const magics = source.cells.flatMap(({ python }) =>
    python.magics.filter(({ name }) => name === "matplotlib"),
  );
  if (magics.length > 0) return !magics.some(({ text }) => /\binline\b|--list|-l\b/.test(text));
  const backends = source.statements.flatMap(({ fact }) =>
    fact.calls.filter(({ target }) => /^matplotlib\.(use|pyplot\.switch_backend)$/.test(target)),
  );
  if (backends.length > 0)
    return !backends.some(({ arguments: [name] }) => (name?.text ?? "").includes("inline"));
  const pictured = source.cells.some(({ python }) =>
    python.cell.outputs.some(({ mimeTypes }) => mimeTypes.some((type) => type.startsWith("image/"))),
  );
  if (pictured) return false;
  let open = false;
  for (const { index } of source.cells) {
    const calls = figureCalls(staying(index));
    const first = firstOf(calls);
    if (open && first !== undefined && goesOn.test(first)) return true;
    open = leavesOpen(calls, open);
  }
  return false;
}

/** True where a cell draws on the figure that another one left, in a notebook where figures survive. */
export function carriesFigure(from: number, to: number, staying: Staying): boolean {
  const first = firstOf(figureCalls(staying(to)));
  return leavesOpen(figureCalls(staying(from)), false) && first !== undefined && !startsFigure.test(first);
}

function figureCalls(statements: readonly SourceStatement[]): readonly string[] {
  return statements.flatMap((statement) => {
    const own = statement.fact.calls
      .map(({ target }) => target)
      .filter((target) => touchesFigure.test(target));
    return own.length > 0 ? own : draws(statement) ? ["draw"] : [];
  });
}

function firstOf(calls: readonly string[]): string | undefined {
  return calls.find((target) => !/\.(rc|rcdefaults|style|ion|ioff)\b/.test(target));
}

function leavesOpen(calls: readonly string[], before: boolean): boolean {
  const last = calls.at(-1);
  return last === undefined ? before : !/\.(show|close|clf)$/.test(last);
}

const touchesFigure = /^matplotlib\.pyplot\.\w+$|^seaborn\.\w+plot$|PlotAccessor|\.(plot|hist|boxplot)$/;
const startsFigure =
  /\.pyplot\.(figure|subplots|subplot_mosaic|close|clf)$|^pandas\.(DataFrame|PlotAccessor)\b/;
/** Words about a figure that is there already: nobody starts one with them. */
const goesOn =
  /\.pyplot\.(gca|gcf|title|suptitle|xlabel|ylabel|legend|xlim|ylim|xticks|yticks|savefig|get_fignums|tight_layout|colorbar|show)$/;
