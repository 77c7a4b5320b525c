/** Runs as the command line's JSON shows them. Times are milliseconds since the epoch; NaN and infinities are words. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parseManifest } from "../pipeline/manifest.ts";
import type { Goals } from "../tracking/compareRuns.ts";
import type { MetricSummary, Run } from "../tracking/model.ts";

/** Which way each of a run's metrics is better, as its pipeline's manifest says now. */
export function goalsOf(run: Run): Goals {
  if (run.target.kind !== "pipeline") return {};
  try {
    const read = parseManifest(readFileSync(path.join(run.target.path, "pipeline.yaml"), "utf8"));
    if (!("manifest" in read)) return {};
    const metrics = Object.entries(read.manifest.metrics ?? {});
    return Object.fromEntries(metrics.map(([name, { goal }]) => [name, goal]));
  } catch {
    return {};
  }
}

export type JsonNumber = number | "NaN" | "Infinity" | "-Infinity";

export function jsonNumber(value: number): JsonNumber {
  if (Number.isNaN(value)) return "NaN";
  if (Number.isFinite(value)) return value;
  return value > 0 ? "Infinity" : "-Infinity";
}

/** One run as `runs list` shows it. */
export function runSummary(run: Run, goals: Goals): Record<string, unknown> {
  return {
    id: run.id,
    store: run.store,
    experiment: run.experiment,
    name: run.name,
    number: run.number,
    status: run.status,
    started: run.started,
    ended: run.ended ?? null,
    params: run.params,
    metrics: metricsOf(run, goals),
    tags: run.tags,
  };
}

/** One run as `run` shows it once it has ended. */
export function runResult(run: Run, goals: Goals): Record<string, unknown> {
  return {
    run: {
      id: run.id,
      experiment: run.experiment,
      name: run.name,
      number: run.number,
      status: run.status,
      params: run.params,
      metrics: metricsOf(run, goals),
      artifacts: run.artifacts,
      started: run.started,
      ended: run.ended ?? null,
      failure: run.failure ?? null,
    },
    steps: run.steps.map(({ name, status, seconds }) => ({
      name,
      status,
      cached: false,
      why: null,
      seconds: seconds ?? null,
    })),
  };
}

function metricsOf(run: Run, goals: Goals): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(run.metrics).map(([key, metric]) => [
      key,
      {
        last: jsonNumber(metric.last),
        min: jsonNumber(metric.min),
        max: jsonNumber(metric.max),
        best: bestOf(metric, goals[key]),
        step: metric.step,
      },
    ]),
  );
}

function bestOf(metric: MetricSummary, goal: Goals[string]): JsonNumber | null {
  if (goal === undefined) return null;
  return jsonNumber(goal === "maximize" ? metric.max : metric.min);
}
