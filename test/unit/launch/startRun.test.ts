import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, symlink } from "node:fs/promises";
import path from "node:path";
import { startRun } from "../../../src/launch/startRun.ts";
import { makeWorkspace, type Workspace } from "./workspace.ts";

describe("startRun", function () {
  this.timeout(60_000);
  let at: Workspace;
  beforeEach(async () => {
    at = await makeWorkspace();
  });
  afterEach(() => at.dispose());

  it("runs a script and records it", async () => {
    const data = await at.write("data.csv", "a,b\n1,2\n");
    const { id, folder } = await at.script(
      `
import os, sys
print("Grüße", sys.argv[1:])
print("warning", file=sys.stderr)
emit("in", name="data.csv", path=${JSON.stringify(data)}, size=8)
emit("m", values={"loss": 0.5}, s=3)
open("model.joblib", "w").write("model")
emit("art", name="model.joblib", path=os.path.abspath("model.joblib"), kind="model")
assert "ELECTRON_RUN_AS_NODE" not in os.environ
`,
      { params: { lr: 0.1, api_key: "hush" }, args: ["x"] },
    );
    const run = await at.ended(id);
    assert.equal(run.failure, undefined);
    assert.equal(run.status, "FINISHED");
    assert.equal(run.experiment, "train");
    assert.equal(run.number, 1);
    assert.deepEqual(run.params, { lr: 0.1, api_key: "***" });
    assert.equal(run.metrics.loss?.last, 0.5);
    const digest = (text: string): string => `sha256:${createHash("sha256").update(text).digest("hex")}`;
    assert.deepEqual(run.inputs[0], {
      name: "data.csv",
      path: data,
      digest: digest("a,b\n1,2\n"),
      size: 8,
    });
    assert.equal(run.artifacts[0]?.digest, digest("model"));
    assert.equal(run.artifacts[0].kind, "model");
    assert.match(run.provenance.codeDigest ?? "", /^sha256:[0-9a-f]{64}$/);
    assert.match(run.provenance.python ?? "", /^3\./);
    for (const file of ["run.jsonl", "launch.json"]) {
      assert.ok(!(await at.read(`.cellsmith/runs/${id}/${file}`)).includes("hush"), file);
    }
    assert.equal(
      await at.read(`.cellsmith/runs/${id}/stdout.log`),
      "Grüße ['--lr=0.1', '--api_key=hush', 'x']\n",
    );
    assert.equal(await at.read(`.cellsmith/runs/${id}/stderr.log`), "warning\n");
    assert.equal(await at.read(".cellsmith/.gitignore"), "*\n");
    assert.deepEqual(
      run.logs,
      ["stdout.log", "stderr.log"].map((name) => path.join(folder, name)),
    );
    assert.match(id, /^[0-9A-HJKMNP-TV-Z]{26}$/);
  });

  it("runs a pipeline's run.py with its settings, in its folder", async () => {
    await at.write(
      "pipelines/churn/pipeline.yaml",
      "apiVersion: cellsmith/v1\nname: leavers\nparameters:\n  seed: { type: int, default: 1 }\nsteps: {}\n",
    );
    await at.write("pipelines/churn/run.py", "import os, sys\nprint(os.getcwd()); print(sys.argv[1:])\n");
    const pipeline = path.join(at.folder, "pipelines/churn");
    const { id, folder } = await startRun(
      {
        workspace: at.folder,
        target: { kind: "pipeline", path: pipeline },
        interpreter: at.python,
        params: { seed: 7 },
        isolate: true,
        name: "by hand",
        git: false,
      },
      at.installation,
    );
    const run = await at.ended(id);
    assert.equal(run.experiment, "leavers");
    assert.equal(run.name, "by hand");
    const artifacts = path.join(folder, "artifacts");
    assert.equal(
      await at.read(`.cellsmith/runs/${id}/stdout.log`),
      `${pipeline}\n['-p', 'seed=7', '--isolate', '--results', '${artifacts}']\n`,
    );
  });

  const failures: readonly [string, string, RegExp][] = [
    ["an error", "raise ValueError('no such column')", /^ValueError: no such column$/],
    [
      "a missing package",
      "import sklearn_of_the_moon.linear",
      /^sklearn_of_the_moon is not installed for .+ -m pip install sklearn_of_the_moon$/,
    ],
    [
      "a missing part of a package",
      "import json.of_another_version",
      /^ModuleNotFoundError: No module named 'json\.of_another_version'/,
    ],
    [
      "a package that a step needs",
      "emit('error', message='Problem: step fit needs sklearn, which /usr/bin/python3 does not have'); import sys; sys.exit(2)",
      /^sklearn is not installed for .+ -m pip install scikit-learn$/,
    ],
    [
      "what our runtime found in a step",
      "import sys\nemit('error', message='Problem: there is no a.csv')\nprint('run.py: stopped at step load', file=sys.stderr); sys.exit(2)",
      /^there is no a\.csv$/,
    ],
    [
      "a package of another name",
      "raise ModuleNotFoundError(\"No module named 'sklearn'\")",
      /-m pip install scikit-learn$/,
    ],
    ["a syntax error", "def f(:\n", /^SyntaxError: /],
    ["sys.exit with a number", "import sys; sys.exit(3)", /^Python ended with exit code 3$/],
    [
      "sys.exit with a text",
      "import sys; sys.exit('give a file')",
      /^Python ended with exit code 1: give a file$/,
    ],
    ["input()", "input('Name? ')", /^EOFError/],
    [
      "bad input to our runtime",
      "import os, sys; print('run.py: -p x: no such setting', file=sys.stderr); sys.exit(2)",
      /^-p x: no such setting$/,
    ],
    [
      "kill -9",
      "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
      /^Python was killed from outside \(SIGKILL\)/,
    ],
    ["a crash", "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", /^Python crashed \(SIGSEGV\)/],
  ];
  for (const [what, text, reason] of failures) {
    it(`says in one sentence that a run failed by ${what}`, async () => {
      const { id } = await at.script(text);
      const run = await at.ended(id);
      assert.equal(run.status, "FAILED");
      assert.match(run.failure?.message ?? "", reason);
      assert.doesNotMatch(run.failure?.message ?? "", /\n|Traceback/);
    });
  }

  it("refuses an interpreter that is missing, or is none, and leaves nothing", async () => {
    const fake = await at.write("python", "#!/bin/sh\necho hello\n");
    const dangling = path.join(at.folder, "dangling");
    await symlink("/nowhere/python", dangling);
    const cases: readonly [string, RegExp][] = [
      [path.join(at.folder, "none"), /^there is no Python at .*none$/],
      [dangling, /^there is no Python at .*dangling$/],
      [fake, /does not run as Python: it is not a program$/],
      ["/bin/echo", /is not a Python: it did not answer as one$/],
      ["/bin/false", /does not run as Python: it ended with exit code 1$/],
    ];
    for (const [interpreter, message] of cases) {
      await assert.rejects(at.script("print(1)", { interpreter }), { name: "Problem", message });
    }
    assert.ok(!existsSync(path.join(at.folder, ".cellsmith")));
  });

  it("says when there is no place to record a run", async () => {
    await at.write(".cellsmith", "a file");
    await assert.rejects(at.script("print(1)"), {
      name: "Problem",
      message: /\.cellsmith, and that is a file/,
    });
    await assert.rejects(at.script("print(1)", { workspace: path.join(at.folder, "gone") }), {
      name: "Problem",
      message: /gone is not there$/,
    });
  });

  // The system's own folders refuse everybody, root too; Linux says of /proc that what is to be made is not there.
  for (const folder of process.platform === "linux" ? ["/sys", "/proc"] : ["/System"]) {
    it(`says when the folder cannot be written: ${folder}`, async () => {
      await assert.rejects(at.script("print(1)", { workspace: folder }), {
        name: "Problem",
        message: `runs are recorded in ${folder}/.cellsmith, which cannot be written: make it writable, or choose another folder (--store)`,
      });
    });
  }

  it("records a pipeline's settings, defaults too, before anything runs", async () => {
    await at.write(
      "p/pipeline.yaml",
      "apiVersion: cellsmith/v1\nname: p\nparameters:\n  seed: { type: int, default: 1 }\n  label: { type: str, default: a }\n" +
        "  api_key: { type: str, default: hush }\n  dry: { type: bool, default: true }\nsteps: {}\n",
    );
    await at.write("p/run.py", "import sys\nsys.exit(2)\n");
    const { id } = await startRun(
      {
        workspace: at.folder,
        target: { kind: "pipeline", path: path.join(at.folder, "p") },
        interpreter: at.python,
        params: { label: "7", dry: "False" },
        git: false,
      },
      at.installation,
    );
    const { params, status } = await at.ended(id);
    assert.equal(status, "FAILED");
    assert.deepEqual(params, { seed: 1, label: "7", api_key: "***", dry: false });
    assert.ok(!(await at.read(`.cellsmith/runs/${id}/run.jsonl`)).includes("hush"));
  });

  it("starts no run of a pipeline whose manifest is wrong", async () => {
    const file = await at.write(
      "p/pipeline.yaml",
      "apiVersion: cellsmith/v1\nname: p\nsteps: {}\nstepps: {}\n",
    );
    const target = { kind: "pipeline" as const, path: path.dirname(file) };
    await assert.rejects(
      startRun({ workspace: at.folder, target, interpreter: at.python, git: false }, at.installation),
      (error) => error instanceof Error && error.message.startsWith(`${file}:4:1: `),
    );
    assert.ok(!existsSync(path.join(at.folder, ".cellsmith")));
  });

  it("leaves no folder when its supervisor cannot start", async () => {
    const broken = await at.write("supervisor.js", "process.stderr.write('no room\\n'); process.exit(1);");
    const file = await at.write("train.py", "");
    const request = {
      workspace: at.folder,
      target: { kind: "script" as const, path: file },
      interpreter: at.python,
    };
    await assert.rejects(startRun(request, { ...at.installation, supervisor: broken }), {
      name: "Problem",
      message: "the run could not be started: no room",
    });
    assert.deepEqual(await readdir(path.join(at.folder, ".cellsmith", "runs")), []);
  });
});
