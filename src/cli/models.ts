/** `cellsmith models`: what notebooks save and runs wrote, of the folder one stands in. Models are never loaded. */
import { relativeTo } from "../formats/location.ts";
import { humanSize } from "../formats/quantities.ts";
import { collectModels } from "../models/collectModels.ts";
import { describeModel, describeVersion } from "../models/describeModel.ts";
import type { Model, ModelVersion } from "../models/model.ts";
import { ExitCode, Problem } from "../problem.ts";
import type { CliCommand, Terminal } from "./command.ts";
import { type Knowledge, readKnowledge } from "./knowledge.ts";

export const models: CliCommand = {
  usage: "models list | show NAME [--store FOLDER] [--json]",
  summary: "Models: what writes them, and their versions with the run they came from.",
  options: { store: { type: "string" }, json: { type: "boolean" } },
  async run({ positionals, values }, terminal) {
    const [verb = "list", name] = positionals;
    if (!["list", "show"].includes(verb)) throw new Problem(`models ${verb}: there are models list and show`);
    const known = await readKnowledge(values.store, terminal);
    const all = collectModels(known.folder, known.notebooks, known.runs);
    const json = values.json === true;
    if (verb === "list") list(all, known, json, terminal);
    else show(find(all, name), known.folder, json, terminal);
    return ExitCode.done;
  },
};

function list(all: readonly Model[], known: Knowledge, json: boolean, terminal: Terminal): void {
  for (const reason of known.reasons) terminal.err(`cellsmith: ${reason}\n`);
  if (json) {
    terminal.out(`${JSON.stringify({ models: all.map((model) => toJson(model, known.folder)) }, null, 2)}\n`);
    return;
  }
  if (all.length === 0) terminal.err("cellsmith: no notebook here saves a model, and no run wrote one.\n");
  const width = Math.max(0, ...all.map(({ name }) => name.length));
  for (const model of all) terminal.out(`${model.name.padEnd(width)}  ${describeModel(model)}\n`);
}

function show(model: Model, folder: string, json: boolean, terminal: Terminal): void {
  if (json) {
    terminal.out(`${JSON.stringify(toJson(model, folder), null, 2)}\n`);
    return;
  }
  terminal.out(
    [
      `${model.source}  ${describeModel(model)}`,
      ...model.versions.map((version) =>
        [
          `version ${version.version}`,
          new Date(version.created).toISOString().slice(0, 16).replace("T", " "),
          ...(version.size === undefined ? [] : [humanSize(version.size)]),
          describeVersion(version),
        ].join(" · "),
      ),
      "",
    ].join("\n"),
  );
}

function find(all: readonly Model[], name: string | undefined): Model {
  if (name === undefined) throw new Problem("name the model; cellsmith models list shows what there is");
  const found = all.find((model) =>
    [model.name, model.source, model.path, model.name.replace(/\.\w+$/, "")].includes(name),
  );
  if (found !== undefined) return found;
  const names = all.map((model) => model.name);
  throw new Problem(
    `there is no model ${name}; ${names.length === 0 ? "there is none" : `there are ${names.join(", ")}`}`,
  );
}

function toJson(model: Model, folder: string): object {
  return {
    name: model.name,
    store: model.store ?? null,
    source: model.source,
    path: model.path ?? null,
    writtenBy: model.writtenBy.map(({ notebook, cell }) => ({
      notebook: relativeTo(folder, notebook),
      cell,
    })),
    versions: model.versions.map(versionToJson),
  };
}

function versionToJson(version: ModelVersion): object {
  const { run } = version;
  return {
    version: version.version,
    aliases: [],
    run: run.id,
    created: version.created,
    metrics: Object.fromEntries(Object.values(run.metrics).map(({ key, last }) => [key, last])),
    digest: version.digest ?? null,
    size: version.size ?? null,
    path: version.path,
  };
}
