import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { cellsmith } from "../cli/cellsmith.ts";

const code = (source: string, id: string): object => ({
  cell_type: "code",
  id,
  metadata: {},
  outputs: [],
  execution_count: null,
  source,
});
const heading = (source: string): object => ({
  cell_type: "markdown",
  id: source.replace(/\W/g, ""),
  metadata: {},
  source,
});
const notebook = (cells: readonly object[]): string =>
  JSON.stringify({
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: "python3", language: "python" } },
    cells,
  });

const cells = [
  code('import json\n\nrows_path = "../data/rows.json"', "setup"),
  heading("## Load"),
  code('with open(rows_path) as file:\n    rows = json.load(file)\nprint(len(rows), "rows")', "load"),
  heading("## Prepare"),
  code("rows = [row * 2 for row in rows]\nrows.append(0)\nrows.sort()", "prepare"),
  heading("## Results"),
  code('total = sum(rows)\nprint("total", total)', "results"),
];

const converted = z.object({
  pipeline: z.string(),
  components: z.array(
    z.object({
      name: z.string(),
      cells: z.array(z.number()),
      inputs: z.array(z.string()),
      outputs: z.array(z.string()),
      parameters: z.array(z.string()),
    }),
  ),
  leftOut: z.array(z.unknown()),
  warnings: z.array(z.string()),
});
const refused = z.object({
  refused: z.array(z.object({ cell: z.number(), line: z.number(), code: z.string(), message: z.string() })),
});
const checked = z.object({
  matches: z.boolean(),
  changed: z.array(z.object({ cell: z.number(), change: z.string(), to: z.array(z.string()) })),
});
const updated = z.object({
  changed: z.array(z.string()),
  merged: z.array(z.string()),
  conflicts: z.array(z.string()),
});

describe("convert, check and update", function () {
  this.timeout(60_000);
  let home: string;
  const at = (...parts: string[]): string => path.join(home, ...parts);
  const write = (text: string): Promise<void> => writeFile(at("notebooks/rows.ipynb"), text);
  const convert = (...more: string[]): ReturnType<typeof cellsmith> =>
    cellsmith(home, ["convert", "notebooks/rows.ipynb", "--out", "pipelines/rows für alle", ...more]);
  const pipeline = (...parts: string[]): string => at("pipelines/rows für alle", ...parts);

  beforeEach(async () => {
    home = await realpath(await mkdtemp(path.join(tmpdir(), "cellsmith convert ü-")));
    await Promise.all(["notebooks", "data"].map((name) => mkdir(at(name))));
    await writeFile(at("data/rows.json"), "[3, 1, 2]");
    await write(notebook(cells));
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  it("write a pipeline that runs, and tell of it as JSON", async () => {
    const { code: exit, out, err } = await convert("--json");
    assert.equal(exit, 0, err);
    const { components } = converted.parse(JSON.parse(out));
    assert.deepEqual(
      components.map(({ name, inputs, outputs, parameters }) => [name, inputs, outputs, parameters]),
      [
        ["load", [], ["rows"], ["rows_path"]],
        ["prepare", ["rows"], ["rows"], []],
        ["evaluate", ["rows"], [], []],
      ],
    );
    for (const flags of [[], ["--isolate"]]) {
      const run = spawnSync("python3", [pipeline("run.py"), ...flags], { encoding: "utf8" });
      assert.equal(run.stdout, "3 rows\ntotal 12\n", run.stderr);
    }
    const tests = spawnSync("python3", ["-m", "pytest", "-q", pipeline()], { encoding: "utf8", cwd: home });
    assert.equal(tests.status, 0, tests.stdout + tests.stderr);
    assert.match(tests.stdout, /4 passed/);
  });

  it("refuse with a place and a reason, and write nothing", async () => {
    await write(notebook([...cells, code("x = 1\nprint(globals())", "last")]));
    const { code: exit, out, err } = await convert("--json");
    assert.equal(exit, 3);
    assert.deepEqual(
      refused.parse(JSON.parse(out)).refused.map(({ cell, line }) => [cell, line]),
      [[4, 1]],
    );
    assert.match(err, /nothing was written\n {2}cell 8, line 2 {3}print\(globals\(\)\)\n/);
    assert.equal(existsSync(at("pipelines")), false);
  });

  it("say in one line what is wrong with a request", async () => {
    const lines: readonly (readonly [string[], RegExp])[] = [
      [["convert"], /^cellsmith: usage: cellsmith convert NOTEBOOK --out DIR/],
      [["convert", "none.ipynb", "--out", "x"], /^cellsmith: there is no file none\.ipynb\n$/],
      [["convert", "notebooks", "--out", "x"], /^cellsmith: notebooks is a folder, not a notebook\n$/],
      [
        ["convert", "notebooks/rows.ipynb", "--out", "x", "--split", "odd"],
        /^cellsmith: --split odd: there are auto, headings, cells, tags\n$/,
      ],
      [
        ["convert", "notebooks/rows.ipynb", "--out", "notebooks"],
        /has other files in it; choose a new folder for the pipeline\n$/,
      ],
      [
        ["convert", "notebooks/rows.ipynb", "--out", "data/rows.json/x"],
        /data\/rows\.json\/x cannot be used: a part of its path is a file\n$/,
      ],
      [["check", "notebooks"], /^cellsmith: .*notebooks is no pipeline: it has no pipeline\.lock\.json\n$/],
    ];
    for (const [args, expected] of lines) {
      const { code: exit, err } = await cellsmith(home, args);
      assert.equal(exit, 2, args.join(" "));
      assert.match(err, expected);
    }
    assert.deepEqual(await readdir(at("notebooks")), ["rows.ipynb"]);
  });

  it("do not write over a pipeline that is there, unless told to", async () => {
    assert.equal((await convert()).code, 0);
    const again = await convert();
    assert.equal(again.code, 2);
    assert.match(
      again.err,
      /is a pipeline already; --force converts again and keeps what was changed by hand\n$/,
    );
    assert.equal((await convert("--force")).code, 0);
  });

  it("tell which cells have changed, as run.py does", async () => {
    await convert();
    const check = (): ReturnType<typeof cellsmith> =>
      cellsmith(home, ["check", "pipelines/rows für alle", "--json"]);
    const own = (): number | null => spawnSync("python3", [pipeline("run.py"), "check"]).status;
    assert.deepEqual(checked.parse(JSON.parse((await check()).out)), { matches: true, changed: [] });
    assert.equal(own(), 0);
    const commented = cells.map((cell) =>
      "id" in cell && cell.id === "results"
        ? code('# the end\ntotal = sum( rows )\n\nprint("total", total)', "results")
        : cell,
    );
    await write(notebook([heading("# Rows"), ...commented]));
    assert.equal((await check()).code, 0, "comments, layout and markdown are no change");
    assert.equal(own(), 0);
    const changed = [
      ...cells.slice(0, 4),
      code("rows = [row * 3 for row in rows]\nrows.sort()", "prepare"),
      code("print(rows)", "new"),
    ];
    await write(notebook(changed));
    const { code: exit, out } = await check();
    assert.equal(exit, 4);
    assert.deepEqual(
      checked.parse(JSON.parse(out)).changed.map(({ change, to }) => [change, to]),
      [
        ["changed", ["prepare"]],
        ["new", []],
        ["gone", ["evaluate"]],
      ],
    );
    assert.equal(own(), 1);
  });

  it("bring the components up to the notebook and keep what was changed by hand", async () => {
    await convert();
    const edit = async (name: string, from: string, to: string): Promise<void> => {
      const text = await readFile(pipeline(name), "utf8");
      assert.ok(text.includes(from), `${name}: ${text}`);
      await writeFile(pipeline(name), text.replace(from, to));
    };
    await edit(
      "components/prepare.py",
      "    rows.sort()",
      "    rows.sort(reverse=True)  # the biggest first",
    );
    await edit("pipeline.yaml", "environment:", "x-team: { owner: Ines }\n\nenvironment:");
    const text = notebook(cells);
    await write(text.replace("row * 2", "row * 5").replace("total = sum", "limit = 3\\ntotal = limit + sum"));
    const { code: exit, out, err } = await cellsmith(home, ["update", "pipelines/rows für alle", "--json"]);
    assert.equal(exit, 0, out + err);
    const result = updated.parse(JSON.parse(out));
    assert.deepEqual(result.conflicts, []);
    assert.deepEqual(result.changed, ["components/evaluate.py"]);
    assert.deepEqual(result.merged, ["components/prepare.py"]);
    const prepare = await readFile(pipeline("components/prepare.py"), "utf8");
    assert.match(
      prepare,
      /row \* 5 for row in rows\]\n {4}rows\.append\(0\)\n {4}rows\.sort\(reverse=True\) {2}# the biggest first\n/,
    );
    assert.match(await readFile(pipeline("pipeline.yaml"), "utf8"), /^x-team/m);
    assert.equal((await cellsmith(home, ["check", "pipelines/rows für alle"])).code, 0);
  });

  it("leave a file alone where both sides changed one line, and go on telling of it", async () => {
    await convert();
    const file = pipeline("components/prepare.py");
    const mine = (await readFile(file, "utf8")).replace("row * 2", "row * 7");
    await writeFile(file, mine);
    await write(notebook(cells).replace("row * 2", "row * 5"));
    const { code: exit, out } = await cellsmith(home, ["update", "pipelines/rows für alle", "--json"]);
    assert.equal(exit, 4);
    assert.deepEqual(updated.parse(JSON.parse(out)).conflicts, ["components/prepare.py"]);
    assert.equal(await readFile(file, "utf8"), mine);
    assert.equal((await cellsmith(home, ["check", "pipelines/rows für alle"])).code, 4);
  });

  it("remove the step that is no more", async () => {
    await convert();
    await write(notebook(cells.slice(0, 5)));
    assert.equal((await cellsmith(home, ["update", "pipelines/rows für alle"])).code, 0);
    assert.deepEqual((await readdir(pipeline("components"))).filter((name) => name.endsWith(".py")).sort(), [
      "__init__.py",
      "load.py",
      "prepare.py",
    ]);
    const left = (await readdir(pipeline())).filter((name) => name.startsWith("."));
    assert.deepEqual(left, []);
  });
});
