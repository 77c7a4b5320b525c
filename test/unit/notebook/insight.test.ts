import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { analyzeProgram } from "../../../src/analysis/analyzeProgram.ts";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import { describeNotebook } from "../../../src/notebook/insight.ts";
import type { NotebookInsight } from "../../../src/notebook/model.ts";
import { toProgram } from "../../../src/notebook/program.ts";
import { parseNotebook } from "../../../src/notebook/readNotebook.ts";
import { firstTellingLine } from "../../../src/notebook/tellingLine.ts";

function describeText(text: string, name: string): NotebookInsight {
  const result = parseNotebook(text, name);
  if (!result.ok) assert.fail(result.reason);
  return describeNotebook(result.notebook, analyzeProgram(toProgram(result.notebook).units));
}

const script = (...cells: string[]): NotebookInsight =>
  describeText(cells.map((cell) => `# %%\n${cell}\n`).join(""), "s.py");

describe("what a notebook says about itself", () => {
  before(() => loadPythonParser());

  it("finds files through constants, with the cell that uses them", () => {
    const { reads, writes } = script(
      "import pandas as pd, joblib\nsource = 'data/in.csv'\nmodel_file = f'models/best.joblib'",
      "df = pd.read_csv(source)",
      "joblib.dump({}, model_file)\ndf.plot().figure.savefig('plot.png')\ndf.to_parquet('out.parquet')",
      "pd.read_parquet('out.parquet')\nopen('log.txt', 'w').write('x')",
    );
    assert.deepEqual(reads, [{ path: "data/in.csv", cell: 2 }]);
    assert.deepEqual(
      writes.map(({ path: file, cell, kind }) => `${file} ${cell} ${kind}`),
      ["models/best.joblib 3 model", "plot.png 3 plot", "out.parquet 3 data", "log.txt 4 file"],
    );
  });

  it("reads the numbers of saved outputs, the last of each name, and no times or sizes", () => {
    const file = path.resolve(import.meta.dirname, "../../fixtures/notebooks/sales.ipynb");
    const { numbers, headline, outOfOrder } = describeText(readFileSync(file, "utf8"), file);
    assert.deepEqual(
      numbers.map(({ name, value, cell }) => [name, value, cell]),
      [
        ["accuracy", 0.91, 4],
        ["loss", 0.125, 4],
      ],
    );
    assert.deepEqual(outOfOrder, { later: 4, earlier: 2 });
    assert.equal(headline, "3 cells · last run out of order (cell 4 before cell 2)");
  });

  it("names the cell that breaks a fresh run", () => {
    assert.equal(
      script("a = 1", "print(df2)").headline,
      "2 cells · breaks in a fresh run: cell 2 needs df2, which no cell makes",
    );
    assert.equal(
      script("print(late)", "late = 1").headline,
      "2 cells · breaks in a fresh run: cell 1 needs late, which only cell 2 makes",
    );
    assert.equal(
      script("x = 1", "y = (f +").headline,
      "2 cells · breaks in a fresh run: cell 2 is not valid Python: y = (f +",
    );
    assert.match(script("x = 1", "del x", "x").breaks[0]?.message ?? "", /^cell 3 needs x, which is gone/);
  });

  it("does not take a name for missing that a guard, a handler or IPython provides", () => {
    const { breaks } = script(
      "if 'cache' not in globals():\n    cache = {}\ncache['a'] = 1",
      "try:\n    ready\nexcept NameError:\n    ready = False\nprint(ready)",
      "display(cache)\nprint(__name__)",
      "def later():\n    return not_yet\nnot_yet = 1\nlater()",
      "for k in []:\n    pass\n[v for v in cache]",
    );
    assert.deepEqual(breaks, []);
  });

  it("falls back to files and counts", () => {
    assert.equal(script("open('a.txt')", "open('b.txt')").headline, "2 cells · reads 2 files");
    assert.equal(script("x = 1").headline, "1 cell");
  });

  it("tells a cell by its first line that is no import", () => {
    assert.equal(
      firstTellingLine({ source: "%matplotlib inline\nimport os\n# hi\n\nx = 1\ny = 2" }),
      "x = 1",
    );
    assert.equal(firstTellingLine({ source: "import os" }), "import os");
  });
});
