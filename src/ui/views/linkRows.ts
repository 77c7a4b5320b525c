/** Rows that lead elsewhere: to a run, to the cell of a notebook. */
import path from "node:path";
import { formatValue } from "../../tracking/formatMetric.ts";
import type { Run } from "../../tracking/model.ts";
import { dotted, moment } from "../words.ts";
import { headlineMetrics, statusIcons, statusWords } from "./experimentRows.ts";
import type { Row } from "./row.ts";

/** A run as something else refers to it; `parent` is the id of the row it stands under. */
export function runLinkRow(folder: string, parent: string, run: Run, now: number): Row {
  const numbers = headlineMetrics(run)
    .map((metric) => `${metric.key} ${formatValue(metric.last)}`)
    .join(", ");
  const description = dotted(run.experiment, numbers, moment(run.started, now));
  return {
    id: `${parent}/run/${run.id}`,
    label: `run ${run.number}`,
    description,
    icon: statusIcons[run.status],
    context: "run.link",
    subject: { kind: "run", folder, run: run.id },
    spoken: dotted(`run ${run.number}`, statusWords[run.status], description),
  };
}

/** The cells of notebooks that read or write a file. `cell` is the number people use. */
export function useRows(
  parent: string,
  how: "read" | "written",
  uses: readonly { readonly notebook: string; readonly cell: number }[],
): readonly Row[] {
  return uses.map((use) => ({
    id: `${parent}/${how}/${use.notebook}#${use.cell}`,
    label: `${how} by ${path.basename(use.notebook)}`,
    description: `cell ${use.cell}`,
    icon: { name: how === "read" ? "arrow-down" : "arrow-up", tone: "quiet" },
    context: "use",
    subject: { kind: "cellNumber", path: use.notebook, number: use.cell },
  }));
}
