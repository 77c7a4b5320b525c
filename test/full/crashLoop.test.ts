/** The kill -9 tests of test/unit/launch, many times over, at moments that are spread over a run's first second. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { pidExists } from "../../src/launch/owner.ts";
import { readStart } from "../../src/launch/readStart.ts";
import { parseEvent } from "../../src/tracking/parseEvent.ts";
import { makeWorkspace, until } from "../unit/launch/workspace.ts";

const rounds = 40;

const busy = `
import os, time
emit("params", values={"pid": os.getpid()})
n = 0
while True:
    emit("m", values={"n": n}, s=n)
    n += 1
    time.sleep(0.0005)
`;

describe("a crash loop", () => {
  it(`leaves no orphan and no half line in ${rounds} kills of the supervisor`, async () => {
    const at = await makeWorkspace();
    try {
      for (let round = 0; round < rounds; round += 1) {
        const { id, folder } = await at.script(busy);
        const supervisor = (await readStart(folder))?.owner?.pid ?? 0;
        assert.ok(pidExists(supervisor), `round ${round}: the supervisor runs`);
        await sleep((round * 1000) / rounds);
        process.kill(supervisor, "SIGKILL");
        await until("the run to be seen as crashed", async () => (await at.run(id)).status === "CRASHED");
        const python = (await at.run(id)).params.pid;
        if (typeof python === "number") await until("Python to be gone", () => !pidExists(python));
        const run = await at.run(id);
        const text = await at.read(`.cellsmith/runs/${id}/main.1.jsonl`).catch(() => "");
        const lines = text.split("\n").slice(0, -1);
        assert.ok(
          lines.every((line) => parseEvent(line).kind === "event"),
          `round ${round}: every line is whole`,
        );
        const recorded = lines.filter((line) => line.includes('"t": "m"')).length;
        assert.equal(run.metrics.n?.count ?? 0, recorded, `round ${round}: every line is read`);
      }
    } finally {
      await at.dispose();
    }
  });
});
