/**
 * Notebooks before and after `Extract to Component`, run in a real Python: what is printed, shown and bound must be the
 * same. What cannot be extracted is refused with a reason.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as z from "zod";
import { loadPythonParser } from "../../../../src/analysis/parser.ts";
import type { Extraction, Selection } from "../../../../src/refactor/extract/model.ts";
import { planExtraction } from "../../../../src/refactor/extract/planExtraction.ts";
import { notebookOf, type CellText } from "../convertCells.ts";

interface Case {
  readonly what: string;
  readonly cells: readonly CellText[];
  readonly select: Selection;
  /** What stands in the notebook afterwards. */
  readonly cell?: string;
  readonly file?: RegExp;
}

const cellRange = (first: number, last = first): Selection => ({ kind: "cells", first, last });
const lineRange = (cell: number, firstLine: number, lastLine: number): Selection => ({
  kind: "lines",
  cell,
  firstLine,
  lastLine,
});

const frame =
  'import pandas as pd\nimport numpy as np\n\ndf = pd.DataFrame({"a": [3, 1, 2], "b": [1.0, np.nan, 3.0]})';

const same: readonly Case[] = [
  {
    what: "a cell that changes a frame and gives the name anew",
    cells: [frame, 'df["c"] = df["a"] * 2\ndf = df.dropna()\n', "print(df)"],
    select: cellRange(1),
    cell: "from components.made import made\n\ndf = made(df)",
    file: /^import pandas as pd\n\n\ndef made\(df: pd\.DataFrame\) -> pd\.DataFrame:\n {4}"""Changes df in place\./,
  },
  {
    what: "several cells with settings, imports of their own and a last line that shows",
    cells: [
      frame,
      "seed = 3\nscale = 0.5",
      {
        heading: "Sample",
        prose: "Take some rows of the frame.",
        source: "import random\n\nrandom.seed(seed)",
      },
      "picked = df.sample(2, random_state=seed)\npicked['a'] = picked['a'] * scale\npicked",
      "print(picked, random.random())",
    ],
    select: cellRange(2, 3),
    cell: "from components.made import made\nimport random\n\npicked = made(df, seed=seed, scale=scale)\npicked",
    file: /"""Take some rows of the frame\.\n\n {4}From churn\.ipynb, "Sample"\.\n {4}"""/,
  },
  {
    what: "lines in the middle of a cell",
    cells: ["x = 2\n# twice\ny = x * 2\nz = y + 1\nprint(x, y, z)", "print(z)"],
    select: lineRange(0, 1, 3),
    cell: "x = 2\n\nfrom components.made import made\n\ny, z = made(x=x)\nprint(x, y, z)",
    file: /# twice\n {4}y = x \* 2/,
  },
  {
    what: "a function that only the selection uses",
    cells: [
      frame,
      "def half(row):\n    # of the first\n    return row['a'] / 2\n\ndf['h'] = df.apply(half, axis=1)",
      "print(df)",
    ],
    select: cellRange(1),
    file: /^(import pandas as pd\n\n\n)?def half\(row\):\n {4}# of the first\n[^]*\n\n\ndef made\(df/,
  },
  {
    what: "a function of the notebook as an argument",
    cells: [
      "limit = 2\ndef keep(x):\n    return x > limit",
      "rows = [1, 2, 3]",
      "rows = [x for x in rows if keep(x)]",
      "print(rows)",
    ],
    select: cellRange(2),
    cell: "from components.made import made\n\nrows = made(rows, keep)",
  },
  {
    what: "values that share an object",
    cells: ["a = [1]\nb = a", "a.append(2)\nc = b\nc += [3]", "print(a, b, c, a is b, b is c)"],
    select: cellRange(1),
  },
  {
    what: "a loop, its variable and what it may not bind",
    cells: [
      "rows = [1, 2, 3]\nlast = 0",
      "for row in rows:\n    if row > 1:\n        last = row",
      "print(row, last)",
    ],
    select: cellRange(1),
  },
  {
    what: "strings over several lines and names in queries",
    cells: [
      frame,
      'least = 1\ntext = """one\n  two\n"""\nsmall = df.query("a > @least")\nprint(text, len(text))',
      "print(small)",
    ],
    select: cellRange(1),
  },
  {
    what: "numpy's random state",
    cells: [
      "import numpy as np\nnp.random.seed(1)",
      "draw = np.random.rand(2)",
      "print(draw, np.random.rand())",
    ],
    select: cellRange(1),
  },
  {
    what: "a half consumed iterator",
    cells: ["rows = iter([1, 2, 3])", "first = next(rows)", "print(first, list(rows))"],
    select: cellRange(1),
  },
  {
    what: "an augmented name and a walrus",
    cells: ["total = 1", "total += 2\nif (n := total) > 2:\n    print(n)", "print(total, n)"],
    select: cellRange(1),
  },
  {
    what: "a model that is trained and shown",
    cells: [
      frame,
      "from sklearn.linear_model import LinearRegression\n\nX = df[['a']]\ny = df['a'] * 2\nmodel = LinearRegression()\nmodel.fit(X, y)",
      "print(model.coef_)",
    ],
    select: cellRange(1),
    cell: "from components.made import made\n\nX, y, model = made(df)\nmodel.fit(X, y)",
  },
  {
    what: "nothing that is needed later",
    cells: ["rows = [1, 2]", "squares = [row**2 for row in rows]\nprint(sum(squares))", "print(len(rows))"],
    select: cellRange(1),
    cell: "from components.made import made\n\nmade(rows)",
    file: /def made\(rows: list\) -> None:/,
  },
  {
    what: "a plot",
    cells: [
      "%matplotlib inline\nimport matplotlib.pyplot as plt\nrows = [1, 3, 2]",
      "fig, ax = plt.subplots()\nax.plot(rows)\nax.set_title('rows')\nplt.show()",
      "print(ax.get_title(), len(ax.lines))",
    ],
    select: cellRange(1),
  },
];

const refused: readonly (Case & { readonly reason: RegExp })[] = [
  {
    what: "a magic",
    cells: ["x = 1", "%time y = x", "print(y)"],
    select: cellRange(1),
    reason: /only Jupyter understands|%time/,
  },
  {
    what: "a value shown in between",
    cells: [frame, "df.head()", "df = df.dropna()"],
    select: cellRange(1, 2),
    reason: /cell 2 shows df\.head\(\)/,
  },
  {
    what: "only a shown value",
    cells: [frame, "df.head()"],
    select: cellRange(1),
    reason: /nothing selected but a line that shows/,
  },
  {
    what: "a name that no cell makes",
    cells: ["x = 1", "y = x + missing"],
    select: cellRange(1),
    reason: /missing/,
  },
  {
    what: "a deleted name",
    cells: ["x = 1\ny = 2", "z = x\ndel y", "print(z)"],
    select: cellRange(1),
    reason: /deletes y/,
  },
  {
    what: "a class",
    cells: ["class A:\n    pass\na = A()", "print(a)"],
    select: cellRange(0),
    reason: /defines a class/,
  },
  {
    what: "a function that others call",
    cells: ["def f():\n    return 1\nx = f()", "print(f(), x)"],
    select: cellRange(0),
    reason: /defines f, which other cells/,
  },
  {
    what: "a function that reads a name late",
    cells: ["t = 1\ndef f():\n    return t", "t = 2\nx = f()", "print(x, t)"],
    select: cellRange(1),
    reason: /f reads t when it is called/,
  },
  {
    what: "a lambda that a later cell would change",
    cells: ["t = 1", "fs = [lambda: t]", "t = 2\nprint(fs[0]())"],
    select: cellRange(1),
    reason: /reads t when it is called, and a later cell/,
  },
  {
    what: "a generator that a later cell would change",
    cells: ["t = 1\nrows = [1, 2]", "g = (row + t for row in rows)", "t = 5\nprint(list(g))"],
    select: cellRange(1),
    reason: /reads t/,
  },
  {
    what: "globals()",
    cells: ["x = 1", "print(globals()['x'])"],
    select: cellRange(1),
    reason: /globals|notebook itself|cannot be known/i,
  },
  {
    what: "a builtin with another meaning",
    cells: ["rows = [2, 1]", "m = max(rows)\nmax = 3", "print(m, max)"],
    select: cellRange(1),
    reason: /name max of Python/,
  },
  {
    what: "a value that may not be there",
    cells: ["rows = []", "for row in rows:\n    last = row", "print(rows or last)"],
    select: cellRange(1),
    reason: /last may have no value|may have no value/,
  },
  {
    what: "global",
    cells: ["n = 0\ndef count():\n    global n\n    n += 1", "count()\nprint(n)"],
    select: cellRange(1),
    reason: /count (changes|reads) n/,
  },
  {
    what: "statements on one line",
    cells: ["x = 1; y = 2\nprint(x)"],
    select: lineRange(0, 5, 6),
    reason: /select lines with code/,
  },
];

const outcome = z.object({
  out: z.string(),
  shown: z.array(z.string()),
  names: z.record(z.string(), z.string()),
  figures: z.number(),
});

/** Runs cells as a kernel does: one namespace, the last expression shown, the notebook's folder first on the path. */
const runner = `
import ast, contextlib, io, json, os, sys
os.environ["MPLBACKEND"] = "Agg"
cases = json.load(sys.stdin)
def run(case):
    sys.path[0:0] = [case["home"]]
    for name in [name for name in sys.modules if name.split(".")[0] == "components"]:
        del sys.modules[name]
    space, shown, out, figures = {"__name__": "__main__"}, [], io.StringIO(), 0
    with contextlib.redirect_stdout(out):
        for cell in case["cells"]:
            tree = ast.parse(cell)
            tail = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) and not cell.rstrip().endswith(";") else None
            exec(compile(tree, "cell", "exec"), space)
            if tail is not None:
                value = eval(compile(ast.Expression(tail.value), "cell", "eval"), space)
                if value is not None:
                    shown.append(repr(value))
            if "matplotlib.pyplot" in sys.modules:
                plt = sys.modules["matplotlib.pyplot"]
                figures += len(plt.get_fignums())
                plt.close("all")
    sys.path.pop(0)
    names = {name: repr(space[name]) for name in case["names"] if name in space}
    return {"out": out.getvalue(), "shown": shown, "names": names, "figures": figures}
json.dump([run(case) for case in cases], sys.stdout)
`;

function extract({ cells, select }: Case): Extraction {
  return planExtraction(notebookOf(cells), select, { name: "made", package: "components" });
}

describe("Extract to Component", function () {
  this.timeout(120_000);
  before(() => loadPythonParser());

  it("gives the same afterwards", () => {
    const scratch = mkdtempSync(path.join(tmpdir(), "cellsmith-extract-"));
    const runs = same.flatMap((one, position) => {
      const extraction = extract(one);
      assert.ok(extraction.ok, `${one.what}: ${extraction.ok ? "" : extraction.reason}`);
      const { component } = extraction;
      const home = path.join(scratch, String(position));
      mkdirSync(path.join(home, "components"), { recursive: true });
      writeFileSync(path.join(home, component.file), component.text);
      const notebook = notebookOf(one.cells);
      const sources = notebook.cells.map(({ source }) => source.replace(/^%.*$/gm, ""));
      const after = [
        ...sources.slice(0, component.first),
        component.cell,
        ...sources.slice(component.last + 1),
      ];
      // Names that cells below name are what one can see of a value.
      const names = [
        ...sources
          .slice(component.last + 1)
          .join(" ")
          .matchAll(/[a-z_]\w*/gi),
      ].map(([name]) => name);
      return [
        { home, cells: sources, names },
        { home, cells: after, names },
      ];
    });
    const python = spawnSync("python3", ["-c", runner], { input: JSON.stringify(runs), encoding: "utf8" });
    assert.equal(python.status, 0, python.stderr);
    const results = z.array(outcome).parse(JSON.parse(python.stdout));
    for (const [position, one] of same.entries()) {
      const plain = (text: unknown): string => JSON.stringify(text).replaceAll(/ at 0x[0-9a-f]+/g, "");
      const [before, after] = [results[position * 2], results[position * 2 + 1]];
      assert.equal(plain(after), plain(before), one.what);
    }
    rmSync(scratch, { recursive: true, force: true });
  });

  for (const one of same.filter(({ cell, file }) => cell !== undefined || file !== undefined)) {
    it(`writes ${one.what} as one would`, () => {
      const extraction = extract(one);
      assert.ok(extraction.ok);
      if (one.cell !== undefined) assert.equal(extraction.component.cell, one.cell);
      if (one.file !== undefined) assert.match(extraction.component.text, one.file);
    });
  }

  for (const one of refused) {
    it(`refuses ${one.what}`, () => {
      const extraction = extract(one);
      assert.ok(
        !extraction.ok,
        extraction.ok ? `${extraction.component.text}\n${extraction.component.cell}` : "",
      );
      assert.match(extraction.reason, one.reason);
    });
  }
});
