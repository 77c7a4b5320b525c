import assert from "node:assert/strict";
import { collectDatasets } from "../../../src/datasets/collectDatasets.ts";
import { compareFiles, compareVersions } from "../../../src/datasets/compareVersions.ts";
import type { Dataset, PresentFile } from "../../../src/datasets/model.ts";
import { artifact, input, notebook, run } from "./samples.ts";

const names = (datasets: readonly Dataset[]): string[] => datasets.map(({ name }) => name);

describe("datasets: collect", () => {
  const churn = notebook("/w/notebooks/churn.ipynb", {
    reads: [{ path: "../data/customers.csv", cell: 4 }],
    writes: [
      { path: "../models/churn.joblib", cell: 16, kind: "model" },
      { path: "../data/clean.parquet", cell: 9, kind: "data" },
      { path: "roc.png", cell: 20, kind: "plot" },
    ],
  });

  it("knows what notebooks read and write, without any run", () => {
    const datasets = collectDatasets("/w", [churn], []);
    assert.deepEqual(names(datasets), ["clean.parquet", "customers.csv"]);
    assert.deepEqual(datasets[1], {
      name: "customers.csv",
      source: "data/customers.csv",
      path: "/w/data/customers.csv",
      versions: [],
      readBy: [{ notebook: "/w/notebooks/churn.ipynb", cell: 4 }],
      writtenBy: [],
    });
    assert.deepEqual(datasets[0]?.writtenBy, [{ notebook: "/w/notebooks/churn.ipynb", cell: 9 }]);
  });

  it("makes one version of each content, with the runs that used it", () => {
    const runs = [
      run(3, { inputs: [input("/w/data/customers.csv", "sha256:b", 120)] }),
      run(2, { inputs: [input("/w/data/customers.csv", "sha256:a", 100)] }),
      run(1, { inputs: [input("/w/data/customers.csv", "sha256:a", 100)] }),
    ];
    const [dataset] = collectDatasets("/w", [], runs);
    assert.deepEqual(
      dataset?.versions.map(({ digest, size, created, usedBy }) => ({
        digest,
        size,
        created,
        usedBy: usedBy.map(({ number }) => number),
      })),
      [
        { digest: "sha256:b", size: 120, created: 3000, usedBy: [3] },
        { digest: "sha256:a", size: 100, created: 1000, usedBy: [2, 1] },
      ],
    );
  });

  it("joins a notebook's path and a run's", () => {
    const runs = [run(1, { inputs: [input("/w/data/customers.csv", "sha256:a", 100)] })];
    const datasets = collectDatasets("/w", [churn], runs);
    assert.deepEqual(names(datasets), ["clean.parquet", "customers.csv"]);
    assert.equal(datasets[1]?.versions.length, 1);
    assert.equal(datasets[1].readBy.length, 1);
  });

  it("lists a file whose content was not recorded yet, without a version", () => {
    const [dataset] = collectDatasets("/w", [], [run(1, { inputs: [input("/w/a.csv", undefined, 5)] })]);
    assert.deepEqual([dataset?.name, dataset?.versions.length], ["a.csv", 0]);
  });

  it("takes written data for a version, and results in a run's own folder for none", () => {
    const runs = [
      run(1, {
        artifacts: [
          artifact("/w/data/clean.csv", "file", "sha256:c"),
          artifact("/w/.cellsmith/runs/1/artifacts/values.csv", "file", "sha256:d"),
          artifact("/w/report.html", "file", "sha256:e"),
        ],
      }),
    ];
    const datasets = collectDatasets("/w", [], runs);
    assert.deepEqual(names(datasets), ["clean.csv"]);
    assert.deepEqual(
      datasets[0]?.versions[0]?.writtenBy.map(({ number }) => number),
      [1],
    );
  });

  it("leaves out models, code and the target itself", () => {
    const paths = [
      "/w/m.joblib",
      "/w/settings.py",
      "/w/p/pipeline.yaml",
      "/w/notebooks/churn.ipynb",
      "/w/a.csv",
    ];
    const runs = [run(1, { inputs: paths.map((path) => input(path, "sha256:a", 1)) })];
    assert.deepEqual(names(collectDatasets("/w", [], runs)), ["a.csv"]);
  });

  it("tells files of the same name apart, and keeps URLs and far files as they are", () => {
    const reader = notebook("/w/n.ipynb", {
      reads: ["raw/x.csv", "clean/x.csv", "https://example.com/y.csv", "/data/z.csv"].map((path) => ({
        path,
        cell: 1,
      })),
    });
    assert.deepEqual(
      collectDatasets("/w", [reader], []).map(({ name, source, path }) => [name, source, path]),
      [
        ["clean/x.csv", "clean/x.csv", "/w/clean/x.csv"],
        ["raw/x.csv", "raw/x.csv", "/w/raw/x.csv"],
        ["y.csv", "https://example.com/y.csv", undefined],
        ["z.csv", "/data/z.csv", "/data/z.csv"],
      ],
    );
  });

  it("compares two versions by what is known of them", () => {
    const auc = (value: number) => ({ metrics: { auc: value } });
    const runs = [
      run(1, { inputs: [input("/w/a.csv", "sha256:a", 100)], ...auc(0.7) }),
      run(2, { inputs: [input("/w/a.csv", "sha256:b", 100)], ...auc(0.8) }),
    ];
    const [after, before] = collectDatasets("/w", [], runs)[0]?.versions ?? [];
    assert.ok(before !== undefined && after !== undefined);
    assert.deepEqual(
      compareVersions(before, after).map(({ key, values, same }) => [key, ...values, same]),
      [
        ["digest", "sha256:a", "sha256:b", false],
        ["size", 100, 100, true],
        ["runs", 1, 1, true],
        ["run", "id1", "id2", false],
        ["auc", 0.7, 0.8, false],
      ],
    );
  });

  it("does not set runs of different targets side by side", () => {
    const runs = [
      run(1, { inputs: [input("/w/a.csv", "sha256:a", 100)], metrics: { auc: 0.7 }, target: "/w/one.py" }),
      run(2, { inputs: [input("/w/a.csv", "sha256:b", 100)], metrics: { auc: 0.8 }, target: "/w/one.py" }),
      run(3, { inputs: [input("/w/a.csv", "sha256:b", 100)], metrics: { loss: 2 }, target: "/w/two.py" }),
    ];
    const [after, before] = collectDatasets("/w", [], runs)[0]?.versions ?? [];
    assert.ok(before !== undefined && after !== undefined);
    assert.deepEqual(
      compareVersions(before, after).flatMap(({ section, key, values }) =>
        section === "last run" ? [[key, ...values]] : [],
      ),
      [
        ["run", "id1", "id2"],
        ["auc", 0.7, 0.8],
      ],
    );
  });

  it("compares two files by their rows and by the columns that one of them lacks", () => {
    const look = (rows: number, columns: readonly string[]): PresentFile => ({
      state: { kind: "unrecorded" },
      size: 10 * rows,
      modified: 0,
      shape: { ok: true, shape: { kind: "table", rows, columns, sampled: false } },
    });
    assert.deepEqual(
      compareFiles(look(5, ["a", "b"]), look(7, ["b", "c"])).map(({ key, values, same }) => [
        key,
        ...values,
        same,
      ]),
      [
        ["size", 50, 70, false],
        ["rows", 5, 7, false],
        ["count", 2, 2, true],
        ["a", "a", null, false],
        ["c", null, "c", false],
      ],
    );
  });
});
