/** `cellsmith datasets`: the data that notebooks name and runs used, of the folder one stands in. */
import { collectDatasets } from "../datasets/collectDatasets.ts";
import { compareFiles, compareVersions, type DifferenceRow, rowsOf } from "../datasets/compareVersions.ts";
import { describeDataset } from "../datasets/describeDataset.ts";
import type { CellUse, Dataset, DatasetVersion, PresentFile } from "../datasets/model.ts";
import { inspectDataset } from "../datasets/presentFile.ts";
import { relativeTo } from "../formats/location.ts";
import { humanPlural, humanSize } from "../formats/quantities.ts";
import { ExitCode, Problem } from "../problem.ts";
import { formatValue } from "../tracking/formatMetric.ts";
import type { Run } from "../tracking/model.ts";
import type { CliCommand, Terminal } from "./command.ts";
import { type Knowledge, readKnowledge } from "./knowledge.ts";

interface Look {
  readonly dataset: Dataset;
  readonly file: PresentFile;
}

export const datasets: CliCommand = {
  usage:
    "datasets list | show NAME | diff NAME [VERSION VERSION] | diff NAME OTHER [--store FOLDER] [--json]",
  summary: "Data files: what reads them, and their versions as runs met them.",
  options: { store: { type: "string" }, json: { type: "boolean" } },
  async run({ positionals, values }, terminal) {
    const [verb = "list", name, ...versions] = positionals;
    if (!["list", "show", "diff"].includes(verb)) {
      throw new Problem(`datasets ${verb}: there are datasets list, show and diff`);
    }
    const known = await readKnowledge(values.store, terminal);
    const all = collectDatasets(known.folder, known.notebooks, known.runs);
    const json = values.json === true;
    if (verb === "list") await list(all, known, json, terminal);
    else if (verb === "show") await show(find(all, name), known, json, terminal);
    else await diff(all, name, versions, json, terminal);
    return ExitCode.done;
  },
};

async function list(
  all: readonly Dataset[],
  known: Knowledge,
  json: boolean,
  terminal: Terminal,
): Promise<void> {
  for (const reason of known.reasons) terminal.err(`cellsmith: ${reason}\n`);
  const looks = await Promise.all(all.map((dataset) => lookAt(dataset, terminal)));
  if (json) {
    terminal.out(
      `${JSON.stringify({ datasets: looks.map((look) => toJson(look, known.folder)) }, null, 2)}\n`,
    );
    return;
  }
  if (looks.length === 0)
    terminal.err("cellsmith: no notebook here names a data file, and no run read one.\n");
  const width = Math.max(0, ...all.map(({ name }) => name.length));
  for (const { dataset, file } of looks) {
    terminal.out(`${dataset.name.padEnd(width)}  ${describeDataset(dataset, file)}\n`);
  }
}

async function show(dataset: Dataset, known: Knowledge, json: boolean, terminal: Terminal): Promise<void> {
  const look = await lookAt(dataset, terminal);
  if (json) {
    terminal.out(`${JSON.stringify(toJson(look, known.folder), null, 2)}\n`);
    return;
  }
  const { shape } = look.file;
  const cells = (uses: readonly CellUse[]): string[] =>
    uses.map(({ notebook, cell }) => `${relativeTo(known.folder, notebook)}, cell ${cell}`);
  terminal.out(
    [
      `${dataset.source}  ${describeDataset(dataset, look.file)}`,
      ...(shape?.ok === true && shape.shape.kind === "table"
        ? [`columns  ${shape.shape.columns.join(", ")}`]
        : []),
      ...cells(dataset.readBy).map((use) => `read by  ${use}`),
      ...cells(dataset.writtenBy).map((use) => `written by  ${use}`),
      ...dataset.versions.map((version) => `version  ${describeVersion(version)}`),
      "",
    ].join("\n"),
  );
}

async function diff(
  all: readonly Dataset[],
  name: string | undefined,
  others: readonly string[],
  json: boolean,
  terminal: Terminal,
): Promise<void> {
  const dataset = find(all, name);
  const other = others.length === 1 ? all.find((candidate) => isCalled(candidate, others[0])) : undefined;
  const { labels, rows } =
    other === undefined
      ? compare(dataset, others)
      : {
          labels: [dataset.source, other.source],
          rows: compareFiles((await lookAt(dataset, terminal)).file, (await lookAt(other, terminal)).file),
        };
  if (json) {
    terminal.out(`${JSON.stringify({ dataset: dataset.name, versions: labels, rows }, null, 2)}\n`);
    return;
  }
  terminal.out(`${labels.join("  →  ")}\n`);
  for (const row of rows.filter(({ same }) => !same)) terminal.out(`${describeRow(row)}\n`);
  if (rows.every(({ same }) => same)) terminal.out("nothing differs\n");
}

function compare(
  dataset: Dataset,
  digests: readonly string[],
): { readonly labels: readonly string[]; readonly rows: readonly DifferenceRow[] } {
  if (digests.length !== 0 && digests.length !== 2) {
    throw new Problem(
      `datasets diff: name two versions of ${dataset.name}, another dataset, or nothing more`,
    );
  }
  const [after, before] =
    digests.length === 0
      ? dataset.versions
      : digests.map((digest) => versionOf(dataset, digest)).toReversed();
  if (before === undefined || after === undefined) {
    const met = dataset.versions.length === 0 ? "no version yet" : "one version only";
    throw new Problem(`${dataset.name} has ${met}: there is nothing to compare until runs have met two`);
  }
  return { labels: [short(before.digest), short(after.digest)], rows: compareVersions(before, after) };
}

function find(all: readonly Dataset[], name: string | undefined): Dataset {
  if (name === undefined) throw new Problem("name the dataset; cellsmith datasets list shows what there is");
  const found = all.find((dataset) => isCalled(dataset, name));
  if (found !== undefined) return found;
  const names = all.map((dataset) => dataset.name);
  throw new Problem(
    `there is no dataset ${name}; ${names.length === 0 ? "there is none" : `there are ${names.join(", ")}`}`,
  );
}

function isCalled(dataset: Dataset, name: string | undefined): boolean {
  return dataset.name === name || dataset.source === name || dataset.path === name;
}

function versionOf(dataset: Dataset, text: string): DatasetVersion {
  const hex = text.replace(/^sha256:/, "");
  const [found, second] = dataset.versions.filter(({ digest }) =>
    digest.replace(/^sha256:/, "").startsWith(hex),
  );
  if (found === undefined)
    throw new Problem(
      `${dataset.name} has no version ${text}; cellsmith datasets show ${dataset.name} lists them`,
    );
  if (second !== undefined)
    throw new Problem(`${text} may be several versions of ${dataset.name}: give more of it`);
  return found;
}

async function lookAt(dataset: Dataset, { signal }: Terminal): Promise<Look> {
  return { dataset, file: await inspectDataset(dataset, signal) };
}

function toJson({ dataset, file }: Look, folder: string): object {
  const { shape, state } = file;
  const cells = (uses: readonly CellUse[]): object[] =>
    uses.map(({ notebook, cell }) => ({ notebook: relativeTo(folder, notebook), cell }));
  return {
    name: dataset.name,
    source: dataset.source,
    path: dataset.path ?? null,
    exists: state.kind !== "missing" && state.kind !== "elsewhere",
    size: file.size ?? null,
    state: state.kind,
    shape: shape?.ok === true ? shape.shape : null,
    reason: shape?.ok === false ? shape.reason : null,
    versions: dataset.versions.map((version) => ({
      digest: version.digest,
      created: version.created,
      size: version.size ?? null,
      rows: state.kind === "same" && state.version.digest === version.digest ? (rowsOf(file) ?? null) : null,
      usedBy: ids(version.usedBy),
      writtenBy: ids(version.writtenBy),
    })),
    readBy: cells(dataset.readBy),
    writtenBy: cells(dataset.writtenBy),
  };
}

const ids = (runs: readonly Run[]): string[] => runs.map(({ id }) => id);

function describeVersion({ digest, created, size, usedBy, writtenBy }: DatasetVersion): string {
  return [
    short(digest),
    new Date(created).toISOString().slice(0, 16).replace("T", " "),
    ...(size === undefined ? [] : [humanSize(size)]),
    ...(writtenBy.length === 0 ? [] : [`written by run ${writtenBy.map(({ number }) => number).join(", ")}`]),
    ...(usedBy.length === 0 ? [] : [`used by ${humanPlural(usedBy.length, "run")}`]),
  ].join(" · ");
}

function describeRow({ section, key, values }: DifferenceRow): string {
  const [before, after] = values.map((value) => {
    if (value === null) return "–";
    if (typeof value === "number") return key === "size" ? humanSize(value) : formatValue(value);
    return key === "digest" ? short(value) : value;
  });
  return `${section}  ${key}  ${before ?? ""} → ${after ?? ""}`;
}

function short(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 12);
}
