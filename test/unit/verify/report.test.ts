import assert from "node:assert/strict";
import type { Compared, Verification } from "../../../src/refactor/verify/model.ts";
import { renderReport } from "../../../src/refactor/verify/report.ts";

const names = { notebook: "churn.ipynb", numberOf: (cell: number): number => cell + 2 };

function one(entry: Partial<Compared>): Compared {
  return {
    kind: "value",
    cell: 3,
    name: "split.X_train",
    notebook: "",
    pipeline: "",
    same: true,
    mode: "in-process",
    ...entry,
  };
}

function found(entries: Partial<Verification>): Verification {
  const compared = entries.compared ?? [];
  return {
    same: compared.every(({ same }) => same),
    mode: "in-process",
    compared,
    nondeterministic: [],
    notCompared: [],
    with: "python 3.11.7",
    seconds: 27.4,
    basis: { kind: "run" },
    signatures: { state: "hold", differences: [], notMasked: [] },
    noticed: [],
    ...entries,
  };
}

describe("the report of a check", () => {
  it("says what is the same, each thing once however many modes", () => {
    const compared = [
      one({ kind: "stdout", name: "load" }),
      one({}),
      one({ name: "evaluate.proba", rounding: 2.2e-16 }),
      one({ mode: "isolated" }),
      one({ kind: "figure", name: "plot" }),
    ];
    const text = renderReport(found({ compared, mode: "both", notCompared: ["df.head()"] }), names);
    assert.equal(
      text,
      [
        "Same result in one process and step by step  (churn.ipynb, 27 s, python 3.11.7)",
        "  1 printed text: the same",
        "  2 values: the same, evaluate.proba to rounding (2e-16)",
        "  1 plot: the same",
        "  Not compared: df.head()",
        "",
      ].join("\n"),
    );
  });

  it("says where it differs first, with both sides", () => {
    const compared = [
      one({ same: false, notebook: "12 columns", pipeline: "11 columns (without contract)" }),
      one({
        kind: "stdout",
        name: "evaluate",
        same: false,
        notebook: "AUC 0.8\nok\n",
        pipeline: "AUC 0.7\nok\n",
      }),
    ];
    const unrepeated = {
      kind: "value" as const,
      cell: 0,
      name: "load.now",
      notebook: "",
      mode: "in-process" as const,
    };
    const text = renderReport(found({ compared, nondeterministic: [unrepeated] }), names);
    assert.equal(
      text,
      [
        "Different at split, cell 5, run in one process",
        "  split.X_train",
        "    notebook  12 columns",
        "    pipeline  11 columns (without contract)",
        "  evaluate",
        "    notebook  AUC 0.8 ⏎ ok",
        "    pipeline  AUC 0.7 ⏎ ok",
        "  1 printed text: 0 of them the same",
        "  1 value: 0 of them the same",
        "  Not held to it: load.now (cell 2), which churn.ipynb itself does not give twice",
        "",
      ].join("\n"),
    );
  });

  it("says when the pipeline stops", () => {
    const stops = one({ kind: "error", cell: null, name: "train", same: false, pipeline: "KeyError: 1" });
    assert.equal(
      renderReport(found({ compared: [stops] }), names),
      "Different at train, run in one process\n  the pipeline stops\n    pipeline  KeyError: 1\n",
    );
  });
});
