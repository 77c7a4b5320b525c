import assert from "node:assert/strict";
import { experimentRows, type RunsOfFolder } from "../../../src/ui/views/experimentRows.ts";
import type { Run } from "../../../src/tracking/model.ts";
import { allRows, shown } from "./rows.ts";
import { folder, metric, metrics, now, points, run } from "./runs.ts";

function source(runs: readonly Run[], changes: Partial<RunsOfFolder> = {}): RunsOfFolder {
  return {
    folder,
    store: ".cellsmith (this folder)",
    list: { runs, broken: [] },
    history: () => Promise.resolve(points(3, 2, 1)),
    goal: () => "maximize",
    ...changes,
  };
}

const first = run({ metrics: metrics(metric("auc", 0.807)), params: { trees: 300 }, started: now - 600_000 });
const second = run({
  id: "01B",
  number: 2,
  name: "trees=500",
  params: { trees: 500 },
  metrics: metrics(metric("auc", 0.811), metric("loss", 0.31, { count: 3, min: 0.31, max: 0.9, step: 2 })),
  steps: [
    { name: "load", status: "FINISHED", seconds: 0.91 },
    { name: "train", status: "FINISHED", seconds: 75 },
  ],
  artifacts: [
    { name: "plot.png", path: "/r/plot.png", kind: "plot", digest: undefined, size: 12_300, step: "plot" },
  ],
  inputs: [{ name: "customers.csv", path: "/d/customers.csv", digest: "sha256:0123456789ab", size: 99_800 }],
  logs: ["/r/stdout.log"],
});

describe("experiment rows", () => {
  it("tell experiments, runs, and what a run was given, gave and left behind", async () => {
    assert.deepEqual(await shown(experimentRows(source([second, first]), now)), [
      "churn  2 runs · last 14:02",
      "  run 2  auc 0.811, loss 0.310 · trees=500 · 14:02",
      "    Metrics  2",
      "      auc  0.811 · +0.004 against run 1",
      "      loss  0.310 · █▅▁",
      "    Settings  1",
      "      trees  500 · was 300 in run 1",
      "    Steps  2",
      "      load  0.9 s",
      "      train  1 min 15 s",
      "    Files and plots  1",
      "      plot.png  12.3 kB · from plot",
      "    Data it read  1",
      "      customers.csv  99.8 kB · 01234567",
      "    What it printed",
      "  run 1  auc 0.807 · first run · 13:53",
      "    Metrics  1",
      "      auc  0.807",
      "    Settings  1",
      "      trees  300",
    ]);
  });

  it("colour a change only when the direction is known and code and data are the same", async () => {
    const iconOf = async (changes: Partial<Run>, goal: RunsOfFolder["goal"]): Promise<string | undefined> => {
      const runs = [{ ...second, inputs: [], ...changes }, first];
      const rows = await allRows(experimentRows(source(runs, { goal }), now));
      return rows.find(({ label }) => label === "auc")?.icon.tone;
    };
    const otherCode = { ...second.provenance, codeDigest: "sha256:other" };
    assert.equal(await iconOf({}, () => "maximize"), "good");
    assert.equal(await iconOf({}, () => "minimize"), "bad");
    assert.equal(await iconOf({}, () => undefined), undefined);
    assert.equal(await iconOf({ provenance: otherCode }, () => "maximize"), undefined);
    assert.equal(await iconOf({ inputs: second.inputs }, () => "maximize"), undefined);
  });

  it("put the reason of a failure first, with its place", async () => {
    const failed = run({
      status: "FAILED",
      failure: {
        message: "ValueError: no rows",
        step: "load",
        source: { file: "/p/components/load.py", line: 7 },
      },
    });
    const rows = await allRows(experimentRows(source([failed]), now));
    const reason = rows[2];
    assert.equal(reason?.label, "ValueError: no rows");
    assert.equal(reason.description, "in load · load.py:7");
    assert.deepEqual(reason.subject, { kind: "file", path: "/p/components/load.py", line: 7 });
    assert.match(rows[1]?.description ?? "", /^failed at load/);
  });

  it("show a run that cannot be read with the reason", () => {
    const broken = { id: "01X", store: "s", reason: "there is no run.jsonl in its folder" };
    const rows = experimentRows(source([], { list: { runs: [], broken: [broken] } }), now);
    assert.equal(rows[0]?.description, "there is no run.jsonl in its folder");
    assert.equal(rows[0].icon.name, "warning");
  });

  it("say of every row what it is, once: ids are unique, foreign text is no markup", async () => {
    const nasty = run({
      name: "[click](command:x) $(bug)",
      failure: { message: "*x* <b>", step: undefined, source: undefined },
    });
    const rows = await allRows(experimentRows(source([second, nasty]), now));
    assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length);
    for (const { tooltip } of rows) {
      assert.doesNotMatch(tooltip ?? "", /[^\\]\]\(command|(?<!\\)<b|(?<!\\)\$\\?\(bug/);
    }
  });

  it("page thousands of runs", async () => {
    const runs = Array.from({ length: 1000 }, (_, at) => run({ id: `r${at}`, number: 1000 - at }));
    const [experiment] = experimentRows(source(runs), now);
    const page = (await experiment?.children?.()) ?? [];
    assert.equal(page.length, 201);
    assert.equal(page.at(-1)?.label, "800 more runs");
    const next = (await page.at(-1)?.children?.()) ?? [];
    assert.equal(next[0]?.label, "run 800");
  });
});
