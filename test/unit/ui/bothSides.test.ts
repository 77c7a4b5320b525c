import assert from "node:assert/strict";
import type { Compared } from "../../../src/refactor/verify/model.ts";
import { bothSides } from "../../../src/ui/documents/bothSides.ts";

const value = (more: Partial<Compared>): Compared => ({
  ...{
    kind: "value",
    cell: 3,
    name: "auc",
    notebook: 0.8111,
    pipeline: 0.7986,
    same: false,
    mode: "in-process",
  },
  ...more,
});

describe("both sides of a check", () => {
  it("are nothing where nothing differs", () => {
    assert.equal(
      bothSides([value({ same: true })], (cell) => cell + 1),
      undefined,
    );
  });

  it("stand beside each other, the first difference on top", () => {
    const sides = bothSides(
      [
        value({}),
        value({ name: "fine", same: true }),
        value({ kind: "stdout", name: "", notebook: "a\nb\n", pipeline: null, mode: "isolated" }),
      ],
      (cell) => cell + 6,
    );
    assert.equal(
      sides?.notebook,
      "# 2 differences\n\n# value auc, cell 9\n0.8111\n\n# printed, cell 9, step by step\na\nb\n",
    );
    assert.equal(
      sides.pipeline,
      "# 2 differences\n\n# value auc, cell 9\n0.7986\n\n# printed, cell 9, step by step\n(nothing)\n\n",
    );
    assert.equal(sides.notebook.split("\n").length, sides.pipeline.split("\n").length);
  });
});
