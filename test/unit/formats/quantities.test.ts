import assert from "node:assert/strict";
import { humanPlural, humanShape, humanSize } from "../../../src/formats/quantities.ts";

describe("formats: quantities", () => {
  for (const [bytes, text] of [
    [0, "0 bytes"],
    [1, "1 byte"],
    [999, "999 bytes"],
    [99_806, "99.8 kB"],
    [999_950, "1 MB"],
    [8_123_456_789, "8.1 GB"],
  ] as const) {
    it(`says ${text}`, () => {
      assert.equal(humanSize(bytes), text);
    });
  }

  it("counts with a comma and the right form of the word", () => {
    assert.equal(humanPlural(1, "row"), "1 row");
    assert.equal(humanPlural(2023, "row"), "2,023 rows");
    assert.equal(humanPlural(2, "entry", "entries"), "2 entries");
  });

  it("puts a shape in words", () => {
    const table = { kind: "table", rows: 3_030_000, columns: ["a"] } as const;
    assert.equal(humanShape({ ...table, sampled: true }), "about 3,030,000 rows, 1 column");
    assert.equal(humanShape({ ...table, sampled: false }), "3,030,000 rows, 1 column");
    assert.equal(humanShape({ kind: "array", type: "float64", dimensions: [1500, 2] }), "1,500 × 2, float64");
    assert.equal(humanShape({ kind: "array", type: "float32", dimensions: [] }), "a single value, float32");
  });
});
