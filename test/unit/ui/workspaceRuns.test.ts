import assert from "node:assert/strict";
import { WorkspaceRuns } from "../../../src/ui/workspace/workspaceRuns.ts";
import { MemoryStore, run } from "./runs.ts";

describe("the runs of a workspace", () => {
  it("read nothing before somebody asks, and watch from then on", async () => {
    const store = new MemoryStore("/a");
    let opened = 0;
    const runs = new WorkspaceRuns(
      () => ["/a"],
      () => {
        opened += 1;
        return Promise.resolve(store);
      },
    );
    const heard: string[] = [];
    runs.changed.on((change) => heard.push(`${change.folder} ${change.runs.join()}`));
    assert.equal(opened, 0);
    await runs.stores();
    await runs.stores();
    assert.equal(opened, 1);
    store.put(run({ id: "r1" }));
    assert.deepEqual(heard, ["/a r1"]);
    assert.equal((await runs.find("/a", "r1"))?.run.id, "r1");
    assert.equal(await runs.find("/b", "r1"), undefined);
  });

  it("close the stores of folders that left, and all at the end", async () => {
    const stores = new Map([
      ["/a", new MemoryStore("/a")],
      ["/b", new MemoryStore("/b")],
    ]);
    let folders = ["/a", "/b"];
    const runs = new WorkspaceRuns(
      () => folders,
      (folder) => Promise.resolve(stores.get(folder) ?? new MemoryStore(folder)),
    );
    await runs.stores();
    folders = ["/b"];
    await runs.stores();
    await new Promise(setImmediate);
    assert.deepEqual([stores.get("/a")?.listeners.size, stores.get("/b")?.listeners.size], [0, 1]);
    runs.dispose();
    await new Promise(setImmediate);
    assert.equal(stores.get("/b")?.listeners.size, 0);
  });

  it("try again after a store could not be opened", async () => {
    let attempts = 0;
    const runs = new WorkspaceRuns(
      () => ["/a"],
      () => {
        attempts += 1;
        return attempts === 1 ? Promise.reject(new Error("locked")) : Promise.resolve(new MemoryStore("/a"));
      },
    );
    await assert.rejects(runs.stores(), /locked/);
    await new Promise(setImmediate);
    assert.equal((await runs.stores()).length, 1);
  });
});
