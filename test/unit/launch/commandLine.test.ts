import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { copyFile, readFile, realpath } from "node:fs/promises";
import path from "node:path";
import { vendoredFiles } from "../../../src/formats/vendoredFiles.ts";
import { pidExists } from "../../../src/launch/owner.ts";
import { makeWorkspace, until, type Workspace } from "./workspace.ts";

const root = path.resolve(import.meta.dirname, "../../..");
const cli = path.join(root, "src", "cli.ts");

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function cellsmith(cwd: string, ...args: string[]): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, ...args], { cwd }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

/** A pipeline as a conversion writes it, small enough to be read here; with the real runtime. */
async function addPipeline(at: Workspace): Promise<void> {
  await at.write(
    "pipelines/churn/pipeline.yaml",
    `apiVersion: cellsmith/v1
name: churn
workdir: ../../notebooks
parameters:
  data_path: { type: path, access: read, default: ../data/customers.csv }
  seed: { type: int, default: 42 }
steps:
  load:
    component: components/load.py:load
    inputs: { data_path: $data_path }
    outputs:
      rows: { format: json }
  score:
    component: components/score.py:score
    inputs: { rows: load.rows, seed: $seed }
    outputs:
      auc: { type: float, format: json }
metrics:
  auc: { from: score.auc, goal: maximize }
gates:
  - { metric: auc, min: 0.1 }
`,
  );
  await at.write(
    "pipelines/churn/run.py",
    'import sys\n\nfrom _runtime import main\n\nif __name__ == "__main__":\n    sys.exit(main(__file__))\n',
  );
  for (const name of vendoredFiles) {
    await copyFile(path.join(root, "src/runtime", name), path.join(at.folder, "pipelines/churn", name));
  }
  await at.write("pipelines/churn/components/__init__.py", "");
  await at.write(
    "pipelines/churn/components/load.py",
    "def load(*, data_path):\n    rows = open(data_path).read().splitlines()\n    print(len(rows), 'Zeilen für Märta')\n    return rows\n",
  );
  await at.write(
    "pipelines/churn/components/score.py",
    "def score(rows, *, seed):\n    auc = seed / 100\n    print('done')\n    return auc\n",
  );
  await at.write("data/customers.csv", "id\n1\n2\n");
  await at.write("notebooks/churn.ipynb", "{}");
}

describe("cellsmith run and runs", function () {
  this.timeout(60_000);
  let at: Workspace;
  before(async () => {
    at = await makeWorkspace();
    await addPipeline(at);
  });
  after(() => at.dispose());

  const run = async (...args: string[]): Promise<Answer> =>
    cellsmith(at.folder, "run", ...args, "--python", at.python);

  it("prints what the pipeline prints, unchanged, and nothing else", async () => {
    const { code, stdout, stderr } = await run("pipelines/churn");
    assert.equal(stdout, "3 Zeilen für Märta\ndone\n", stderr);
    assert.equal(code, 0);
    assert.match(stderr, /churn, run 1 \(first run\) finished after/);
  });

  it("gives one document with --json, compares with the run before, and keeps defaults", async () => {
    const { code, stdout, stderr } = await run("pipelines/churn", "--param", "seed=50", "--json");
    assert.equal(code, 0, stderr);
    const document = JSON.parse(stdout) as {
      run: { status: string; name: string; params: object; metrics: { auc: object }; artifacts: object[] };
      steps: { name: string; status: string; cached: boolean; seconds: number }[];
    };
    assert.equal(document.run.status, "FINISHED");
    assert.equal(document.run.name, "seed=50");
    assert.deepEqual(document.run.params, { data_path: "../data/customers.csv", seed: 50 });
    assert.deepEqual(document.run.metrics.auc, { last: 0.5, min: 0.5, max: 0.5, best: 0.5, step: 0 });
    assert.deepEqual(
      document.steps.map(({ name, status, cached }) => [name, status, cached]),
      [
        ["load", "FINISHED", false],
        ["score", "FINISHED", false],
      ],
    );
    assert.match(stderr, /auc 0\.500 \(\+0\.080 against run 1\)/);
    assert.match(stderr, /3 Zeilen für Märta/);
  });

  it("runs step by step in processes of their own", async () => {
    const { code, stdout, stderr } = await run("pipelines/churn", "--isolate");
    assert.equal(stdout, "3 Zeilen für Märta\ndone\n", stderr);
    assert.equal(code, 0);
  });

  const answers: readonly [string, readonly string[], number, RegExp][] = [
    ["a failed gate", ["pipelines/churn", "--param", "seed=5"], 1, /gate failed: auc is 0\.05, below 0\.1/],
    [
      "a setting that is none",
      ["pipelines/churn", "--param", "sed=5"],
      2,
      /^cellsmith: churn has no setting sed; it has data_path, seed\n$/,
    ],
    [
      "a setting of the wrong kind",
      ["pipelines/churn", "--param", "seed=x"],
      2,
      /^cellsmith: seed=x: the setting seed is of type int\n$/,
    ],
    [
      "a half setting",
      ["pipelines/churn", "--param", "seed"],
      2,
      /^cellsmith: --param seed: expected NAME=VALUE\n$/,
    ],
    ["missing data", ["pipelines/churn", "--param", "data_path=none.csv"], 2, /none\.csv/],
    ["a target that is not there", ["pipelines/none"], 2, /^cellsmith: there is no .*none\n$/],
    [
      "a folder that is no pipeline",
      ["data"],
      2,
      /^cellsmith: .*data cannot be run: give a pipeline's folder/,
    ],
    ["no target", [], 2, /^cellsmith: run what\?/],
    ["two targets", ["pipelines/churn", "x"], 2, /^cellsmith: one target at a time/],
    [
      "an engine that is not there yet",
      ["pipelines/churn", "--engine", "ray"],
      2,
      /^cellsmith: there is no option --engine/,
    ],
    [
      "a store that is no folder",
      ["pipelines/churn", "--store", "http://x"],
      2,
      /^cellsmith: --store http:\/\/x: only a folder/,
    ],
  ];
  for (const [what, args, code, words] of answers) {
    it(`answers ${what} with ${code} and one clear sentence`, async () => {
      const answer = await run(...args);
      assert.match(answer.stderr, words);
      assert.equal(answer.code, code, answer.stderr);
      assert.doesNotMatch(answer.stderr, /^\s+at |Traceback/m);
    });
  }

  it("says of bad input what is wrong, once", async () => {
    for (const more of [[], ["--isolate"]]) {
      const { code, stderr } = await run("pipelines/churn", "--param", "data_path=gone.csv", ...more);
      assert.equal(code, 2, stderr);
      assert.match(stderr, / failed after [\d.]+ s: data_path: there is no .*gone\.csv\n$/);
      assert.equal(stderr.split("there is no").length, 2, stderr);
    }
  });

  const code = (...sources: string[]): string =>
    JSON.stringify({
      cells: sources.map((source, index) => ({
        cell_type: index === 0 ? "markdown" : "code",
        id: `c${index}`,
        metadata: {},
        ...(index === 0 ? {} : { outputs: [], execution_count: null }),
        source,
      })),
      metadata: {},
      nbformat: 4,
      nbformat_minor: 5,
    });
  const places: readonly [string, string, string, RegExp][] = [
    [
      "a script",
      "fail me.py",
      "x = 1\nraise ValueError('no')\n",
      /failed after [\d.]+ s: ValueError: no \(fail me\.py, line 2\)\n$/,
    ],
    [
      "a notebook",
      "fail.ipynb",
      code("# Title", "x = 1", "y = x\nprint(cutoff)"),
      /failed after [\d.]+ s: NameError: .+ \(fail\.ipynb, cell 3, line 2\)\n$/,
    ],
    [
      "a notebook that is no Python",
      "syntax.ipynb",
      code("# Title", "x = (1 +"),
      /failed after [\d.]+ s: SyntaxError: [^()]+ \(syntax\.ipynb, cell 2, line 1\)\n$/,
    ],
  ];
  for (const [what, name, text, words] of places) {
    it(`says where ${what} failed`, async () => {
      await at.write(name, text);
      const { code, stderr } = await run(name);
      assert.equal(code, 1);
      assert.match(stderr, words);
      const shown = await cellsmith(at.folder, "runs", "show", "latest");
      assert.match(shown.stdout.split("\n")[1] ?? "", / \(.+, line \d\)$/);
    });
  }

  it("says at which step a pipeline failed, and shows the traceback once", async () => {
    const file = "pipelines/churn/components/score.py";
    const text = await at.read(file);
    await at.write(file, "def score(rows, *, seed):\n    return rows[99]\n");
    const { code, stderr } = await run("pipelines/churn");
    await at.write(file, text);
    assert.equal(code, 1);
    assert.match(
      stderr,
      / failed at score after [\d.]+ s: IndexError: list index out of range \(components\/score\.py, line 2\)\n$/,
    );
    assert.equal(stderr.split("Traceback").length, 2, stderr);
    assert.doesNotMatch(stderr, /run\.py: /);
  });

  for (const name of ["lacks.py", "lacking.ipynb"]) {
    it(`has one sentence for a package that is not installed: ${name}`, async () => {
      const text = "import nobody_has_this\n";
      await at.write(name, name.endsWith(".py") ? text : code("", text));
      const { code: exit, stderr } = await run(name);
      assert.equal(exit, 1);
      assert.match(stderr, /nobody_has_this is not installed for .+ -m pip install nobody_has_this\n$/);
      assert.equal(stderr.trimEnd().split("\n").length, 2, stderr);
      const log = (await at.store.list()).runs[0]?.logs[1];
      assert.match(await readFile(log ?? "", "utf8"), /^Traceback [^]+ModuleNotFoundError/);
    });
  }

  const notebooks: readonly [string, string, RegExp][] = [
    ["is not JSON", "hello", /^cellsmith: .*not JSON.*\n$/],
    [
      "has no code",
      '{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}',
      /^cellsmith: .*no code.*\n$/,
    ],
    [
      "is in R",
      '{"cells":[{"cell_type":"code","metadata":{},"outputs":[],"source":"x <- 1"}],"metadata":{"language_info":{"name":"R"}},"nbformat":4,"nbformat_minor":4}',
      /^cellsmith: .* in R.*\n$/,
    ],
  ];
  for (const [what, text, words] of notebooks) {
    it(`starts no run of a notebook that ${what}`, async () => {
      await at.write("bad.ipynb", text);
      const { code, stderr } = await run("bad.ipynb");
      assert.match(stderr, words);
      assert.equal(code, 2);
      assert.ok((await at.store.list()).runs.every(({ experiment }) => experiment !== "bad"));
    });
  }

  it("answers a missing interpreter", async () => {
    const { code, stderr } = await cellsmith(at.folder, "run", "pipelines/churn", "--python", "no/python");
    assert.equal(code, 2);
    assert.equal(
      stderr,
      `cellsmith: there is no Python at ${path.join(await realpath(at.folder), "no/python")}\n`,
    );
  });

  it("lists, shows and compares what was recorded", async () => {
    const listed = await cellsmith(
      path.join(at.folder, "data"),
      "runs",
      "list",
      "--json",
      "--sort",
      "auc",
      "--limit",
      "2",
    );
    const { runs } = JSON.parse(listed.stdout) as {
      runs: { number: number; metrics: { auc: { last: number } } }[];
    };
    assert.deepEqual(
      runs.map((one) => [one.number, one.metrics.auc.last]),
      [
        [2, 0.5],
        [3, 0.42],
      ],
    );
    const shown = JSON.parse((await cellsmith(at.folder, "runs", "show", "2", "--json")).stdout) as {
      history: { auc: { value: number }[] };
      datasets: { name: string; digest: string }[];
      provenance: { command: string[] };
    };
    assert.equal(shown.history.auc[0]?.value, 0.5);
    assert.equal(shown.datasets[0]?.name, "customers.csv");
    assert.match(shown.datasets[0].digest, /^sha256:/);
    const diff = JSON.parse(
      (await cellsmith(at.folder, "runs", "diff", "churn/1", "churn/2", "--json")).stdout,
    ) as {
      rows: { section: string; key: string; values: unknown[]; same: boolean }[];
    };
    const rows = diff.rows.filter(({ section }) => section === "settings" || section === "metrics");
    assert.deepEqual(rows, [
      { section: "settings", key: "seed", values: [42, 50], same: false },
      { section: "metrics", key: "auc", values: [0.42, 0.5], same: false },
    ]);
    const text = await cellsmith(at.folder, "runs");
    assert.match(text.stdout, /^churn\/2 +finished .* seed=50 +auc 0\.500$/m);
    const none = await cellsmith(at.folder, "runs", "show", "99");
    assert.deepEqual([none.code, none.stderr], [2, "cellsmith: there is no run 99\n"]);
    const badKey = await cellsmith(at.folder, "runs", "list", "--sort", "nothing");
    assert.deepEqual([badKey.code, badKey.stdout], [2, ""]);
  });

  it("stops with Ctrl+C: 130, a cancelled run, no process left", async () => {
    await at.write(
      "slow.py",
      "import os, time\nopen('slow.pid', 'w').write(str(os.getpid()) + ' ')\nprint('started', flush=True)\ntime.sleep(600)\n",
    );
    const child = spawn(process.execPath, [cli, "run", "slow.py", "--python", at.python], {
      cwd: at.folder,
      stdio: ["ignore", "pipe", "ignore"],
    });
    let stdout = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    await until("the script's print, live", () => stdout === "started\n");
    const python = Number(await at.read("slow.pid"));
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.kill("SIGINT");
    assert.equal(await ended, 130);
    assert.ok(!pidExists(python));
    const last = (await at.store.list()).runs[0];
    assert.equal(last?.experiment, "slow");
    assert.equal(last.status, "KILLED");
  });
});
