import assert from "node:assert/strict";
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { collectDatasets } from "../../../src/datasets/collectDatasets.ts";
import { describeDataset, troubleOf } from "../../../src/datasets/describeDataset.ts";
import type { Dataset } from "../../../src/datasets/model.ts";
import { compareToRuns, inspectDataset } from "../../../src/datasets/presentFile.ts";
import { digestFile } from "../../../src/formats/fileFacts.ts";
import { input, notebook, run } from "./samples.ts";

describe("datasets: the file as it lies there", () => {
  let folder = "";
  let file = "";
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "cellsmith-data-"));
    file = path.join(folder, "a.csv");
    await writeFile(file, "x,y\n1,2\n");
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** A dataset that run 12 read as it is now, a second from now. */
  async function recorded(): Promise<Dataset> {
    const used = input(file, await digestFile(file), 8);
    const [dataset] = collectDatasets(folder, [], [run(12, { inputs: [used], started: Date.now() + 1000 })]);
    assert.ok(dataset !== undefined);
    return dataset;
  }

  it("is what the last run used", async () => {
    const dataset = await recorded();
    const present = await inspectDataset(dataset);
    assert.equal(present.state.kind, "same");
    assert.equal(describeDataset(dataset, present), "1 row, 2 columns · used by 1 run");
    assert.equal(troubleOf(dataset, present), undefined);
  });

  it("has changed since", async () => {
    const dataset = await recorded();
    await writeFile(file, "x,y\n1,2\n3,4\n");
    const present = await inspectDataset(dataset);
    assert.equal(present.state.kind, "changed");
    assert.match(describeDataset(dataset, present), /^2 rows, 2 columns · changed since run 12/);
  });

  it("names the experiment too, where runs of several used it", async () => {
    const used = [input(file, "sha256:a", 5)];
    const runs = [
      run(1, { inputs: used, experiment: "scripts" }),
      run(2, { inputs: used, experiment: "churn" }),
    ];
    const [dataset] = collectDatasets(folder, [], runs);
    assert.ok(dataset !== undefined);
    assert.match(
      describeDataset(dataset, await inspectDataset(dataset)),
      / · changed since run 2 of churn · /,
    );
  });

  it("is compared by content where only its time is newer", async () => {
    const dataset = await recorded();
    const later = new Date(Date.now() + 60_000);
    await utimes(file, later, later);
    assert.equal((await inspectDataset(dataset)).state.kind, "same");
    await writeFile(file, "x,y\n1,3\n");
    await utimes(file, later, later);
    assert.equal((await inspectDataset(dataset)).state.kind, "changed");
  });

  it("is called written since, where it is too large to compare", async () => {
    const dataset = await recorded();
    const facts = { size: 8, modified: Date.now() + 60_000, isFolder: false };
    assert.equal(compareToRuns(dataset, facts).kind, "touched");
  });

  it("is not there", async () => {
    const dataset = await recorded();
    await rm(file);
    const present = await inspectDataset(dataset);
    assert.equal(describeDataset(dataset, present), "is not there · used by 1 run");
    assert.equal(troubleOf(dataset, present), "a.csv is not there");
  });

  it("is broken, and says why", async () => {
    await writeFile(file, Buffer.of(1, 0, 2));
    const [dataset] = collectDatasets(
      folder,
      [notebook(path.join(folder, "n.ipynb"), { reads: [{ path: "a.csv", cell: 3 }] })],
      [],
    );
    assert.ok(dataset !== undefined);
    const present = await inspectDataset(dataset);
    assert.equal(describeDataset(dataset, present), "3 bytes · is not text · read by n");
    assert.equal(troubleOf(dataset, present), "a.csv is not text");
  });

  it("lies elsewhere", async () => {
    const [dataset] = collectDatasets(
      folder,
      [notebook("/w/n.ipynb", { reads: [{ path: "s3://b/a.csv", cell: 3 }] })],
      [],
    );
    assert.ok(dataset !== undefined);
    assert.equal(describeDataset(dataset, await inspectDataset(dataset)), "not on this machine · read by n");
  });
});
