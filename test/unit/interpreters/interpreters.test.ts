import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describeInterpreter } from "../../../src/interpreters/describeInterpreter.ts";
import { findInterpreter } from "../../../src/interpreters/findInterpreter.ts";

const python = findInterpreter({
  folder: tmpdir(),
  workspace: tmpdir(),
  env: { PATH: process.env.PATH },
}).path;

describe("findInterpreter", () => {
  let workspace: string;
  beforeEach(async () => {
    workspace = await mkdtemp(path.join(tmpdir(), "Umgebungen für "));
  });
  afterEach(() => rm(workspace, { recursive: true, force: true }));

  const place = async (name: string, mode = 0o755): Promise<string> => {
    const file = path.join(workspace, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, "#!/bin/sh\n");
    await chmod(file, mode);
    return file;
  };

  it("prefers what is configured, then the nearest environment up to the workspace, then active ones, then PATH", async () => {
    const folder = path.join(workspace, "a", "b");
    await mkdir(folder, { recursive: true });
    const find = (configured?: string): [string, string] => {
      const env = {
        PATH: path.join(workspace, "bin"),
        CONDA_PREFIX: path.join(workspace, "conda"),
        VIRTUAL_ENV: path.join(workspace, "active"),
      };
      const found = findInterpreter({ folder, workspace, configured, env });
      return [path.relative(workspace, found.path), found.from];
    };
    assert.throws(() => find(), { name: "Problem", message: /^no Python was found: make a \.venv/ });
    await place("bin/python");
    assert.deepEqual(find(), ["bin/python", "python on PATH"]);
    await place("bin/python3");
    assert.deepEqual(find(), ["bin/python3", "python3 on PATH"]);
    await place("conda/bin/python");
    assert.deepEqual(find(), ["conda/bin/python", "the active conda environment"]);
    await place("active/bin/python");
    assert.deepEqual(find(), ["active/bin/python", "the active virtual environment"]);
    await place("venv/bin/python3");
    assert.deepEqual(find(), ["venv/bin/python3", "venv (this folder)"]);
    await place(".venv/bin/python", 0o644);
    assert.deepEqual(find(), ["venv/bin/python3", "venv (this folder)"], "a file that cannot be run is none");
    await place("a/.venv/bin/python");
    assert.deepEqual(find(), ["a/.venv/bin/python", ".venv (a)"]);
    await place("my env/bin/python");
    assert.deepEqual(find("my env"), ["my env/bin/python", "my env"]);
    assert.deepEqual(find("my env/bin/python"), ["my env/bin/python", "my env/bin/python"]);
    assert.deepEqual(find("python3"), ["bin/python3", "python3 on PATH"]);
    await place("text.txt", 0o644);
    const problems: readonly [string, RegExp][] = [
      ["none", /^there is no Python at none \(nor on PATH\)$/],
      ["no/such", /^there is no Python at .*no\/such$/],
      ["a/b", /^there is no Python in the folder .*a\/b$/],
      ["text.txt", /text\.txt is not a program/],
    ];
    for (const [configured, message] of problems) {
      assert.throws(() => find(configured), { name: "Problem", message });
    }
  });

  it("does not look above the workspace, and follows no link away from an environment", async () => {
    await place(".venv/bin/python");
    const inner = path.join(workspace, "inner");
    await mkdir(inner);
    assert.throws(() => findInterpreter({ folder: inner, workspace: inner, env: {} }), { name: "Problem" });
    await mkdir(path.join(inner, "venv/bin"), { recursive: true });
    await symlink(python, path.join(inner, "venv/bin/python"));
    const found = findInterpreter({ folder: inner, workspace: inner, env: {} });
    assert.equal(found.path, path.join(inner, "venv/bin/python"));
  });
});

describe("describeInterpreter", function () {
  this.timeout(30_000);
  it("tells the version and which packages are there, without importing them", async () => {
    const { version, packages } = await describeInterpreter(python, ["json", "no_such_package"]);
    assert.match(version, /^3\.\d+\.\d+$/);
    assert.deepEqual(Object.keys(packages), ["json"]);
  });

  it("asks once", async () => {
    await describeInterpreter(python);
    const began = performance.now();
    await describeInterpreter(python);
    assert.ok(performance.now() - began < 5);
  });
});
