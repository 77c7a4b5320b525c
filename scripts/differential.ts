// Our reading of Python and of notebook cells against CPython's and IPython's own, over the standard library and the packages of an
// environment made for it. Exit code 1 on any difference. Options:
//   --python PY          another interpreter, whose packages are read instead
//   --notebooks FOLDER   cells of the notebooks in a folder, besides those that packages bring
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import * as z from "zod";
import { resultsSchema, type FileResult } from "./differential/compareFiles.ts";
import { compareCells, type CellResult } from "./differential/compareCells.ts";
import { cellTable } from "./differential/cellTable.ts";
import { execute } from "./setup/execute.ts";
import { ensurePython } from "./setup/python.ts";
import { secondsSince } from "./setup/say.ts";
import { cellsOfNotebooks } from "./differential/notebookCells.ts";

const { values } = parseArgs({ options: { python: { type: "string" }, notebooks: { type: "string" } } });
const python = values.python ?? (await ensurePython(["differential/requirements.txt"]));

/** Folders of the standard library and of the packages. */
async function folders(): Promise<{ library: string; packages: string; version: string }> {
  const question =
    "import sysconfig, sys; print(sysconfig.get_path('stdlib')); print(sysconfig.get_path('purelib')); print('%d.%d.%d' % sys.version_info[:3])";
  const { stdout } = await execute(python, ["-I", "-c", question]);
  const [library = "", packages = "", version = ""] = stdout.split("\n");
  return { library, packages, version };
}

async function filesIn(folder: string, end: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(end))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
}

const chunkSize = 40;

/** Spreads files over threads, each with a Python of its own. */
async function compareAll(files: readonly string[]): Promise<readonly FileResult[]> {
  const results: FileResult[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL("./differential/worker.ts", import.meta.url), { workerData: python });
    for (let chunk = take(); chunk.length > 0; chunk = take()) {
      worker.postMessage(chunk);
      const answer = z.tuple([resultsSchema]).parse(await once(worker, "message"));
      results.push(...answer[0]);
      if (process.stderr.isTTY) process.stderr.write(`\r${results.length} of ${files.length} files`);
    }
    await worker.terminate();
  };
  const take = (): readonly string[] => files.slice(next, (next += chunkSize));
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  if (process.stderr.isTTY) process.stderr.write("\r");
  return results;
}

function tell(results: readonly (FileResult | CellResult)[], outcome: string, title: string): number {
  const found = results.filter((result) => result.outcome === outcome);
  console.log(`${String(found.length).padStart(7)}  ${title}`);
  for (const result of found) {
    console.log(`         ${"file" in result ? result.file : JSON.stringify(result.source)}`);
    for (const detail of result.details.slice(0, 20)) console.log(`           ${detail}`);
  }
  return found.length;
}

let started = performance.now();
const { library, packages, version } = await folders();
const [ours, theirs] = await Promise.all([filesIn(library, ".py"), filesIn(packages, ".py")]);
const files = [...new Set([...ours.filter((file) => !/[\\/]site-packages[\\/]/.test(file)), ...theirs])];
const scopes = await compareAll(files);
console.log(`Scopes, Python ${version}`);
console.log(`${String(scopes.length).padStart(7)}  files, in ${secondsSince(started)}`);
tell(scopes, "refused", "that CPython itself refuses");
tell(scopes, "unreadable", "that we cannot read, and would refuse to convert");
let different = tell(scopes, "different", "mismatches");

started = performance.now();
const notebooks = [
  ...(await filesIn(packages, ".ipynb")),
  ...(values.notebooks === undefined ? [] : await filesIn(values.notebooks, ".ipynb")),
];
const fromNotebooks = await cellsOfNotebooks(notebooks);
const cells = await compareCells([...new Set([...cellTable(), ...fromNotebooks])], python);
console.log(`\nCells as IPython transforms them`);
console.log(
  `${String(cells.length).padStart(7)}  cells, those of ${notebooks.length} notebooks among them, in ${secondsSince(started)}`,
);
tell(cells, "refused", "that IPython itself refuses");
different += tell(cells, "different", "mismatches");
process.exitCode = different === 0 ? 0 : 1;
