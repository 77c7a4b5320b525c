import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { scanWorkspace } from "../../../src/datasets/scanWorkspace.ts";

describe("datasets: scan of a workspace", () => {
  let folder = "";
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "cellsmith-scän "));
    for (const [file, text] of [
      ["top.ipynb", "{}"],
      ["notebooks/churn.ipynb", "{}"],
      ["scripts/cells.py", '"""Doc."""\n\n# %% Load\nx = 1\n'],
      ["scripts/plain.py", "x = 100 # %% no cell\n"],
      ["pipelines/churn/pipeline.yaml", "name: churn\n"],
      ["notebooks/.ipynb_checkpoints/churn-checkpoint.ipynb", "{}"],
      ["node_modules/a/b.ipynb", "{}"],
      [".cellsmith/runs/1/artifacts/churn.ipynb", "{}"],
      ["myenv/pyvenv.cfg", ""],
      ["myenv/share/example.ipynb", "{}"],
    ] as const) {
      await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    }
    await symlink(folder, path.join(folder, "notebooks/loop"));
  });
  after(() => rm(folder, { recursive: true }));

  const found = (files: readonly string[]): string[] => files.map((file) => path.relative(folder, file));

  it("finds notebooks, scripts with cells and pipelines, and nothing of other people's", async () => {
    const scan = await scanWorkspace(folder);
    assert.deepEqual(found(scan.notebooks), ["notebooks/churn.ipynb", "scripts/cells.py", "top.ipynb"]);
    assert.deepEqual(found(scan.pipelines), ["pipelines/churn"]);
    assert.equal(scan.complete, true);
  });

  it("says when it did not get through, and has what lies near the top", async () => {
    const scan = await scanWorkspace(folder, { maxDepth: 0 });
    assert.deepEqual([found(scan.notebooks), scan.complete], [["top.ipynb"], false]);
    assert.equal((await scanWorkspace(folder, { maxEntries: 3 })).complete, false);
  });

  it("stops when told to", async () => {
    await assert.rejects(scanWorkspace(folder, { signal: AbortSignal.abort() }), { name: "AbortError" });
  });

  it("finds nothing where there is no folder", async () => {
    assert.deepEqual(await scanWorkspace(path.join(folder, "gone")), {
      notebooks: [],
      pipelines: [],
      complete: true,
    });
  });
});
