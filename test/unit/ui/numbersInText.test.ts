import assert from "node:assert/strict";
import {
  lensesOfComponent,
  lineOfFunction,
  lineOfMain,
  markOfCell,
  marksOfFile,
  marksOfManifest,
  type NotebookRuns,
  type RunsSource,
} from "../../../src/ui/editor/numbersInText.ts";
import type { PipelineFacts } from "../../../src/ui/views/pipelineRows.ts";
import type { Run } from "../../../src/tracking/model.ts";
import { folder, metric, metrics, now, points, run } from "./runs.ts";

const script = `${folder}/train.py`;
const target = { kind: "script", path: script } as const;
const fresh = (): Promise<boolean> => Promise.resolve(false);
const old = (): Promise<boolean> => Promise.resolve(true);
const at = (line: number) => ({ source: { file: script, line } });

function source(runs: readonly Run[], ...values: readonly number[]): RunsSource {
  return {
    list: { runs, broken: [] },
    history: () => Promise.resolve(points(...values)),
    goal: () => undefined,
  };
}

const pipeline: PipelineFacts = {
  ok: true,
  path: `${folder}/pipelines/churn`,
  name: "churn",
  notebook: `${folder}/notebooks/churn.ipynb`,
  steps: [
    {
      name: "evaluate",
      file: `${folder}/pipelines/churn/components/evaluate.py`,
      function: "evaluate",
      line: 40,
      takes: ["model"],
      gives: ["auc"],
      settings: [],
      cells: [
        { id: "scores", code: "aaa" },
        { id: "shows", code: "bbb" },
      ],
    },
  ],
  goals: { auc: "maximize" },
  checked: "not checked",
};

describe("numbers after lines", () => {
  const before = run({ target, metrics: metrics(metric("loss", 0.5, at(54))) });
  const after = run({
    id: "01B",
    number: 2,
    target,
    metrics: metrics(
      metric("loss", 0.4, { ...at(54), count: 4 }),
      metric("acc", 0.75, at(54)),
      metric("n", 3, at(60)),
    ),
  });

  it("stand where they were reported, with change and shape", async () => {
    const marks = await marksOfFile(script, source([after, before], 4, 3, 2, 1), fresh, now);
    assert.deepEqual(
      marks.map(({ line, text, tone }) => [line, text, tone]),
      [
        [53, "loss 0.400 (−0.100 against run 1) █▆▃▁ · acc 0.750", "plain"],
        [59, "n 3", "plain"],
      ],
    );
    assert.match(marks[0]?.hover ?? "", /^\*\*churn, run 2\*\* · \d/);
  });

  it("turn grey once the code is not what the run executed", async () => {
    const [mark] = await marksOfFile(script, source([after], 1, 2), old, now);
    assert.equal(mark?.tone, "old");
    assert.match(mark.text, /run 2, before your last change$/);
  });

  it("are none for a file that reported nothing", async () => {
    assert.deepEqual(await marksOfFile("/other.py", source([after, before]), fresh, now), []);
  });
});

describe("numbers of a pipeline", () => {
  const last = run({
    number: 12,
    metrics: metrics(metric("auc", 0.811, { from: "evaluate" })),
    steps: [{ name: "evaluate", status: "FINISHED", seconds: 0.19 }],
  });

  it("stand beside the step in the manifest", async () => {
    const marks = await marksOfManifest(pipeline, source([last]), 0, now);
    assert.deepEqual(
      marks.map(({ line, text }) => [line, text]),
      [[40, "auc 0.811 · 0.2 s"]],
    );
  });

  it("say which step failed", async () => {
    const failed = run({ status: "FAILED", steps: [{ name: "evaluate", status: "FAILED", seconds: 1 }] });
    const [mark] = await marksOfManifest(pipeline, source([failed]), 0, now);
    assert.equal(mark?.text, "failed · 1.0 s");
    assert.equal(mark.tone, "worse");
  });

  it("stand over the function of the step", () => {
    const text = "import x\n\n\ndef helper():\n    pass\n\n\ndef evaluate(\n    model,\n):\n    return 1\n";
    const file = `${folder}/pipelines/churn/components/evaluate.py`;
    const [lens, ...more] = lensesOfComponent(file, text, pipeline, source([last]));
    assert.deepEqual([lens?.line, lens?.numbers, more], [7, "auc 0.811", []]);
  });

  it("find functions and the main guard", () => {
    assert.equal(lineOfFunction("def train_all():\nasync def train (x):", "train"), 1);
    assert.equal(lineOfFunction("# def train():", "train"), undefined);
    assert.equal(lineOfMain("x = 1\nif __name__ == '__main__':\n"), 1);
  });
});

describe("numbers of a notebook's cell", () => {
  const notebook = `${folder}/notebooks/churn.ipynb`;
  const through = run({ number: 12, metrics: metrics(metric("auc", 0.811, { from: "evaluate" })) });
  const own = run({
    id: "01N",
    number: 3,
    target: { kind: "notebook", path: notebook },
    metrics: metrics(metric("AUC", 0.77, { source: { file: notebook, cell: "scores", line: 3 } })),
  });
  const runs = (...all: readonly Run[]): NotebookRuns => ({
    notebook,
    runs: all,
    pipelines: [pipeline],
    goal: () => undefined,
    executed: () => Promise.resolve(new Map([["scores", "aaa"]])),
  });
  const scores = { id: "scores", source: "auc = roc_auc_score(y, p)", code: "aaa" };

  it("come from a run of the notebook", async () => {
    assert.equal((await markOfCell(scores, runs(own), now))?.text, "AUC 0.770 · run 3, 14:02");
  });

  it("come through the pipeline that the cell went into", async () => {
    assert.equal((await markOfCell(scores, runs(through), now))?.text, "auc 0.811 · run 12, 14:02");
  });

  it("say so once the cell has changed", async () => {
    const changed = { ...scores, code: "ccc" };
    assert.equal(
      (await markOfCell(changed, runs(through), now))?.text,
      "auc 0.811 · run 12, before your last change",
    );
    assert.equal(
      (await markOfCell(changed, runs(own), now))?.text,
      "AUC 0.770 · run 3, before your last change",
    );
  });

  it("belong to the cell that makes the value, not to its neighbours", async () => {
    const shows = { id: "shows", source: "print(auc == 1)", code: "bbb" };
    assert.equal(await markOfCell(shows, runs(through), now), undefined);
    assert.equal(await markOfCell({ ...scores, id: "other" }, runs(through, own), now), undefined);
  });
});
