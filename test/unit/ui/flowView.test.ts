import assert from "node:assert/strict";
import { placeRails } from "../../../media/flow/layout.ts";
import { analyzeProgram } from "../../../src/analysis/analyzeProgram.ts";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import { toProgram } from "../../../src/notebook/program.ts";
import { flowViewSchema, type FlowRail, type FlowView } from "../../../src/protocol/flowPage.ts";
import { CellStages } from "../../../src/ui/webviews/cellStages.ts";
import { effectWords, flowView } from "../../../src/ui/webviews/flowView.ts";
import { notebookOf, type CellText } from "../refactor/convertCells.ts";

function view(cells: readonly CellText[]): FlowView {
  const notebook = notebookOf(cells);
  const program = toProgram(notebook);
  const facts = analyzeProgram(program.units);
  return flowView(notebook, facts, new CellStages().of(notebook, program.cells, facts));
}

describe("the dependencies of a notebook", () => {
  before(() => loadPythonParser());

  it("are told in the words of the protocol: cells, what they do, and what goes between them", () => {
    const shown = view([
      { heading: "Load", source: 'import pandas as pd\n\nrides = pd.read_csv("rides.csv")' },
      'rides["fast"] = rides["speed"] > 40',
      "",
      { heading: "Look", source: "rides.describe()" },
    ]);
    flowViewSchema.parse(shown);
    assert.deepEqual(
      shown.cells.map(({ number, line, stage, heading }) => [number, line, stage, heading ?? ""]),
      [
        [1, 'rides = pd.read_csv("rides.csv")', "load", "Load"],
        [2, 'rides["fast"] = rides["speed"] > 40', "", ""],
        [4, "rides.describe()", "look", "Look"],
      ],
    );
    assert.deepEqual(shown.rails, [
      { from: 0, names: ["rides"], effect: false, to: [{ cell: 1, changes: true }] },
      { from: 1, names: ["rides"], effect: false, to: [{ cell: 3, changes: false }] },
    ]);
  });

  it("join names that go the same way, and keep apart what has no name", () => {
    const { rails } = view(["import random\na = 1\nb = 2\nrandom.seed(3)", "print(a + b + random.random())"]);
    assert.deepEqual(rails, [
      { from: 0, names: ["a", "b"], effect: false, to: [{ cell: 1, changes: false }] },
      { from: 0, names: ["random state of python"], effect: true, to: [{ cell: 1, changes: false }] },
    ]);
  });

  for (const [effect, words] of [
    ["<rng:numpy>", "random state of numpy"],
    ["<pyplot>", "the figure"],
    ["<file:out/a b.csv>", "out/a b.csv"],
    ["<file:*>", "a file"],
    ["<options:pandas>", "options of pandas"],
    ["<cwd>", "working folder"],
    ["<something:new>", "something new"],
  ] as const) {
    it(`say ${effect} in words`, () => {
      assert.equal(effectWords(effect), words);
    });
  }
});

describe("the lanes of the lines", () => {
  const rail = (from: number, ...to: number[]): FlowRail => ({
    from,
    names: ["x"],
    effect: false,
    to: to.map((cell) => ({ cell, changes: false })),
  });

  it("never lie on each other, and the short ones are nearest", () => {
    const rails = [rail(0, 9), rail(0, 1), rail(1, 2, 3), rail(2, 5), rail(4, 6), rail(6, 9)];
    const placed = placeRails(rails, (cell) => cell);
    assert.equal(placed.length, rails.length);
    const span = ({ from, to }: FlowRail): [number, number] => {
      const rows = [from, ...to.map(({ cell }) => cell)];
      return [Math.min(...rows), Math.max(...rows)];
    };
    for (const one of placed) {
      for (const other of placed) {
        if (one === other || one.lane !== other.lane) continue;
        const [[a, b], [c, d]] = [span(one.rail), span(other.rail)];
        assert.ok(b <= c || d <= a, `${String([a, b])} and ${String([c, d])} in lane ${one.lane}`);
      }
    }
    assert.equal(placed.find((one) => one.rail === rails[1])?.lane, 0);
    const longest = placed.find((one) => one.rail === rails[0])?.lane ?? -1;
    assert.equal(longest, Math.max(...placed.map(({ lane }) => lane)));
  });

  it("leave out what ends in a cell that is not shown", () => {
    assert.deepEqual(
      placeRails([rail(0, 7)], (cell) => (cell === 7 ? undefined : cell)),
      [],
    );
  });
});
