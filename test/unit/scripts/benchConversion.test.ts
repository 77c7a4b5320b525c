import assert from "node:assert/strict";
import { spread } from "../../bench/conversion/corpus.ts";
import { codeOf, generatedCells, isOnlyImports, toNotebook } from "../../bench/conversion/generate.ts";
import { inLanes } from "../../bench/conversion/lanes.ts";
import { fitness, judgeRecord, judgeText, whyItFails, worst } from "../../bench/conversion/judge.ts";
import type { RunRecord } from "../../bench/conversion/model.ts";
import { markdownTable, median, outcomeTable, pairedRatio } from "../../bench/conversion/table.ts";

const shown = (stdout: string, images: readonly string[] = []): RunRecord => ({
  cells: [{ stdout, texts: [], images: [...images] }],
});

describe("judgement of a conversion", () => {
  const wanted = [
    { stdout: "a\n", texts: ["1"], images: [] },
    { stdout: "b\n", texts: [], images: ["f1"] },
  ];

  it("is by what was printed and drawn, however it was cut", () => {
    assert.deepEqual(judgeRecord(wanted, shown("a\nb\n", ["f1"])), { outcome: "same", reason: "" });
  });

  for (const [what, record, outcome, reason] of [
    ["another line", shown("a\nc\n", ["f1"]), "different", 'line 2: "b" became "c"'],
    ["a line less", shown("a\n", ["f1"]), "different", 'line 2: "b" became ""'],
    ["another figure", shown("a\nb\n", ["f2"]), "different", "figure 1 is another"],
    ["no figure", shown("a\nb\n"), "different", "figure 1 is not drawn"],
    ["a figure more", shown("a\nb\n", ["f1", "f2"]), "different", "figure 2 is another"],
    ["an end", { failed: "KeyError: 'x'" }, "crash", "KeyError: 'x'"],
  ] as const) {
    it(`tells ${what}`, () => {
      assert.deepEqual(judgeRecord(wanted, record), { outcome, reason });
    });
  }

  it("does not count addresses", () => {
    assert.equal(judgeText("<f at 0x7f00aa11>", "<f at 0x7f00bb22>").outcome, "same");
    assert.equal(judgeText("0x1", "0x2").outcome, "different");
  });

  it("takes the worst of several ways to run", () => {
    const [same, crash] = [
      { outcome: "same", reason: "" },
      { outcome: "crash", reason: "x" },
    ] as const;
    assert.equal(worst([same, crash]), crash);
    assert.equal(worst([same, same]), same);
  });
});

describe("choice of notebooks", () => {
  for (const [failed, why] of [
    ["took too long", "slow"],
    ["URLError: <urlopen error offline: no network in this run>", "needs the network"],
    ["FileNotFoundError: data.csv", "needs a file"],
    ["ModuleNotFoundError: No module named 'torch'", "needs a package"],
    ["ValueError: no", "fails"],
  ] as const) {
    it(`${failed} -> ${why}`, () => {
      assert.equal(whyItFails(failed), why);
    });
  }

  it("asks for the same twice, and for something to see", () => {
    assert.equal(fitness(shown("1\n"), shown("1\n")), "fit");
    assert.equal(fitness(shown("1\n"), shown("2\n")), "not the same twice");
    assert.equal(fitness(shown("1\n", ["f1"]), shown("1\n", ["f2"])), "not the same twice");
    assert.equal(fitness(shown(""), shown("")), "shows nothing");
    assert.equal(fitness({ failed: "ImportError: x" }, shown("")), "needs a package");
  });

  it("keeps its order", () => {
    const list = ["a", "b", "c", "d"].map((name) => ({ path: `/x/${name}.ipynb` }));
    assert.deepEqual(spread(list), spread(list.toReversed()));
    assert.notDeepEqual(spread(list), list);
  });
});

describe("notebooks for everyone", () => {
  it("have as many cells as asked for", () => {
    assert.equal(generatedCells(50).length, 50);
    assert.equal(codeOf(toNotebook(generatedCells(10), true)).length, 10);
  });

  it("chain kale's steps past cells of imports", () => {
    const { cells } = toNotebook(["import os", "x = 1", "import sys", "print(x)"], false);
    assert.deepEqual(
      cells.map(({ metadata }) => metadata.tags),
      [["imports"], ["step:s1"], ["imports"], ["step:s3", "prev:s1"]],
    );
  });

  it("know imports when they see them", () => {
    assert.ok(isOnlyImports("# tools\nimport os\nfrom x import y"));
    assert.ok(!isOnlyImports("import os\nx = 1"));
    assert.ok(!isOnlyImports("from x import (\n  y)"));
    assert.ok(!isOnlyImports(""));
  });
});

describe("tables", () => {
  it("count by outcome", () => {
    const judged = [
      { outcome: "same", reason: "" },
      { outcome: "different", reason: "" },
    ] as const;
    assert.match(outcomeTable([{ name: "x", judged }]), /\| x \| 1 of 2 \(50 %\) \| 1 \| 0 \| 0 \|/);
    assert.equal(markdownTable(["a"], [["1"]]), "| a |\n| --- |\n| 1 |\n");
  });

  it("compare round by round", () => {
    assert.equal(median([3, 1, 2]), 2);
    assert.equal(median([1, 2]), 1.5);
    assert.equal(pairedRatio([1, 10, 1], [2, 20, 3]), 2);
  });
});

describe("lanes", () => {
  it("do each thing once, two at a time", async () => {
    const [done, busy]: [number[], number[]] = [[], []];
    let now = 0;
    await inLanes([1, 2, 3, 4, 5], async (one) => {
      busy.push((now += 1));
      await new Promise(setImmediate);
      now -= 1;
      done.push(one);
    });
    assert.deepEqual(done.toSorted(), [1, 2, 3, 4, 5]);
    assert.equal(Math.max(...busy), 2);
  });
});
