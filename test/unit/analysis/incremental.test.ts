import assert from "node:assert/strict";
import { analyzeProgram, createAnalyzer, type TreeCache } from "../../../src/analysis/analyzeProgram.ts";
import type { ProgramFacts, Unit } from "../../../src/analysis/model.ts";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import { flowCases } from "./flowCases.ts";

/** Numbers from 0 to 1, the same ones for the same seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** All that can be asked, as data. */
function told(facts: ProgramFacts, units: readonly Unit[]): unknown {
  const names = [...new Set(facts.units.flatMap(({ writes }) => writes))];
  const half = Math.floor(units.length / 2);
  return {
    flows: facts.flows,
    edges: facts.edges,
    diagnostics: facts.diagnostics,
    units: facts.units.map((unit) => ({
      ...unit,
      definitions: unit.definitions.map((each) => ({ ...each })),
      statements: unit.statements.map((each) => ({ ...each })),
    })),
    grouped: facts.flowsOf([
      units.slice(0, half).map((_, at) => at),
      units.slice(half).map((_, at) => at + half),
    ]),
    names: names.map((name) =>
      units.map((_, at) => [name, facts.typeOf(name, at), facts.aliasesOf(name, at)]),
    ),
  };
}

const lines = [
  "x = [1]",
  "y = x",
  "x.append(2)",
  "y = list(x)",
  "box = {'x': x, 'y': y}",
  "for v in box.values():\n    v.append(3)",
  "box = {}",
  "box = {}",
  "box['k'] = x",
  "box['k'] = y",
  "q = box['k']",
  "q = box['k']",
  "q.append(1)",
  "q.append(1)",
  "shelf = [box]",
  "shelf[0]['k'] = [3]",
  "p.items = y",
  "m = p.items",
  "m.append(4)",
  "e = lambda: box",
  "e()['k'].append(5)",
  "del y",
  "def f(a, seen=[]):\n    seen.append(a)\n    return scale * len(seen)",
  "def f(a):\n    a.append(scale)\n    return a",
  "scale = 2",
  "scale += 1",
  "z = f(x)",
  "it = iter(x)",
  "n = next(it)",
  "gen = (v * scale for v in x)",
  "total = sum(gen)",
  "class P:\n    def __init__(self):\n        self.items = x\n    def add(self, v):\n        self.items.append(v)",
  "p = P()",
  "p.add(y)",
  "import numpy as np\na = np.zeros(3)\nb = a[1:]",
  "b[0] = 1",
  "np.random.seed(0)\nr = np.random.rand()",
  "import pandas as pd\ndf = pd.DataFrame({'a': x})",
  "df['b'] = df['a'] * scale",
  "s = df['a']\ns[0] = 1",
  "import matplotlib.pyplot as plt\nplt.plot(x)",
  "fig, ax = plt.subplots()",
  "ax.plot(y)",
  "def counter():\n    n = 0\n    def step():\n        nonlocal n\n        n += 1\n        return n\n    return step\ntick = counter()",
  "t = tick()",
  "from helpers import tidy\ntidy(box)",
  "if scale > 2:\n    late = x\nelse:\n    other = y",
  "print(late)",
  "from math import *",
  "w = missing",
  "with open('a.txt') as file:\n    text = file.read()",
  "handle = open('b.txt')",
  "x = 3 +",
  "globals()['g'] = x",
  "print(sum)",
  "sum = 3",
];

/** A program, and another text for its unit 1; what follows has to notice though no name holds anything else. */
const unseen: readonly (readonly [title: string, units: readonly string[], edited: string])[] = [
  [
    "what a dict holds",
    ["x = [1]\nbox = {}", "box['k'] = x", "q = box['k']", "q.append(1)", "print(x)"],
    "pass",
  ],
  [
    "what is set on an object",
    ["x = [1]\nclass P:\n    pass\np = P()", "p.items = x", "m = p.items", "m.append(1)", "print(x)"],
    "p.items = [2]",
  ],
  [
    "what a function does",
    ["x = [1]\ny = [2]", "def f(a):\n    a.append(1)", "f(x)", "print(x)"],
    "def f(a):\n    y.append(1)",
  ],
  [
    "a default",
    ["x = [1]\ny = [2]", "def f(a=x):\n    a.append(1)", "f()", "print(x, y)"],
    "def f(a=y):\n    a.append(1)",
  ],
  ["a second name", ["x = [1]", "y = x", "x.append(1)", "print(y)"], "y = list(x)"],
  ["a view", ["import numpy as np\na = np.zeros(3)", "b = a[1:]", "a[0] = 1", "print(b)"], "b = a.copy()"],
  [
    "a closed file",
    ["import io", "f = open('a')\nwith f:\n    pass", "f.read()", "f.read()"],
    "f = open('a')",
  ],
  [
    "a closure's variable",
    [
      "def make():\n    n = []\n    def set(v):\n        nonlocal n\n        n = v\n    def get():\n        return n\n    return set, get\nset, get = make()\nx = [1]",
      "set(x)",
      "get().append(1)",
      "print(x)",
    ],
    "set([3])",
  ],
  [
    "seeds",
    ["from sklearn.cluster import KMeans", "m = KMeans()", "m.fit([[1]])", "m.predict([[1]])"],
    "m = KMeans(random_state=1)",
  ],
  [
    "a decorator",
    [
      "def d(f):\n    return f",
      "class A:\n    @property\n    def v(self):\n        return w\nw = []\na = A()",
      "a.v.append(1)",
      "print(w)",
    ],
    "class A:\n    def v(self):\n        return w\nw = []\na = A()",
  ],
];

describe("an analysis that goes on", () => {
  before(() => loadPythonParser());

  for (const [title, sources, edited] of unseen) {
    it(`sees that ${title} changed`, () => {
      const before = sources.map((source, at) => ({ key: String(at), source }));
      const after = before.with(1, { key: "1", source: edited });
      const analyzer = createAnalyzer();
      for (const units of [before, after, before]) {
        assert.deepEqual(told(analyzer.analyze(units), units), told(analyzeProgram(units), units));
      }
    });
  }

  for (const seed of [1, 2, 3, 4, 5]) {
    it(`tells after each of many edits what a fresh one tells (seed ${seed})`, () => {
      const random = randomOf(seed);
      const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] ?? assert.fail();
      const cache: TreeCache = new Map();
      const analyzer = createAnalyzer(cache);
      const kept = flowCases.flatMap(({ units }) => units.map(([source]) => source));
      const line = (): string => (random() < 0.7 ? pick(lines) : pick(kept));
      const cell = (): string => Array.from({ length: 1 + Math.floor(random() * 3) }, line).join("\n");
      let units: Unit[] = Array.from({ length: 8 }, (_, at) => ({ key: `c${at}`, source: cell() }));
      let next = units.length;
      for (let step = 0; step < 25; step += 1) {
        const at = Math.floor(random() * units.length);
        const way = random();
        const unit = units[at] ?? assert.fail();
        if (way < 0.35) units = units.with(at, { ...unit, source: cell() });
        else if (way < 0.6) units = units.with(at, { ...unit, source: `${unit.source}\n${line()}` });
        else if (way < 0.75) units = units.with(at, { ...unit, source: `${line()}\n${unit.source}` });
        else if (way < 0.85) units = units.toSpliced(at, 0, { key: `c${next}`, source: cell() });
        else if (way < 0.93 && units.length > 3) units = units.toSpliced(at, 1);
        else if (way < 0.97) units = [...units.slice(0, at), ...units.slice(at).reverse()];
        else units = units.with(at, { ...unit, source: unit.source.replace(/\d/, "7") });
        next += 1;
        const now = told(analyzer.analyze(units), units);
        const fresh = told(analyzeProgram(units, cache), units);
        assert.deepEqual(now, fresh, `step ${step}\n${units.map(({ source }) => source).join("\n# %%\n")}`);
      }
    });
  }

  it("leaves facts of an earlier time as they were", () => {
    const analyzer = createAnalyzer();
    const first = [
      { key: "a", source: "x = [1]\ny = x\ndef f(v):\n    v.append(1)\n    g(v)\ndef g(w):\n    w.clear()" },
      { key: "b", source: "f(x)" },
    ];
    const before = analyzer.analyze(first);
    analyzer.analyze([{ key: "a", source: "x = 1\ndef f(v):\n    pass" }, first[1] ?? assert.fail()]);
    assert.deepEqual(told(before, first), told(analyzeProgram(first), first));
  });
});
