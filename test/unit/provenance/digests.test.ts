import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { digestCode } from "../../../src/provenance/digestCode.ts";
import { digestFile } from "../../../src/provenance/digestFile.ts";

describe("digests", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "Prüfsummen "));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const write = async (name: string, text: string): Promise<string> => {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  };

  it("digests a file's content", async () => {
    assert.deepEqual(await digestFile(await write("a.txt", "abc")), {
      digest: "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      size: 3,
    });
  });

  it("says nothing of what is no file, is gone or is no longer wanted", async () => {
    assert.equal(await digestFile(folder), undefined);
    assert.equal(await digestFile("/dev/null"), undefined);
    assert.equal(await digestFile(path.join(folder, "none")), undefined);
    assert.equal(await digestFile(await write("b", "b"), AbortSignal.abort()), undefined);
  });

  it("sees a pipeline's code, not its settings, runtime, tests or caches", async () => {
    await write("components/load.py", "def load(): ...");
    await write("run.py", "main()");
    const before = await digestCode("pipeline", folder);
    assert.match(before ?? "", /^sha256:/);
    await write("pipeline.yaml", "name: x");
    await write("_runtime.py", "new");
    await write("_values.py", "new");
    await write("tests/test_components.py", "new");
    await write("components/__pycache__/load.py", "new");
    await write("out/result.py", "new");
    assert.equal(await digestCode("pipeline", folder), before);
    await write("components/load.py", "def load(): pass");
    assert.notEqual(await digestCode("pipeline", folder), before);
  });

  it("sees a notebook's code, not its outputs or its texts", async () => {
    const notebook = (source: string | string[], outputs: unknown, text = "hello"): string =>
      JSON.stringify({
        cells: [
          { cell_type: "markdown", source: text },
          { cell_type: "code", source, outputs },
        ],
      });
    const before = await digestCode("notebook", await write("n.ipynb", notebook("a = 1\nb = 2", [])));
    const ran = await digestCode(
      "notebook",
      await write("n.ipynb", notebook(["a = 1\n", "b = 2"], [1], "x")),
    );
    assert.equal(ran, before);
    assert.notEqual(await digestCode("notebook", await write("n.ipynb", notebook("a = 2", []))), before);
    assert.equal(await digestCode("notebook", await write("n.ipynb", "no json")), undefined);
  });
});
