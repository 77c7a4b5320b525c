/** How long the explorer's first list of runs takes, against the least that anything could do: reading and parsing the same lines. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { EmbeddedStore } from "../../src/stores/embedded/embeddedStore.ts";

const runs = 1000;
const points = 100;

async function makeRuns(folder: string): Promise<void> {
  for (let number = 0; number < runs; number += 1) {
    const at = path.join(folder, ".cellsmith", "runs", `01BENCH${String(number).padStart(19, "0")}`);
    await mkdir(at, { recursive: true });
    const start = 1_700_000_000_000 + number * 60_000;
    const lines: object[] = [
      {
        t: "run",
        id: path.basename(at),
        name: "",
        experiment: "churn",
        target: { kind: "script", path: "/w/train.py" },
      },
      { t: "params", values: { rate: number / runs, depth: number % 7 } },
    ];
    for (let step = 0; step < points; step += 1) {
      lines.push({ t: "m", s: step, values: { loss: 1 / (step + 1), accuracy: 1 - 1 / (step + 2) } });
    }
    lines.push({ t: "end", status: "FINISHED", exit: 0 });
    const text = lines
      .map((line, seq) => `${JSON.stringify({ v: 1, ts: start + seq, seq, ...line })}\n`)
      .join("");
    await writeFile(path.join(at, "run.jsonl"), text);
  }
}

async function plainRead(folder: string): Promise<number> {
  const place = path.join(folder, ".cellsmith", "runs");
  let count = 0;
  for (const name of await readdir(place)) {
    const text = await readFile(path.join(place, name, "run.jsonl"), "utf8");
    for (const line of text.split("\n"))
      if (line !== "") count += typeof JSON.parse(line) === "object" ? 1 : 0;
  }
  return count;
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

describe(`${runs} runs of ${points} points`, () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "cellsmith bench "));
    await makeRuns(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("are listed cold in at most six times a plain read of their files", async () => {
    await plainRead(folder);
    const rounds = 5;
    const pairs: { list: number; plain: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const plain = await milliseconds(() => plainRead(folder));
      const list = await milliseconds(async () => {
        assert.equal((await new EmbeddedStore(folder).list()).runs.length, runs);
      });
      pairs.push({ list, plain });
    }
    const ratios = pairs.map(({ list, plain }) => list / plain).sort((a, b) => a - b);
    const median = ratios[Math.floor(rounds / 2)] ?? Infinity;
    const lists = pairs.map(({ list }) => list.toFixed(0)).join(", ");
    console.log(`      list ${lists} ms; median ${median.toFixed(1)} times a plain read`);
    assert.ok(median < 6, `${median}`);
  });
});
