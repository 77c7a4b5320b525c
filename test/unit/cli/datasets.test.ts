import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import * as z from "zod";
import { digestFile } from "../../../src/formats/fileFacts.ts";
import { cellsmith } from "./cellsmith.ts";

const sample = path.resolve(import.meta.dirname, "../../../media/sample");

const datasetSchema = z.object({
  name: z.string(),
  source: z.string(),
  exists: z.boolean(),
  state: z.string(),
  shape: z.object({ rows: z.number(), columns: z.array(z.string()) }).nullable(),
  readBy: z.array(z.object({ notebook: z.string(), cell: z.number() })),
  versions: z.array(
    z.object({
      digest: z.string(),
      created: z.number(),
      size: z.number().nullable(),
      rows: z.number().nullable(),
      usedBy: z.array(z.string()),
    }),
  ),
});

const modelSchema = z.object({
  name: z.string(),
  store: z.string().nullable(),
  writtenBy: z.array(z.object({ notebook: z.string(), cell: z.number() })),
  versions: z.array(
    z.object({
      version: z.number(),
      aliases: z.array(z.string()),
      run: z.string(),
      metrics: z.record(z.string(), z.number()),
    }),
  ),
});

describe("cli: datasets and models", function () {
  this.timeout(30_000);
  let folder = "";
  let csv = "";

  /** A finished run that read the CSV as `digest` and wrote the model. */
  async function record(id: string, ts: number, digest: string, auc: number): Promise<void> {
    const run = path.join(folder, ".cellsmith/runs", id);
    await mkdir(run, { recursive: true });
    const target = { kind: "notebook", path: path.join(folder, "notebooks/churn.ipynb") };
    const lines = [
      { t: "run", id, name: "", experiment: "churn", target },
      { t: "in", name: "customers.csv", path: csv, digest, size: 99_806 },
      {
        t: "art",
        name: "churn.joblib",
        path: path.join(folder, "models/churn.joblib"),
        kind: "model",
        size: 5,
      },
      { t: "m", values: { auc } },
      { t: "end", status: "FINISHED" },
    ].map((event, seq) => JSON.stringify({ v: 1, seq, ts, ...event }));
    await writeFile(path.join(run, "run.jsonl"), `${lines.join("\n")}\n`);
  }

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "cellsmith dätasets "));
    await cp(sample, folder, { recursive: true });
    csv = path.join(folder, "data/customers.csv");
    await record("01A", Date.now() - 60_000, "sha256:0123456789abcdef", 0.75);
    await record("01B", Date.now() - 30_000, await digestFile(csv), 0.77);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function json<T>(args: readonly string[], schema: z.ZodType<T>): Promise<T> {
    const { code, out, err } = await cellsmith(folder, [...args, "--json"]);
    assert.equal(code, 0, err);
    return schema.parse(JSON.parse(out));
  }

  it("lists datasets with their versions and the runs that used them", async () => {
    const { datasets } = await json(["datasets", "list"], z.object({ datasets: z.array(datasetSchema) }));
    const [customers] = datasets;
    assert.equal(datasets.length, 1);
    assert.deepEqual(
      [customers?.name, customers?.source, customers?.exists, customers?.state, customers?.shape?.rows],
      ["customers.csv", "data/customers.csv", true, "same", 2023],
    );
    assert.deepEqual(customers?.readBy, [
      { notebook: "notebooks/churn.ipynb", cell: 4 },
      { notebook: "notebooks/features_draft.ipynb", cell: 2 },
    ]);
    assert.deepEqual(
      customers.versions.map(({ rows, usedBy }) => [rows, usedBy]),
      [
        [2023, ["01B"]],
        [null, ["01A"]],
      ],
    );
  });

  it("works from a folder below", async () => {
    const { code, out } = await cellsmith(path.join(folder, "notebooks"), ["datasets"]);
    assert.equal(code, 0);
    assert.match(
      out,
      /^customers\.csv {2}2,023 rows, 10 columns · 2 versions · read by churn, features_draft · used by 2 runs\n$/,
    );
  });

  it("shows one, by name or path, and says what differs between two versions", async () => {
    const shown = await json(["datasets", "show", "data/customers.csv"], datasetSchema);
    assert.equal(shown.name, "customers.csv");
    const { out, code } = await cellsmith(folder, ["datasets", "diff", "customers.csv"]);
    assert.equal(code, 0);
    assert.match(out, /^0123456789ab {2}→ {2}[0-9a-f]{12}\n/);
    assert.match(out, /last run {2}auc {2}0\.750 → 0\.770/);
    const named = await cellsmith(folder, ["datasets", "diff", "customers.csv", "01234", "sha256:0123"]);
    assert.match(named.out, /nothing differs/);
  });

  it("says which notebooks cannot be read, and lists the rest", async () => {
    const broken = path.join(folder, "notebooks/cut.ipynb");
    await writeFile(broken, '{ "cells": [');
    const { code, out, err } = await cellsmith(folder, ["datasets"]);
    await rm(broken);
    assert.equal(code, 0);
    assert.match(err, /^cellsmith: cut\.ipynb .+\n$/);
    assert.match(out, /^customers\.csv /);
  });

  it("lists models with the runs they came from", async () => {
    const { models } = await json(["models", "list"], z.object({ models: z.array(modelSchema) }));
    assert.deepEqual(models[0]?.writtenBy, [{ notebook: "notebooks/churn.ipynb", cell: 17 }]);
    assert.deepEqual(
      models[0].versions.map(({ version, run, metrics, aliases }) => [version, run, metrics.auc, aliases]),
      [
        [2, "01B", 0.77, []],
        [1, "01A", 0.75, []],
      ],
    );
    assert.equal((await json(["models", "show", "churn"], modelSchema)).name, "churn.joblib");
  });
});
