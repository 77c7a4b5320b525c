import { ExitCode, Problem } from "../problem.ts";
import { EmbeddedStore } from "../stores/embedded/embeddedStore.ts";
import { compareRuns, type Goals } from "../tracking/compareRuns.ts";
import { formatValue, sparkline } from "../tracking/formatMetric.ts";
import type { MetricPoint, Run, RunList, Scalar } from "../tracking/model.ts";
import type { CliCommand, CommandInput, Terminal } from "./command.ts";
import { failurePlace } from "./failurePlace.ts";
import { findRun } from "./findRun.ts";
import { readingFolder } from "./recordingFolder.ts";
import { goalsOf, jsonNumber, runSummary } from "./runDocument.ts";
import { textTable } from "./textTable.ts";

const shownMetrics = 4;

/** `cellsmith runs`: what was recorded, one by one or side by side. */
export const runs: CliCommand = {
  usage: "runs list|show|compare|diff [RUN…] [--store FOLDER] [--sort KEY] [--limit N] [--json]",
  summary:
    "Recorded runs. RUN is an id, a number (12, churn/12), a name or latest; KEY a metric, a setting, started, name or status.",
  options: {
    store: { type: "string" },
    sort: { type: "string" },
    limit: { type: "string" },
    json: { type: "boolean" },
  },
  async run(input, terminal) {
    const [verb = "list", ...names] = input.positionals;
    const store = new EmbeddedStore(
      readingFolder(typeof input.values.store === "string" ? input.values.store : undefined),
    );
    const list = await store.list();
    for (const { id, reason } of list.broken) terminal.err(`cellsmith: run ${id}: ${reason}\n`);
    switch (verb) {
      case "list":
        if (names.length > 0) throw new Problem(`runs list takes no names: what is ${names.join(" ")}?`);
        showList(list, input, terminal);
        break;
      case "show":
        await showOne(store, list, names, input.values.json === true, terminal);
        break;
      case "compare":
      case "diff":
        showComparison(list, names, verb === "diff", input.values.json === true, terminal);
        break;
      default:
        throw new Problem(`runs ${verb}: there are runs list, show, compare and diff`);
    }
    return ExitCode.done;
  },
};

function showList(list: RunList, { values }: CommandInput, terminal: Terminal): void {
  const goals = rememberGoals();
  const key = typeof values.sort === "string" ? values.sort : undefined;
  const sorted = key === undefined ? list.runs : sortRuns(list.runs, key, goals);
  const chosen = sorted.slice(0, limitOf(values.limit));
  if (values.json === true) {
    const document = { runs: chosen.map((run) => runSummary(run, goals(run))), broken: list.broken };
    terminal.out(`${JSON.stringify(document, undefined, 2)}\n`);
    return;
  }
  if (chosen.length === 0) terminal.err("cellsmith: nothing was recorded here yet\n");
  terminal.out(
    textTable(
      chosen.map((run) => [
        `${run.experiment}/${run.number}`,
        run.status.toLowerCase(),
        new Date(run.started).toISOString().slice(0, 16).replace("T", " "),
        run.name,
        Object.values(run.metrics)
          .slice(0, shownMetrics)
          .map((metric) => `${metric.key} ${formatValue(metric.last)}`)
          .join(", "),
      ]),
    ),
  );
}

function limitOf(text: CommandInput["values"][string]): number {
  if (typeof text !== "string") return Number.POSITIVE_INFINITY;
  if (!/^\d+$/.test(text)) throw new Problem(`--limit ${text}: expected a whole number`);
  return Number(text);
}

/** Each manifest is read once, however many runs it had. */
function rememberGoals(): (run: Run) => Goals {
  const known = new Map<string, Goals>();
  return (run) => {
    let goals = known.get(run.target.path);
    if (goals === undefined) {
      goals = goalsOf(run);
      known.set(run.target.path, goals);
    }
    return goals;
  };
}

/** Metrics best first (highest where no goal is known), everything else in its natural order; runs without it last. */
function sortRuns(all: readonly Run[], key: string, goals: (run: Run) => Goals): Run[] {
  const valueOf = (run: Run): Scalar | undefined => {
    if (key === "started" || key === "name" || key === "status" || key === "experiment") return run[key];
    return run.metrics[key]?.last ?? run.params[key];
  };
  const measured = all.find((run) => run.metrics[key] !== undefined);
  if (measured === undefined && all.length > 0 && all.every((run) => valueOf(run) === undefined)) {
    throw new Problem(`--sort ${key}: no run has a metric or setting of that name`);
  }
  const isDescending = key === "started" || (measured !== undefined && goals(measured)[key] !== "minimize");
  return [...all].sort((a, b) => order(valueOf(a), valueOf(b), isDescending));
}

function order(a: Scalar | undefined, b: Scalar | undefined, isDescending: boolean): number {
  const isMissing = (value: Scalar | undefined): boolean => value === undefined || Number.isNaN(value);
  if (isMissing(a) || isMissing(b)) return Number(isMissing(a)) - Number(isMissing(b));
  const difference =
    typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en");
  return isDescending ? -difference : difference;
}

async function showOne(
  store: EmbeddedStore,
  list: RunList,
  names: readonly string[],
  isJson: boolean,
  terminal: Terminal,
): Promise<void> {
  if (names.length > 1) throw new Problem("runs show takes one run; runs compare sets several side by side");
  const run = findRun(names[0] ?? "latest", list.runs);
  const history = new Map<string, readonly MetricPoint[]>();
  for (const key of Object.keys(run.metrics)) history.set(key, await store.history(run.id, key));
  if (isJson) {
    const document = {
      ...runSummary(run, goalsOf(run)),
      target: run.target,
      steps: run.steps,
      failure: run.failure ?? null,
      history: Object.fromEntries(
        [...history].map(([key, points]) => [
          key,
          points.map(({ step, time, value }) => ({ step, time, value: jsonNumber(value) })),
        ]),
      ),
      artifacts: run.artifacts,
      datasets: run.inputs,
      models: run.artifacts.filter(({ kind }) => kind === "model"),
      provenance: run.provenance,
      logs: run.logs,
      problems: run.problems ?? [],
    };
    terminal.out(`${JSON.stringify(document, undefined, 2)}\n`);
    return;
  }
  terminal.out(`${run.experiment}, run ${run.number}: ${run.name} (${run.status.toLowerCase()})\n`);
  if (run.failure !== undefined) {
    terminal.out(`${`${run.failure.message} ${await failurePlace(run)}`.trimEnd()}\n`);
  }
  terminal.out(textTable(rowsOfRun(run, history)));
}

function rowsOfRun(run: Run, history: ReadonlyMap<string, readonly MetricPoint[]>): string[][] {
  const { provenance } = run;
  const dirty = provenance.dirty === true ? ", with uncommitted changes" : "";
  return [
    ["id", run.id],
    ["target", run.target.path],
    ["started", new Date(run.started).toISOString()],
    ...(provenance.commit === undefined ? [] : [["commit", `${provenance.commit.slice(0, 12)}${dirty}`]]),
    ...(provenance.interpreter === undefined
      ? []
      : [["python", `${provenance.python ?? ""} ${provenance.interpreter}`.trim()]]),
    ...Object.entries(run.params).map(([key, value]) => ["setting", `${key}=${String(value)}`]),
    ...run.steps.map((step) => [
      "step",
      `${step.name} ${step.status.toLowerCase()}${step.seconds === undefined ? "" : ` ${step.seconds.toFixed(2)} s`}`,
    ]),
    ...Object.values(run.metrics).map(({ key, last }) => {
      const line = sparkline((history.get(key) ?? []).map(({ value }) => value));
      return ["metric", `${key} ${formatValue(last)} ${line}`.trimEnd()];
    }),
    ...run.inputs.map((input) => ["data", input.path]),
    ...run.artifacts.map((artifact) => [artifact.kind, artifact.path]),
  ];
}

function showComparison(
  list: RunList,
  names: readonly string[],
  onlyDifferent: boolean,
  isJson: boolean,
  terminal: Terminal,
): void {
  if (names.length < 2) throw new Problem("give two runs or more to set side by side");
  const chosen = names.map((name) => findRun(name, list.runs));
  const rows = compareRuns(chosen).filter(({ same }) => !onlyDifferent || !same);
  if (isJson) {
    const json = rows.map((row) => ({
      ...row,
      values: row.values.map((value) => (typeof value === "number" ? jsonNumber(value) : value)),
    }));
    terminal.out(
      `${JSON.stringify({ runs: chosen.map((run) => runSummary(run, goalsOf(run))), rows: json }, undefined, 2)}\n`,
    );
    return;
  }
  terminal.out(
    textTable([
      ["", "", ...chosen.map((run) => `${run.experiment}/${run.number}`)],
      ...rows.map(({ section, key, values, same }) => [
        section,
        key,
        ...values.map((value) => shown(value)),
        same ? "" : "≠",
      ]),
    ]),
  );
}

function shown(value: Scalar): string {
  if (value === null) return "–";
  if (typeof value === "number") return formatValue(value);
  const text = String(value);
  return /^(sha256:)?[0-9a-f]{40,}$/.test(text) ? text.replace("sha256:", "").slice(0, 10) : text;
}
