/**
 * The real notebooks: documentation and examples out of source packages, each at a pinned version. They are fetched when the
 * bench runs, never kept in the repository, and asked about only where two runs of the notebook show the same.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { readRecord } from "./contenders.ts";
import { codeOf } from "./generate.ts";
import { fitness, type Fitness } from "./judge.ts";
import { recordSchema, type RunRecord, type Shown } from "./model.ts";
import { runtime, scripts, sealed } from "./places.ts";
import { lastLine, run } from "./processes.ts";

interface Package {
  readonly name: string;
  readonly version: string;
  /** Folder of scripts that sphinx-gallery shows as notebooks; its own converter makes them. */
  readonly gallery?: string;
}

export const packages: readonly Package[] = [
  { name: "statsmodels", version: "0.15.0" },
  { name: "scikit-learn", version: "1.9.1", gallery: "examples" },
  { name: "imbalanced-learn", version: "0.14.2" },
  { name: "linearmodels", version: "7.1" },
  { name: "formulaic", version: "1.2.2" },
  { name: "control", version: "0.10.2" },
  { name: "river", version: "0.26.1" },
  { name: "sktime", version: "1.2.0" },
  { name: "seaborn", version: "0.13.2" },
  { name: "emcee", version: "3.1.6" },
  { name: "corner", version: "2.3.0" },
  { name: "hdbscan", version: "0.8.44" },
  { name: "scikit-survival", version: "0.28.0" },
  { name: "pmdarima", version: "2.1.1" },
  { name: "xarray", version: "2026.9.0" },
];

/** What the notebooks import, for one environment. */
export const libraries: readonly string[] = [
  ...["numpy", "pandas", "scipy", "scikit-learn==1.9.1", "matplotlib", "statsmodels==0.15.0", "pyarrow"],
  ...["linearmodels==7.1", "formulaic==1.2.2", "imbalanced-learn==0.14.2", "scikit-survival==0.28.0"],
  ...[
    "control==0.10.2",
    "river==0.26.1",
    "sktime==1.2.0",
    "seaborn==0.13.2",
    "emcee==3.1.6",
    "corner==2.3.0",
  ],
  ...["hdbscan==0.8.44", "pmdarima==2.1.1", "xarray==2026.9.0", "ipython", "ipykernel", "nbclient", "dill"],
  ...["cloudpickle", "joblib", "sphinx-gallery"],
];

/** By hand, what needs no run to see: it asks the network for data, or for hardware. */
const outside =
  /get_rdataset|load_dataset\(|fetch_|urlopen|https?:\/\/\S*\.csv|import (torch|tensorflow|keras)|ipywidgets|%timeit/;

export interface Candidate {
  readonly path: string;
  readonly package: string;
  readonly cells: number;
}

export interface Real extends Candidate {
  readonly shown: readonly Shown[];
  readonly seconds: number;
}

const notebookSchema = z.object({
  cells: z.array(z.object({ cell_type: z.string(), source: z.union([z.string(), z.array(z.string())]) })),
});

/** Fetches what is not there yet. @returns candidates of at least `least` code cells, one package after the other in turn. */
export async function candidates(
  cache: string,
  python: string,
  least: number,
): Promise<readonly Candidate[]> {
  const lists: Candidate[][] = [];
  for (const one of packages) lists.push(await notebooksOf(cache, python, one, least));
  const longest = Math.max(...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
}

async function notebooksOf(cache: string, python: string, one: Package, least: number): Promise<Candidate[]> {
  const folder = path.join(cache, "notebooks", `${one.name}-${one.version}`);
  const mark = path.join(folder, ".done");
  if (!existsSync(mark)) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    const fetch = [python, path.join(scripts, "fetch_sdist.py"), one.name, one.version, folder] as const;
    const ended = await run([...fetch, ...(one.gallery === undefined ? [] : [one.gallery])], {
      cwd: cache,
      seconds: 900,
    });
    if (ended.code !== 0) {
      console.error(`${one.name} ${one.version}: ${lastLine(ended.stderr)}`);
      return [];
    }
    await convertGallery(python, folder);
    await writeFile(mark, "");
  }
  const found: Candidate[] = [];
  for (const name of (await readdir(folder)).toSorted()) {
    if (!name.endsWith(".ipynb")) continue;
    const text = await readFile(path.join(folder, name), "utf8");
    const parsed = notebookSchema.safeParse(jsonOf(text));
    if (!parsed.success || outside.test(text)) continue;
    const cells = codeOf(parsed.data).length;
    if (cells >= least) found.push({ path: path.join(folder, name), package: one.name, cells });
  }
  return spread(found);
}

async function convertGallery(python: string, folder: string): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith(".py"));
  if (files.length === 0) return;
  const converter = path.join(path.dirname(python), "sphinx_gallery_py2jupyter");
  const ended = await run([converter, ...files], { cwd: folder, seconds: 600 });
  if (ended.code !== 0) console.error(`sphinx-gallery: ${lastLine(ended.stderr)}`);
}

/** The same order every time, but not alphabetical: neighbours are alike. */
export function spread<T extends { readonly path: string }>(list: readonly T[]): T[] {
  const key = ({ path: file }: T): string => createHash("sha256").update(path.basename(file)).digest("hex");
  return list.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}

const cachedSchema = z.object({ fitness: z.string(), seconds: z.number(), record: recordSchema.optional() });

/** Runs a candidate twice, or remembers. */
export async function examine(
  cache: string,
  python: string,
  candidate: Candidate,
  seconds: number,
): Promise<{ readonly fitness: Fitness; readonly real?: Real }> {
  const key = createHash("sha256")
    .update(await readFile(candidate.path))
    .digest("hex")
    .slice(0, 24);
  const file = path.join(cache, "runs", `${key}.json`);
  const known = existsSync(file) ? cachedSchema.safeParse(jsonOf(await readFile(file, "utf8"))) : undefined;
  if (known?.success === true) return outcome(candidate, known.data);
  const [first, took] = await runOnce(cache, python, candidate, seconds);
  const again = "failed" in first ? first : (await runOnce(cache, python, candidate, seconds * 2))[0];
  const found = fitness(first, again);
  const kept = { fitness: found, seconds: took, ...(found === "fit" ? { record: first } : {}) };
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(kept));
  return outcome(candidate, kept);
}

function outcome(
  candidate: Candidate,
  { fitness: found, seconds, record }: z.infer<typeof cachedSchema>,
): { readonly fitness: Fitness; readonly real?: Real } {
  const known: Fitness = isFitness(found) ? found : "fails";
  if (record === undefined || "failed" in record) return { fitness: known };
  return { fitness: known, real: { ...candidate, shown: record.cells, seconds } };
}

const reasons: readonly Fitness[] = [
  ...(["fit", "small", "slow", "needs the network", "needs a file"] as const),
  ...(["needs a package", "fails", "shows nothing", "not the same twice"] as const),
];

function isFitness(word: string): word is Fitness {
  return reasons.some((reason) => reason === word);
}

/** Runs a notebook by our own runtime in an empty folder, off the network. */
async function runOnce(
  cache: string,
  python: string,
  { path: notebook }: Candidate,
  seconds: number,
): Promise<readonly [RunRecord, number]> {
  const folder = path.join(cache, "scratch", `notebook-${process.pid}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "notebook.ipynb"), await readFile(notebook));
  const script = path.join(scripts, "run_notebook.py");
  const ended = await run([python, script, "ours", runtime, "notebook.ipynb", "record.json"], {
    cwd: folder,
    env: { ...sealed, HOME: folder },
    seconds,
  });
  const record = await readRecord(path.join(folder, "record.json"), ended);
  await rm(folder, { recursive: true, force: true });
  return [record, ended.seconds];
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
