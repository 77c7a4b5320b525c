import assert from "node:assert/strict";
import {
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { lstatSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { copyProject, inScratch, layOut } from "../../../src/refactor/verify/scratch.ts";

describe("the scratch copy of a project", () => {
  let top: string;
  let scratch: string;
  const signal = new AbortController().signal;

  beforeEach(async () => {
    top = await realpath(await mkdtemp(path.join(tmpdir(), "scratch-test-")));
    scratch = path.join(await realpath(await mkdtemp(path.join(tmpdir(), "scratch-test-"))), "copy");
    for (const folder of [
      "project/notebooks",
      "project/data",
      "project/.git",
      "project/env/lib",
      "elsewhere/pipe",
    ]) {
      await mkdir(path.join(top, folder), { recursive: true });
    }
    await writeFile(path.join(top, "project/env/pyvenv.cfg"), "");
    await writeFile(path.join(top, "project/data/rows.csv"), "a\n");
    await writeFile(path.join(top, "project/notebooks/n.ipynb"), "{}");
  });
  afterEach(async () => {
    await rm(top, { recursive: true });
    await rm(path.dirname(scratch), { recursive: true });
  });

  it("takes the project with the notebook, without environments and histories", async () => {
    const project = path.join(top, "project");
    const layout = layOut(path.join(project, "notebooks/n.ipynb"), path.join(project, "pipe"), []);
    await copyProject(layout, scratch, signal);
    const copy = inScratch(layout, scratch, project);
    assert.deepEqual((await readdir(copy)).sort(), ["data", "notebooks"]);
    assert.equal(await readFile(path.join(copy, "data/rows.csv"), "utf8"), "a\n");
  });

  it("keeps what lies apart as far apart as it is", async () => {
    const notebook = path.join(top, "project/notebooks/n.ipynb");
    const pipeline = path.join(top, "elsewhere/pipe");
    const layout = layOut(notebook, pipeline, []);
    assert.deepEqual([...layout.pieces].sort(), [pipeline, path.join(top, "project")].sort());
    await copyProject(layout, scratch, signal);
    const [from, to] = [pipeline, notebook].map((file) => inScratch(layout, scratch, file));
    assert.equal(path.relative(from ?? "", to ?? ""), path.relative(pipeline, notebook));
  });

  it("takes only what is named where there is no project around it", async () => {
    await rm(path.join(top, "project/.git"), { recursive: true });
    const notebook = path.join(top, "project/notebooks/n.ipynb");
    const data = path.join(top, "elsewhere/rows.csv");
    await writeFile(data, "b\n");
    const layout = layOut(notebook, path.join(top, "project/pipe"), [data]);
    await copyProject(layout, scratch, signal);
    assert.equal(await readFile(inScratch(layout, scratch, data), "utf8"), "b\n");
  });

  it("links a folder of many files, but none with code and not the notebook's own", async () => {
    const project = path.join(top, "project");
    for (const folder of ["data/images", "data/code", "notebooks"]) {
      await mkdir(path.join(project, folder), { recursive: true });
      for (let at = 0; at < 500; at += 1) await writeFile(path.join(project, folder, `${at}.png`), "");
    }
    await writeFile(path.join(project, "data/code/a.py"), "");
    const layout = layOut(path.join(project, "notebooks/n.ipynb"), path.join(project, "pipe"), []);
    await copyProject(layout, scratch, signal);
    const isLink = (name: string): boolean =>
      lstatSync(inScratch(layout, scratch, path.join(project, name))).isSymbolicLink();
    assert.deepEqual(["data/images", "data/code", "notebooks"].map(isLink), [true, false, false]);
  });

  it("takes no time for gigabytes", async () => {
    const big = path.join(top, "project/data/big.bin");
    await writeFile(big, "");
    await truncate(big, 2 * 1024 ** 3);
    const project = path.join(top, "project");
    const layout = layOut(path.join(project, "notebooks/n.ipynb"), project, []);
    const begin = performance.now();
    await copyProject(layout, scratch, signal);
    assert.ok(performance.now() - begin < 1000);
    assert.equal(statSync(inScratch(layout, scratch, big)).size, 2 * 1024 ** 3);
  });

  it("links big files and follows no link", async () => {
    const big = path.join(top, "project/data/big.bin");
    await writeFile(big, "");
    await truncate(big, 300 * 1024 * 1024);
    await symlink("../data/rows.csv", path.join(top, "project/notebooks/link.csv"));
    const project = path.join(top, "project");
    const layout = layOut(path.join(project, "notebooks/n.ipynb"), project, []);
    await copyProject(layout, scratch, signal);
    assert.ok(lstatSync(inScratch(layout, scratch, big)).isSymbolicLink());
    assert.ok(
      lstatSync(inScratch(layout, scratch, path.join(project, "notebooks/link.csv"))).isSymbolicLink(),
    );
  });

  it("stops when it is told to", async () => {
    const layout = layOut(path.join(top, "project/notebooks/n.ipynb"), path.join(top, "project"), []);
    const stopping = new AbortController();
    stopping.abort();
    await assert.rejects(copyProject(layout, scratch, stopping.signal));
  });
});
