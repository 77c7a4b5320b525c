import assert from "node:assert/strict";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import { plainProgram } from "../../../src/refactor/plainCells.ts";
import { draftOf, fileOf, filesOf, notebookOf } from "./convertCells.ts";

const plain = (cells: readonly string[], stars = {}): string[] =>
  plainProgram(notebookOf(cells), stars).cells.map(({ python }) => python);

describe("cells in plain Python", () => {
  before(() => loadPythonParser());

  it("run commands of the shell with the notebook's values in them", () => {
    const [, lines = "", shown = ""] = plain(["name = 'a'", "files = !ls {name} $name $HOME", "!date"]);
    assert.match(
      lines,
      /^import subprocess; files = subprocess\.run\(f"ls \{name\} \{name\} \$HOME", shell=True, /,
    );
    assert.match(shown, /print\(subprocess\.run\("date", .*\.stdout, end=""\)$/);
    assert.match(plain(["x = !awk '{print $1}' f"])[0] ?? "", /get_ipython\(\)/);
  });

  it("take %cd and %env for what they do", () => {
    assert.deepEqual(plain(["%cd data", "%env MODE=fast"]), [
      'import os; os.chdir("data"); print(os.getcwd())',
      'import os; os.environ["MODE"] = "fast"; print("env: MODE=fast")',
    ]);
  });

  it("import from a star what is used, the last one winning", () => {
    const stars = { one: ["a", "b"], two: ["b", "c"] };
    assert.deepEqual(plain(["from one import *\nfrom two import *\nprint(a, b)"], stars), [
      "from one import a\nfrom two import b\nprint(a, b)",
    ]);
    assert.deepEqual(plain(["from math import *\nsqrt(2)"]), ["from math import sqrt\nsqrt(2)"]);
    assert.deepEqual(plain(["from nobody import *"]), ["from nobody import *"]);
  });

  it("name the value that _ stands for, where that is plain", () => {
    assert.deepEqual(plain(["6 * 7", "x = _"]), ["_ = 6 * 7", "x = _"]);
    for (const cells of [
      ["f()", "x = _"],
      ["6 * 7;", "x = _"],
      ["6 * 7", "for _ in a: pass"],
    ])
      assert.deepEqual(plain(cells), cells);
  });

  it("say a notebook's own __doc__ and __name__", () => {
    assert.deepEqual(plain(['if __name__ == "__main__":\n    print(1)', "log = getLogger(__name__)"]), [
      'if "__main__" == "__main__":\n    print(1)',
      "log = getLogger(__name__)",
    ]);
  });
});

describe("cells that need not be kept together", () => {
  before(() => loadPythonParser());
  const sizes = (cells: readonly string[]): number[] =>
    draftOf(cells, { split: "cells" }).plan.steps.map((step) => step.cells.length);

  it("hand on a name that may have no value", () => {
    const draft = draftOf(
      [
        "import sys\nif len(sys.argv) > 9:\n    extra = [1]",
        "try:\n    print(extra)\nexcept NameError:\n    print('none')",
      ],
      {
        split: "cells",
      },
    );
    assert.deepEqual(
      draft.plan.steps.map(({ cells }) => cells),
      [[0], [1]],
    );
    const [maker, taker] = draft.plan.steps.map(({ name }) => fileOf(draft, `components/${name}.py`));
    assert.match(maker ?? "", /return locals\(\)\.get\("extra", \.\.\.\)/);
    assert.match(taker ?? "", /if extra is \.\.\.:\n {8}del extra/);
  });

  it("draw each its own figure, as Jupyter does, unless the notebook chose another way", () => {
    const cells = ["import matplotlib.pyplot as plt\nplt.plot([1, 2])", "plt.plot([3, 4])"];
    assert.deepEqual(sizes(cells), [1, 1]);
    assert.deepEqual(sizes([`%matplotlib widget\n${cells[0] ?? ""}`, cells[1] ?? ""]), [2]);
    assert.deepEqual(sizes([cells[0] ?? "", "plt.title('both')"]), [2]);
  });

  it("part a function from what was made with it", () => {
    const cells = [
      "import lib\ndef step(x):\n    return x\nsystem = lib.System(step)",
      "print(step(1))",
      "print(step(2))",
    ];
    assert.deepEqual(sizes(cells), [1, 1, 1]);
    assert.equal(sizes(["def f():\n    return 1", "f.calls = 0", "print(f.calls)"])[0], 3);
  });

  it("keep what draws, wherever it stands in a cell", () => {
    const draft = draftOf(["import lib\nd = lib.make()\nd.plot(ax=None)\nlen([1])\nprint(1)"]);
    assert.match(fileOf(draft, `components/${draft.plan.steps[0]?.name ?? ""}.py`), /d\.plot\(ax=None\)/);
  });

  it("give a step the names that stand in a formula", () => {
    const draft = draftOf(
      [
        "def double_it(x):\n    return 2 * x",
        "import pandas as pd\ndf = pd.read_csv('d.csv')\nk = sorted(df['a'])",
        "import statsmodels.formula.api as smf\nprint(smf.ols('b ~ double_it(a) + k', data=df).fit().params)",
      ],
      { split: "cells" },
    );
    const text = fileOf(draft, `components/${draft.plan.steps.at(-1)?.name ?? ""}.py`);
    assert.match(text, /^def double_it\(x\):$/m);
    const apart = draftOf([
      "import statsmodels.formula.api as smf\ndef twice(x):\n    return 2 * x\nwords = 'b ~ twice(a)'\nprint(smf.ols(formula=words, data=data()))",
    ]);
    assert.match(
      filesOf(apart)
        .map((file) => file.text)
        .join(),
      /^def twice\(x\):$/m,
    );
    assert.match(text, /\(.*\bk\b.*\)(?: -> None)?:$/m);
  });
});
