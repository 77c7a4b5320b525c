import assert from "node:assert/strict";
import { collectModels } from "../../../src/models/collectModels.ts";
import { describeModel } from "../../../src/models/describeModel.ts";
import { artifact, notebook, run } from "../datasets/samples.ts";

const churn = notebook("/w/notebooks/churn.ipynb", {
  writes: [{ path: "../models/churn.joblib", cell: 16, kind: "model" }],
});

describe("models: collect", () => {
  it("knows what a notebook writes before any run", () => {
    const [model] = collectModels("/w", [churn], []);
    assert.ok(model !== undefined);
    assert.deepEqual(
      [model.name, model.source, model.store],
      ["churn.joblib", "models/churn.joblib", undefined],
    );
    assert.equal(describeModel(model), "written by churn.ipynb, cell 16 · no recorded run yet");
  });

  it("makes a version of what each run wrote, with that run's metrics", () => {
    const written = [artifact("/w/models/churn.joblib", "model", "sha256:a")];
    const runs = [
      run(7, { artifacts: written, metrics: { auc: 0.7712345, recall: 0.568 } }),
      run(4, { artifacts: written, metrics: { auc: 0.75 } }),
    ];
    const [model] = collectModels("/w", [churn], runs);
    assert.ok(model !== undefined);
    assert.equal(model.store, "embedded");
    assert.deepEqual(
      model.versions.map(({ version, created, run: { number } }) => [version, number, created]),
      [
        [2, 7, 7500],
        [1, 4, 4500],
      ],
    );
    assert.equal(
      describeModel(model),
      "2 versions · run 7: auc 0.771, recall 0.568 · written by churn.ipynb, cell 16",
    );
  });

  it("keeps what runs wrote to their own folders together, by experiment and name", () => {
    const own = (id: number): string => `/w/.cellsmith/runs/${id}/artifacts/model.pkl`;
    const models = collectModels(
      "/w",
      [],
      [
        run(1, { artifacts: [artifact(own(1), "model")] }),
        run(2, { artifacts: [artifact(own(2), "model")] }),
        run(3, { artifacts: [artifact(own(3), "model")], experiment: "other" }),
      ],
    );
    assert.deepEqual(
      models.map(({ name, path, versions }) => [name, path, versions.length]),
      [
        ["churn/model.pkl", undefined, 2],
        ["other/model.pkl", undefined, 1],
      ],
    );
  });

  it("counts a model that one run saved twice once", () => {
    const twice = [artifact("/w/m.pt", "model", "sha256:a"), artifact("/w/m.pt", "model", "sha256:b")];
    const [model] = collectModels("/w", [], [run(1, { artifacts: twice })]);
    assert.deepEqual(
      model?.versions.map(({ version, digest }) => [version, digest]),
      [[1, "sha256:b"]],
    );
  });

  it("lists a model that is read and that nothing here writes", () => {
    const reader = notebook("/w/n.ipynb", { reads: [{ path: "pretrained.onnx", cell: 2 }] });
    const [model] = collectModels("/w", [reader], []);
    assert.ok(model !== undefined);
    assert.equal(describeModel(model), "read, and written by nothing here");
  });
});
