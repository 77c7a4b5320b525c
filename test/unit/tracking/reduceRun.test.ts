import assert from "node:assert/strict";
import type { RunEvent } from "../../../src/tracking/events.ts";
import { parseEvent } from "../../../src/tracking/parseEvent.ts";
import { reduceRun, runOf } from "../../../src/tracking/reduceRun.ts";
import { applyEvent, emptyRunState } from "../../../src/tracking/runState.ts";
import { context, event, start } from "./journals.ts";

describe("reduceRun", () => {
  it("makes a run of several writers", () => {
    const run = reduceRun(
      {
        "run.jsonl": [
          start(100, { git: { commit: "abc", branch: "main", dirty: true }, codeDigest: "sha256:1" }),
          event("params", 101, { values: { seed: 42, path: "a.csv", fast: true, none: null } }),
          event("in", 300, { name: "a.csv", path: "/data/a.csv", digest: "sha256:2", size: 10 }),
          event("art", 301, {
            name: "m.joblib",
            path: "artifacts/m.joblib",
            kind: "model",
            digest: "sha256:3",
          }),
          event("end", 290, { status: "FINISHED", exit: 0 }),
        ],
        "main.1.jsonl": [
          event("step_start", 110, { step: "load" }),
          event("in", 111, { name: "a.csv", path: "/data/a.csv", size: 10, step: "load" }),
          event("step_end", 120, { step: "load", status: "FINISHED", seconds: 0.01 }),
          event("step_start", 121, { step: "train" }),
          event("m", 122, { step: "train", s: 0, values: { loss: 3 }, src: { file: "/t.py", line: 4 } }),
          event("m", 123, { step: "train", s: 1, values: { loss: 1, odd: "NaN" } }),
          event("m", 124, { step: "train", s: 2, values: { loss: 2 }, src: { file: "/t.py", line: 5 } }),
          event("art", 125, { step: "train", name: "m.joblib", path: "artifacts/m.joblib", kind: "model" }),
          event("step_end", 126, { step: "train", status: "FINISHED", seconds: 0.02 }),
        ],
      },
      context(),
    );
    assert.ok(run);
    assert.equal(run.status, "FINISHED");
    assert.equal(run.started, 100);
    // The supervisor's clock does not run backwards, but what it wrote is what it says.
    assert.equal(run.ended, 290);
    assert.deepEqual(run.params, { seed: 42, path: "a.csv", fast: true, none: null });
    assert.deepEqual(run.metrics.loss, {
      key: "loss",
      last: 2,
      min: 1,
      max: 3,
      step: 2,
      count: 3,
      from: "train",
      source: { file: "/t.py", line: 5 },
    });
    assert.ok(Number.isNaN(run.metrics.odd?.last));
    assert.deepEqual(
      run.steps.map((step) => [step.name, step.status, step.seconds]),
      [
        ["load", "FINISHED", 0.01],
        ["train", "FINISHED", 0.02],
      ],
    );
    assert.deepEqual(run.inputs, [{ name: "a.csv", path: "/data/a.csv", digest: "sha256:2", size: 10 }]);
    assert.deepEqual(run.artifacts, [
      {
        name: "m.joblib",
        path: "/work space/.cellsmith/runs/one/artifacts/m.joblib",
        kind: "model",
        digest: "sha256:3",
        size: undefined,
        step: "train",
      },
    ]);
    assert.equal(run.provenance.commit, "abc");
    assert.equal(run.provenance.dirty, true);
    assert.equal(run.failure, undefined);
  });

  const ends: readonly [string, readonly RunEvent[], boolean, string, string | undefined][] = [
    ["goes on", [], true, "RUNNING", undefined],
    ["lost its owner", [], false, "CRASHED", "it stopped without a word"],
    ["was cancelled", [event("end", 9, { status: "KILLED" })], false, "KILLED", undefined],
    [
      "failed with an error of its own",
      [event("error", 8, { message: "ValueError: no", step: "s" }), event("end", 9, { status: "FAILED" })],
      false,
      "FAILED",
      "ValueError: no",
    ],
    [
      "failed with a sentence of the supervisor",
      [event("error", 8, { message: "X" }), event("end", 9, { status: "FAILED", reason: "needs pandas" })],
      false,
      "FAILED",
      "needs pandas",
    ],
  ];
  for (const [what, events, ownerAlive, status, message] of ends) {
    it(`tells the status of a run that ${what}`, () => {
      const journal = [start(1), event("step_start", 2, { step: "s" }), ...events];
      const run = reduceRun({ "run.jsonl": journal }, context({ ownerAlive }));
      assert.equal(run?.status, status);
      assert.ok((run.failure?.message ?? "none").startsWith(message ?? "none"), run.failure?.message);
      assert.equal(run.steps[0]?.status, status === "RUNNING" ? "RUNNING" : "FAILED");
      assert.equal(run.ended === undefined, status === "RUNNING");
    });
  }

  it("takes a tag away with null and reads infinities", () => {
    const run = reduceRun(
      {
        "run.jsonl": [
          start(1),
          event("tags", 2, { values: { a: "1", b: "2" } }),
          event("tags", 3, { values: { a: null } }),
          event("m", 4, { values: { up: "Infinity", down: "-Infinity" } }),
        ],
      },
      context(),
    );
    assert.deepEqual(run?.tags, { b: "2" });
    assert.equal(run.metrics.up?.last, Infinity);
    assert.equal(run.metrics.down?.min, -Infinity);
  });

  it("counts the steps of a series that names none", () => {
    const points = [5, 6, 7].map((value, index) => event("m", index, { values: { x: value } }));
    const run = reduceRun({ "run.jsonl": [start(0)], "main.1.jsonl": points }, context());
    assert.equal(run?.metrics.x?.step, 2);
    assert.equal(run.metrics.x.count, 3);
  });

  it("keeps one writer's order when its clock is set back", () => {
    const values = [event("m", 1000, { values: { x: 1 } }), event("m", 10, { values: { x: 2 } })];
    const run = reduceRun({ "run.jsonl": [start(0)], "main.1.jsonl": values }, context());
    assert.equal(run?.metrics.x?.last, 2);
  });

  it("is the same however the writers' events arrive", () => {
    // A fixed generator: a failure must be repeatable.
    let seed = 12345;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      // The low bits of such a generator repeat after a few steps.
      return Math.floor((seed / 2147483648) * below);
    };
    const writers: Record<string, RunEvent[]> = {
      "run.jsonl": [start(0), event("end", 50, { status: "FINISHED" })],
    };
    for (const writer of ["a.1.jsonl", "b.1.jsonl", "c.1.jsonl"]) {
      writers[writer] = Array.from({ length: 40 }, (_, index) => index).flatMap((index) => {
        const ts = random(12);
        const key = `k${random(3)}`;
        const choice = random(5);
        return [
          event("m", ts, { values: { [key]: random(100) }, step: writer }),
          event("params", ts, { values: { [key]: random(100) } }),
          event("tags", ts, { values: { [key]: index % 5 === 0 ? null : `t${random(9)}` } }),
          event("step_start", ts, { step: key }),
          event("step_end", ts, { step: key, status: "FINISHED", seconds: random(9) }),
        ].slice(choice, choice + 1);
      });
    }
    const expected = reduceRun(writers, context());
    for (let round = 0; round < 30; round += 1) {
      const state = emptyRunState();
      const queues = Object.entries(writers).map(([name, events]) => ({ name, events: [...events] }));
      while (queues.some(({ events }) => events.length > 0)) {
        const queue = queues[random(queues.length)];
        const next = queue?.events.shift();
        if (queue !== undefined && next !== undefined) applyEvent(state, next, queue.name);
      }
      const sorted = (run: unknown): unknown =>
        JSON.parse(
          JSON.stringify(run, (_key, value: unknown) =>
            typeof value === "object" && value !== null && !Array.isArray(value)
              ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
              : value,
          ),
        );
      const byName = (run: typeof expected): unknown =>
        sorted({ ...run, steps: [...(run?.steps ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1)) });
      assert.deepEqual(byName(runOf(state, context())), byName(expected));
    }
  });

  it("needs a run event", () => {
    assert.equal(reduceRun({ "run.jsonl": [event("params", 1, { values: {} })] }, context()), undefined);
  });
});

describe("parseEvent", () => {
  const lines: readonly [string, string, string | RegExp][] = [
    ["half a line", '{"v":1,"t":"m"', /not JSON/],
    ["a number", "12", /not an event/],
    ["null", "null", /not an event/],
    ["a list", "[]", /not an event/],
    ["a wrong value", '{"v":1,"t":"m","ts":1,"seq":0,"values":{"a":"big"}}', /"m" event whose values\.a/],
    ["a foreign version", '{"v":2,"t":"m","ts":1,"seq":0,"values":{}}', /whose v is wrong/],
    ["an unknown kind", '{"v":1,"t":"hologram"}', "unknown"],
    ["unknown keys", '{"v":1,"t":"params","ts":1,"seq":0,"values":{},"more":1}', "event"],
    ["a prototype", '{"v":1,"t":"params","ts":1,"seq":0,"values":{"__proto__":1}}', "event"],
  ];
  for (const [what, line, expected] of lines) {
    it(`reads ${what}`, () => {
      const parsed = parseEvent(line);
      if (typeof expected === "string") assert.equal(parsed.kind, expected);
      else assert.match(parsed.kind === "unreadable" ? parsed.reason : parsed.kind, expected);
    });
  }
});
