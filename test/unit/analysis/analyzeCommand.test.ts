import assert from "node:assert/strict";
import path from "node:path";
import * as z from "zod";
import { main } from "../../../src/cli/main.ts";

const folder = path.resolve(import.meta.dirname, "../../fixtures/notebooks");

async function cellsmith(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await main(argv, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    signal: new AbortController().signal,
  });
  return { code, out, err };
}

const names = z.array(z.string());
const document = z.strictObject({
  cells: z.array(
    z.strictObject({
      index: z.number(),
      id: z.string(),
      reads: names,
      writes: names,
      mutates: names,
      deletes: names,
      imports: z.array(z.strictObject({ name: z.string(), target: z.string() })),
      inputs: names,
      outputs: names,
      unbinds: names,
      inputEffects: names,
      outputEffects: names,
    }),
  ),
  edges: z.array(z.strictObject({ from: z.number(), to: z.number(), names, effects: names })),
  diagnostics: z.array(
    z.strictObject({
      cell: z.number(),
      line: z.number(),
      column: z.number(),
      code: z.string(),
      severity: z.string(),
      message: z.string(),
    }),
  ),
});

describe("cellsmith analyze", () => {
  it("prints one JSON document", async () => {
    const { code, out, err } = await cellsmith("analyze", path.join(folder, "sales.ipynb"), "--json");
    const { cells, edges, diagnostics } = document.parse(JSON.parse(out));
    assert.deepEqual([code, err, diagnostics], [0, "", []]);
    assert.deepEqual(
      cells.map(({ inputs, outputs }) => [inputs, outputs]),
      [
        [[], ["sales"]],
        [["sales"], []],
        [["sales"], []],
      ],
    );
    assert.deepEqual(
      edges.map(({ from, to }) => [from, to]),
      [
        [0, 1],
        [0, 2],
      ],
    );
  });

  it("prints text for people, with the numbers cells have in the editor", async () => {
    const { out } = await cellsmith("analyze", path.join(folder, "sales.ipynb"));
    assert.match(out, /^Sales of the week: 3 cells/);
    assert.match(out, /cell 4 {2}best = sales\.head\(3\)\n {4}takes {3}sales\n/);
  });

  for (const name of ["half_written.ipynb", "in_r.ipynb", "missing.ipynb"]) {
    it(`refuses ${name} with one line and exit code 2`, async () => {
      const { code, out, err } = await cellsmith("analyze", path.join(folder, name));
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, /^cellsmith: [^\n]+\n$/);
    });
  }
});
