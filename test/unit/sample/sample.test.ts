import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import * as z from "zod";

const sample = path.resolve(import.meta.dirname, "../../../media/sample");
const run = promisify(execFile);

const notebookSchema = z.object({
  nbformat: z.literal(4),
  nbformat_minor: z.literal(5),
  cells: z.array(
    z.object({
      id: z.string(),
      cell_type: z.enum(["code", "markdown"]),
      source: z.array(z.string()),
      execution_count: z.number().nullish(),
      outputs: z.array(z.unknown()).optional(),
    }),
  ),
});

async function read(name: string): Promise<z.infer<typeof notebookSchema>> {
  const text = await readFile(path.join(sample, "notebooks", name), "utf8");
  assert.doesNotMatch(text, /\/tmp\/|\/root\/|\/home\/|[A-Z]:\\\\Users/);
  return notebookSchema.parse(JSON.parse(text));
}

describe("sample workspace", () => {
  it("writes the customers again byte for byte", async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), "cellsmith-sample-"));
    try {
      const copy = path.join(folder, "customers.csv");
      await run("python3", [path.join(sample, "make_customers.py"), "--out", copy]);
      const committed = await readFile(path.join(sample, "data/customers.csv"));
      assert.ok(committed.equals(await readFile(copy)));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("prints one line of metrics a step", async () => {
    const { stdout } = await run("python3", [
      path.join(sample, "scripts/train_loop.py"),
      ...["--steps", "5", "--pause", "0"],
    ]);
    const lines = stdout.trimEnd().split("\n");
    assert.equal(lines.length, 5);
    assert.match(lines[4] ?? "", /^loss=0\.\d+ accuracy=0\.\d+ step=5$/);
    const losses = lines.map((line) => Number(/loss=([\d.]+)/.exec(line)?.[1]));
    assert.deepEqual(
      losses,
      losses.toSorted((a, b) => b - a),
    );
  });

  it("has a churn notebook that was run from top to bottom", async () => {
    const { cells } = await read("churn.ipynb");
    const code = cells.filter((cell) => cell.cell_type === "code");
    assert.ok(code.length >= 12 && code.length <= 20);
    assert.deepEqual(
      code.map((cell) => cell.execution_count),
      code.map((_, index) => index + 1),
    );
    assert.match(JSON.stringify(code), /AUC 0\.\d{3}, recall 0\.\d{3}/);
    const headings = cells.flatMap((cell) => (/^## (\w+)/.exec(cell.source[0] ?? "") ?? []).slice(1));
    assert.deepEqual(headings, ["Load", "Look", "Prepare", "Split", "Train", "Evaluate"]);
  });

  it("has a draft that was run out of order and needs a name no cell makes", async () => {
    const code = (await read("features_draft.ipynb")).cells.filter((cell) => cell.cell_type === "code");
    assert.deepEqual(
      code.map((cell) => cell.execution_count),
      [1, 4, 5, 3],
    );
    const text = code.flatMap((cell) => cell.source).join("\n");
    assert.match(text, /cutoff/);
    assert.doesNotMatch(text, /^cutoff =/m);
  });

  it("stays small enough to ship", async () => {
    const entries = await readdir(sample, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith(".joblib"));
    const sizes = await Promise.all(
      files.map(async (file) => (await stat(path.join(file.parentPath, file.name))).size),
    );
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 350 * 1024);
  });
});
