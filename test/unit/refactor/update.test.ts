// Bringing a pipeline up to its notebook: with people's edits, with colleagues' branches, and after a crash.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import { mergeByGit } from "../../../src/git/mergeFile.ts";
import { mergeLines } from "../../../src/refactor/merge.ts";
import { codeDigest } from "../../../src/notebook/codeDigest.ts";
import { parseLock, sha256 } from "../../../src/pipeline/lock.ts";
import { type applyConversion, readLock, settleConflict, type Applied } from "../../../src/refactor/apply.ts";
import { compareCells } from "../../../src/refactor/compareCells.ts";
import { openPipeline } from "../../../src/refactor/openPipeline.ts";
import { optionsFromLock } from "../../../src/refactor/planAgain.ts";
import { draftOf, writeDraft } from "../../../src/refactor/writeConversion.ts";
import { openNotebook } from "../../../src/notebook/openNotebook.ts";

const runtime = path.resolve(import.meta.dirname, "../../../src/runtime");

const cells: Readonly<Record<string, string>> = {
  setup: 'import json\n\nrows_path = "../data/rows.json"',
  "# Load": "",
  load: "with open(rows_path) as file:\n    rows = json.load(file)\nprint(len(rows))",
  "# Prepare": "",
  prepare: "rows = [row * 2 for row in rows]\nrows.append(0)\nrows.sort()",
  "# Results": "",
  results: 'total = sum(rows)\nprint("total", total)',
};

function notebookOf(changes: Readonly<Record<string, string>> = {}): string {
  const all = { ...cells, ...changes };
  return `${JSON.stringify(
    {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: { kernelspec: { name: "python3", language: "python" } },
      cells: Object.entries(all).map(([id, source]) =>
        id.startsWith("# ")
          ? { cell_type: "markdown", id: id.slice(2), metadata: {}, source: `#${id}` }
          : {
              cell_type: "code",
              id,
              metadata: {},
              outputs: [],
              execution_count: null,
              source: source.split(/(?<=\n)/),
            },
      ),
    },
    null,
    1,
  )}\n`;
}

describe("bringing a pipeline up to its notebook", function () {
  this.timeout(60_000);
  let home: string;
  const folder = (): string => path.join(home, "pipelines", "rows");
  const inside = (name: string): string => path.join(folder(), name);
  const read = (name: string): Promise<string> => readFile(inside(name), "utf8");
  const writeNotebook = (changes: Readonly<Record<string, string>> = {}): Promise<void> =>
    writeFile(path.join(home, "notebooks", "rows.ipynb"), notebookOf(changes));
  const update = async (options: Partial<Parameters<typeof applyConversion>[2]> = {}): Promise<Applied> => {
    const { lock, notebook, name } = await openPipeline(folder(), { mend: true });
    const draft = draftOf(notebook, optionsFromLock(lock, notebook, name));
    return writeDraft(draft, folder(), { runtime, again: true, merge: mergeByGit, ...options });
  };
  const changedSteps = async (): Promise<readonly string[]> => {
    const { lock, notebook } = await openPipeline(folder());
    return compareCells(lock, notebook).flatMap(({ to }) => to);
  };
  const edit = async (name: string, from: string, to: string): Promise<void> => {
    const text = await read(name);
    assert.ok(text.includes(from), text);
    await writeFile(inside(name), text.replace(from, to));
  };

  before(() => loadPythonParser());

  beforeEach(async () => {
    home = await realpath(await mkdtemp(path.join(tmpdir(), "cellsmith update ü-")));
    await Promise.all(["notebooks", "data"].map((name) => mkdir(path.join(home, name))));
    await writeNotebook();
    const notebook = await openNotebook(path.join(home, "notebooks", "rows.ipynb"));
    await writeDraft(draftOf(notebook, { name: "rows" }), folder(), { runtime, again: false });
  });

  afterEach(() => rm(home, { recursive: true, force: true }));

  it("writes one step and leaves the other that changed, where they still fit", async () => {
    await writeNotebook({
      prepare: cells.prepare?.replace("row * 2", "row * 5") ?? "",
      results: 'total = sum(rows) + len(rows)\nprint("total", total)',
    });
    const applied = await update({ only: "prepare" });
    assert.deepEqual([applied.changed, applied.held], [["components/prepare.py"], ["evaluate"]]);
    assert.match(await read("components/prepare.py"), /row \* 5/);
    assert.doesNotMatch(await read("components/evaluate.py"), /len\(rows\)/);
    assert.deepEqual(await changedSteps(), ["evaluate"]);
    assert.deepEqual((await update()).changed, ["components/evaluate.py"]);
    assert.deepEqual(await changedSteps(), []);
  });

  it("writes both where the one would not fit without the other", async () => {
    await writeNotebook({
      prepare: `${cells.prepare ?? ""}\nextra = len(rows)`,
      results: 'total = sum(rows) + extra\nprint("total", total)',
    });
    const applied = await update({ only: "prepare" });
    assert.deepEqual(applied.held, []);
    assert.match(await read("components/evaluate.py"), /extra/);
    assert.deepEqual(await changedSteps(), []);
  });

  it("hands over both sides of a conflict, and takes what was settled", async () => {
    await edit("components/prepare.py", "row * 2", "row * 7");
    await edit("components/prepare.py", "rows.sort()", "rows.sort()  # ascending");
    const mine = await read("components/prepare.py");
    await writeNotebook({ prepare: cells.prepare?.replace("row * 2", "row * 5") ?? "" });
    const [conflict, ...more] = (await update()).unsettled;
    assert.ok(conflict !== undefined && more.length === 0);
    assert.equal(conflict.mine, mine);
    assert.match(conflict.base, /row \* 2/);
    assert.match(conflict.theirs, /row \* 5/);
    assert.match(conflict.marked, /<{7}[^]*row \* 7[^]*={7}[^]*row \* 5[^]*>{7}/);
    assert.equal(await read("components/prepare.py"), mine, "nothing is written before it is settled");
    assert.deepEqual(await changedSteps(), ["prepare"]);
    const settled = mine.replace("row * 7", "row * 35");
    await settleConflict(folder(), conflict, settled, (id) =>
      codeDigest(id === "prepare" ? (cells.prepare?.replace("row * 2", "row * 5") ?? "") : (cells[id] ?? "")),
    );
    assert.equal(await read("components/prepare.py"), settled);
    assert.deepEqual(await changedSteps(), []);
    assert.deepEqual((await update()).unsettled, []);
    assert.equal(await read("components/prepare.py"), settled);
  });

  it("takes one side's lines where told to", async () => {
    await edit("components/prepare.py", "row * 2", "row * 7");
    await edit("components/prepare.py", "rows.sort()", "rows.sort()  # ascending");
    await writeNotebook({ prepare: cells.prepare?.replace("row * 2", "row * 5") ?? "" });
    assert.deepEqual((await update({ favor: "theirs" })).merged, ["components/prepare.py"]);
    assert.match(await read("components/prepare.py"), /row \* 5[^]*sort\(\) {2}# ascending/);
    assert.deepEqual(await changedSteps(), []);
  });

  it("loses nothing that was written by hand, wherever that stands", async function () {
    this.timeout(120_000);
    const name = "components/prepare.py";
    const changes = ["row * 3", "row * 2 if row else row", "row", "abs(row) * 2"];
    let [merged, unsettled] = [0, 0];
    for (let round = 0; round < 12; round += 1) {
      const lines = (await read(name)).split("\n");
      const at = (round * 7 + 3) % lines.length;
      const hand = `    # by hand ${round}`;
      if (round % 3 === 0) lines.splice(at, 1, `${lines[at] ?? ""}  # by hand ${round}`);
      else lines.splice(at, 0, hand);
      await writeFile(inside(name), lines.join("\n"));
      await writeNotebook({
        prepare: `rows = [${changes[round % changes.length] ?? ""} for row in rows]\nrows.append(${round})\nrows.sort()`,
      });
      const before = await read(name);
      const applied = await update({ merge: round % 2 === 0 ? mergeByGit : mergeLines });
      const now = await read(name);
      const [conflict] = applied.unsettled;
      if (conflict === undefined) {
        merged += 1;
        for (let hands = 0; hands <= round; hands += 1)
          assert.match(now, new RegExp(`# by hand ${hands}\\b`), now);
      } else {
        unsettled += 1;
        assert.equal(now, before);
        assert.equal(conflict.mine, before);
        // A person takes the notebook's lines and keeps the remarks.
        const remarks = [...before.matchAll(/# by hand \d+/g)].map(([remark]) => `    ${remark}`);
        const settled = conflict.theirs.replace(/\n {4}return/, `\n${remarks.join("\n")}\n    return`);
        const { notebook } = await openPipeline(folder());
        const digests = new Map(notebook.cells.map((cell) => [cell.id, codeDigest(cell.source)]));
        await settleConflict(folder(), conflict, settled, (id) => digests.get(id));
      }
    }
    assert.ok(merged > 1 && unsettled > 1, `${merged} merged, ${unsettled} settled`);
  });

  it("writes nothing when it is called off, or when a file changes under it", async () => {
    await writeNotebook({ prepare: "rows = sorted(rows)" });
    const before = await read("pipeline.lock.json");
    await assert.rejects(update({ signal: AbortSignal.abort() }));
    assert.equal(await read("pipeline.lock.json"), before);
    await edit("components/prepare.py", "rows.append(0)", "rows.append(1)");
    const meanwhile = async (input: Parameters<typeof mergeByGit>[0]): ReturnType<typeof mergeByGit> => {
      await writeFile(inside("components/prepare.py"), `${input.mine}# saved a moment ago\n`);
      return { clean: true, text: input.theirs };
    };
    await assert.rejects(update({ merge: meanwhile }), /prepare\.py was changed while it was being updated/);
    assert.match(await read("components/prepare.py"), /saved a moment ago/);
    assert.equal(await read("pipeline.lock.json"), before);
    assert.deepEqual(
      (await readdir(folder())).filter((name) => name.startsWith(".")),
      [],
    );
  });

  it("ends what a crash has left, unless somebody has changed a file since", async () => {
    const crash = async (): Promise<void> => {
      const scratch = inside(".writing-abc123");
      await mkdir(scratch);
      const [load, prepare] = [await read("components/load.py"), await read("components/prepare.py")];
      const moves = [
        { path: "components/load.py", before: sha256(load), after: sha256("# new load\n") },
        { path: "components/prepare.py", before: sha256(prepare), after: sha256("# new prepare\n") },
      ];
      // The first was moved already.
      await writeFile(inside("components/load.py"), "# new load\n");
      await writeFile(path.join(scratch, "1"), "# new prepare\n");
      await writeFile(path.join(scratch, "moves.json"), JSON.stringify(moves));
    };
    const [load, prepare] = [await read("components/load.py"), await read("components/prepare.py")];
    await crash();
    await update();
    assert.equal(await read("components/prepare.py"), "# new prepare\n");
    assert.ok(!existsSync(inside(".writing-abc123")));
    await writeFile(inside("components/load.py"), load);
    await writeFile(inside("components/prepare.py"), prepare);
    await crash();
    await writeFile(inside("components/prepare.py"), `${prepare}# by hand\n`);
    await update();
    assert.equal(await read("components/prepare.py"), `${prepare}# by hand\n`);
    assert.ok(!existsSync(inside(".writing-abc123")));
  });

  describe("in a repository with two branches", () => {
    const git = (...args: string[]): string =>
      execFileSync("git", ["-c", "user.name=Ines", "-c", "user.email=ines@example.org", ...args], {
        cwd: home,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
        env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" },
      });
    const commit = (message: string): void => {
      git("add", "-A");
      git("commit", "-q", "-m", message);
    };
    /** Both branches change the notebook and update; then the one is merged into the other. */
    const branches = async (
      mine: Readonly<Record<string, string>>,
      theirs: Readonly<Record<string, string>>,
    ): Promise<boolean> => {
      git("init", "-q", "-b", "main");
      commit("start");
      git("checkout", "-q", "-b", "theirs");
      await writeNotebook(theirs);
      await update();
      commit("theirs");
      git("checkout", "-q", "main");
      await writeNotebook(mine);
      await update();
      commit("mine");
      try {
        git("merge", "-q", "theirs", "-m", "both");
        return true;
      } catch {
        return false;
      }
    };

    it("merges by itself where they changed different steps", async () => {
      const mine = { prepare: cells.prepare?.replace("row * 2", "row * 5") ?? "" };
      const theirs = { results: 'total = sum(rows) - 1\nprint("total", total)' };
      assert.ok(await branches(mine, theirs), git("diff"));
      const merged = parseLock(await read("pipeline.lock.json"));
      assert.ok("lock" in merged);
      assert.deepEqual(await changedSteps(), [], "the merged lock knows both sides' cells");
      assert.deepEqual((await update()).changed, []);
      assert.equal(git("status", "--porcelain"), "", "an update after the merge has nothing to do");
    });

    it("merges by itself where they added settings and cells in different places", async () => {
      const mine = { load: `${cells.load ?? ""}\nlimit = 12\nrows = rows[:limit]` };
      const theirs = {
        results:
          'threshold = 0.25\ntotal = sum(row for row in rows if row > threshold)\nprint("total", total)',
      };
      assert.ok(await branches(mine, theirs), git("diff"));
      await update();
      assert.deepEqual(await changedSteps(), []);
    });

    it("says one sentence where they changed the same cell, and goes on once the files are settled", async () => {
      const mine = { prepare: cells.prepare?.replace("row * 2", "row * 5") ?? "" };
      const theirs = { prepare: cells.prepare?.replace("row * 2", "row * 9") ?? "" };
      assert.ok(!(await branches(mine, theirs)));
      await assert.rejects(readLock(folder()), /holds both sides of a merge that was not finished; update/);
      await writeNotebook(theirs);
      await assert.rejects(
        update(),
        /components\/prepare\.py has the marks of a merge that was not finished, line \d+; settle it there/,
      );
      git("checkout", "-q", "--theirs", "pipelines/rows/components/prepare.py");
      const applied = await update();
      assert.deepEqual(applied.conflicts, []);
      assert.deepEqual(await changedSteps(), []);
      assert.match(await read("components/prepare.py"), /row \* 9/);
    });
  });
});
