import assert from "node:assert/strict";
import { appendFile, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  heartbeatFile,
  isOwnerAlive,
  ownerOf,
  seemsOwnerAlive,
  type Owner,
} from "../../../src/launch/owner.ts";
import { EmbeddedStore } from "../../../src/stores/embedded/embeddedStore.ts";
import type { Run } from "../../../src/tracking/model.ts";

const line = (t: string, ts: number, fields: object = {}): string =>
  `${JSON.stringify({ v: 1, seq: 0, t, ts, ...fields })}\n`;

const startLine = (ts: number, fields: object = {}): string =>
  line("run", ts, {
    id: "x",
    name: "",
    experiment: "churn",
    target: { kind: "script", path: "/w/train.py" },
    ...fields,
  });

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain: ${what}`);
    await sleep(10);
  }
}

describe("EmbeddedStore", () => {
  let folder: string;
  let runs: string;
  let me: Owner;

  const runFile = async (id: string, name: string, text: string): Promise<string> => {
    await mkdir(path.join(runs, id), { recursive: true });
    const file = path.join(runs, id, name);
    await writeFile(file, text);
    return file;
  };

  before(async () => {
    me = await ownerOf(process.pid);
  });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "Läufe von cellsmith "));
    runs = path.join(folder, ".cellsmith", "runs");
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("has nothing to say of a folder without runs, and writes nothing there", async () => {
    assert.deepEqual(await new EmbeddedStore(folder).list(), { runs: [], broken: [] });
    await assert.rejects(appendFile(path.join(folder, ".cellsmith", "x"), ""), { code: "ENOENT" });
  });

  it("numbers runs within their experiment, newest first, and names them by what differs", async () => {
    await runFile(
      "01A",
      "run.jsonl",
      startLine(1) + line("params", 1, { values: { n: 1 } }) + line("end", 2, { status: "FINISHED" }),
    );
    await runFile(
      "01B",
      "run.jsonl",
      startLine(3, { experiment: "other", target: { kind: "script", path: "/w/o.py" } }),
    );
    await runFile(
      "01C",
      "run.jsonl",
      startLine(5) + line("params", 5, { values: { n: 2 } }) + line("end", 6, { status: "FAILED" }),
    );
    await runFile("01D", "run.jsonl", startLine(7, { name: "by hand" }));
    const { runs: list, broken } = await new EmbeddedStore(folder).list();
    assert.deepEqual(broken, []);
    assert.deepEqual(
      list.map((run) => [run.id, run.experiment, run.number, run.name, run.status]),
      [
        ["01D", "churn", 3, "by hand", "RUNNING"],
        ["01C", "churn", 2, "n=2", "FAILED"],
        ["01B", "other", 1, "first run", "RUNNING"],
        ["01A", "churn", 1, "first run", "FINISHED"],
      ],
    );
  });

  it("tells a living owner from a dead, a reused and a rebooted one", async () => {
    const owners: readonly [string, Owner, Run["status"]][] = [
      ["01A", me, "RUNNING"],
      ["01B", { ...me, pid: 2 ** 22 + 1 }, "CRASHED"],
      ["01C", { ...me, start: "1" }, "CRASHED"],
      ["01D", { ...me, boot: "another" }, "CRASHED"],
    ];
    for (const [id, owner] of owners) await runFile(id, "run.jsonl", startLine(1, { owner }));
    const { runs: list } = await new EmbeddedStore(folder).list();
    const found = new Map(list.map((run) => [run.id, run.status]));
    assert.deepEqual(
      [...found].sort(),
      owners.map(([id, , status]) => [id, status]),
    );
  });

  it("judges an owner on another machine by its heartbeat", async () => {
    const elsewhere = { ...me, host: "another" };
    const file = await runFile("01A", heartbeatFile, "");
    const at = path.dirname(file);
    for (const isAlive of [isOwnerAlive, seemsOwnerAlive]) {
      assert.equal(await isAlive(me, at), true);
      assert.equal(await isAlive({ ...me, pid: 2 ** 22 + 1 }, at), false);
      await utimes(file, new Date(), new Date());
      assert.equal(await isAlive(elsewhere, at), true);
      const old = new Date(Date.now() - 10 * 60_000);
      await utimes(file, old, old);
      assert.equal(await isAlive(elsewhere, at), false);
    }
  });

  it("shows what cannot be read in its place, with the reason", async () => {
    await runFile("01A", "run.jsonl", startLine(1) + line("end", 2, { status: "FINISHED" }));
    await runFile("01B", "run.jsonl", "\u0000\u0001 not json\n".repeat(10));
    await runFile("01C", "other.txt", "");
    await mkdir(path.join(runs, "01D", "run.jsonl"), { recursive: true });
    await symlink("/nowhere", path.join(runs, "01E"));
    await writeFile(path.join(runs, "stray.txt"), "");
    const store = new EmbeddedStore(folder);
    // A folder without a journal may be a run that is about to start.
    assert.deepEqual(
      (await store.list()).broken.map(({ id }) => id),
      ["01E"],
    );
    const old = new Date(Date.now() - 60_000);
    for (const id of ["01B", "01C", "01D"]) await utimes(path.join(runs, id), old, old);
    const list = await new EmbeddedStore(folder).list();
    assert.deepEqual(
      list.runs.map((run) => run.id),
      ["01A"],
    );
    const reasons = Object.fromEntries(list.broken.map(({ id, reason }) => [id, reason]));
    assert.match(
      reasons["01B"] ?? "",
      /does not say what was run \(run\.jsonl: 10 lines left out.*line 1: not JSON/,
    );
    assert.match(reasons["01C"] ?? "", /no run\.jsonl/);
    assert.match(reasons["01D"] ?? "", /does not say what was run/);
    assert.match(reasons["01E"] ?? "", /cannot be read \(ENOENT\)/);
  });

  it("leaves out half, broken and endless lines and says so", async () => {
    const good = line("m", 3, { values: { auc: 0.8 } });
    const text = `${startLine(1)}{"v":1,"t":"m"\n${"x".repeat(3_000_000)}\n\r\n${good}${good.slice(0, 20)}`;
    await runFile("01A", "run.jsonl", text);
    const run = (await new EmbeddedStore(folder).list()).runs[0];
    assert.equal(run?.metrics.auc?.count, 1);
    assert.deepEqual(run.problems, ["run.jsonl: 2 lines left out, the first is line 2: not JSON"]);
  });

  it("says when the place of the runs is no folder", async () => {
    await mkdir(path.join(folder, ".cellsmith"));
    await writeFile(runs, "");
    const { broken } = await new EmbeddedStore(folder).list();
    assert.match(broken[0]?.reason ?? "", /runs cannot be read \(ENOTDIR\)/);
  });

  it("follows a run as it is written, a piece of a line at a time", async () => {
    const store = new EmbeddedStore(folder);
    const heard: string[] = [];
    const watching = store.watch((ids) => heard.push(...ids));
    try {
      const file = await runFile("01A", "run.jsonl", startLine(1, { owner: me }));
      await until("the new run", () => heard.includes("01A"));
      assert.equal((await store.list()).runs[0]?.status, "RUNNING");
      const text = Buffer.from(
        line("m", 2, { values: { größe: 1 } }) + line("m", 3, { values: { größe: 2 } }),
      );
      const began = Date.now();
      for (let at = 0; at < text.length; at += 7) await appendFile(file, text.subarray(at, at + 7));
      const count = async (): Promise<number> => (await store.list()).runs[0]?.metrics["größe"]?.count ?? 0;
      await until("the points", async () => (await count()) === 2);
      assert.ok(Date.now() - began < 1000, "a running run is followed closely");
      await appendFile(path.join(runs, "01A", "main.1.jsonl"), line("m", 4, { values: { late: 1 } }));
      await until("a second writer", async () => (await store.list()).runs[0]?.metrics.late !== undefined);
      await appendFile(file, line("end", 5, { status: "FINISHED" }));
      await until("the end", async () => (await store.list()).runs[0]?.status === "FINISHED");
      // Digests come after the end.
      await appendFile(file, line("art", 6, { name: "m", path: "m", digest: "sha256:1" }));
      await until("the digest", async () => (await store.list()).runs[0]?.artifacts.length === 1);
      await rm(path.join(runs, "01A"), { recursive: true });
      await until("the run to vanish", async () => (await store.list()).runs.length === 0);
    } finally {
      watching.dispose();
    }
  });

  it("reads afresh a journal that was replaced or cut", async () => {
    const store = new EmbeddedStore(folder);
    await runFile("01A", "run.jsonl", startLine(1) + line("m", 2, { values: { a: 1 } }).repeat(3));
    assert.equal((await store.list()).runs[0]?.metrics.a?.count, 3);
    await runFile("01A", "run.jsonl", startLine(1) + line("m", 2, { values: { a: 1 } }));
    assert.equal((await store.list()).runs[0]?.metrics.a?.count, 1);
  });

  it("keeps an unchanged run the same object", async () => {
    const store = new EmbeddedStore(folder);
    await runFile("01A", "run.jsonl", startLine(1) + line("end", 2, { status: "FINISHED" }));
    const first = (await store.list()).runs[0];
    await runFile("01B", "run.jsonl", startLine(3));
    assert.equal((await store.list()).runs[1], first);
  });

  it("gives a metric's whole history, and lets it grow", async () => {
    const points = Array.from({ length: 5000 }, (_, s) =>
      line("m", s, { s: s * 2, values: { loss: 1 / (s + 1) } }),
    );
    await runFile("01A", "run.jsonl", startLine(1));
    const file = await runFile("01A", "main.1.jsonl", points.join(""));
    const store = new EmbeddedStore(folder);
    const history = await store.history("01A", "loss");
    assert.equal(history.length, 5000);
    assert.deepEqual(history[4999], { step: 9998, time: 4999, value: 1 / 5000 });
    await appendFile(file, line("m", 5000, { s: 7, values: { loss: 9, other: 1 } }));
    await store.list();
    assert.equal((await store.history("01A", "loss")).at(-1)?.value, 9);
    assert.equal((await store.list()).runs[0]?.metrics.loss?.count, 5001);
    assert.deepEqual(await store.history("01A", "nothing"), []);
    assert.deepEqual(await store.history("nobody", "loss"), []);
  });

  it("lists a thousand runs cold in under a second without holding up its process", async function () {
    this.timeout(60_000);
    const metrics = Array.from({ length: 60 }, (_, s) =>
      line("m", s, { s, values: { loss: s, acc: s } }),
    ).join("");
    for (let index = 0; index < 1000; index += 1) {
      const id = `01${String(index).padStart(6, "0")}`;
      await runFile(
        id,
        "run.jsonl",
        startLine(index, { owner: { ...me, pid: 2 ** 22 + 1 } }) + line("end", index, { status: "FINISHED" }),
      );
      await writeFile(path.join(runs, id, "main.1.jsonl"), metrics);
    }
    let longest = 0;
    let last = performance.now();
    const beat = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    const began = performance.now();
    const { runs: list } = await new EmbeddedStore(folder).list();
    const took = performance.now() - began;
    clearInterval(beat);
    assert.equal(list.length, 1000);
    assert.equal(list[0]?.number, 1000);
    console.log(`      ${took.toFixed(0)} ms, longest turn ${longest.toFixed(0)} ms`);
    // Generous, as other tests may share the machine.
    assert.ok(took < 3000, `took ${took} ms`);
    assert.ok(longest < 150, `one turn took ${longest} ms`);
  });
});
