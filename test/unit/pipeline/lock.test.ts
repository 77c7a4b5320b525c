import assert from "node:assert/strict";
import {
  filesDigest,
  packText,
  parseLock,
  renderLock,
  sha256,
  unpackText,
  type Lock,
} from "../../../src/pipeline/lock.ts";

const lock: Lock = {
  "written by": "cellsmith 0.1.0",
  cells: { a: { "first line": "x = 1", to: ["load"], code: sha256("x"), index: 0 } },
  files: { "run.py": { sha256: sha256("b"), base: packText("b") }, "_runtime.py": { sha256: sha256("c") } },
  plan: { split: "auto" },
  types: {},
  codecs: {},
  checked: { "in one process": "not checked", "step by step": "not checked", digest: "", "not compared": [] },
};

describe("a lock", () => {
  it("is written and read again", () => {
    assert.deepEqual(parseLock(renderLock(lock)), { lock });
  });

  it("says in one sentence what is wrong with it", () => {
    assert.deepEqual(parseLock("<<<<<<< mine"), {
      reason: "pipeline.lock.json is not JSON; convert the notebook again",
    });
    assert.deepEqual(parseLock(JSON.stringify({ ...lock, files: 3 })), {
      reason: "pipeline.lock.json has no usable files; convert the notebook again",
    });
  });

  it("keeps texts as they are, in the same bytes every time", () => {
    const text = "def f():\n    return 'ä' * 3\n".repeat(40);
    assert.equal(unpackText(packText(text)), text);
    assert.equal(packText("a\n"), "eAFL5AIAAM4AbA==");
    assert.equal(unpackText("nonsense"), undefined);
  });

  it("digests its files whatever their order", () => {
    const { files } = lock;
    const turned = Object.fromEntries(Object.entries(files).reverse());
    assert.equal(filesDigest(files), filesDigest(turned));
    assert.notEqual(filesDigest(files), filesDigest({ ...files, "run.py": { sha256: sha256("d") } }));
  });
});
