import * as vscode from "vscode";
import { Problem } from "../../problem.ts";
import { formatValue } from "../../tracking/formatMetric.ts";
import type { Run } from "../../tracking/model.ts";
import type { Store } from "../../tracking/store.ts";
import type { Parts } from "../parts.ts";
import { headlineMetrics, statusIcons } from "../views/experimentRows.ts";
import { dotted, moment } from "../words.ts";
import { subjectOf } from "./subjectOf.ts";

export interface FoundRun {
  readonly run: Run;
  readonly store: Store;
}

/** The run that a command is about; else the one the user picks. Undefined when he picks none. */
export async function pickRun(
  parts: Parts,
  argument: unknown,
  placeHolder: string,
  fits: (run: Run) => boolean = () => true,
): Promise<FoundRun | undefined> {
  const subject = subjectOf(argument);
  if (subject !== undefined && "run" in subject) return parts.runs.find(subject.folder, subject.run);
  const all = (await parts.runs.all()).filter(({ run }) => fits(run));
  if (all.length === 0) return undefined;
  const items = all
    .sort((one, other) => other.run.started - one.run.started)
    .map((found) => ({ ...itemOf(found.run, parts.now()), found }));
  const [only] = items;
  if (items.length === 1 && only !== undefined) return only.found;
  const chosen = await vscode.window.showQuickPick(items, { placeHolder, matchOnDescription: true });
  if (chosen === undefined) throw new vscode.CancellationError();
  return chosen.found;
}

/** The same, where there must be one. */
export async function requireRun(parts: Parts, argument: unknown, placeHolder: string): Promise<FoundRun> {
  const found = await pickRun(parts, argument, placeHolder);
  if (found === undefined) throw new Problem("Nothing has been recorded here yet.");
  return found;
}

function itemOf(run: Run, now: number): vscode.QuickPickItem {
  const numbers = headlineMetrics(run).map((metric) => `${metric.key} ${formatValue(metric.last)}`);
  return {
    label: `$(${statusIcons[run.status].name}) ${run.experiment}, run ${run.number}`,
    description: dotted(numbers.join(", "), run.name, moment(run.started, now)),
  };
}
