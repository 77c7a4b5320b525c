import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import type { Notebook } from "../../../src/notebook/model.ts";
import { parseNotebook } from "../../../src/notebook/readNotebook.ts";

const folder = path.resolve(import.meta.dirname, "../../fixtures/notebooks");
const fixture = (name: string): ReturnType<typeof parseNotebook> =>
  parseNotebook(readFileSync(path.join(folder, name), "utf8"), path.join(folder, name));

function good(text: string, name: string): Notebook {
  const result = parseNotebook(text, name);
  if (!result.ok) assert.fail(result.reason);
  return result.notebook;
}

describe("reading notebooks", () => {
  before(() => loadPythonParser());

  const bad: readonly (readonly [file: string, reason: RegExp])[] = [
    ["half_written.ipynb", /^half_written\.ipynb ends in the middle/],
    ["not_json.ipynb", /^not_json\.ipynb is not a notebook/],
    ["old_format.ipynb", /old notebook format 3; open it in Jupyter/],
    ["in_r.ipynb", /is written in R/],
    ["no_code.ipynb", /has no code in it/],
    ["other_json.ipynb", /not a notebook: it has no cells/],
  ];
  for (const [file, reason] of bad) {
    it(`says what is wrong with ${file} in one sentence`, () => {
      const result = fixture(file);
      if (result.ok) assert.fail("it was read");
      assert.match(result.reason, reason);
      assert.doesNotMatch(result.reason, /\n/);
    });
  }

  it("reads cells, headings, prose, tags and outputs", () => {
    const result = fixture("sales.ipynb");
    if (!result.ok) assert.fail(result.reason);
    const { notebook } = result;
    assert.equal(notebook.title, "Sales of the week");
    assert.equal(notebook.introduction, "For the Monday meeting.");
    assert.deepEqual(
      notebook.cells.map(({ index, number, heading, startsSection, prose }) => [
        index,
        number,
        heading,
        startsSection,
        prose,
      ]),
      [
        [0, 2, "Read", true, "From the tills."],
        [1, 4, "Read", false, ""],
        [2, 5, "Read", false, ""],
      ],
    );
    assert.deepEqual(notebook.cells[0]?.tags, ["parameters"]);
    assert.deepEqual(
      notebook.cells[1]?.outputs.map(({ kind, mimeTypes }) => [kind, mimeTypes]),
      [
        ["stream", []],
        ["result", ["text/plain", "text/html"]],
        ["error", []],
      ],
    );
    assert.equal(notebook.cells[1].outputs[2]?.text, "KeyError: 'x'");
  });

  it("names cells without an id by their code, repeats numbered", () => {
    const result = fixture("sales.ipynb");
    if (!result.ok) assert.fail(result.reason);
    const [, first, second] = result.notebook.cells;
    assert.match(first?.id ?? "", /^digest:[0-9a-f]{16}$/);
    assert.equal(second?.id, `${first?.id ?? ""}#2`);
  });

  it("takes 20 MB of outputs in its stride and keeps little of them", () => {
    const image = "A".repeat(5_000_000);
    const lines = Array.from(
      { length: 200_000 },
      (_, n) => `line ${n} of a very long log that nobody reads\n`,
    );
    const text = JSON.stringify({
      nbformat: 4,
      metadata: {},
      cells: [
        {
          cell_type: "code",
          source: "x = 1",
          metadata: {},
          outputs: [
            { output_type: "stream", name: "stdout", text: lines },
            { output_type: "display_data", metadata: {}, data: { "image/png": image, "text/plain": image } },
            { output_type: "display_data", metadata: {}, data: { "image/png": image } },
          ],
        },
      ],
    });
    assert.ok(text.length > 20_000_000);
    const started = performance.now();
    const { cells } = good(text, "big.ipynb");
    assert.ok(performance.now() - started < 3000);
    assert.deepEqual(
      cells[0]?.outputs.map((output) => output.text.length),
      [65_536, 65_536, 0],
    );
  });

  it("reads `# %%` scripts", () => {
    const { cells, title, format } = good(
      '# ---\n# jupyter: {}\n# ---\n\n# %% [markdown]\n# # Weights\n# Of apples.\n\n# %% tags=["parameters"]\nlimit = 3\n\n# %% second\n\nprint(limit)\n',
      "weights.py",
    );
    assert.deepEqual([format, title], ["percent", "Weights"]);
    assert.deepEqual(
      cells.map(({ source, tags, line, number }) => [source, tags, line, number]),
      [
        ["limit = 3", ["parameters"], 9, 2],
        ["print(limit)", [], 13, 3],
      ],
    );
  });

  it("says so when a script has no cells", () => {
    const result = parseNotebook("print(1)\n", "plain.py");
    assert.match(result.ok ? "" : result.reason, /^plain\.py has no cells/);
  });

  it("never throws, whatever it is given", () => {
    const whole = readFileSync(path.join(folder, "sales.ipynb"), "utf8");
    for (let length = 0; length < whole.length; length += 37) {
      const result = parseNotebook(whole.slice(0, length), "cut.ipynb");
      assert.equal(result.ok, false);
    }
    for (const text of [
      "null",
      "[]",
      "3",
      '{"nbformat":4,"cells":[null,3,{}]}',
      '{"nbformat":4,"cells":{}}',
      "\u0000",
    ]) {
      assert.equal(parseNotebook(text, "odd.ipynb").ok, false);
    }
  });
});
