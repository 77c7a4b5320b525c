/** What has changed since: in a notebook since its conversion, in code since its run. */
import assert from "node:assert/strict";
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { digestCode } from "../../../src/provenance/digestCode.ts";
import type { Run } from "../../../src/tracking/model.ts";
import { pipelineRows, type PipelineFacts } from "../../../src/ui/views/pipelineRows.ts";
import { ChangesSince, type NumberedChange } from "../../../src/ui/workspace/changesSince.ts";
import { codeChanged } from "../../../src/ui/workspace/codeChanged.ts";
import { now, run } from "./runs.ts";
import { shown } from "./rows.ts";

function change(number: number | undefined, ...to: readonly string[]): NumberedChange {
  const kind = number === undefined ? "gone" : "changed";
  return { change: kind, cell: 0, id: `id${number ?? ""}`, line: "", to, number };
}

describe("changes since a conversion", () => {
  const changes = new ChangesSince([
    change(4, "load"),
    change(16, "train", "plot"),
    change(undefined, "train"),
  ]);

  it("are told by the cells that people count", () => {
    assert.equal(changes.words(), "changed since: cells 4 and 16, 1 cell removed");
    assert.equal(changes.words("plot"), "changed since: cell 16");
    assert.equal(changes.words("evaluate"), undefined);
    assert.equal(changes.first("train"), "id16");
  });

  it("stand first beside the pipeline and its steps", async () => {
    const step = { file: "", function: "", line: 1, takes: [], gives: ["plot.png"], settings: [], cells: [] };
    const pipeline: PipelineFacts = {
      ok: true,
      path: "/w/pipelines/churn",
      name: "churn",
      notebook: "/w/churn.ipynb",
      steps: ["load", "plot"].map((name) => ({ ...step, name })),
      goals: {},
      checked: "same result",
    };
    assert.deepEqual(await shown(pipelineRows("/w", [{ pipeline, changes }], [], now)), [
      "churn  changed since: cells 4 and 16, 1 cell removed · 2 steps · not checked",
      "  load  changed since: cell 4 · gives plot.png",
      "  plot  changed since: cell 16 · gives plot.png",
    ]);
  });
});

describe("code changed since a run", () => {
  let folder: string;
  let script: string;
  let done: Run;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "cellsmith-changed-"));
    script = path.join(folder, "train.py");
    await writeFile(script, "print(1)\n");
    const codeDigest = await digestCode("script", script);
    const made = run({ target: { kind: "script", path: script } });
    done = { ...made, provenance: { ...made.provenance, codeDigest } };
  });

  after(() => rm(folder, { recursive: true }));

  it("is a matter of content, not of time", async () => {
    const file = { path: script, unsaved: false };
    await utimes(script, now / 1000 + 9999, now / 1000 + 9999);
    assert.equal(await codeChanged(done, file), false);
    await writeFile(script, "print(2)\n");
    assert.equal(await codeChanged(done, file), true);
    await writeFile(script, "print(1)\n");
    assert.equal(await codeChanged(done, file), false);
    assert.equal(await codeChanged(done, { ...file, unsaved: true }), true);
  });

  it("is not known of a file that the run did not record", async () => {
    assert.equal(await codeChanged(done, { path: path.join(folder, "other.py"), unsaved: false }), undefined);
  });
});
