/** What a plan says of cells and lines that stand in no step: left out, could be left out, not carried over. */
import type { LeftOut, NotCarriedOver, Proposal } from "./model.ts";
import type { Roles } from "./roles.ts";
import { calleeOf, namesIn, walk, type Source, type SourceStatement } from "./source.ts";
import { looks, stageOf } from "./stages.ts";
import type { NamedGroup } from "./stepNames.ts";

export function leftOut(
  source: Source,
  kept: ReadonlySet<number>,
  roles: Roles,
  stays: (cell: number) => readonly SourceStatement[],
): readonly LeftOut[] {
  return source.cells.flatMap(({ index, statements }): LeftOut[] => {
    if (!kept.has(index)) return [{ cell: index, reason: reasonToLeave(statements) ?? "left out" }];
    if (stays(index).length > 0 || statements.length === 0) return [];
    return statements.every((statement) => roles.of(statement) === "show")
      ? [{ cell: index, reason: reasonToLeave(statements) ?? "only looks" }]
      : [];
  });
}

function reasonToLeave(statements: readonly SourceStatement[]): string | undefined {
  if (statements.length === 0 || !statements.every(looks)) return undefined;
  const own = new Set(statements.flatMap(({ fact }) => fact.reads));
  const names = statements.flatMap(({ node }) => [...namesIn(node)]).filter((name) => own.has(name));
  const [name] = names.filter((candidate) => !/^(pd|np|plt|sns|print|display|len)$/.test(candidate));
  const chart = stageOf(statements) === "plot";
  if (name === undefined) return chart ? "a chart; no later cell needs it" : "only looks";
  return chart ? `a chart of ${name}; no later cell needs it` : `only looks at ${name}`;
}

/** Cells above the training that only look. A chart after it is a result. */
export function proposals(
  source: Source,
  groups: readonly NamedGroup[],
  stays: (cell: number) => readonly SourceStatement[],
): readonly Proposal[] {
  const trained = groups.findLast(({ stage }) => stage === "train" || stage === "tune")?.cells[0] ?? Infinity;
  return source.cells.flatMap(({ index, statements }): Proposal[] => {
    const staying = stays(index);
    const plain = staying.every(({ fact }) =>
      fact.effects.writes.every((effect) => !effect.startsWith("<file")),
    );
    if (staying.length === 0 || index > trained || !plain || stageOf(staying) === "load") return [];
    const reason = needless(source, index, staying) ? reasonToLeave(statements.filter(looks)) : undefined;
    return reason === undefined ? [] : [{ cell: index, reason }];
  });
}

/** True where no other cell needs what a cell's statements bind, and they change nothing. */
function needless(source: Source, cell: number, statements: readonly SourceStatement[]): boolean {
  const harmless = statements.every((statement) => looks(statement) || statement.fact.kind === "assignment");
  const draws = stageOf(statements) === "plot" || statements.every(looks);
  return harmless && draws && (source.facts.flows[cell]?.outputs ?? []).length === 0;
}

/** Lines that stand in no component although their cell does. */
export function notCarriedOver(
  source: Source,
  kept: ReadonlySet<number>,
  roles: Roles,
  left: ReadonlySet<number>,
): readonly NotCarriedOver[] {
  return source.cells.flatMap(({ index, python, statements }): NotCarriedOver[] => {
    if (!kept.has(index) || left.has(index)) return [];
    const magics = python.magics.map(({ text }) => ({ cell: index, text: text.trim() }));
    const shown = statements
      .filter((statement) => ["show", "unused"].includes(roles.of(statement)))
      .map(({ node }) => ({ cell: index, text: node.text }));
    const last = statements.at(-1);
    const displayed =
      last?.fact.kind === "expression" && roles.of(last) === "keep" && showsResult(source, last)
        ? [
            {
              cell: index,
              text: `what ${calleeOf(last.node.children[0] ?? last.node) ?? "the last line"} displays`,
            },
          ]
        : [];
    const figures = statements.flatMap(({ node }) =>
      [...walk(node)]
        .filter((child) => (calleeOf(child) ?? "").endsWith(".show"))
        .map((child) => ({ cell: index, text: child.text })),
    );
    return [...magics, ...shown, ...displayed, ...figures];
  });
}

/** A last line that is kept for what it does but whose value the notebook also shows; saved outputs know, else its name tells. */
function showsResult(source: Source, { cell, node }: SourceStatement): boolean {
  const saved = source.notebook.cells.some(({ outputs }) => outputs.some(({ kind }) => kind === "result"));
  if (saved) return source.cells[cell]?.python.cell.outputs.some(({ kind }) => kind === "result") === true;
  const callee = calleeOf(node.children[0] ?? node) ?? "";
  const silent =
    /^(print|display)$|\.(show|append|extend|insert|add|sort|update|remove|clear|seed|set_option|filterwarnings|tight_layout|to_csv|to_parquet|close)$/;
  return !silent.test(callee) && !/\binplace\s*=\s*True\b/.test(node.text);
}
