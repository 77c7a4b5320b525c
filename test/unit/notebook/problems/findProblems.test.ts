import assert from "node:assert/strict";
import { loadPythonParser } from "../../../../src/analysis/parser.ts";
import type { Notebook } from "../../../../src/notebook/model.ts";
import { ProblemFinder } from "../../../../src/notebook/problems/findProblems.ts";
import type { NotebookProblem, TextEdit } from "../../../../src/notebook/problems/model.ts";
import { notebookOf } from "../../refactor/convertCells.ts";

interface Case {
  readonly what: string;
  readonly cells: readonly string[];
  /** `code cell: words`, in the cells' order. */
  readonly told: readonly RegExp[];
  /** The title of a fix, and the cells after it. */
  readonly fix?: readonly [title: RegExp, ...cells: string[]];
  readonly counts?: readonly (number | undefined)[];
}

const frame = 'import pandas as pd\ndf = pd.DataFrame({"a": [1]})';

const cases: readonly Case[] = [
  {
    what: "nothing of a notebook that is well",
    cells: [frame, 'df["b"] = df["a"] * 2\nprint(df)'],
    told: [],
  },
  {
    what: "a module that is not imported",
    cells: ["import os\nimport re", 'df = pd.read_csv("x.csv")'],
    told: [/^undefinedName 1: needs pd, which no cell makes$/],
    fix: [
      /^Add import pandas as pd$/,
      "import os\nimport re\nimport pandas as pd",
      'df = pd.read_csv("x.csv")',
    ],
  },
  {
    what: "a module in a notebook without imports",
    cells: ["x = np.zeros(2)"],
    told: [/^undefinedName 0: needs np/],
    fix: [/^Add import numpy as np$/, "import numpy as np\n\nx = np.zeros(2)"],
  },
  {
    what: "a slip of the pen",
    cells: ["df_train = [1]", "print(len(df_tran))"],
    told: [/^undefinedName 1: needs df_tran/],
    fix: [/^Did you mean df_train\?$/, "df_train = [1]", "print(len(df_train))"],
  },
  {
    what: "a cell that has run with a name that is gone",
    cells: ["x = 1", "y = gone + x"],
    counts: [1, 3],
    told: [/^undefinedName 1: needs gone, which no cell makes any more: it ran when one did$/],
  },
  {
    what: "a name that only a later cell makes",
    cells: ["print(rate)", "rate = 3"],
    told: [/^definedLater 0: needs rate, which only cell 2 makes$/],
    fix: [/^Move cell 2 above cell 1$/, "rate = 3", "print(rate)"],
  },
  {
    what: "cells that ran in another order",
    cells: ["x = 1", "y = 2", "z = 3"],
    counts: [2, 1, 3],
    told: [/^outOfOrder 1: last ran before cell 1, which stands above it$/],
  },
  {
    what: "a builtin's name",
    cells: ["list = [1]", "print(list)"],
    told: [/^shadowedBuiltin 0: gives the name list/],
    fix: [/^Rename to list_ from here on$/, "list_ = [1]", "print(list_)"],
  },
  {
    what: "a name that a later cell gives to something else",
    cells: ["data = [1, 2]", "print(sum(data))", "data = 'done'", "print(data)"],
    told: [/^nameReused 2: gives data to something else; cell 2, run again after it, would see that$/],
    fix: [/^Rename to data_2/, "data = [1, 2]", "print(sum(data))", "data_2 = 'done'", "print(data_2)"],
  },
  {
    what: "no name that is only carried on",
    cells: [frame, "df = df.dropna()\nprint(df)", "df = df.head(2)\nprint(df)"],
    told: [],
  },
  {
    what: "data of another cell changed each time",
    cells: ["rows = [1]", "rows.append(2)\nprint(rows)"],
    told: [/^changedInPlace 1: changes rows of cell 1 in place; run twice, it changes it twice$/],
  },
  {
    what: "nothing of what a function might do",
    cells: ["import json\nrows = [1]", "json.dumps(rows)\nprint(rows)"],
    told: [],
  },
  {
    what: "a path of this machine",
    cells: [
      'import json\ntext = open("/project/data/rows.json").read()',
      'other = open("/home/ines/secret/rows.json")',
    ],
    told: [/^absolutePath 1: has \/home\/ines\/secret\/rows\.json, a path that only this machine has$/],
  },
  {
    what: "a path that lies beside the notebook",
    cells: ['text = open(r"/home/ines/project/data/rows.json").read()'],
    told: [/^absolutePath 0/],
    fix: [/^Make it \.\.\/data\/rows\.json$/, 'text = open(r"../data/rows.json").read()'],
  },
  {
    what: "a secret",
    cells: ['import json\npassword = "hunter2-hunter2"'],
    told: [/^secret 0: has the password itself in its text/],
    fix: [
      /^Read it from the environment as PASSWORD$/,
      'import json\nimport os\npassword = os.environ["PASSWORD"]',
    ],
  },
  {
    what: "no secret of a placeholder",
    cells: ['token = "your-token-here"\npassword = ""\napi_key = "<key>"'],
    told: [],
  },
  {
    what: "a key by its looks",
    cells: [`import os\nclient = print("${["AKIA", "ABCDEFGHIJKLMNOP"].join("")}")`],
    told: [/^secret 0: has a key itself/],
  },
  {
    what: "an install without versions",
    cells: ["!pip install -q pandas scikit-learn==1.5 -r more.txt 'xgboost'\nx = 1"],
    told: [/^unpinnedInstall 0: installs pandas, xgboost in whatever version/],
  },
  {
    what: "a result that is only shown",
    cells: [frame, "df.dropna()", "print(df)"],
    told: [/^shownOnly 1: only shows what df\.dropna\(…\) gives; df stays as it was for the cells below$/],
    fix: [/^Keep it as df$/, frame, "df = df.dropna()", "print(df)"],
  },
  {
    what: "no result that is looked at on purpose",
    cells: [frame, "df.dropna().head()\ndf.head()", "print(df)"],
    told: [],
  },
];

function notebook({ cells, counts }: Case): Notebook {
  const made = notebookOf(cells);
  const numbered = made.cells.map((cell, index) => ({ ...cell, executionCount: counts?.[index] }));
  return { ...made, path: "/home/ines/project/notebooks/churn.ipynb", cells: numbered };
}

function applied(cells: readonly string[], fix: NotebookProblem["fixes"][number]): readonly string[] {
  if (fix.kind === "move") {
    const [moved = ""] = cells.slice(fix.cell, fix.cell + 1);
    const rest = cells.filter((_, index) => index !== fix.cell);
    return [...rest.slice(0, fix.above), moved, ...rest.slice(fix.above)];
  }
  assert.equal(fix.kind, "edit");
  const offset = (text: string, line: number, column: number): number =>
    text.split("\n").slice(0, line).join("\n").length + (line > 0 ? 1 : 0) + column;
  return cells.map((text, index) => {
    const edits: TextEdit[] = fix.edits.filter(({ cell }) => cell === index);
    return edits
      .map(({ place, text: put }) => ({
        from: offset(text, place.line, place.column),
        to: offset(text, place.endLine, place.endColumn),
        put,
      }))
      .sort((a, b) => b.from - a.from)
      .reduce((result, { from, to, put }) => result.slice(0, from) + put + result.slice(to), text);
  });
}

describe("what is told of a notebook", () => {
  before(() => loadPythonParser());

  for (const one of cases) {
    it(`is ${one.what}`, () => {
      const found = new ProblemFinder().find(notebook(one));
      const told = found.map(({ code, cell, message }) => `${code} ${cell}: ${message}`);
      assert.equal(told.length, one.told.length, told.join("\n"));
      one.told.forEach((pattern, index) => {
        assert.match(told[index] ?? "", pattern);
      });
      if (one.fix === undefined) return;
      const [title, ...cells] = one.fix;
      const fix = found.flatMap(({ fixes }) => fixes).find((each) => title.test(each.title));
      assert.ok(fix !== undefined, found.flatMap(({ fixes }) => fixes.map((each) => each.title)).join("\n"));
      assert.deepEqual(applied(one.cells, fix), cells);
    });
  }

  it("never says a secret", () => {
    const [found] = new ProblemFinder().find(
      notebook({ what: "", told: [], cells: ['password = "hunter2-hunter2"'] }),
    );
    assert.doesNotMatch(JSON.stringify(found), /hunter2/);
  });

  it("is the same when the notebook is edited as when it is read anew", () => {
    const finder = new ProblemFinder();
    for (const one of [...cases, ...cases.toReversed()]) {
      assert.deepEqual(finder.find(notebook(one)), new ProblemFinder().find(notebook(one)), one.what);
    }
  });
});
