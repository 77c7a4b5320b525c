import type { FromPlanPage, PlanPageEdit } from "../../src/protocol/planPage.ts";

declare function acquireVsCodeApi(): { postMessage(message: FromPlanPage): void };

const host = acquireVsCodeApi();

export function say(message: FromPlanPage): void {
  host.postMessage(message);
}

export function ask(edit: PlanPageEdit): void {
  say({ type: "edit", edit });
}
