import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseLock } from "../../../src/pipeline/lock.ts";
import { Problem } from "../../../src/problem.ts";
import type { Basis, Verification, VerifyMode } from "../../../src/refactor/verify/model.ts";
import { readSubject } from "../../../src/refactor/verify/subject.ts";
import { verifyPipeline } from "../../../src/refactor/verify/verifyPipeline.ts";
import { cellsmith } from "../cli/cellsmith.ts";
import { proofHolds } from "../../../src/refactor/verify/proof.ts";
import { cells, python, runtime, writeDemo, writeNotebook, type Demo } from "./demo.ts";

async function check(
  demo: Demo,
  modes: readonly VerifyMode[] = ["in-process"],
  signal = new AbortController().signal,
  basis: Basis = { kind: "run" },
): Promise<Verification> {
  const subject = await readSubject(demo.pipeline);
  const tell = (): void => undefined;
  return verifyPipeline(subject, { folder: demo.pipeline, python, runtime, modes, basis, signal, tell });
}

/** Those of this process. */
async function scratchFolders(): Promise<string[]> {
  const own = `-${process.pid}-`;
  return (await readdir(tmpdir())).filter(
    (name) => name.startsWith("cellsmith-check-") && name.includes(own),
  );
}

async function lockOf(demo: Demo): Promise<Extract<ReturnType<typeof parseLock>, { lock: unknown }>["lock"]> {
  const parsed = parseLock(await readFile(path.join(demo.pipeline, "pipeline.lock.json"), "utf8"));
  assert.ok("lock" in parsed);
  return parsed.lock;
}

describe("checking a pipeline against its notebook", function () {
  this.timeout(60_000);
  let demo: Demo;

  afterEach(async () => {
    await rm(path.dirname(demo.workspace), { recursive: true });
  });

  it("finds the same result in both modes, and writes so into the lock", async () => {
    demo = await writeDemo();
    const found = await check(demo, ["in-process", "isolated"]);
    assert.equal(found.same, true);
    assert.equal(found.mode, "both");
    assert.deepEqual(
      found.compared
        .filter(({ mode }) => mode === "isolated")
        .map(({ kind, cell, name, notebook, pipeline }) => [kind, cell, name, notebook, pipeline]),
      [
        ["stdout", 0, "load", "3 rows\n", "3 rows\n"],
        ["value", 0, "load.rows", "list of 3", "list of 3"],
        ["stdout", 2, "score", "mean 2.33\n", "mean 2.33\n"],
        ["value", 2, "score.mean", "2.3333333333333335", "2.3333333333333335"],
        ["metric", 2, "mean", 2.3333333333333335, 2.3333333333333335],
        ["file", null, "mean.txt", "written", "written"],
      ],
    );
    assert.deepEqual(found.notCompared, ["print(max(rows)) (left out)"]);
    const { checked } = await lockOf(demo);
    assert.equal(checked["in one process"], "same");
    assert.equal(checked["step by step"], "same");
    assert.match(checked.with ?? "", /^python 3\.\d+\.\d+/);
    assert.match(
      await readFile(path.join(demo.pipeline, "pipeline.lock.json"), "utf8"),
      /"of a later version"/,
    );
  });

  it("leaves the user's files and no scratch folder behind", async () => {
    demo = await writeDemo();
    const before = await scratchFolders();
    const notebook = await readFile(demo.notebook, "utf8");
    await check(demo);
    assert.deepEqual(await readdir(path.dirname(demo.notebook)), ["demo.ipynb"]);
    assert.equal(await readFile(demo.notebook, "utf8"), notebook);
    assert.deepEqual(await readdir(path.join(demo.pipeline, "components")), ["load.py", "score.py"]);
    assert.deepEqual(await scratchFolders(), before);
  });

  it("says where a result differs first, and forgets what it said about other files", async () => {
    demo = await writeDemo();
    await check(demo, ["isolated"]);
    const load = path.join(demo.pipeline, "components", "load.py");
    await writeFile(load, (await readFile(load, "utf8")).replace("float(part)", "float(part) + 1"));
    const found = await check(demo);
    assert.equal(found.same, false);
    assert.deepEqual(
      found.compared.filter(({ same }) => !same).map(({ kind, name }) => [kind, name]),
      [
        ["value", "load.rows"],
        ["stdout", "score"],
        ["value", "score.mean"],
        ["metric", "mean"],
        ["file", "mean.txt"],
      ],
    );
    const { checked } = await lockOf(demo);
    assert.deepEqual([checked["in one process"], checked["step by step"]], ["different", "not checked"]);
  });

  it("holds its proof to the files and the cells it is about", async () => {
    demo = await writeDemo();
    const holds = async (): Promise<boolean> => {
      const { folder, lock, notebook } = await readSubject(demo.pipeline);
      return proofHolds(folder, lock, notebook);
    };
    await check(demo);
    assert.equal(await holds(), true);
    await writeNotebook(demo.notebook, [cells[0], `${cells[1]}  # a remark`, cells[2]]);
    assert.equal(await holds(), true);
    await writeNotebook(demo.notebook, [cells[0], "print(min(rows))", cells[2]]);
    assert.equal(await holds(), false);
    await writeNotebook(demo.notebook, cells);
    const load = path.join(demo.pipeline, "components", "load.py");
    const text = await readFile(load, "utf8");
    await writeFile(load, `${text}# edited\n`);
    assert.equal(await holds(), false);
    await writeFile(load, text);
    assert.equal(await holds(), true);
  });

  it("says when a step changes what it does not return, though in one process the result is the same", async () => {
    demo = await writeDemo({
      cells: [cells[0], "rows.append(5.0)", cells[2]],
      components: {
        load: "kept = []\n\n\ndef load(*, data_path):\n    kept.extend(float(part) for part in open(data_path).read().split())\n    print(len(kept), 'rows')\n    return list(kept)\n",
        score:
          "def score(rows, *, out_path):\n    from .load import kept\n\n    mean = sum([*kept, 5.0]) / (len(kept) + 1)\n    open(out_path, 'w').write(f'{mean}\\n')\n    print(f'mean {mean:.2f}')\n    return mean\n",
      },
    });
    const found = await check(demo);
    assert.equal(found.same, true);
    assert.equal(found.signatures.state, "do not hold");
    assert.deepEqual(
      found.signatures.differences.map(({ kind }) => kind),
      ["stdout", "value", "metric", "file"],
    );
    assert.equal((await lockOf(demo)).checked.signatures, "do not hold");
  });

  it("compares with what the file says that it printed, and calls that no proof", async () => {
    demo = await writeDemo({ printed: ["3 rows\n", "4.0\n", "mean 2.33\n"] });
    const found = await check(demo, ["in-process"], undefined, { kind: "saved outputs" });
    assert.deepEqual(
      found.compared.map(({ kind, name, same }) => [kind, name, same]),
      [
        ["stdout", "load", true],
        ["stdout", "score", true],
      ],
    );
    const { checked } = await lockOf(demo);
    assert.equal(checked["in one process"], "not checked");
    assert.deepEqual(checked.partly, [{ basis: "saved outputs", run: "in one process", same: true }]);
  });

  it("samples the data for both sides, and says so", async () => {
    const count = "print(open('../data/rows.csv').read().count(','))";
    const load =
      "def load(*, data_path):\n    print(open('../data/rows.csv').read().count(','))\n    return [1.0, 2.0, 4.0]\n";
    demo = await writeDemo({
      cells: [`${count}\nrows = [1.0, 2.0, 4.0]`, cells[1], cells[2]],
      components: { load },
    });
    await writeFile(path.join(demo.workspace, "data", "rows.csv"), `a,b\n${"1,2\n".repeat(50)}`);
    const found = await check(demo, ["in-process"], undefined, { kind: "sample", rows: 5 });
    assert.equal(found.same, true);
    assert.equal(found.compared.find(({ name }) => name === "load")?.pipeline, "6\n");
    assert.deepEqual((await lockOf(demo)).checked.partly?.[0]?.basis, "sample of 5 rows");
    assert.equal((await readFile(path.join(demo.workspace, "data", "rows.csv"), "utf8")).length, 204);
  });

  it("stops at what the notebook's text did not show, and names it, whatever the notebook makes of that", async () => {
    const hidden =
      "import subprocess as s\ntry:\n    getattr(s, 'run')(['echo', 'hi'])\nexcept OSError:\n    pass";
    demo = await writeDemo({ cells: [cells[0], hidden, cells[2]] });
    await assert.rejects(
      check(demo),
      /^Problem: demo\.ipynb, cell 3, runs echo hi, outside the check's scratch copy: the check was stopped there; add --yes/,
    );
    assert.equal((await lockOf(demo)).checked["in one process"], "not checked");
  });

  it("counts a pipeline that stops as different", async () => {
    demo = await writeDemo({
      components: { score: "def score(rows, *, out_path):\n    raise KeyError(1)\n" },
    });
    const found = await check(demo);
    assert.deepEqual(
      found.compared.map(({ kind, name, pipeline, same }) => [kind, name, pipeline, same]),
      [["error", "score", "KeyError: 1", false]],
    );
  });

  it("says in one sentence why a pipeline cannot be run at all", async () => {
    demo = await writeDemo({ components: { score: "import no_such_package\n" } });
    await assert.rejects(check(demo, ["isolated"]), (error) => {
      assert.ok(error instanceof Problem);
      assert.match(
        error.message,
        /^the pipeline cannot be run: step score needs no_such_package, which \S+ does not have$/,
      );
      assert.equal(error.exitCode, 2);
      return true;
    });
  });

  it("does not hold to the pipeline what the notebook does not repeat", async () => {
    const random = "import random\nrows = [random.random() for _ in range(3)]\nprint(len(rows), 'rows')";
    const load =
      "import random\n\n\ndef load(*, data_path):\n    rows = [random.random() for _ in range(3)]\n";
    const component = `${load}    print(len(rows), 'rows')\n    return rows\n`;
    demo = await writeDemo({ cells: [random, cells[1], cells[2]], components: { load: component } });
    const found = await check(demo);
    assert.equal(found.same, true);
    assert.deepEqual(
      found.nondeterministic.map(({ kind, name }) => [kind, name]),
      [
        ["value", "load.rows"],
        ["stdout", "score"],
        ["value", "score.mean"],
        ["metric", "mean"],
        ["file", "mean.txt"],
      ],
    );
  });

  it("tells when the notebook itself does not run", async () => {
    demo = await writeDemo({ cells: [cells[0], "print(undefined_name)", cells[2]] });
    await assert.rejects(check(demo), (error) => {
      assert.ok(error instanceof Problem);
      assert.equal(error.exitCode, 1);
      assert.equal(error.message, "the notebook itself does not run: demo.ipynb: cell 3 failed");
      return true;
    });
    assert.equal((await lockOf(demo)).checked["in one process"], "not checked");
  });

  it("has one sentence for a package that is not installed", async () => {
    demo = await writeDemo({ cells: ["import sklearn_of_the_moon", cells[1], cells[2]] });
    await assert.rejects(check(demo), (error) => {
      assert.ok(error instanceof Problem);
      assert.equal(error.exitCode, 1);
      assert.match(error.message, /^sklearn_of_the_moon is not installed for \S+: "\S+" -m pip install \w+$/);
      return true;
    });
  });

  for (const modes of [["in-process"], ["in-process", "isolated"]] as const) {
    it(`is not misled by a folder's name in what is printed: ${modes.join(", ")}`, async () => {
      const show = "import os\nprint(os.getcwd())";
      const load = "def load(*, data_path):\n    import os\n    print(os.getcwd())\n";
      const body = "rows = [float(part) for part in open(PATH).read().split()]";
      demo = await writeDemo({
        cells: [`${show}\n${body.replace("PATH", '"../data/rows.txt"')}`, cells[1], cells[2]],
        components: { load: `${load}    ${body.replace("PATH", "data_path")}\n    return rows\n` },
      });
      const found = await check(demo, modes);
      assert.equal(found.same, true);
      assert.deepEqual(found.nondeterministic, []);
      const printed = found.compared.find(({ kind, name }) => kind === "stdout" && name === "load");
      assert.match(String(printed?.pipeline), /\/notebooks\n$/);
    });
  }

  it("removes what a check left that was killed, and nothing of a living one", async () => {
    const place = (pid: number): string =>
      path.join(tmpdir(), `cellsmith-check-${hostname().replace(/[^A-Za-z0-9]/g, "")}-${pid}-xxxxxx`);
    const [dead, living] = [place(2 ** 22 + 1), place(process.ppid)];
    for (const folder of [dead, living]) await mkdir(path.join(folder, "folder"), { recursive: true });
    demo = await writeDemo();
    await check(demo);
    assert.ok(!existsSync(dead));
    assert.ok(existsSync(living));
    await rm(living, { recursive: true });
  });

  it("keeps an absolute path from leading out of the scratch folder", async () => {
    demo = await writeDemo();
    const file = path.join(demo.workspace, "notebooks", "mean.txt");
    const writes = cells[2].replace('"mean.txt"', JSON.stringify(file));
    await rm(path.dirname(demo.workspace), { recursive: true });
    demo = await writeDemo({ cells: [cells[0], cells[1], writes.replaceAll(demo.workspace, "PLACE")] });
    const text = await readFile(demo.notebook, "utf8");
    await writeFile(demo.notebook, text.replaceAll("PLACE", demo.workspace));
    await assert.rejects(
      check(demo),
      /^Problem: demo\.ipynb, cell 4, writes .*mean\.txt, outside the check's scratch copy: make the path relative or a setting$/,
    );
    assert.deepEqual(await readdir(path.dirname(demo.notebook)), ["demo.ipynb"]);
  });

  it("stops at once when it is cancelled, and leaves nothing running", async () => {
    const wait = 'import time, os\nopen("../pid", "w").write(str(os.getpid()))\ntime.sleep(60)';
    demo = await writeDemo({ cells: [wait, cells[1], cells[2]] });
    const before = await scratchFolders();
    const stopping = new AbortController();
    const checking = check(demo, ["in-process"], stopping.signal);
    const checked = assert.rejects(checking, (error) => error instanceof Problem && error.exitCode === 130);
    const pidFile = await appears(before);
    const pid = Number(await readFile(pidFile, "utf8"));
    stopping.abort();
    await checked;
    assert.throws(() => process.kill(pid, 0));
    assert.deepEqual(await scratchFolders(), before);
  });

  it("has one sentence for what is no pipeline", async () => {
    demo = await writeDemo();
    await assert.rejects(
      readSubject(demo.workspace),
      /is not a pipeline's folder: there is no pipeline\.yaml in it/,
    );
    await rm(demo.notebook);
    await assert.rejects(readSubject(demo.pipeline), /^Problem: there is no .*demo\.ipynb$/);
  });
});

/** Waits for the file in which the notebook's cell leaves its process id. */
async function appears(before: readonly string[]): Promise<string> {
  for (let tries = 0; tries < 400; tries += 1) {
    const scratch = (await scratchFolders()).find((name) => !before.includes(name));
    const folder = path.join(tmpdir(), scratch ?? "none", "folder");
    const entries = await readdir(folder, { recursive: true }).catch(() => []);
    const file = entries.find((name) => path.basename(name) === "pid");
    if (file !== undefined && (await readFile(path.join(folder, file), "utf8")) !== "") {
      return path.join(folder, file);
    }
    await sleep(50);
  }
  throw new Error("the notebook did not start");
}

describe("cellsmith verify", function () {
  this.timeout(60_000);
  let demo: Demo;

  afterEach(async () => {
    await rm(path.dirname(demo.workspace), { recursive: true });
  });

  it("ends with 0 and one JSON document, with 4 where results differ", async () => {
    demo = await writeDemo();
    const same = await cellsmith(demo.workspace, ["verify", "pipeline", "--python", python, "--json"]);
    assert.equal(same.code, 0, same.err);
    const document: unknown = JSON.parse(same.out);
    assert.ok(
      typeof document === "object" && document !== null && "same" in document && document.same === true,
    );
    const load = path.join(demo.pipeline, "components", "load.py");
    await writeFile(load, (await readFile(load, "utf8")).replace("float(part)", "float(part) + 1"));
    const different = await cellsmith(demo.workspace, ["verify", "pipeline", "--python", python]);
    assert.equal(different.code, 4);
    assert.match(
      different.out,
      /^Different at load, cell 2, run in one process\n {2}load\.rows\n {4}notebook {2}1\.0\n/,
    );
  });

  it("asks before it runs what reaches outside", async () => {
    demo = await writeDemo({ cells: [cells[0], 'import os\nos.system("true")', cells[2]] });
    const asked = await cellsmith(demo.workspace, ["verify", "pipeline", "--python", python]);
    assert.equal(asked.code, 2);
    assert.match(
      asked.err,
      /\n {2}shell, cell 3: os\.system\("true"\)\ncellsmith: nothing was run: add --yes/,
    );
    const agreed = await cellsmith(demo.workspace, ["verify", "pipeline", "--python", python, "--yes"]);
    assert.equal(agreed.code, 0, agreed.err);
  });

  it("names the modes it has", async () => {
    demo = await writeDemo();
    const outcome = await cellsmith(demo.workspace, ["verify", "pipeline", "--mode", "fast"]);
    assert.deepEqual(
      [outcome.code, outcome.err],
      [2, "cellsmith: --mode fast: there is no such mode; there are in-process, isolated, both\n"],
    );
  });
});
