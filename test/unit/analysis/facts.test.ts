import assert from "node:assert/strict";
import { analyzeProgram, type TreeCache } from "../../../src/analysis/analyzeProgram.ts";
import type { ProgramFacts } from "../../../src/analysis/model.ts";
import { loadPythonParser, parsePython } from "../../../src/analysis/parser.ts";

const analyze = (...sources: string[]): ProgramFacts =>
  analyzeProgram(sources.map((source, at) => ({ key: String(at), source })));

describe("facts about a program", () => {
  before(() => loadPythonParser());

  const types: readonly (readonly [source: string, type: string | undefined])[] = [
    ["import pandas as pd\nx = pd.read_csv('a.csv')", "pandas.DataFrame"],
    ["import pandas as pd\nx = pd.read_csv('a.csv')['c']", "pandas.Series"],
    ["import pandas as pd\nx = pd.read_csv('a.csv')[['c']]", "pandas.DataFrame"],
    ["import pandas as pd\nkey = input()\nx = pd.read_csv('a.csv')[[k for k in key]]", "pandas.DataFrame"],
    ["from pandas import DataFrame as F\nx = F().drop(columns='a').head()", "pandas.DataFrame"],
    ["import pandas as pd\nd = pd.DataFrame()\nx = d['a'] == 'Yes'", "pandas.Series"],
    ["import pandas as pd\nd = pd.DataFrame()\nx = d.shape[0]", undefined],
    [
      "from sklearn.ensemble import RandomForestClassifier\nx = RandomForestClassifier().fit([[1]], [1])",
      "sklearn.ensemble.RandomForestClassifier",
    ],
    [
      "from sklearn.ensemble import RandomForestClassifier\nm = RandomForestClassifier()\nx = m.predict_proba([[1]])[:, 1]",
      "numpy.ndarray",
    ],
    ["from sklearn.metrics import roc_auc_score\nx = roc_auc_score([0], [1])", "float"],
    ["x = 3", "int"],
    ["x = 1 / 2", "float"],
    ["x = f'{1}'", "str"],
    ["x = [1]", "list"],
    ["x = {'a': 1}", "dict"],
    ["x = 1 if input() else 'a'", undefined],
    ["for x in range(3):\n    pass", "int"],
    ["if input():\n    x = 1", undefined],
    ["def x():\n    pass", undefined],
    ["import numpy as x", undefined],
    ["from helpers import f\nx = f()", undefined],
    ["import matplotlib.pyplot as plt\nx, ax = plt.subplots()", "matplotlib.figure.Figure"],
  ];
  for (const [source, type] of types) {
    it(`gives x the type ${type ?? "nobody is sure of"} after ${JSON.stringify(source)}`, () => {
      assert.equal(analyze(source).typeOf("x", 0), type);
    });
  }

  it("splits frames into frames and series into series", () => {
    const facts = analyze(
      "import pandas as pd\nfrom sklearn.model_selection import train_test_split\ndf = pd.read_csv('a.csv')",
      "X = df.drop(columns='y')\ny = df['y']\nA, B, c, d = train_test_split(X, y, random_state=1)",
    );
    assert.deepEqual(
      ["A", "B", "c", "d"].map((name) => facts.typeOf(name, 1)),
      ["pandas.DataFrame", "pandas.DataFrame", "pandas.Series", "pandas.Series"],
    );
  });

  const errors: readonly (readonly [title: string, source: string, code: string, severity?: string])[] = [
    ["text that is not known", "name = input\nexec(open('x.py').read())", "dynamic-code"],
    ["a name made through globals()", "for n in ['a']:\n    globals()[n + '1'] = 1", "dynamic-names"],
    ["the notebook's history", "print(Out[1])", "output-history"],
    ["the last result", "x = _ + 1", "output-history"],
    ["a name out of a star import", "from numpy import *\nx = zeros(3)", "star-import"],
    ["the notebook itself", "get_ipython().magic('x')", "magic"],
    ["waiting at the top", "import asyncio\nawait asyncio.sleep(1)", "async"],
    ["asking a person", "x = input('name?')", "unknown"],
    ["a syntax error", "x = 1\nif x\n    y = 2", "syntax-error"],
    ["Python 2", "print 'hello'", "syntax-error"],
    ["an unknown name", "x = 1\ny = x + nothing", "undefined-name"],
    ["an unknown name in a function that is called", "def f():\n    return nothing\nf()", "undefined-name"],
    [
      "an unknown name in a function that is not called",
      "def f():\n    return nothing",
      "undefined-name",
      "warning",
    ],
  ];
  for (const [title, source, code, severity = "error"] of errors) {
    it(`tells of ${title}`, () => {
      const { diagnostics } = analyze(source);
      assert.ok(
        diagnostics.some((each) => each.code === code && each.severity === severity),
        JSON.stringify(diagnostics),
      );
    });
  }

  it("says where, and who makes a name too late", () => {
    const { diagnostics } = analyze("a = 1", "\nprint(a,\n  late)", "late = 2");
    assert.equal(diagnostics.length, 1);
    const [{ unit, line, column, name, madeBy, message } = assert.fail()] = diagnostics;
    assert.deepEqual([unit, line, column, name, madeBy], [1, 2, 2, "late", 2]);
    assert.equal(message, "late is used before the cell that makes it.");
  });

  it("does not blame other units for what an unreadable one would have made", () => {
    const { diagnostics } = analyze("x = 1\ny = = 2", "print(x)");
    assert.deepEqual(
      diagnostics.map(({ code, unit, line }) => [code, unit, line]),
      [["syntax-error", 0, 1]],
    );
  });

  it("keeps an open connection and a half-read generator from being split off", () => {
    const { diagnostics } = analyze(
      "import sqlite3\ncon = sqlite3.connect('a.db')\nlines = (n for n in [1, 2])",
      "con.execute('x')\nnext(lines)",
    );
    assert.deepEqual(
      diagnostics.map(({ code, name }) => [code, name]),
      [
        ["open-resource", "con"],
        ["generator", "lines"],
      ],
    );
  });

  it("knows which last lines only show", () => {
    const source =
      "import pandas as pd, joblib\ndf = pd.read_csv('a')\nm = {}\ndef show(d):\n    return d.head()\ndef add(d):\n    d['x'] = 1\n";
    const shows = (line: string): boolean =>
      analyze(source + line).units[0]?.statements.at(-1)?.onlyShows ?? false;
    for (const line of [
      "df.head()",
      "df",
      "df.isna().sum()",
      "len(df)",
      "show(df)",
      "df['a'].value_counts(normalize=True)",
      "m['a']",
    ]) {
      assert.ok(shows(line), line);
    }
    for (const line of [
      "print(df)",
      "df.pop('a')",
      "joblib.dump(df, 'm')",
      "add(df)",
      "unknown(df)",
      "df.info()",
      "df.sample(3)",
      "m.setdefault('a', 1)",
      "df.plot()",
    ]) {
      assert.ok(!shows(line), line);
    }
  });

  it("resolves calls through imports, classes and functions", () => {
    const { units } = analyze(
      "import pandas as pd\nfrom sklearn import svm\ndef load(p):\n    return pd.read_csv(p, sep=';')\nm = svm.SVC(C=0.5)\nm.fit(load('a'), thing().y)",
    );
    const calls = units[0]?.statements.flatMap((statement) => statement.calls) ?? [];
    assert.deepEqual(
      calls.map(({ target, receiver }) => [target, receiver]),
      [
        ["pandas.read_csv", undefined],
        ["sklearn.svm.SVC", undefined],
        ["sklearn.svm.SVC.fit", "m"],
        ["load", undefined],
        ["thing", undefined],
      ],
    );
    assert.deepEqual(calls[1]?.arguments[0]?.literal, { type: "float", value: 0.5, text: "0.5" });
  });

  it("describes definitions", () => {
    const { units } = analyze(
      "K = 2\nlog = []\ndef f(a, b=K):\n    global total\n    total = K\n    log.append(a)\n    b = b.copy()\n    b['x'] = 1\n    a['y'] = 2",
    );
    const [definition = assert.fail()] = units[0]?.definitions ?? [];
    assert.deepEqual(definition.readsAtDefinition, ["K"]);
    assert.deepEqual([...definition.readsWhenCalled].sort(), ["K", "log"]);
    assert.deepEqual(definition.rebinds, ["total"]);
    assert.deepEqual(definition.mutates, ["log"]);
    assert.deepEqual(definition.mutatesParameters, ["a"]);
  });

  it("gives the flow of groups, and leaves units out", () => {
    const facts = analyze("x = [1]", "print(x)", "x.append(2)", "y = len(x)", "print(y)");
    assert.deepEqual(
      facts.flowsOf([[0], [2, 3], [4]]).map(({ inputs, outputs }) => [inputs, outputs]),
      [
        [[], ["x"]],
        [["x"], ["y"]],
        [["y"], []],
      ],
    );
    assert.deepEqual(
      facts.edges.map(({ from, to, names }) => [from, to, names]),
      [
        [0, 1, ["x"]],
        [0, 2, ["x"]],
        [2, 3, ["x"]],
        [3, 4, ["y"]],
      ],
    );
  });

  it("knows aliases by unit", () => {
    const facts = analyze("a = [1]\nb = a", "b = list(a)");
    assert.deepEqual([facts.aliasesOf("a", 0), facts.aliasesOf("a", 1)], [["b"], []]);
  });

  it("is quick: a hundred cells, and only new text is parsed again", () => {
    const cell = (n: number): string =>
      `df${n} = pd.read_csv('a.csv')\ndf${n}['x'] = df${n}['y'].fillna(0) * ${n}\nfor i, v in enumerate(df${n}['x']):\n    if v > 3 and i not in seen:\n        seen.append(i)\nbest_${n} = max(seen, default=${n})`;
    const sources = ["import pandas as pd\nseen = []", ...Array.from({ length: 99 }, (_, n) => cell(n))];
    const units = sources.map((source, at) => ({ key: String(at), source }));
    const cache: TreeCache = new Map();
    analyzeProgram(units, cache);
    assert.equal(cache.size, 100);
    const times = [1, 2, 3, 4, 5].map(() => {
      // Time on the processor: what else the machine does is no matter.
      const before = process.cpuUsage();
      analyzeProgram(units, cache);
      return process.cpuUsage(before).user / 1000;
    });
    assert.ok(Math.min(...times) < 200, `${Math.min(...times)} ms`);
  });

  it("sees indentation that Python would not take", () => {
    for (const source of ["x = 1\n  y = 2", "for x in y:\npass", "if x:\n    y\n  z", "return 3"]) {
      assert.notEqual(parsePython(source).problems.length, 0, source);
    }
    for (const source of [
      "x = 1; y = 2",
      "if x: y; z",
      "class A: pass",
      "match x:\n  case 1: pass",
      "# c\n  # d\nx",
    ]) {
      assert.deepEqual(parsePython(source).problems, [], source);
    }
  });
});
