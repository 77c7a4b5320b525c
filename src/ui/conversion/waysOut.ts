/** The ways out of what stands in the way of a conversion, as edits that are known to help. */
import type { Decision } from "../../refactor/model.ts";
import { cellWords, type PlanEdit } from "../../refactor/arrange.ts";
import type { Draft } from "../../refactor/plan.ts";

export interface WayOut {
  /** As a button says it. */
  readonly text: string;
  readonly edit: PlanEdit;
}

export type DecisionWays = ReadonlyMap<Decision, readonly WayOut[]>;

/** More decisions than this are not tried out one by one: leaving out is always a way. */
const mostTried = 6;

/** @param tryOut the plan that an edit would make. */
export function waysOut(draft: Draft, tryOut: (edit: PlanEdit) => Draft): DecisionWays {
  const { decisions } = draft.plan;
  return new Map(
    decisions.map((decision, at) => [
      decision,
      [...(at < mostTried ? together(draft, decision, tryOut) : []), ...leavingOut(decision)],
    ]),
  );
}

function leavingOut({ cell }: Decision): readonly WayOut[] {
  return [{ text: "Leave the Cell Out", edit: { kind: "leaveOut", cell, leaveOut: true } }];
}

/** With the step above, with the step below, with both: the first that settles it. */
function together(draft: Draft, decision: Decision, tryOut: (edit: PlanEdit) => Draft): readonly WayOut[] {
  if (!decision.waysOut.includes("keep-together")) return [];
  const { steps } = draft.plan;
  const at = steps.findIndex(({ cells }) => cells.includes(decision.cell));
  if (at < 0) return [];
  const ranges = [
    [at - 1, at],
    [at, at + 1],
    [at - 1, at + 1],
    [at, steps.length - 1],
    [0, steps.length - 1],
  ] as const;
  for (const [from, to] of ranges) {
    if (from < 0 || to >= steps.length || from === to) continue;
    const cells = steps.slice(from, to + 1).flatMap((step) => step.cells);
    const edit: PlanEdit = { kind: "keepTogether", cells };
    const open = tryOut(edit).plan.decisions.length;
    if (open < draft.plan.decisions.length) {
      return [{ text: `Keep ${cellWords(draft, cells)} Together as One Step`, edit }];
    }
  }
  return [];
}
