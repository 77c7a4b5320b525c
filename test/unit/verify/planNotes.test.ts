import assert from "node:assert/strict";
import { parseLock } from "../../../src/pipeline/lock.ts";
import { notComparedIn } from "../../../src/refactor/verify/planNotes.ts";

describe("what a check does not compare", () => {
  it("names each left-out cell once", () => {
    const cell = (first: string): object => ({ "first line": first, to: [], code: "", index: 0 });
    const parsed = parseLock(
      JSON.stringify({
        "written by": "cellsmith",
        cells: { a: cell("df.isna().sum()"), b: cell("df.plot()") },
        files: {},
        plan: {},
        types: {},
        codecs: {},
        checked: {
          "in one process": "not checked",
          "step by step": "not checked",
          digest: "",
          "not compared": ["a", "b", "df.isna().sum()", "df.head()", "df.head()"],
        },
      }),
    );
    assert.ok("lock" in parsed);
    assert.deepEqual(notComparedIn(parsed.lock), [
      "df.isna().sum() (left out)",
      "df.plot() (left out)",
      "df.head()",
    ]);
  });
});
