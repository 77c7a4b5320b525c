import assert from "node:assert/strict";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import { parseLock } from "../../../src/pipeline/lock.ts";
import type { ConversionPlan } from "../../../src/refactor/model.ts";
import { draftOf, fileOf, filesOf, type CellText } from "./convertCells.ts";

/** A model of house prices, written for these tests. */
const houses: readonly CellText[] = [
  '%matplotlib inline\nimport joblib\nimport matplotlib.pyplot as plt\nimport numpy as np\nimport pandas as pd\n\nhouses_csv = "../data/houses.csv"\nseed = 3  # any number will do',
  { heading: "Load the data", source: "houses = pd.read_csv(houses_csv)\nhouses.head()" },
  { source: "houses.describe()" },
  { source: 'houses["price"].hist()\nplt.title("Prices by district")\nplt.show()' },
  {
    heading: "Cleaning",
    prose: "Drop the houses that nobody measured. They are few.",
    source: '# an empty area is no area\nhouses.dropna(subset=["area"], inplace=True)',
  },
  {
    source:
      'ROOMS = ["kitchen", "bath"]\n\n\ndef per_room(row):\n    # every house has one\n    return row["area"] / max(row["rooms"], len(ROOMS))\n\n\nhouses["per_room"] = houses.apply(per_room, axis=1)\nhouses = houses.drop(columns=[\'street\'])',
  },
  {
    heading: "Model",
    source:
      'from sklearn.model_selection import train_test_split\n\nX = houses.drop(columns="price")\ny = houses["price"]\nX_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=seed)',
  },
  {
    source:
      'from sklearn.ensemble import RandomForestRegressor\n\n# model = LinearRegression()\nmodel = RandomForestRegressor(n_estimators=150, max_depth=9, random_state=seed, n_jobs=2)\nmodel.fit(X_train, y_train)\njoblib.dump(model, "../models/houses.joblib")',
  },
  {
    heading: "Results",
    prose: "A miss of ten is fine.",
    source:
      'from sklearn.metrics import mean_absolute_error\n\nguess = model.predict(X_test)\nmae = mean_absolute_error(y_test, guess)\nprint(f"MAE {mae:.2f}")',
    printed: "MAE 12.34\n",
  },
  { source: "fig, ax = plt.subplots(figsize=(4, 3))\nax.scatter(y_test, guess)\nplt.show()" },
];

const shape = ({ steps }: ConversionPlan): string[] =>
  steps.map(
    ({ name, inputs, outputs, settings }) =>
      `${name}(${inputs.map((input) => input.name).join(", ")}; ${settings.join(", ")}) -> ${outputs.map((output) => output.name).join(", ")}`,
  );

describe("the plan of a conversion", () => {
  before(() => loadPythonParser());

  it("cuts by what cells do, within their headings, and takes only what is needed", () => {
    const { plan } = draftOf(houses);
    assert.deepEqual(shape(plan), [
      "load(; houses_csv) -> houses",
      "plot_by_district(houses; ) -> fig",
      "clean(houses; ) -> houses",
      "split(houses; test_size, seed) -> X_train, X_test, y_train, y_test",
      "train(X_train, y_train; n_estimators, max_depth, seed, model_path) -> model",
      "evaluate(model, X_test, y_test; ) -> guess, mae",
      "plot(y_test, guess; ) -> fig",
    ]);
    assert.deepEqual(plan.metrics, [{ name: "mae", from: "evaluate.mae", goal: "minimize" }]);
    assert.deepEqual(plan.leftOut, [{ cell: 2, reason: "only looks at houses" }]);
    assert.deepEqual(plan.decisions, []);
  });

  it("proposes to leave out what only looks above the training, and leaves it out when told", () => {
    const { plan } = draftOf(houses);
    assert.deepEqual(plan.proposals, [{ cell: 3, reason: "a chart of houses; no later cell needs it" }]);
    const without = draftOf(houses, { leaveOut: [3] }).plan;
    assert.ok(!shape(without).some((step) => step.startsWith("plot_by")));
    assert.deepEqual(
      without.leftOut.map(({ cell }) => cell),
      [2, 3],
    );
  });

  it("lists each line that is not carried over", () => {
    const lines = draftOf(houses).plan.notCarriedOver.map(({ text }) => text);
    assert.deepEqual(lines, [
      "%matplotlib inline",
      "houses.head()",
      "plt.show()",
      "what joblib.dump displays",
      "plt.show()",
    ]);
  });

  it("finds settings with their types, files and words", () => {
    const settings = draftOf(houses).plan.settings.map(
      ({ name, type, access, description, default: { text } }) =>
        [name, type, access, text, description].filter((part) => part !== undefined).join(" "),
    );
    assert.deepEqual(settings, [
      'houses_csv path read "../data/houses.csv"',
      "seed int 3 any number will do",
      "test_size float 0.2",
      "n_estimators int 150",
      "max_depth int 9",
      'model_path path write "../models/houses.joblib"',
    ]);
  });

  it("cuts by headings, by cells and by tags when asked to", () => {
    const names = (split: "headings" | "cells"): string[] =>
      draftOf(houses, { split }).plan.steps.map(({ name }) => name);
    assert.deepEqual(names("headings"), ["load", "clean", "train", "evaluate"]);
    assert.equal(names("cells").length, 8);
    const tagged: CellText[] = [
      { source: "a = [1]", tags: ["step:make_list"] },
      "a.append(2)",
      { source: "print(a)", tags: ["step:tell"] },
    ];
    assert.deepEqual(
      draftOf(tagged, { split: "tags" }).plan.steps.map(({ name, cells }) => [name, cells]),
      [
        ["make_list", [0, 1]],
        ["tell", [2]],
      ],
    );
  });

  it("keeps the names and cells that a person gave to steps", () => {
    const { plan } = draftOf(houses, { steps: [{ name: "learn", cells: [6, 7] }] });
    assert.deepEqual(plan.steps.find(({ name }) => name === "learn")?.cells, [6, 7]);
  });

  it("keeps cells together where a value cannot travel, and says why", () => {
    const { plan } = draftOf(["numbers = (n for n in range(4))", "next(numbers)", "print(list(numbers))"], {
      split: "cells",
    });
    assert.deepEqual(
      plan.steps.map(({ cells }) => cells),
      [[0, 1, 2]],
    );
    assert.match(plan.warnings[0] ?? "", /^Cells 1, 2.* are kept together because numbers .*generator/);
  });

  it("puts values that share an object into one bundle", () => {
    const { plan } = draftOf(["a = [1]\nb = a", "a.append(2)", "print(b)"], { split: "cells" });
    assert.deepEqual(
      plan.bundles.map((bundle) => [...bundle].sort()),
      [["make.a", "make.b"]],
    );
  });

  it("says what stands in the way, and where", () => {
    const { plan } = draftOf(["x = 1", "print(x)\nprint(dir())"]);
    assert.deepEqual(
      plan.decisions.map(({ cell, line, code }) => [cell, line, code]),
      [[1, 1, "dynamic-names"]],
    );
    const missing = draftOf(["x = 1\ny = [x]", "y.append(2)", "print(y)"], { leaveOut: [0] }).plan.decisions;
    assert.match(missing[0]?.message ?? "", /^This needs y, which cell 1 makes, and that cell is left out/);
  });
});

describe("the files of a conversion", () => {
  before(() => loadPythonParser());

  it("depend on nothing but the notebook and the plan", () => {
    assert.deepEqual(filesOf(draftOf(houses)), filesOf(draftOf(houses)));
    const paths = filesOf(draftOf(houses)).map(({ path }) => path);
    for (const path of [
      "__init__.py",
      "components/__init__.py",
      "tests/__init__.py",
      "_runtime.py",
      "_values.py",
      "README.md",
    ]) {
      assert.ok(paths.includes(path), path);
    }
    assert.equal(paths.at(-1), "pipeline.lock.json");
  });

  it("hold the cell's own text", () => {
    const text = fileOf(draftOf(houses), "components/clean.py");
    assert.equal(
      text,
      `import pandas as pd

ROOMS = ["kitchen", "bath"]


def per_room(row):
    # every house has one
    return row["area"] / max(row["rooms"], len(ROOMS))


def clean(houses: pd.DataFrame) -> pd.DataFrame:
    """Drop the houses that nobody measured.

    They are few.

    Changes the houses it is given; pass houses.copy() to keep yours.

    Returns houses.

    From churn.ipynb, "Cleaning".
    """
    # an empty area is no area
    houses.dropna(subset=["area"], inplace=True)

    houses["per_room"] = houses.apply(per_room, axis=1)
    houses = houses.drop(columns=['street'])
    return houses
`,
    );
  });

  it("take settings by name, without defaults, and wrap only the call that grew", () => {
    assert.equal(
      fileOf(draftOf(houses), "components/train.py"),
      `import joblib
import pandas as pd
from sklearn.ensemble import RandomForestRegressor


def train(
    X_train: pd.DataFrame,
    y_train: pd.Series,
    *,
    n_estimators: int,
    max_depth: int,
    seed: int,
    model_path: str,
) -> RandomForestRegressor:
    """Fit a RandomForestRegressor on X_train and y_train.

    Also writes model to model_path.

    From churn.ipynb, "Model".
    """
    # model = LinearRegression()
    model = RandomForestRegressor(
        n_estimators=n_estimators,
        max_depth=max_depth,
        random_state=seed,
        n_jobs=2,
    )
    model.fit(X_train, y_train)
    joblib.dump(model, model_path)
    return model
`,
    );
  });

  it("return figures instead of showing them", () => {
    const draft = draftOf(houses);
    const own = fileOf(draft, "components/plot.py");
    assert.match(
      own,
      /fig, ax = plt\.subplots\(figsize=\(4, 3\)\)\n {4}ax\.scatter\(y_test, guess\)\n {4}return fig\n$/,
    );
    const current = fileOf(draft, "components/plot_by_district.py");
    assert.match(current, /plt\.title\("Prices by district"\)\n {4}fig = plt\.gcf\(\)\n {4}return fig\n$/);
  });

  it("collect the figures of a loop, each closed as Jupyter closes it", () => {
    const draft = draftOf([
      "%matplotlib inline\nimport matplotlib.pyplot as plt",
      "for n in range(2):\n    plt.plot([n])\n    plt.show()",
    ]);
    const [step] = draft.plan.steps;
    assert.deepEqual(step?.outputs, [{ name: "figures", type: undefined, format: "png" }]);
    assert.match(
      fileOf(draft, `components/${step.name}.py`),
      / {4}figures = \[\]\n {4}for n in range\(2\):\n {8}plt\.plot\(\[n\]\)\n {8}figures\.append\(plt\.gcf\(\)\)\n {8}plt\.close\(\)\n {4}return figures\n/,
    );
  });

  it("give what two steps use one home", () => {
    const draft = draftOf(
      [
        "LIMIT = 3\n\ndef cut(xs):\n    return xs[:LIMIT]",
        "a = cut([1, 2, 3, 4])\nprint(a)",
        "b = cut(a)\nprint(b)",
      ],
      { split: "cells" },
    );
    assert.match(
      fileOf(draft, "components/shared.py"),
      /\nLIMIT = 3\n\n\ndef cut\(xs\):\n {4}return xs\[:LIMIT\]\n$/,
    );
    assert.match(
      fileOf(draft, `components/${draft.plan.steps[1]?.name ?? ""}.py`),
      /^from \.shared import cut\n\n\ndef /,
    );
  });

  it("leave the lines of a text alone", () => {
    const draft = draftOf(['text = """\none\n  two\n"""\nprint(text)\nprint(text.upper())']);
    assert.match(
      fileOf(draft, `components/${draft.plan.steps[0]?.name ?? ""}.py`),
      / {4}text = """\none\n {2}two\n"""\n {4}print/,
    );
  });

  it("put a test around the numbers that the notebook shows", () => {
    assert.match(
      fileOf(draftOf(houses), "tests/test_components.py"),
      / {4}assert round\(mae, 2\) == 12\.34\n/,
    );
  });

  it("never say anything of ours in a component", () => {
    for (const { path, text } of filesOf(draftOf(houses))) {
      if (path.startsWith("components/")) assert.doesNotMatch(text, /cellsmith|@|try:|logging/i, path);
    }
  });

  it("record each cell's way in the lock", () => {
    const parsed = parseLock(fileOf(draftOf(houses), "pipeline.lock.json"));
    assert.ok("lock" in parsed);
    const cells = Object.entries(parsed.lock.cells).map(([id, { to }]) => `${id} ${JSON.stringify(to)}`);
    assert.equal(cells[1], 'cell-1 ["load"]');
    assert.equal(cells[2], "cell-2 []");
    assert.equal(cells[5], 'cell-5 ["clean"]');
  });
});
