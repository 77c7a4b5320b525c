import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadPythonParser } from "../../../src/analysis/parser.ts";
import { vendoredFiles } from "../../../src/formats/vendoredFiles.ts";
import { codeDigest } from "../../../src/notebook/codeDigest.ts";

export const runtime = path.resolve(import.meta.dirname, "../../../src/runtime");

/** The first Python 3 on PATH; the demo needs nothing but its standard library. */
export const python = spawnSync("python3", ["-c", "import sys; print(sys.executable)"], {
  encoding: "utf8",
}).stdout.trim();

export interface Demo {
  /** The workspace; notebook and pipeline lie in it. */
  readonly workspace: string;
  readonly pipeline: string;
  readonly notebook: string;
}

const load = `def load(*, data_path):
    rows = [float(part) for part in open(data_path).read().split()]
    print(len(rows), "rows")
    return rows
`;
const score = `def score(rows, *, out_path):
    mean = sum(rows) / len(rows)
    open(out_path, "w").write(f"{mean}\\n")
    print(f"mean {mean:.2f}")
    return mean
`;
const manifest = `apiVersion: cellsmith/v1
name: demo
notebook: ../notebooks/demo.ipynb
workdir: ../notebooks
parameters:
  data_path: { type: path, access: read, default: ../data/rows.txt }
  out_path: { type: path, access: write, default: mean.txt }
steps:
  load:
    component: components/load.py:load
    inputs: { data_path: $data_path }
    outputs: { rows: { type: list, format: json } }
  score:
    component: components/score.py:score
    inputs: { rows: load.rows, out_path: $out_path }
    outputs: { mean: { type: float, format: json } }
metrics: { mean: { from: score.mean } }
`;

/** Sources of the notebook's three cells; the second is in no step. */
export const cells = [
  'rows = [float(part) for part in open("../data/rows.txt").read().split()]\nprint(len(rows), "rows")',
  "print(max(rows))",
  'mean = sum(rows) / len(rows)\nopen("mean.txt", "w").write(f"{mean}\\n")\nprint(f"mean {mean:.2f}")',
] as const;

/** Writes a small project into a folder of its own, its name with a space and an umlaut. */
export async function writeDemo(
  change: {
    readonly cells?: readonly string[];
    readonly components?: Readonly<Record<string, string>>;
    /** What the notebook's file says that each cell printed. */
    readonly printed?: readonly string[];
  } = {},
): Promise<Demo> {
  await loadPythonParser();
  const top = await realpath(await mkdtemp(path.join(tmpdir(), "verify-test-")));
  const workspace = path.join(top, "größe 1");
  const pipeline = path.join(workspace, "pipeline");
  const notebook = path.join(workspace, "notebooks", "demo.ipynb");
  for (const folder of ["data", "notebooks", "pipeline/components", ".vscode"]) {
    await mkdir(path.join(workspace, folder), { recursive: true });
  }
  await writeFile(path.join(workspace, "data", "rows.txt"), "1 2 4\n");
  await writeNotebook(notebook, change.cells ?? cells, change.printed);
  for (const [name, text] of Object.entries({ load, score, ...change.components })) {
    await writeFile(path.join(pipeline, "components", `${name}.py`), text);
  }
  await writeFile(path.join(pipeline, "pipeline.yaml"), manifest);
  await writeFile(
    path.join(pipeline, "run.py"),
    'from _runtime import main\n\nif __name__ == "__main__":\n    raise SystemExit(main(__file__))\n',
  );
  for (const name of vendoredFiles) await cp(path.join(runtime, name), path.join(pipeline, name));
  await writeFile(path.join(pipeline, "pipeline.lock.json"), lockText(change.cells ?? cells));
  return { workspace, pipeline, notebook };
}

function lockText(sources: readonly string[]): string {
  const to = [["load"], [], ["score"]];
  const entries = sources.map((source, index) => {
    const cell = {
      "first line": source.split("\n")[0] ?? "",
      to: to[index] ?? [],
      code: codeDigest(source),
      index,
    };
    return [`c${index}`, cell] as const;
  });
  const lock = {
    "written by": "cellsmith 0.1.0",
    cells: Object.fromEntries(entries),
    files: { "components/load.py": { sha256: "" } },
    plan: {},
    types: {},
    codecs: {},
    checked: {
      "in one process": "not checked",
      "step by step": "not checked",
      digest: "",
      "not compared": ["c1"],
    },
    "of a later version": { kept: true },
  };
  return `${JSON.stringify(lock, null, 2)}\n`;
}

export async function writeNotebook(
  file: string,
  sources: readonly string[],
  printed: readonly string[] = [],
): Promise<void> {
  const codes = sources.map((source, index) => ({
    cell_type: "code",
    id: `c${index}`,
    metadata: {},
    execution_count: printed[index] === undefined ? null : index + 1,
    outputs:
      printed[index] === undefined ? [] : [{ output_type: "stream", name: "stdout", text: printed[index] }],
    source,
  }));
  const title = { cell_type: "markdown", id: "title", metadata: {}, source: "# Demo" };
  const document = { cells: [title, ...codes], metadata: {}, nbformat: 4, nbformat_minor: 5 };
  await writeFile(file, JSON.stringify(document));
}
