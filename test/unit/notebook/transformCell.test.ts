import assert from "node:assert/strict";
import { cellTable } from "../../../scripts/differential/cellTable.ts";
import { compareCells } from "../../../scripts/differential/compareCells.ts";
import { toPython } from "../../../src/notebook/magics.ts";
import { cellOf } from "./cellOf.ts";

const python = process.env.CELLSMITH_TEST_PYTHON ?? "python3";

describe("cells as IPython transforms them", () => {
  it("are the same, magics, prompts and indentation, over a table of two thousand", async () => {
    const results = await compareCells(cellTable(), python);
    assert.ok(results.length > 2000);
    assert.deepEqual(
      results.filter(({ outcome }) => outcome === "different"),
      [],
    );
    // Which cells are no Python at all differs from Python to Python.
    assert.ok(results.filter(({ outcome }) => outcome === "refused").length < 50);
  });

  it("keep their number of lines as plain Python", () => {
    for (const source of cellTable()) {
      const { python: text } = toPython(cellOf(source));
      assert.equal(text.split("\n").length, source.split("\n").length, JSON.stringify(source));
    }
  });

  const nested: readonly (readonly [source: string, python: string, magics: string])[] = [
    [
      "%%time\n%%capture out\nx = 1",
      "\nout = get_ipython().run_cell_magic('capture', 'out', '')\nx = 1",
      "time capture",
    ],
    ["%%time\n    x = !ls\n    y?", "\nx = get_ipython().getoutput('ls')\n", "time ! ?"],
    ["%time !ls", "get_ipython().system('ls')", "time !"],
    ["if a:\n  b?\n  !pip install c", "if a:\n  pass\n  pass", "? !"],
    [
      "a = %cd b\n%%time\n,f a",
      "a = get_ipython().run_line_magic('cd', 'b')\nget_ipython().run_line_magic('%time', '')\nf(\"a\")",
      "cd %time",
    ],
    ["x = 1 + %no", "x = 1 + %no", ""],
  ];
  for (const [source, expected, names] of nested) {
    it(`takes magics off one after the other in ${JSON.stringify(source)}`, () => {
      const { python: text, magics } = toPython(cellOf(source));
      assert.equal(text, expected);
      assert.equal(magics.map(({ name }) => name).join(" "), names);
    });
  }
});
