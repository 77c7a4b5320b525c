/** What a conversion promises of its text, its names, its signatures and what stands around it: one test a promise. */
import assert from "node:assert/strict";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import { parseNotebook } from "../../../src/notebook/readNotebook.ts";
import type { Draft } from "../../../src/refactor/plan.ts";
import { draftOf, fileOf, filesOf, type CellText } from "./convertCells.ts";

/** Rain in a made-up town, written for these tests. */
const rain: readonly CellText[] = [
  "%matplotlib inline\nimport joblib\nimport matplotlib.pyplot as plt\nimport pandas as pd\n\nrain_csv = '../data/rain.csv'\nseed = 5  # any number",
  {
    heading: "Load",
    prose: "One row for each day.",
    source: "rain = pd.read_csv(rain_csv)\nprint(rain.shape)   # days, columns\nrain.head()",
  },
  {
    heading: "Prepare",
    prose: "Fill the days when nobody looked. They are few.",
    source:
      'WET = {"no": 0, "yes": 1}\n\ndef dryness(row, by = 2):\n    return row["sun"] / max(row["wind"], by)\n\n# a blank is a dry day\nrain["wet"] = rain["wet"].fillna(\'no\').map(WET)\nrain["dry"] = rain.apply(dryness,\n                         axis=1)\nhalf = rain[:9]',
  },
  {
    heading: "Train",
    prose: "The threshold is low because umbrellas are cheap.",
    source:
      'from sklearn.linear_model import LogisticRegression\nX = rain[["sun", "wind"]]\nmodel = LogisticRegression(C=0.7, max_iter=250, random_state=seed, solver="liblinear", verbose=0)\nmodel.fit(X, rain["wet"])\njoblib.dump(model, "../models/rain.joblib")',
  },
  {
    heading: "Evaluate",
    source:
      'from sklearn.metrics import recall_score\nproba = model.predict_proba(X)[:, 1]\nrecall = recall_score(rain["wet"], proba >= 0.35)\nprint(f"recall {recall:.2f}")',
  },
  { source: "fig, ax = plt.subplots(figsize=(4, 3))\nax.scatter(proba, rain['wet'])\nplt.show()" },
];

describe("the rules of a conversion", () => {
  let draft: Draft;
  const component = (name: string): string => fileOf(draft, `components/${name}.py`);
  const all = (): string =>
    filesOf(draft)
      .filter(({ path }) => path.startsWith("components/"))
      .map(({ text }) => text)
      .join("\n");
  const stepNames = (): string[] => draft.plan.steps.map(({ name }) => name);
  const setting = (name: string): Draft["plan"]["settings"][number] | undefined =>
    draft.plan.settings.find((entry) => entry.name === name);

  before(async () => {
    await loadPythonParser();
    draft = draftOf(rain);
  });

  it("1: every line of the notebook stands as it was, or is listed, or holds a setting", () => {
    const written = new Set(
      all()
        .split("\n")
        .map((line) => line.trim()),
    );
    const dropped = draft.plan.notCarriedOver.map(({ text }) => text);
    const touched = (cell: number, start: number, end: number): boolean =>
      draft.plan.settings.some(({ places }) =>
        places.some((place) => place.cell === cell && place.range.start < end && place.range.end > start),
      );
    const missing = draft.source.cells.flatMap(({ index, python: { python } }) => {
      let at = 0;
      return python.split("\n").filter((line) => {
        const start = at;
        at += line.length + 1;
        const text = line.trim();
        const free =
          text === "" || /^(from|import) /.test(text) || dropped.some((each) => text.startsWith(each));
        return !free && !touched(index, start, at) && !written.has(text);
      });
    });
    assert.deepEqual(missing, []);
  });

  it("2: a call that an edit made too long is wrapped, one argument a line, and nothing else", () => {
    assert.match(component("train"), /LogisticRegression\(\n {8}C=C,\n {8}max_iter=max_iter,\n/);
    assert.match(component("prepare"), /rain\.apply\(dryness,\n {29}axis=1\)/);
  });

  it("3: a last line with an effect stays, and only one that shows goes", () => {
    assert.match(component("train"), /^ {4}joblib\.dump\(model, model_path\)$/m);
    assert.doesNotMatch(component("load"), /head\(\)/);
  });

  it("4: the text depends on the notebook and the plan alone", () => {
    assert.deepEqual(filesOf(draftOf(rain)), filesOf(draft));
  });

  it("5: a step is a verb, and file, function and step share the name", () => {
    assert.deepEqual(stepNames(), ["load", "prepare", "train", "evaluate", "plot"]);
    for (const name of stepNames()) assert.match(component(name), new RegExp(`^def ${name}\\(`, "m"));
  });

  it("6: a long notebook has few steps under few headings", () => {
    const cells = Array.from({ length: 40 }, (_, at): CellText => {
      const source = `v${at} = [${at}]\nv${at}.append(len(v${Math.max(0, at - 1)}))\nprint(v${at})`;
      return at % 10 === 0 ? { heading: `Part ${at / 10}`, source } : source;
    });
    const { length } = draftOf(cells).plan.steps;
    assert.ok(length >= 3 && length <= 7, String(length));
  });

  it("7: a heading is crossed only where the dataflow forces it, and then it is said", () => {
    const forced = draftOf([
      { heading: "Load", source: "numbers = (n for n in range(4))\nprint(next(numbers))" },
      { heading: "Evaluate", source: "print(list(numbers))" },
    ]).plan;
    assert.equal(forced.steps.length, 1);
    assert.match(forced.warnings.join(), /kept together because numbers is a generator/);
    assert.deepEqual(draft.plan.warnings, []);
  });

  it("8: data comes first, settings after the star, all without defaults; names are returned as the manifest has them", () => {
    assert.match(
      component("train"),
      /def train\(\n {4}rain: pd\.DataFrame,\n {4}\*,\n {4}C: float,\n {4}max_iter: int,\n {4}seed: int,\n {4}model_path: str,\n\)/,
    );
    for (const { name, outputs } of draft.plan.steps) {
      const names = outputs.map((output) => output.name).join(", ");
      if (names !== "") assert.match(component(name), new RegExp(`^ {4}return ${names}$`, "m"));
    }
  });

  it("9: types are certain, never Any, and the author's own functions are left as they are", () => {
    assert.doesNotMatch(all(), /\bAny\b/);
    assert.match(component("prepare"), /^def dryness\(row, by = 2\):$/m);
    assert.match(component("evaluate"), /^ {4}model: LogisticRegression,$/m);
  });

  it("10: nothing is given that no later step and no result needs", () => {
    const given = draft.plan.steps.flatMap(({ outputs }) => outputs.map(({ name }) => name));
    assert.ok(!given.includes("half") && !given.includes("ax"));
  });

  it("11: a literal bound once is a constant; what two steps use has one home", () => {
    assert.match(component("prepare"), /^WET = \{"no": 0, "yes": 1\}$/m);
    const two = draftOf(
      ["def twice(x):\n    return 2 * x", "a = [twice(1)]\nprint(a)", "a.append(twice(2))\nprint(a)"],
      { split: "cells" },
    );
    assert.match(fileOf(two, "components/shared.py"), /^def twice\(x\):$/m);
  });

  it("12: what people tune and papermill's parameters are settings; sizes, axes and verbosity are none", () => {
    const names = draft.plan.settings.map(({ name }) => name);
    assert.deepEqual(names, ["rain_csv", "seed", "C", "max_iter", "model_path", "threshold"]);
    const tagged = draftOf(["x = [1]", { source: "rounds = 4", tags: ["parameters"] }, "print(x * rounds)"]);
    assert.deepEqual(
      tagged.plan.settings.map(({ name }) => name),
      ["rounds"],
    );
  });

  it("13: one name and value is one setting; another value gets the step's name", () => {
    const model = (alpha: number): string =>
      `from sklearn.linear_model import Ridge\nm${String(alpha).replace(".", "")} = Ridge(alpha=${alpha}, random_state=3).fit([[1]], [2])`;
    const { settings } = draftOf([model(0.5), model(0.25)], { split: "cells" }).plan;
    const names = settings.map(({ name }) => name);
    assert.equal(names.filter((name) => name === "seed").length, 1);
    assert.equal(names.filter((name) => name.endsWith("alpha")).length, 2);
  });

  it("14: a setting is described by its author or not at all", () => {
    assert.equal(setting("seed")?.description, "any number");
    assert.equal(setting("C")?.description, undefined);
  });

  it("15: a docstring begins with the author's sentence where that starts with a verb, and ends with where it is from", () => {
    assert.match(component("prepare"), /"""Fill the days when nobody looked\.\n\n {4}They are few\./);
    assert.match(component("train"), /"""Fit a LogisticRegression on X\.$/m);
    assert.match(component("train"), /From churn\.ipynb, "Train"\.\n {4}"""/);
  });

  it("16: no docstring repeats the signature", () => {
    assert.doesNotMatch(all(), /\b(Args|Parameters|Returns?):/);
  });

  it("17: nothing of ours is imported, decorated, logged, caught or silenced", () => {
    assert.doesNotMatch(all(), /cellsmith|^@|\blogging\b|^\s*try:|filterwarnings/im);
  });

  it("18: relative paths start at the notebook's folder", () => {
    assert.match(fileOf(draft, "pipeline.yaml"), /^workdir: \.\.\/\.\.\/notebooks /m);
    assert.equal(setting("rain_csv")?.default.text, "'../data/rain.csv'");
  });

  it("19: a file that a step writes is a setting", () => {
    assert.equal(setting("model_path")?.access, "write");
    assert.equal(setting("rain_csv")?.access, "read");
  });

  it("20: packages all the way", () => {
    const paths = filesOf(draft).map(({ path }) => path);
    for (const folder of ["", "components/", "tests/"]) assert.ok(paths.includes(`${folder}__init__.py`));
    assert.match(fileOf(draft, "tests/test_components.py"), /^from \.\.components\.load import load$/m);
  });

  it("21: cells of an old notebook are known by what they say", () => {
    const cell = { cell_type: "code", metadata: {}, outputs: [], execution_count: null, source: "print(1)" };
    const text = JSON.stringify({ nbformat: 4, nbformat_minor: 2, metadata: {}, cells: [cell, cell] });
    const read = parseNotebook(text, "/project/old.ipynb");
    const ids = read.ok ? read.notebook.cells.map(({ id }) => id) : [];
    assert.equal(new Set(ids).size, 2);
    for (const id of ids) assert.match(id, /^digest:[0-9a-f]{16}/);
  });

  it("22: what machines know is in the lock, what people decide in the manifest", () => {
    assert.doesNotMatch(fileOf(draft, "pipeline.yaml"), /[0-9a-f]{40}|\d{4}-\d\d-\d\d|cellsmith \d/);
    assert.match(fileOf(draft, "pipeline.lock.json"), /"code": "[0-9a-f]{64}"/);
  });
});
