import assert from "node:assert/strict";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import { draftOf, fileOf, type CellText } from "./convertCells.ts";

const imports = "import numpy as np\nfrom sklearn.linear_model import Ridge, Lasso";
const fit = (model: string): string => `r = ${model}().fit(np.eye(3), [1, 2, 3])\nprint(r.coef_)`;

const namesOf = (cells: readonly CellText[]): readonly string[] =>
  draftOf(cells).plan.steps.map(({ name }) => name);

const docstringOf = (cells: readonly CellText[], step: string): readonly string[] => {
  const text = fileOf(draftOf(cells), `components/${step}.py`);
  return (/"""(.*?)"""/s.exec(text)?.[1] ?? "").split("\n").map((line) => line.trim());
};

describe("what a step is called and says of itself", () => {
  before(() => loadPythonParser());

  it("takes the author's heading where the verb alone would be another step's too", () => {
    assert.deepEqual(
      namesOf([
        imports,
        { heading: "OLS with dummy variables", source: fit("Ridge") },
        { heading: "2.1 A smaller one", source: fit("Lasso") },
      ]),
      ["train", "smaller_one"],
    );
  });

  it("takes no heading that is a sentence, and no title of the whole notebook", () => {
    const names = namesOf([
      imports,
      { heading: "What happens when everything in the data is thrown at it", source: fit("Ridge") },
      { heading: "And now what happens if there is much less of all that", source: fit("Lasso") },
    ]);
    assert.deepEqual(
      names.filter((name) => name.split("_").length > 4),
      [],
    );
  });

  it("says that a step seeds", () => {
    const cells: CellText[] = [
      imports,
      { heading: "Start", source: "np.random.seed(3)" },
      { heading: "Draw", source: "x = np.random.rand()\nprint(x)" },
    ];
    assert.equal(namesOf(cells)[0], "seed");
    assert.equal(docstringOf(cells, "seed")[0], "Seed the random numbers of everything below.");
  });

  it("reads the author's sentence as one of a good docstring", () => {
    const cells = (prose: string): CellText[] => [imports, { heading: "Fit", prose, source: fit("Ridge") }];
    assert.equal(docstringOf(cells("Now we fit a ridge. It is stiff."), "train")[0], "Fit a ridge.");
    assert.equal(docstringOf(cells("Let's split a few more hairs:"), "train")[0], "Split a few more hairs.");
    const leading = docstringOf(cells("Fit and summary:"), "train");
    assert.ok(!leading.some((line) => line.includes("summary")), leading.join("\n"));
    const whole = docstringOf(cells("The line below compares the two of them:"), "train");
    assert.ok(whole.includes("The line below compares the two of them."), whole.join("\n"));
  });

  it("names what it changes in one sentence", () => {
    const cells: CellText[] = [
      "a = [1]\nb = [2]\nprint(a)",
      "a.append(1)\nb.append(2)\nprint(len(a))",
      "print(a, b)",
    ];
    const changing = draftOf(cells, { split: "cells" }).plan.steps[1]?.name ?? "";
    const text = fileOf(draftOf(cells, { split: "cells" }), `components/${changing}.py`);
    assert.match(text, /Changes the a and b it is given\./);
  });

  it("orders steps by what two short edges say together, never by a third", () => {
    const cells: CellText[] = ["import random", ...[1, 2, 3].map((n) => `print(random.random(), ${n})`)];
    const { plan } = draftOf(cells, { split: "cells" });
    const [a = "", b = "", c = ""] = plan.steps.map(({ name }) => name);
    assert.deepEqual(plan.order, [
      [a, b],
      [b, c],
    ]);
  });
});
