import assert from "node:assert/strict";
import { changeOf, compareRuns, previousRun } from "../../../src/tracking/compareRuns.ts";
import type { Run } from "../../../src/tracking/model.ts";
import { nameRun } from "../../../src/tracking/nameRun.ts";
import { reduceRun } from "../../../src/tracking/reduceRun.ts";
import { context, event, start } from "./journals.ts";

interface Sketch {
  readonly params?: Record<string, unknown>;
  readonly auc?: number | string;
  readonly code?: string;
  readonly data?: string;
  readonly status?: string;
  readonly target?: string;
}

function sketch(
  number: number,
  { params = {}, auc, code = "c", data, status = "FINISHED", target = "/p" }: Sketch,
): Run {
  const run = reduceRun(
    {
      "run.jsonl": [
        start(number * 10, { codeDigest: code, target: { kind: "pipeline", path: target } }),
        event("params", number * 10, { values: params }),
        ...(auc === undefined ? [] : [event("m", number * 10, { values: { auc } })]),
        ...(data === undefined
          ? []
          : [event("in", number * 10, { name: "a.csv", path: "/a.csv", digest: data })]),
        event("end", number * 10 + 5, { status }),
      ],
    },
    context({ id: `r${number}`, number }),
  );
  assert.ok(run);
  return run;
}

describe("nameRun", () => {
  const before: Sketch = { params: { n: 300, depth: 3, lr: 0.1 }, data: "d1" };
  const names: readonly [string, Sketch, string][] = [
    ["nothing", before, "same settings as run 11"],
    ["a setting", { ...before, params: { n: 500, depth: 3, lr: 0.1 } }, "n=500"],
    [
      "settings and code",
      { params: { n: 1, depth: 2, lr: 3 }, code: "d", data: "d1" },
      "n=1, depth=2, 1 more, code changed",
    ],
    ["a setting taken away", { params: { n: 300, depth: 3 }, data: "d1" }, "no lr"],
    ["the data", { ...before, data: "d2" }, "a.csv changed"],
    ["settings that nobody recorded", { code: "d", status: "FAILED", data: "d1" }, "code changed"],
  ];
  for (const [what, after, name] of names) {
    it(`names a run that differs by ${what}`, () => {
      assert.equal(nameRun(sketch(12, after), sketch(11, before)), name);
    });
  }
  it("has a name for the first one", () => {
    assert.equal(nameRun(sketch(1, {}), undefined), "first run");
    assert.equal(nameRun(sketch(4, {}), undefined), "first run of the pipeline");
  });
  it("names no settings against a run that recorded none", () => {
    assert.equal(
      nameRun(sketch(12, before), sketch(11, { data: "d1", status: "FAILED" })),
      "same settings as run 11",
    );
  });
});

describe("compareRuns", () => {
  it("sets everything side by side", () => {
    const rows = compareRuns([
      sketch(1, { params: { n: 1, only: "x" }, auc: 0.8, data: "d" }),
      sketch(2, { params: { n: 2 }, auc: "NaN", data: "d" }),
    ]);
    const of = (section: string): unknown =>
      rows.filter((row) => row.section === section).map(({ key, values, same }) => [key, values, same]);
    assert.deepEqual(of("settings"), [
      ["n", [1, 2], false],
      ["only", ["x", null], false],
    ]);
    assert.deepEqual(of("metrics"), [["auc", [0.8, NaN], false]]);
    assert.deepEqual(of("data"), [["a.csv", ["d", "d"], true]]);
    assert.deepEqual(of("code"), [["code", ["c", "c"], true]]);
  });
});

describe("previousRun and changeOf", () => {
  const runs = [
    sketch(1, { auc: 0.7 }),
    sketch(2, { auc: 0.8, data: "d" }),
    sketch(3, { auc: 0.1, status: "FAILED" }),
    sketch(4, { auc: 0.9, target: "/other" }),
    sketch(5, { auc: 0.85, data: "d" }),
    sketch(6, { auc: 0.5 }),
  ];
  const five = runs[4];
  assert.ok(five);

  it("takes the latest finished run of the same target before it", () => {
    assert.equal(previousRun(five, [...runs].reverse())?.id, "r2");
    assert.equal(previousRun(runs[0] ?? five, runs), undefined);
  });

  const directions: readonly ["maximize" | "minimize" | undefined, string | undefined][] = [
    ["maximize", "better"],
    ["minimize", "worse"],
    [undefined, undefined],
  ];
  for (const [goal, direction] of directions) {
    it(`says ${String(direction)} for a rise when the goal is ${String(goal)}`, () => {
      const change = changeOf("auc", five, previousRun(five, runs), goal);
      assert.equal(change?.direction, direction);
      assert.ok(Math.abs((change?.delta ?? 0) - 0.05) < 1e-12);
      assert.equal(change?.likeForLike, true);
    });
  }

  it("claims no likeness where data is unknown or code differs", () => {
    const unknown = sketch(7, { auc: 1, data: "e" });
    assert.equal(changeOf("auc", unknown, five, "maximize")?.likeForLike, false);
    assert.equal(
      changeOf("auc", sketch(8, { auc: 1, data: "d", code: "x" }), five, "maximize")?.likeForLike,
      false,
    );
    assert.equal(changeOf("none", five, five, "maximize"), undefined);
  });
});
