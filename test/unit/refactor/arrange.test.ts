import assert from "node:assert/strict";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import { arrange, shortfall, type PlanEdit } from "../../../src/refactor/arrange.ts";
import { chosenDetails, optionsFromMemory, rememberPlan } from "../../../src/refactor/choices.ts";
import type { Draft, PlanOptions } from "../../../src/refactor/plan.ts";
import { reasonsOf } from "../../../src/refactor/reasons.ts";
import { draftOf, type CellText } from "./convertCells.ts";

/** Five steps by headings; the last cell of each but the first goes on with the one above it. */
const rides: readonly CellText[] = [
  "import pandas as pd\nimport matplotlib.pyplot as plt\n\nlimit = 40",
  { heading: "Read", source: 'rides = pd.read_csv("rides.csv")' },
  { heading: "Clean", source: "rides = rides.dropna()" },
  'rides["fast"] = rides["speed"] > limit',
  { heading: "Count", source: "fast = rides.fast.sum()\nprint(fast)" },
  { source: "share = fast / len(rides)\nprint(share)" },
  { heading: "Draw", source: "fig, ax = plt.subplots()\nax.hist(rides.speed, bins=12)\nplt.show()" },
];

const shape = ({ plan }: Draft): string => plan.steps.map(({ cells }) => cells.join(" ")).join(" | ");

function edited(
  draft: Draft,
  options: PlanOptions,
  edit: PlanEdit,
): { draft: Draft; options: PlanOptions; said: string } {
  const { options: next, said } = arrange(draft, options, edit);
  const after = draftOf(rides, next);
  assert.equal(shortfall(after, edit), undefined);
  return { draft: after, options: next, said };
}

describe("arranging a plan", () => {
  const start: PlanOptions = { split: "headings" };
  let draft: Draft;
  before(async () => {
    await loadPythonParser();
    draft = draftOf(rides, start);
  });

  const nameAt = (cell: number, of = draft): string =>
    of.plan.steps.find(({ cells }) => cells.includes(cell))?.name ?? "";

  it("starts from steps by headings", () => {
    assert.equal(shape(draft), "1 | 2 3 | 4 5 | 6");
  });

  const cases: readonly {
    readonly does: string;
    readonly edit: () => PlanEdit;
    readonly gives: string;
    readonly says: RegExp;
  }[] = [
    {
      does: "merges a step with the one above",
      edit: () => ({ kind: "merge", step: nameAt(2) }),
      gives: "1 2 3 | 4 5 | 6",
      says: /is now part of/,
    },
    {
      does: "splits a step before a cell",
      edit: () => ({ kind: "split", cell: 5 }),
      gives: "1 | 2 3 | 4 | 5 | 6",
      says: /is split before cell 6/,
    },
    {
      does: "moves a cell up",
      edit: () => ({ kind: "move", cell: 2, by: -1 }),
      gives: "1 2 | 3 | 4 5 | 6",
      says: /^Cell 3 is now in \w+\.$/,
    },
    {
      does: "moves a cell down",
      edit: () => ({ kind: "move", cell: 3, by: 1 }),
      gives: "1 | 2 | 3 4 5 | 6",
      says: /^Cell 4 is now in \w+\.$/,
    },
    {
      does: "takes along what stands above it in its step",
      edit: () => ({ kind: "move", cell: 5, by: -1 }),
      gives: "1 | 2 3 4 5 | 6",
      says: /^Cell 6 is now in \w+, and with it cell 5, which stands between\.$/,
    },
    {
      does: "takes along what stands between two steps",
      edit: () => ({ kind: "moveTo", cell: 6, step: nameAt(1) }),
      gives: "1 2 3 4 5 6",
      says: /and with it cells 3–6, which stand between/,
    },
    {
      does: "takes along what stands between downwards",
      edit: () => ({ kind: "moveTo", cell: 3, step: nameAt(6) }),
      gives: "1 | 2 | 3 4 5 6",
      says: /with it cells 5 and 6, which stand between/,
    },
    {
      does: "keeps cells together",
      edit: () => ({ kind: "keepTogether", cells: [3, 4] }),
      gives: "1 | 2 3 4 5 | 6",
      says: /kept together as one step/,
    },
    {
      does: "leaves a cell out",
      edit: () => ({ kind: "leaveOut", cell: 6, leaveOut: true }),
      gives: "1 | 2 3 | 4 5",
      says: /^Cell 7 is left out\.$/,
    },
    {
      does: "cuts another way",
      edit: () => ({ kind: "cut", mode: "cells" }),
      gives: "1 | 2 | 3 | 4 | 5 | 6",
      says: /one step a cell/,
    },
  ];
  for (const { does, edit, gives, says } of cases) {
    it(does, () => {
      const next = edited(draft, start, edit());
      assert.equal(shape(next.draft), gives);
      assert.match(next.said, says);
    });
  }

  it("keeps the names of steps that an edit leaves alone", () => {
    const names = draft.plan.steps.map(({ name }) => name);
    const next = edited(draft, start, { kind: "split", cell: 5 }).draft;
    assert.deepEqual(
      next.plan.steps.filter(({ cells }) => cells[0] !== 5).map(({ name }) => name),
      names,
    );
  });

  it("renames a step, and keeps its name through the next edit", () => {
    const renamed = edited(draft, start, { kind: "rename", step: nameAt(2), name: "tidy" });
    const split = edited(renamed.draft, renamed.options, { kind: "split", cell: 5 });
    assert.equal(nameAt(2, split.draft), "tidy");
  });

  const refusals: readonly { readonly edit: () => PlanEdit; readonly because: RegExp }[] = [
    { edit: () => ({ kind: "merge", step: nameAt(1) }), because: /no step above/ },
    { edit: () => ({ kind: "move", cell: 1, by: -1 }), because: /no step above/ },
    { edit: () => ({ kind: "move", cell: 6, by: 1 }), because: /no step below/ },
    { edit: () => ({ kind: "split", cell: 2 }), because: /Cell 3 is the first of its step already/ },
    { edit: () => ({ kind: "split", cell: 0 }), because: /Cell 1 is in no step/ },
    { edit: () => ({ kind: "rename", step: nameAt(2), name: "class" }), because: /cannot be its name/ },
    { edit: () => ({ kind: "rename", step: nameAt(2), name: "print" }), because: /for something else/ },
    { edit: () => ({ kind: "rename", step: nameAt(2), name: "rides" }), because: /for something else/ },
    {
      edit: () => ({ kind: "renameSetting", key: "limit", name: "most" }),
      because: /variable of the notebook/,
    },
    { edit: () => ({ kind: "setting", key: "nothing", on: true }), because: /cannot be a setting/ },
  ];
  for (const { edit, because } of refusals) {
    it(`says why it cannot be: ${because.source}`, () => {
      assert.throws(() => arrange(draft, start, edit()), because);
    });
  }

  it("says why cells cannot be parted", () => {
    const halves: readonly CellText[] = [
      "rows = (n * n for n in range(9))\nnext(rows)",
      "total = sum(rows)\nprint(total)",
    ];
    const one = draftOf(halves, {});
    assert.equal(shape(one), "0 1");
    const { options } = arrange(one, {}, { kind: "split", cell: 1 });
    const why = shortfall(draftOf(halves, options), { kind: "split", cell: 1 });
    assert.match(why ?? "", /^Cells 1 and 2 stay in one step because rows is a generator\.$/);
  });

  it("turns a setting off so that its literal stays in the code, and on again", () => {
    const off = edited(draft, start, { kind: "setting", key: "limit", on: false });
    assert.ok(!off.draft.plan.settings.some(({ key }) => key === "limit"));
    assert.deepEqual(
      off.draft.plan.moreSettings.find(({ key }) => key === "limit"),
      { key: "limit", text: "40", cell: 0 },
    );
    const on = edited(off.draft, off.options, { kind: "setting", key: "limit", on: true });
    assert.ok(on.draft.plan.settings.some(({ key }) => key === "limit"));
  });

  it("makes another number a setting, under a name of one's own", () => {
    assert.ok(
      draft.plan.moreSettings.some(({ key }) => key === "bins"),
      JSON.stringify(draft.plan.moreSettings),
    );
    const on = edited(draft, start, { kind: "setting", key: "bins", on: true });
    const named = edited(on.draft, on.options, { kind: "renameSetting", key: "bins", name: "columns_drawn" });
    assert.equal(named.draft.plan.settings.find(({ key }) => key === "bins")?.name, "columns_drawn");
    assert.ok(named.draft.plan.steps.some(({ settings }) => settings.includes("columns_drawn")));
  });

  it("goes back to what was proposed", () => {
    const merged = edited(draft, start, { kind: "merge", step: nameAt(2) });
    assert.deepEqual(arrange(merged.draft, { ...merged.options, name: "rides" }, { kind: "reset" }).options, {
      name: "rides",
    });
  });

  it("is remembered by the cells' ids", () => {
    const moved = edited(draft, start, { kind: "move", cell: 2, by: -1 });
    const chosen = edited(moved.draft, moved.options, { kind: "setting", key: "limit", on: false });
    const { notebook } = draft.source;
    const kept: unknown = JSON.parse(JSON.stringify(rememberPlan(chosen.options, notebook)));
    assert.deepEqual(optionsFromMemory(kept, notebook), {
      ...chosen.options,
      settings: { off: ["limit"], on: [], names: {} },
    });
    assert.deepEqual(chosenDetails(chosen.options, notebook)?.placed, ["cell-2"]);
    assert.deepEqual(optionsFromMemory({ steps: 3, split: "?" }, notebook), {});
    assert.deepEqual(optionsFromMemory("nonsense", notebook), {});
  });
});

describe("why a cell is in its step", () => {
  before(() => loadPythonParser());

  const words = (draft: Draft): Record<number, string[]> =>
    Object.fromEntries(
      [...reasonsOf(draft, draft.options)].map(([cell, reasons]) => [
        cell,
        reasons.map((reason) => reason.map((part) => (typeof part === "string" ? part : part.code)).join("")),
      ]),
    );

  it("is told for every cell of a step, the strongest first", () => {
    const told = words(draftOf(rides, { split: "headings" }));
    assert.deepEqual(Object.keys(told), ["1", "2", "3", "4", "5", "6"]);
    assert.deepEqual(told[1], ["first under “Read”", "reads data"]);
    assert.deepEqual(told[3], ["changes rides that cell 3 made", "same heading as cell 3"]);
    assert.deepEqual(told[5], ["same heading as cell 5", "uses fast of cell 5"]);
  });

  it("says what the user did", () => {
    const draft = draftOf(rides, { split: "headings" });
    const { options } = arrange(draft, { split: "headings" }, { kind: "move", cell: 2, by: -1 });
    assert.equal(words(draftOf(rides, options))[2]?.[0], "you put it here");
    const split = arrange(draft, { split: "headings" }, { kind: "split", cell: 5 }).options;
    assert.equal(words(draftOf(rides, split))[5]?.[0], "you start a step here");
  });

  it("says what cannot be parted", () => {
    const draft = draftOf(
      ["rows = (n * n for n in range(9))\nnext(rows)", "total = sum(rows)\nprint(total)"],
      { split: "cells" },
    );
    assert.deepEqual(words(draft)[1]?.[0], "kept together: rows is a generator");
  });

  it("says where a figure goes on", () => {
    const told = words(
      draftOf(
        [
          "import matplotlib.pyplot as plt",
          { heading: "Draw", source: "plt.plot([1, 2])" },
          "plt.title('x')\nplt.savefig('x.png')",
        ],
        { split: "headings" },
      ),
    );
    assert.deepEqual(told[2], ["goes on with the figure of cell 2", "same heading as cell 2"]);
  });
});
