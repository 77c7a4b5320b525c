import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { cancelRun } from "../../../src/launch/cancelRun.ts";
import { pidExists } from "../../../src/launch/owner.ts";
import { readStart } from "../../../src/launch/readStart.ts";
import { parseEvent } from "../../../src/tracking/parseEvent.ts";
import { makeWorkspace, until, type Workspace } from "./workspace.ts";

/** Starts a helper of its own, as joblib or a shell line would, then records as fast as it can. */
const busy = `
import json, os, subprocess, sys, time
helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
with open("pids.json.new", "w") as file:
    json.dump([os.getpid(), helper.pid], file)
os.rename("pids.json.new", "pids.json")
n = 0
while True:
    emit("m", values={"n": n, "text of some length to be cut in half": n}, s=n)
    n += 1
    time.sleep(0.0005)
`;

describe("a run that is stopped", function () {
  this.timeout(60_000);
  let at: Workspace;
  beforeEach(async () => {
    at = await makeWorkspace();
  });
  afterEach(() => at.dispose());

  interface Processes {
    readonly supervisor: number;
    readonly python: number;
    readonly helper: number;
  }

  async function started(folder: string): Promise<Processes> {
    await until("the script's processes", () => existsSync(path.join(at.folder, "pids.json")));
    const [python = 0, helper = 0] = JSON.parse(await at.read("pids.json")) as number[];
    const supervisor = (await readStart(folder))?.owner?.pid ?? 0;
    assert.ok(pidExists(python) && pidExists(helper) && pidExists(supervisor));
    return { supervisor, python, helper };
  }

  async function allGone(processes: Processes): Promise<void> {
    await until("all processes to be gone", () => !Object.values(processes).some(pidExists));
  }

  async function everyLineIsWhole(id: string): Promise<number> {
    const lines = (await at.read(`.cellsmith/runs/${id}/main.1.jsonl`)).split("\n");
    lines.pop();
    assert.ok(lines.every((line) => parseEvent(line).kind === "event"));
    return lines.length;
  }

  it("by kill -9 of Python fails and says so", async () => {
    const { id, folder } = await at.script(busy);
    const processes = await started(folder);
    process.kill(processes.python, "SIGKILL");
    const run = await at.ended(id);
    assert.equal(run.status, "FAILED");
    assert.match(run.failure?.message ?? "", /killed from outside/);
    await allGone(processes);
    assert.equal(run.metrics.n?.count, await everyLineIsWhole(id));
  });

  it("by kill -9 of its supervisor shows as crashed and leaves no process", async () => {
    const { id, folder } = await at.script(busy);
    const processes = await started(folder);
    process.kill(processes.supervisor, "SIGKILL");
    await allGone(processes);
    const run = await at.ended(id);
    assert.equal(run.status, "CRASHED");
    assert.ok(run.ended !== undefined && run.ended >= run.started);
    assert.equal(run.metrics.n?.count, await everyLineIsWhole(id));
    assert.equal(await cancelRun(folder), false);
  });

  it("by kill -9 of both at once shows as crashed and leaves no process", async () => {
    const { id, folder } = await at.script(busy);
    const processes = await started(folder);
    process.kill(processes.supervisor, "SIGKILL");
    process.kill(processes.python, "SIGKILL");
    await allGone(processes);
    assert.equal((await at.ended(id)).status, "CRASHED");
    assert.ok((await everyLineIsWhole(id)) > 0);
  });

  it("by cancelling ends as Ctrl+C would, helpers included", async () => {
    const { id, folder } = await at.script(busy);
    const processes = await started(folder);
    assert.equal(await cancelRun(folder), true);
    await allGone(processes);
    const run = await at.ended(id);
    assert.equal(run.status, "KILLED");
    assert.match(await at.read(`.cellsmith/runs/${id}/stderr.log`), /KeyboardInterrupt/);
    assert.equal(await cancelRun(folder), false, "a run that is over cannot be cancelled");
  });

  it("by the cancel file alone ends too", async () => {
    const { id, folder } = await at.script(busy);
    const processes = await started(folder);
    await writeFile(path.join(folder, "cancel"), "");
    await allGone(processes);
    assert.equal((await at.ended(id)).status, "KILLED");
  });

  it("although it does not listen to Ctrl+C ends by the next signal", async () => {
    const deaf = `import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n${busy}`;
    const { id, folder } = await at.script(deaf);
    const processes = await started(folder);
    const began = Date.now();
    assert.equal(await cancelRun(folder), true);
    assert.ok(Date.now() - began > 4500);
    await allGone(processes);
    assert.equal((await at.ended(id)).status, "KILLED");
  });

  it("goes on when only its starter is gone, and takes its leftovers along when it ends", async () => {
    const { id, folder } = await at.script(busy.replace("while True:", "while n < 200:"));
    const processes = await started(folder);
    const run = await at.ended(id);
    assert.equal(run.status, "FINISHED");
    assert.equal(run.metrics.n?.last, 199);
    await allGone(processes);
  });
});
