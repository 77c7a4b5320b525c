import assert from "node:assert/strict";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import { draftOf, fileOf } from "./convertCells.ts";

describe("a chart that is drawn after another was shown", () => {
  before(() => loadPythonParser());

  it("is a figure of its own", () => {
    const draft = draftOf([
      "import matplotlib.pyplot as plt",
      "plt.plot([1, 2])\nplt.show()\nplt.plot([2, 1])",
    ]);
    const text = fileOf(draft, "components/plot.py");
    assert.equal(text.split("figures.append(plt.gcf())").length - 1, 2, text);
    assert.ok(text.indexOf("plt.close()") < text.indexOf("plt.plot([2, 1])"), text);
  });
});
