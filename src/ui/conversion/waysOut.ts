/** The ways out of what stands in the way of a conversion. What is offered has been tried on the plan and helps. */
import { cellWords, type PlanEdit } from "../../refactor/arrange.ts";
import type { Decision } from "../../refactor/model.ts";
import type { Draft } from "../../refactor/plan.ts";

export interface WayOut {
  /** As a button says it. */
  readonly text: string;
  readonly edit: PlanEdit;
}

export type DecisionWays = ReadonlyMap<Decision, readonly WayOut[]>;

/** Time for trying, in milliseconds; when it is over, leaving out is still a way. */
const budget = 400;

/** @param tryOut the plan that an edit would make. */
export function waysOut(draft: Draft, tryOut: (edit: PlanEdit) => Draft): DecisionWays {
  const { decisions } = draft.plan;
  const end = performance.now() + budget;
  const settles =
    ({ cell, line, code }: Decision) =>
    (edit: PlanEdit): boolean => {
      if (performance.now() > end) return false;
      const left = tryOut(edit).plan.decisions;
      const still = left.some((one) => one.cell === cell && one.line === line && one.code === code);
      return !still && left.length < decisions.length;
    };
  return new Map(
    decisions.map((decision): [Decision, readonly WayOut[]] => [
      decision,
      [
        ...keeping(draft).filter(({ edit }) => settles(decision)(edit)),
        ...together(draft, decision, settles(decision)),
        {
          text: "Leave the Cell Out",
          edit: { kind: "leaveOut", cell: decision.cell, leaveOut: true },
        },
      ],
    ]),
  );
}

/** A cell that was left out may be the one that makes what is missing. */
function keeping(draft: Draft): readonly WayOut[] {
  return (draft.options.leaveOut ?? []).map((cell) => ({
    text: `Keep ${cellWords(draft, [cell])}`,
    edit: { kind: "leaveOut", cell, leaveOut: false },
  }));
}

/** With the step above, the one below, both, all below, all: the first that settles it. */
function together(draft: Draft, { cell }: Decision, settles: (edit: PlanEdit) => boolean): readonly WayOut[] {
  const { steps } = draft.plan;
  const at = steps.findIndex(({ cells }) => cells.includes(cell));
  if (at < 0) return [];
  const last = steps.length - 1;
  const ranges = [
    [at - 1, at],
    [at, at + 1],
    [at - 1, at + 1],
    [at, last],
    [0, last],
  ] as const;
  for (const [from, to] of ranges) {
    if (from < 0 || to > last || from === to) continue;
    const cells = steps.slice(from, to + 1).flatMap((step) => step.cells);
    const edit: PlanEdit = { kind: "keepTogether", cells };
    if (settles(edit)) return [{ text: `Keep ${cellWords(draft, cells)} Together as One Step`, edit }];
  }
  return [];
}
