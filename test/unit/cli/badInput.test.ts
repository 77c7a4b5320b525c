/** Bad input on the whole command line: an exit code, one line on stderr, no stack, nothing written. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { cellsmith } from "./cellsmith.ts";

const python = { kernelspec: { name: "python3", language: "python", display_name: "Python 3" } };
const r = { kernelspec: { name: "ir", language: "R", display_name: "R" } };

function notebook(sources: readonly string[], metadata: object = python): string {
  return JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata,
    cells: sources.map((source, index) => ({
      id: `cell-${index}`,
      cell_type: "code",
      metadata: {},
      execution_count: null,
      outputs: [],
      source,
    })),
  });
}

const numbered = ["a = 1", "b = a", "c = b", "d = c", "e = d", "f = e"];

const files: Readonly<Record<string, string>> = {
  "good.ipynb": notebook(["a = 1", "b = a + 1\nprint(b)"]),
  "text.ipynb": "this is no notebook\n",
  "cut.ipynb": notebook(numbered).slice(0, 200),
  "list.ipynb": "[1, 2]",
  "empty.ipynb": "",
  "old.ipynb": JSON.stringify({ nbformat: 2, worksheets: [] }),
  "no code.ipynb": notebook([]),
  "blank cells.ipynb": notebook(["", "  \n"]),
  "r.ipynb": notebook(["x <- c(1, 2)"], r),
  "syntax.ipynb": notebook([...numbered, "g = (f +"]),
  "undefined.ipynb": notebook([...numbered, "print(nobody_made_this)"]),
  "a file": "in the way\n",
  "broken/pipeline.yaml": "name: [1, 2\nsteps: {\n",
  "broken/run.py": "",
  "wrong/run.py": "",
  "wrong/pipeline.yaml":
    "apiVersion: cellsmith/v1\nname: wrong\nsteps:\n  a: { component: components/a.py:a, inputs: { x: b.y } }\n",
};

interface Case {
  readonly what: string;
  readonly args: readonly string[];
  readonly code: number;
  readonly says: RegExp;
}

const convert = (file: string): readonly string[] => ["convert", file, "--out", "pipelines/p"];

const cases: readonly Case[] = [
  { what: "no such command", args: ["covnert"], code: 2, says: /covnert/ },
  { what: "an unknown flag", args: ["analyze", "good.ipynb", "--jsn"], code: 2, says: /--jsn/ },
  { what: "no notebook named", args: ["analyze"], code: 2, says: /notebook/i },
  { what: "a missing file", args: ["analyze", "gone.ipynb"], code: 2, says: /gone\.ipynb/ },
  { what: "a folder for a notebook", args: ["analyze", "broken"], code: 2, says: /broken/ },
  ...["analyze", "convert"].flatMap((command): readonly Case[] =>
    (
      [
        ["text.ipynb", /text\.ipynb.*JSON/],
        ["cut.ipynb", /cut\.ipynb.*middle/],
        ["list.ipynb", /list\.ipynb/],
        ["empty.ipynb", /empty\.ipynb/],
        ["r.ipynb", /r\.ipynb.*\bR\b/],
        ["no code.ipynb", /no code\.ipynb.*no code/],
      ] as const
    ).map(([file, says]) => ({
      what: `${command} ${file}`,
      args: command === "convert" ? convert(file) : [command, file],
      code: 2,
      says,
    })),
  ),
  { what: "convert old.ipynb", args: convert("old.ipynb"), code: 2, says: /old\.ipynb/ },
  { what: "convert blank cells.ipynb", args: convert("blank cells.ipynb"), code: 2, says: /no code/ },
  { what: "convert syntax.ipynb", args: convert("syntax.ipynb"), code: 3, says: /cell 7/ },
  {
    what: "convert undefined.ipynb",
    args: convert("undefined.ipynb"),
    code: 3,
    says: /cell 7[^]*nobody_made_this/,
  },
  {
    what: "convert under a file",
    args: ["convert", "good.ipynb", "--out", "a file/p"],
    code: 2,
    says: /a file/,
  },
  {
    what: "convert onto a file",
    args: ["convert", "good.ipynb", "--out", "a file"],
    code: 2,
    says: /a file/,
  },
  { what: "check of no pipeline", args: ["check", "gone"], code: 2, says: /gone/ },
  { what: "check of broken YAML", args: ["check", "broken"], code: 2, says: /broken.*pipeline/ },
  { what: "update of no pipeline", args: ["update", "gone"], code: 2, says: /gone/ },
  { what: "verify of no pipeline", args: ["verify", "gone"], code: 2, says: /gone/ },
  { what: "run of nothing", args: ["run"], code: 2, says: /pipeline|script|notebook/ },
  { what: "run of a missing file", args: ["run", "gone.py"], code: 2, says: /gone\.py/ },
  { what: "run of broken YAML", args: ["run", "broken"], code: 2, says: /broken\/pipeline\.yaml:\d+:\d+: / },
  {
    what: "run of a wrong manifest",
    args: ["run", "wrong"],
    code: 2,
    says: /wrong\/pipeline\.yaml:4:\d+: .*\bb\b/,
  },
  { what: "run of text.ipynb", args: ["run", "text.ipynb"], code: 2, says: /text\.ipynb.*JSON/ },
  { what: "run of r.ipynb", args: ["run", "r.ipynb"], code: 2, says: /r\.ipynb.*\bR\b/ },
  { what: "run of no code.ipynb", args: ["run", "no code.ipynb"], code: 2, says: /no code in it/ },
  {
    what: "run recorded under a file",
    args: ["run", "good.ipynb", "--store", "a file"],
    code: 2,
    says: /a file/,
  },
  {
    what: "run with no such Python",
    args: ["run", "good.ipynb", "--python", "/nowhere/python"],
    code: 2,
    says: /\/nowhere\/python/,
  },
  { what: "show of no run", args: ["runs", "show", "nope"], code: 2, says: /nope|nothing was recorded/ },
  { what: "runs without a verb it knows", args: ["runs", "lsit"], code: 2, says: /lsit/ },
  { what: "show of no dataset", args: ["datasets", "show", "nope.csv"], code: 2, says: /nope\.csv/ },
  { what: "datasets without a verb it knows", args: ["datasets", "lsit"], code: 2, says: /lsit/ },
  { what: "show of no model", args: ["models", "show", "nope"], code: 2, says: /nope/ },
  { what: "models without a verb it knows", args: ["models", "lsit"], code: 2, says: /lsit/ },
];

describe("cli: bad input", function () {
  this.timeout(30_000);
  let folder = "";

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "cellsmith bäd "));
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.join(folder, path.dirname(name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    }
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const listing = async (): Promise<string[]> => (await readdir(folder, { recursive: true })).toSorted();

  for (const { what, args, code, says } of cases) {
    it(`says what is wrong: ${what}`, async () => {
      const before = await listing();
      const outcome = await cellsmith(folder, args);
      assert.equal(outcome.code, code, outcome.err + outcome.out);
      assert.match(outcome.err, says);
      // What needs a decision is a list; everything else is one line.
      if (code !== 3) assert.equal(outcome.err.trimEnd().split("\n").length, 1, outcome.err);
      assert.doesNotMatch(outcome.err, /\n\s+at |Error:|undefined\b|\[object/);
      assert.equal(outcome.out, "");
      assert.deepEqual(await listing(), before);
    });
  }
});
