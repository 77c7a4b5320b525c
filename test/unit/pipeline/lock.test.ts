import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import {
  filesDigest,
  hasConflictMarks,
  mendLock,
  parseLock,
  renderLock,
  sha256,
  type Lock,
} from "../../../src/pipeline/lock.ts";

const text = "import json\n\n\ndef load():\n    return 'ä'\n";
const lock: Lock = {
  "written by": "cellsmith 0.1.0",
  cells: {
    "12345678": { "first line": "x = 1", to: ["load"], code: sha256("x"), index: 1 },
    b: { "first line": "import json", to: ["load"], code: sha256("y"), index: 0 },
  },
  files: {
    "_runtime.py": { sha256: sha256("c") },
    "components/load.py": { sha256: sha256(text), base: text },
    "empty.py": { sha256: sha256(""), base: "" },
  },
  plan: { split: "auto", steps: { load: ["b", "12345678"] }, "left out": [] },
  types: { "load.x": "int" },
  codecs: {},
  checked: { "in one process": "not checked", "step by step": "not checked", digest: "", "not compared": [] },
};

describe("a lock", () => {
  it("is written and read again", () => {
    assert.deepEqual(parseLock(renderLock(lock)), { lock });
  });

  it("has one entry a line, texts as they are, and nothing that always changes", () => {
    const lines = renderLock(lock).split("\n");
    assert.ok(lines.includes("      \"    return 'ä'\","));
    assert.ok(lines.includes(`      {"first line": "x = 1", "to": ["load"], "code": "${sha256("x")}"},`));
    assert.ok(!lines.some((line) => line.includes('"digest"')));
    const checked: Lock = { ...lock, checked: { ...lock.checked, "in one process": "same", digest: "d" } };
    assert.match(renderLock(checked), /"digest": "d"/);
  });

  it("knows the order of the cells, whatever their ids look like", () => {
    const read = parseLock(renderLock(lock));
    assert.ok("lock" in read);
    assert.deepEqual([read.lock.cells.b?.index, read.lock.cells["12345678"]?.index], [0, 1]);
  });

  it("is read as an older version wrote it", () => {
    const base = deflateSync("b").toString("base64");
    const old = {
      ...lock,
      files: { "run.py": { sha256: sha256("b"), base }, "damaged.py": { sha256: "1", base: "nonsense" } },
    };
    const read = parseLock(JSON.stringify(old));
    assert.ok("lock" in read);
    assert.deepEqual(read.lock.files, {
      "run.py": { sha256: sha256("b"), base: "b" },
      "damaged.py": { sha256: "1" },
    });
    assert.equal(read.lock.cells["12345678"]?.index, 1);
  });

  it("says in one sentence what is wrong with it", () => {
    assert.deepEqual(parseLock("{"), {
      reason: "pipeline.lock.json is not JSON; convert the notebook again",
    });
    assert.deepEqual(parseLock(JSON.stringify({ ...lock, files: 3 })), {
      reason: "pipeline.lock.json has no usable files; convert the notebook again",
    });
    assert.deepEqual(parseLock("<<<<<<< ours\n{\n=======\n[\n>>>>>>> theirs\n"), {
      reason:
        "pipeline.lock.json holds both sides of a merge that was not finished; update the pipeline from its notebook to put them together",
    });
  });

  it("digests its files whatever their order", () => {
    const { files } = lock;
    const turned = Object.fromEntries(Object.entries(files).reverse());
    assert.equal(filesDigest(files), filesDigest(turned));
    assert.notEqual(filesDigest(files), filesDigest({ ...files, "run.py": { sha256: sha256("d") } }));
  });
});

describe("a lock with the marks of an unfinished merge", () => {
  const conflicted = renderLock(lock)
    .split("\n")
    .flatMap((line) =>
      line.includes(sha256("x"))
        ? [
            "<<<<<<< HEAD",
            line.replace(sha256("x"), "1"),
            "=======",
            line.replace(sha256("x"), "2"),
            ">>>>>>> other",
          ]
        : [line],
    )
    .join("\n");

  it("is put together; what the sides do not agree on counts as changed", () => {
    assert.ok(hasConflictMarks(conflicted));
    const mended = mendLock(conflicted);
    assert.equal(mended?.cells["12345678"]?.code, "");
    assert.equal(mended.cells.b?.code, sha256("y"));
    assert.deepEqual(mended.files, lock.files);
  });

  it("is nothing where no side can be read", () => {
    assert.equal(mendLock("<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n"), undefined);
  });

  it("does not take lines of generated texts for marks", () => {
    const base = "<<<<<<< a\n=======\n>>>>>>> b\n";
    assert.ok(!hasConflictMarks(renderLock({ ...lock, files: { "x.py": { sha256: sha256(base), base } } })));
  });
});
