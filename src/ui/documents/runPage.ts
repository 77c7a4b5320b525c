/** A run as a page of Markdown: read in VS Code's own preview, or as text. Plain data in, text out. */
import path from "node:path";
import { humanSize } from "../../formats/quantities.ts";
import { changeOf, type Goal } from "../../tracking/compareRuns.ts";
import { formatValue, sparkline } from "../../tracking/formatMetric.ts";
import type { Run } from "../../tracking/model.ts";
import { changeText } from "../metricText.ts";
import { statusWords, shortDigest } from "../views/experimentRows.ts";
import { code, dotted, duration, escaped, moment, sentence } from "../words.ts";

export interface RunPageInput {
  readonly run: Run;
  readonly previous: Run | undefined;
  /** Values of each metric that is a series, in order. */
  readonly series: Readonly<Record<string, readonly number[]>>;
  readonly goal: (metric: string) => Goal | undefined;
  /** Pictures among its files, by path, as `data:` addresses: the preview of a page without a folder shows no others. */
  readonly pictures: Readonly<Record<string, string>>;
  /** Workspace folder that paths are shown relative to. */
  readonly folder: string;
  /** `.cellsmith (this folder)`. */
  readonly store: string;
  readonly now: number;
}

export function runPage(input: RunPageInput): string {
  const { run } = input;
  const sections = [
    heading(input),
    failure(run),
    section("Metrics", metrics(input)),
    section("Settings", settings(input)),
    section("Steps", steps(run)),
    section("Plots", plots(input)),
    section("Files and plots", artifacts(input)),
    section("Data it read", inputs(input)),
    section("Where it comes from", origin(input)),
    section(
      "Not readable in its record",
      (run.problems ?? []).map((problem) => `- ${escaped(problem)}`),
    ),
  ];
  return `${sections.filter((text) => text !== "").join("\n\n")}\n`;
}

function heading({ run, now, folder }: RunPageInput): string {
  const took = run.ended === undefined ? undefined : `took ${duration((run.ended - run.started) / 1000)}`;
  const line = dotted(
    `**${sentence(statusWords[run.status]).slice(0, -1)}**`,
    moment(run.started, now),
    took,
    code(relative(folder, run.target.path)),
  );
  return `# ${escaped(run.experiment)}, run ${run.number}\n\n${escaped(run.name)}\n\n${line}`;
}

function failure({ failure: why }: Run): string {
  if (why === undefined) return "";
  const place =
    why.source === undefined ? undefined : `${path.basename(why.source.file)}, line ${why.source.line ?? 1}`;
  return `> ${dotted(code(why.message), why.step && escaped(`in ${why.step}`), place && escaped(place))}`;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : [`## ${title}`, "", ...lines].join("\n");
}

/** Columns whose name ends in `:` are numbers and stand at the right; empty ones are left out. */
function table(columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const used = columns.map((name, at) => name !== "" || rows.some((row) => row[at] !== ""));
  const pick = (cells: readonly string[]): string => `| ${cells.filter((_, at) => used[at]).join(" | ")} |`;
  const names = columns.map((name) => name.replace(/:$/, ""));
  const sides = columns.map((name) => (name.endsWith(":") ? "--:" : ":--"));
  return [pick(names), pick(sides), ...rows.map(pick)];
}

function metrics({ run, previous, series, goal }: RunPageInput): string[] {
  const all = Object.values(run.metrics);
  const anySeries = all.some((metric) => metric.count > 1);
  const rows = all.map((metric) => {
    const change = changeOf(metric.key, run, previous, goal(metric.key));
    const many = metric.count > 1;
    return [
      code(metric.key),
      `**${formatValue(metric.last)}**`,
      escaped(changeText(change) ?? ""),
      sparkline(series[metric.key] ?? [], 24),
      many ? formatValue(metric.min) : "",
      many ? formatValue(metric.max) : "",
      many ? String(metric.count) : "",
      metric.from === undefined ? "" : escaped(metric.from),
    ];
  });
  const change = rows.some((row) => row[2] !== "") ? "change:" : "";
  const from = rows.some((row) => row[7] !== "") ? "from" : "";
  return table(
    [
      "metric",
      "last:",
      change,
      ...(anySeries ? ["series", "lowest:", "highest:", "points:"] : ["", "", "", ""]),
      from,
    ],
    rows,
  );
}

function settings({ run, previous }: RunPageInput): string[] {
  const all = Object.entries(run.params).map(([name, value]) => {
    const before = previous?.params[name];
    const changed = before !== undefined && before !== value;
    const shown = code(String(value));
    return {
      changed,
      row: [code(name), changed ? `**${shown}**` : shown, changed ? code(String(before)) : ""],
    };
  });
  // What was changed is what one looks for.
  const rows = [...all.filter(({ changed }) => changed), ...all.filter(({ changed }) => !changed)].map(
    ({ row }) => row,
  );
  return table(["name", "value", previous === undefined ? "" : `in run ${previous.number}`], rows);
}

function steps(run: Run): string[] {
  const words = {
    RUNNING: "running",
    FINISHED: "finished",
    FAILED: "**failed**",
    SKIPPED: "skipped",
  } as const;
  const rows = run.steps.map((step) => [
    code(step.name),
    words[step.status],
    step.seconds === undefined ? "" : duration(step.seconds),
  ]);
  return table(["step", "", "time:"], rows);
}

function plots({ run, pictures }: RunPageInput): string[] {
  return run.artifacts.flatMap(({ name, path: file }) => {
    const picture = Object.hasOwn(pictures, file) ? pictures[file] : undefined;
    return picture === undefined ? [] : [`![${escaped(name)}](${picture})`, ""];
  });
}

function artifacts({ run, folder }: RunPageInput): string[] {
  const rows = run.artifacts.map((artifact) => [
    link(artifact.name, artifact.path),
    artifact.kind,
    artifact.size === undefined ? "" : humanSize(artifact.size),
    code(relative(folder, artifact.path)),
  ]);
  return table(["name", "kind", "size:", "path"], rows);
}

function inputs({ run, folder }: RunPageInput): string[] {
  const rows = run.inputs.map((input) => [
    link(input.name, input.path),
    input.size === undefined ? "" : humanSize(input.size),
    shortDigest(input.digest) ?? "",
    code(relative(folder, input.path)),
  ]);
  return table(["name", "size:", "content", "path"], rows);
}

function origin({ run, store }: RunPageInput): string[] {
  const { provenance } = run;
  const commit = provenance.commit?.slice(0, 8);
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["store", escaped(store)],
    ["id", code(run.id)],
    ["command", provenance.command.length === 0 ? undefined : code(provenance.command.join(" "))],
    ["Python", provenance.python ?? undefined],
    ["interpreter", provenance.interpreter && code(provenance.interpreter)],
    ["commit", commit && dotted(code(commit), provenance.branch && escaped(provenance.branch))],
    ["not committed", provenance.dirty === true ? "there were changes" : undefined],
    ["machine", provenance.host && escaped(provenance.host)],
    ...Object.entries(run.tags).map(([name, value]) => [escaped(name), escaped(value)] as const),
  ];
  return table(
    ["what", "value"],
    facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function relative(folder: string, file: string): string {
  const short = path.relative(folder, file);
  return short.startsWith("..") || short === "" ? file : short.split(path.sep).join("/");
}

function link(name: string, file: string): string {
  return `[${escaped(name)}](<${encodeURI(file).replace(/[<>]/g, "")}>)`;
}
