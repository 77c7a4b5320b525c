import assert from "node:assert/strict";
import { formatDelta, formatValue, sparkline } from "../../../src/tracking/formatMetric.ts";

describe("formatValue and formatDelta", () => {
  const values: readonly [number, string][] = [
    [0.8111, "0.811"],
    [1, "1"],
    [0, "0"],
    [-0.5, "−0.500"],
    [2012, "2,012"],
    [1234.56, "1,234.6"],
    [123456.7, "123,457"],
    [0.00042, "0.00042"],
    [0.0099, "0.0099"],
    [1.23e-7, "1.23E−7"],
    [5e12, "5E12"],
    [Number.NaN, "NaN"],
    [Infinity, "∞"],
    [-Infinity, "−∞"],
  ];
  for (const [value, text] of values) {
    it(`shows ${value} as ${text}`, () => {
      assert.equal(formatValue(value), text);
    });
  }

  const deltas: readonly [number, string][] = [
    [0.004, "+0.004"],
    [-0.0126, "−0.013"],
    [0, "±0"],
    [0.0002, "+0.0002"],
    [-12, "−12"],
    [1e-9, "+1E-9"],
    [Number.NaN, "NaN"],
  ];
  for (const [delta, text] of deltas) {
    it(`shows a change of ${delta} as ${text}`, () => {
      assert.equal(formatDelta(delta), text);
    });
  }
});

describe("sparkline", () => {
  const lines: readonly [readonly number[], number, string][] = [
    [[], 8, ""],
    [[1], 8, ""],
    [[1, Number.NaN], 8, ""],
    [[0, 7], 8, "▁█"],
    [[0, 1, 2, 3, 4, 5, 6, 7], 8, "▁▂▃▄▅▆▇█"],
    [[5, 5, 5], 8, "▄▄▄"],
    [[0, Infinity, 7], 8, "▁█"],
    [[0, 0, 7, 7], 2, "▁█"],
  ];
  for (const [values, width, line] of lines) {
    it(`draws [${values.join(", ")}] as "${line}"`, () => {
      assert.equal(sparkline(values, width), line);
    });
  }

  it("draws a million points in its width", () => {
    const values = Array.from({ length: 1_000_000 }, (_, index) => 1 / (index + 1));
    assert.equal(sparkline(values, 12).length, 12);
    assert.equal(sparkline(values, 12).at(0), "█");
  });
});
