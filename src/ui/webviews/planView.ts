/** A planned conversion as its page shows it. Plain data in and out. */
import path from "node:path";
import type { Notebook } from "../../notebook/model.ts";
import { firstTellingLine } from "../../notebook/tellingLine.ts";
import type { Phrase, PlanCell, PlanValue, PlanView } from "../../protocol/planPage.ts";
import { stepTag } from "../../refactor/cuts.ts";
import type { ConversionPlan, PlannedOutput } from "../../refactor/model.ts";
import type { Draft } from "../../refactor/plan.ts";
import { reasonsOf, type Together } from "../../refactor/reasons.ts";
import type { DecisionWays } from "../conversion/waysOut.ts";
import { listed, shortened } from "../words.ts";

export interface PlanViewInput {
  readonly draft: Draft;
  readonly notebook: Notebook;
  /** Folder that will be written, as the page names it: `pipelines/churn`. */
  readonly to: string;
  /** Set where the pipeline can get another name. */
  readonly name: string | undefined;
  readonly files: PlanView["files"];
  readonly trusted: boolean;
  /** Cells that cannot be parted. */
  readonly together: Together;
  readonly ways: DecisionWays;
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly said?: string | undefined;
  readonly notice?: string | undefined;
  readonly problem?: string | undefined;
  readonly busy?: string | undefined;
}

export function planView(input: PlanViewInput): PlanView {
  const { draft, notebook, files, ways } = input;
  const { plan, options } = draft;
  const cell = cellsOf(notebook);
  const left = new Set(options.leaveOut);
  const open = plan.decisions.length > 0;
  return {
    from: path.basename(plan.notebook),
    to: input.to,
    name: input.name,
    notice: input.notice,
    problem: input.problem,
    busy: input.busy,
    said: input.said,
    cut: { mode: draft.split, modes: modesFor(notebook), arranged: options.steps !== undefined },
    steps: stepsOf(input, cell),
    imports: importsSentence(plan, notebook),
    decisions: plan.decisions.map((decision) => ({
      cell: cell(decision.cell),
      line: notebook.cells[decision.cell]?.source.split("\n")[decision.line]?.trim() ?? "",
      message: decision.message,
      ways: (ways.get(decision) ?? []).map(({ text, edit }) => ({
        text,
        edit: edit.kind === "keepTogether" ? { ...edit, cells: [...edit.cells] } : edit,
      })),
    })),
    leftOut: plan.leftOut.map(({ cell: index, reason }) => ({
      cell: cell(index),
      reason,
      byChoice: left.has(index),
    })),
    couldLeave: plan.proposals.map(({ cell: index, reason }) => ({ cell: cell(index), reason })),
    settings: plan.settings.map(({ key, name, default: value, variable }) => ({
      ...{ key, name },
      text: shortened(value.text, 40),
      fixed: variable === true,
    })),
    moreSettings: plan.moreSettings.map(({ key, text, cell: index }) => ({
      key,
      text: shortened(text, 40),
      cell: cell(index).label,
    })),
    metrics: plan.metrics.map(({ name, goal }) => ({ name, goal: goal ?? "none" })),
    plots: plan.steps.flatMap((step) => step.outputs.filter(isPlot).map(() => `${step.name}.png`)),
    goodToKnow: goodToKnow(plan),
    files: [...files],
    canWrite: !open && plan.steps.length > 0,
    canCheck: input.trusted,
    canUndo: input.canUndo,
    canRedo: input.canRedo,
    canReset: Object.keys(options).some((key) => key !== "name"),
  };
}

function stepsOf({ draft, together }: PlanViewInput, cell: (index: number) => PlanCell): PlanView["steps"] {
  const reasons = reasonsOf(draft, draft.options, together);
  const types = new Map(
    draft.plan.steps.flatMap((step) =>
      step.outputs.map(({ name, type }): [string, string | undefined] => [`${step.name}.${name}`, type]),
    ),
  );
  return draft.plan.steps.map((step) => ({
    name: step.name,
    heading: step.heading ?? "",
    cells: step.cells.map((index) => ({
      ...cell(index),
      why: (reasons.get(index) ?? []).map((reason) => [...reason]),
    })),
    takes: step.inputs.map(({ name, from }) =>
      value(name, types.get(from), from.slice(0, from.lastIndexOf("."))),
    ),
    gives: step.outputs.map((output) =>
      isPlot(output) ? value(`${step.name}.png`, undefined) : value(output.name, output.type),
    ),
    settings: [...step.settings],
    notes: [...step.notes],
  }));
}

function value(name: string, type: string | undefined, from?: string): PlanValue {
  return { name, ...(type === undefined ? {} : { type }), ...(from === undefined ? {} : { from }) };
}

function isPlot({ format }: PlannedOutput): boolean {
  return format === "png";
}

/** Tags and headings are ways only where there are some. */
function modesFor({ cells }: Notebook): PlanView["cut"]["modes"] {
  const headings = new Set(cells.map(({ heading }) => heading));
  return [
    "auto",
    ...(headings.size > 1 ? (["headings"] as const) : []),
    "cells",
    ...(cells.some((cell) => stepTag(cell) !== undefined) ? (["tags"] as const) : []),
  ];
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

function goodToKnow(plan: ConversionPlan): Phrase[] {
  const written = new Map(
    plan.settings.filter(({ access }) => access === "write").map((one) => [one.name, one]),
  );
  const notes = plan.steps.flatMap((step) =>
    step.notes.flatMap((note): Phrase[] => {
      const setting = written.get(/^writes (\S+)$/.exec(note)?.[1] ?? "");
      // What else there is to know of a step stands on its line.
      if (setting === undefined) return [];
      const file = setting.default.text.replace(/^[a-zA-Z]*(["'])(.*)\1$/s, "$2");
      return [
        [
          `${step.name} writes `,
          { code: file },
          ". While checking, it goes to a scratch folder; your file is not touched.",
        ],
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
