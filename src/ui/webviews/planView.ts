/** A planned conversion as its page shows it. Plain data in and out. */
import path from "node:path";
import type { Notebook } from "../../notebook/model.ts";
import { firstTellingLine } from "../../notebook/tellingLine.ts";
import type { Phrase, PlanCell, PlanView } from "../../protocol/planPage.ts";
import type { ConversionPlan } from "../../refactor/model.ts";
import { listed, shortened } from "../words.ts";

export interface PlanViewInput {
  readonly plan: ConversionPlan;
  readonly notebook: Notebook;
  /** Folder that will be written, as the page names it: `pipelines/churn`. */
  readonly to: string;
  /** Set where the pipeline can get another name. */
  readonly name: string | undefined;
  readonly files: PlanView["files"];
  readonly trusted: boolean;
  /** Code cells that the user leaves out. */
  readonly leaveOut: ReadonlySet<number>;
  readonly notice?: string | undefined;
  readonly problem?: string | undefined;
  readonly busy?: string | undefined;
}

export function planView(input: PlanViewInput): PlanView {
  const { plan, notebook, files } = input;
  const cell = cellsOf(notebook);
  const open = plan.decisions.length > 0;
  return {
    from: path.basename(plan.notebook),
    to: input.to,
    name: input.name,
    notice: input.notice,
    problem: input.problem,
    busy: input.busy,
    steps: plan.steps.map((step) => ({
      name: step.name,
      heading: step.heading ?? "",
      cells: step.cells.map(cell),
      takes: step.inputs.map(({ name }) => name),
      gives: step.outputs.map((output) => (output.format === "png" ? `${step.name}.png` : output.name)),
      settings: [...step.settings],
      notes: [...step.notes],
    })),
    imports: importsSentence(plan, notebook),
    decisions: plan.decisions.map((decision) => ({
      cell: cell(decision.cell),
      line: notebook.cells[decision.cell]?.source.split("\n")[decision.line]?.trim() ?? "",
      message: decision.message,
    })),
    leftOut: plan.leftOut.map(({ cell: index, reason }) => ({
      cell: cell(index),
      reason,
      byChoice: input.leaveOut.has(index),
    })),
    couldLeave: plan.proposals.map(({ cell: index, reason }) => ({ cell: cell(index), reason })),
    settings: plan.settings.map(({ name, default: value }) => ({ name, text: shortened(value.text, 40) })),
    results: resultsOf(plan),
    goodToKnow: goodToKnow(plan),
    files: [...files],
    canWrite: !open && plan.steps.length > 0,
    canCheck: input.trusted,
  };
}

function cellsOf(notebook: Notebook): (index: number) => PlanCell {
  return (index) => {
    const cell = notebook.cells[index];
    return cell === undefined
      ? { index, label: `code cell ${index + 1}`, line: "" }
      : { index, label: `cell ${cell.number}`, line: firstTellingLine(cell) };
  };
}

/** Cells that became imports, constants and settings stand in no step. */
function importsSentence(plan: ConversionPlan, notebook: Notebook): string | undefined {
  const placed = new Set([
    ...plan.steps.flatMap(({ cells }) => cells),
    ...plan.leftOut.map(({ cell }) => cell),
    ...plan.decisions.map(({ cell }) => cell),
  ]);
  const others = notebook.cells.filter(({ index, source }) => !placed.has(index) && source.trim() !== "");
  if (others.length === 0) return undefined;
  const cells = others.length === 1 ? "Cell" : "Cells";
  const taken = plan.settings.filter(({ places }) =>
    places.some(({ cell }) => others.some((o) => o.index === cell)),
  );
  const settings = taken.length === 0 ? "" : `, and the settings ${listed(taken.map(({ name }) => name))}`;
  return `${cells} ${listed(others.map(({ number }) => String(number)))} became the imports of each step${settings}.`;
}

function resultsOf(plan: ConversionPlan): PlanView["results"] {
  const words = { maximize: "higher is better", minimize: "lower is better" } as const;
  const plots = plan.steps.flatMap((step) =>
    step.outputs
      .filter(({ format }) => format === "png")
      .map(() => ({ name: `${step.name}.png`, text: "plot" })),
  );
  const metrics = plan.metrics.map(({ name, goal }) => ({
    name,
    text: goal === undefined ? "" : words[goal],
  }));
  return [...metrics, ...plots];
}

function goodToKnow(plan: ConversionPlan): Phrase[] {
  const written = new Map(
    plan.settings.filter(({ access }) => access === "write").map((one) => [one.name, one]),
  );
  const notes = plan.steps.flatMap((step) =>
    step.notes.map((note): Phrase => {
      const setting = written.get(/^writes (\S+)$/.exec(note)?.[1] ?? "");
      if (setting === undefined) return [`${step.name} ${note}.`];
      const file = setting.default.text.replace(/^[a-zA-Z]*(["'])(.*)\1$/s, "$2");
      return [
        `${step.name} writes `,
        { code: file },
        ". While checking, it goes to a scratch folder; your file is not touched.",
      ];
    }),
  );
  return [...notes, ...plan.warnings.map((warning): Phrase => [warning]), ...notCarriedOver(plan)];
}

/** A line of code, or `what model.fit displays`, of which only the middle is code. */
function displayed(text: string): Phrase {
  const call = /^what (.+) displays$/.exec(text)?.[1];
  const shown = { code: shortened(call ?? text, 48) };
  return call === undefined ? [" ", shown] : [" what\u00a0", shown, "\u00a0displays"];
}

/** Each line once, with how often it stood there. */
function notCarriedOver({ notCarriedOver: lines }: ConversionPlan): Phrase[] {
  if (lines.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { text } of lines) counts.set(text.trim(), (counts.get(text.trim()) ?? 0) + 1);
  const parts = [...counts].flatMap(([text, count], at): Phrase => [
    at === 0 ? "" : ",",
    ...displayed(text),
    ...(count === 1 ? [] : [`\u00a0(${count}×)`]),
  ]);
  return [[`${lines.length === 1 ? "1 line is" : `${lines.length} lines are`} not carried over:`, ...parts]];
}
