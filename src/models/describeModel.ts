/** Sentences about models, for the explorer and the command line alike. */
import path from "node:path";
import { humanPlural } from "../formats/quantities.ts";
import { formatValue } from "../tracking/formatMetric.ts";
import type { Model, ModelVersion } from "./model.ts";

/** One line after the model's name: `written by churn.ipynb, cell 16 · no recorded run yet`. */
export function describeModel(model: Model): string {
  const [writer] = model.writtenBy;
  const [newest] = model.versions;
  return [
    ...(newest === undefined ? [] : [humanPlural(model.versions.length, "version"), describeVersion(newest)]),
    ...(writer === undefined ? [] : [`written by ${path.basename(writer.notebook)}, cell ${writer.cell}`]),
    ...(writer === undefined && newest === undefined ? ["read, and written by nothing here"] : []),
    ...(writer !== undefined && newest === undefined ? ["no recorded run yet"] : []),
  ].join(" · ");
}

/** `run 12: auc 0.771, recall 0.568`. */
export function describeVersion({ run }: ModelVersion): string {
  const metrics = Object.values(run.metrics).map(({ key, last }) => `${key} ${formatValue(last)}`);
  return `run ${run.number}${metrics.length === 0 ? "" : `: ${metrics.slice(0, 4).join(", ")}`}`;
}
