/**
 * Shows whether a pipeline does what its notebook does: the notebook is run twice afresh and the pipeline once a mode,
 * each in a copy of the folder at the same path, by the same interpreter. The comparing is done in Python; how far two
 * numbers may be apart is what the notebook's own two runs show.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadPythonParser } from "../../analysis/parser.ts";
import type { Notebook } from "../../notebook/model.ts";
import { parseNotebook } from "../../notebook/readNotebook.ts";
import { parseLock, type Lock } from "../../pipeline/lock.ts";
import { parseManifest, type Manifest } from "../../pipeline/manifest.ts";
import { ExitCode, Problem } from "../../problem.ts";
import { findEffects, type Effect } from "./effects.ts";
import {
  comparisonSchema,
  type Compared,
  type Comparison,
  type Unrepeated,
  type Verification,
  type VerifyMode,
} from "./model.ts";
import { notComparedIn, notebookSettings } from "./planNotes.ts";
import { recordChecked } from "./recordChecked.ts";
import { runPython, type PythonEnd } from "./runPython.ts";
import { copyProject, inScratch, layOut, removeScratch, type Layout } from "./scratch.ts";

export interface VerifyRequest {
  /** Absolute path of the pipeline's folder. */
  readonly folder: string;
  /** Absolute path of the interpreter. */
  readonly python: string;
  /** Absolute path of the folder with our Python. */
  readonly runtime: string;
  readonly modes: readonly VerifyMode[];
  readonly signal: AbortSignal;
  /** Gets a line when something starts. */
  readonly tell: (line: string) => void;
}

/** A pipeline with everything a check needs to know of it. */
export interface Subject {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly lock: Lock;
  readonly notebook: Notebook;
}

/** Reads a pipeline's folder. @throws Problem that says what is missing or cannot be read. */
export async function readSubject(folder: string): Promise<Subject> {
  const read = async (name: string): Promise<string> => {
    const text = await readFile(path.join(folder, name), "utf8").catch(() => undefined);
    if (text === undefined)
      throw new Problem(`${folder} is not a pipeline's folder: there is no ${name} in it`);
    return text;
  };
  const parsed = parseManifest(await read("pipeline.yaml"));
  if ("problems" in parsed) {
    const [{ line, message }] = parsed.problems;
    throw new Problem(`pipeline.yaml:${line}: ${message}`);
  }
  const locked = parseLock(await read("pipeline.lock.json"));
  if ("reason" in locked) throw new Problem(locked.reason);
  if (parsed.manifest.notebook === undefined) {
    throw new Problem("pipeline.yaml names no notebook, so there is nothing to check it against");
  }
  const file = path.resolve(folder, parsed.manifest.notebook);
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) throw new Problem(`there is no ${file}`);
  await loadPythonParser();
  const notebook = parseNotebook(text, file);
  if (!notebook.ok) throw new Problem(notebook.reason);
  return { folder, manifest: parsed.manifest, lock: locked.lock, notebook: notebook.notebook };
}

/** What a check would do outside its scratch folder, as far as the notebook's text shows. */
export function effectsOf(subject: Subject): readonly Effect[] {
  return findEffects(subject.notebook.cells);
}

/**
 * Checks a pipeline and writes the outcome into its lock. Leaves no scratch folder and no process behind.
 * @throws Problem with exit code 1 when the notebook itself fails, 2 on what can be put right, 130 when aborted.
 */
export async function verifyPipeline(subject: Subject, request: VerifyRequest): Promise<Verification> {
  const begin = performance.now();
  const scratch = await realpath(await mkdtemp(path.join(tmpdir(), "cellsmith-check-")));
  try {
    const check = await Check.prepare(subject, request, scratch);
    await check.notebookRun(1);
    await check.notebookRun(2);
    const outcomes = new Map<VerifyMode, Comparison>();
    for (const mode of request.modes) outcomes.set(mode, await check.pipelineRun(mode));
    const verification = assemble(subject, outcomes, (performance.now() - begin) / 1000);
    const results = new Map(
      [...outcomes].map(([mode, { compared }]) => [mode, compared.every(({ same }) => same)] as const),
    );
    await recordChecked(request.folder, results, verification.with);
    return verification;
  } finally {
    await removeScratch(scratch);
  }
}

/** One check on its way: the copies are made anew at the same path before each run. */
class Check {
  readonly #subject: Subject;
  readonly #request: VerifyRequest;
  readonly #scratch: string;
  readonly #layout: Layout;
  readonly #workdir: string;

  private constructor(subject: Subject, request: VerifyRequest, scratch: string, layout: Layout) {
    this.#subject = subject;
    this.#request = request;
    this.#scratch = scratch;
    this.#layout = layout;
    this.#workdir = path.resolve(subject.folder, subject.manifest.workdir ?? ".");
  }

  static async prepare(subject: Subject, request: VerifyRequest, scratch: string): Promise<Check> {
    const { manifest, folder, notebook } = subject;
    const workdir = path.resolve(folder, manifest.workdir ?? ".");
    const paths = Object.values(manifest.parameters ?? {}).filter(({ type }) => type === "path");
    const reads = paths.flatMap(({ access, default: value }) =>
      access === "read" && typeof value === "string" && !path.isAbsolute(value)
        ? [path.resolve(workdir, value)]
        : [],
    );
    const layout = layOut(notebook.path, folder, [workdir, ...reads]);
    const check = new Check(subject, request, scratch, layout);
    await mkdir(path.join(scratch, "records"));
    await writeFile(path.join(scratch, "spec.json"), JSON.stringify(check.#spec(paths)));
    return check;
  }

  /** What the Python side is to look at; see verify.py. */
  #spec(paths: readonly { readonly access?: string | undefined; readonly default: unknown }[]): unknown {
    const { manifest, lock, notebook } = this.#subject;
    const entries = Object.entries(manifest.steps).map(([name, step]) => {
      const one = {
        cells: Object.entries(lock.cells)
          .filter(([, cell]) => cell.to.includes(name))
          .sort(([, a], [, b]) => a.index - b.index)
          .map(([id]) => id),
        outputs: Object.keys(step.outputs ?? {}),
      };
      return [name, one] as const;
    });
    const writes = paths.flatMap(({ access, default: value }) =>
      access === "write" && typeof value === "string" ? [value] : [],
    );
    const outside = writes.filter((file) => path.isAbsolute(file)).map((file) => path.dirname(file));
    return {
      steps: Object.fromEntries(entries),
      metrics: Object.fromEntries(
        Object.entries(manifest.metrics ?? {}).map(([name, { from }]) => [name, from]),
      ),
      params: notebookSettings(lock, manifest),
      files: Object.fromEntries(writes.map((file) => [file, file])),
      protect: [...this.#layout.pieces, ...outside],
      workdir: this.#inScratch(this.#workdir),
      notebook: notebook.path,
    };
  }

  #inScratch(file: string): string {
    return inScratch(this.#layout, path.join(this.#scratch, "folder"), file);
  }

  #record(name: string): string {
    return path.join(this.#scratch, "records", name);
  }

  async notebookRun(number: 1 | 2): Promise<void> {
    const { notebook } = this.#subject;
    this.#request.tell(
      `running ${path.basename(notebook.path)}, ${number === 1 ? "once" : "and once more"} …`,
    );
    const args = ["notebook", this.#inScratch(notebook.path), this.#record(`notebook${number}`)];
    const end = await this.#python(args, true);
    if (end.code === 0) return;
    const lines = end.stderr.trimEnd().split("\n");
    if (end.code !== 2) this.#request.tell(lines.slice(-30, -1).join("\n"));
    const reason = lines.at(-1) ?? "";
    if (end.code === 2) throw new Problem(reason);
    throw new Problem(
      `the notebook itself does not run: ${reason || "its Python was ended"}`,
      ExitCode.failed,
    );
  }

  async pipelineRun(mode: VerifyMode): Promise<Comparison> {
    this.#request.tell(`running the pipeline ${mode === "isolated" ? "step by step" : "in one process"} …`);
    const script = this.#inScratch(path.join(this.#subject.folder, "run.py"));
    const record = path.join(this.#scratch, "records", mode, "pipeline");
    await mkdir(path.dirname(record));
    const end = await this.#python(["pipeline", script, record, mode], true);
    if (end.code === 2) {
      // A step's own process says what is wrong, and the one that started it says where it stopped.
      const reason = end.stderr.split("\n").find((line) => line.startsWith("run.py: ")) ?? end.stderr.trim();
      throw new Problem(`the pipeline cannot be run: ${reason.replace(/^run\.py: /, "")}`);
    }
    if (end.code !== 0 || !existsSync(record)) return failedRun(end);
    this.#request.tell("comparing …");
    const records = [this.#record("notebook1"), this.#record("notebook2"), record];
    const compared = await this.#python(["compare", ...records], false);
    const parsed = comparisonSchema.safeParse(jsonOf(compared.stdout));
    if (!parsed.success) {
      throw new Problem(
        `the results cannot be compared: ${compared.stderr.trimEnd().split("\n").at(-1) ?? ""}`,
      );
    }
    return parsed.data;
  }

  async #python(args: readonly string[], fresh: boolean): Promise<PythonEnd> {
    const folder = path.join(this.#scratch, "folder");
    if (fresh) {
      await removeScratch(folder);
      await copyProject(this.#layout, folder, this.#request.signal);
    }
    const [command = "", ...rest] = args;
    const spec = path.join(this.#scratch, "spec.json");
    const files = command === "compare" ? [spec, ...rest] : [rest[0] ?? "", spec, ...rest.slice(1)];
    const env = Object.entries(process.env).filter(([name]) => !/^(CELLSMITH_.*|MPLBACKEND)$/.test(name));
    return runPython({
      python: this.#request.python,
      args: [path.join(this.#request.runtime, "verify.py"), command, ...files],
      cwd: this.#inScratch(this.#workdir),
      env: {
        // The order of sets would otherwise differ from run to run.
        PYTHONHASHSEED: "0",
        ...Object.fromEntries(env),
        PYTHONDONTWRITEBYTECODE: "1",
        PYTHONIOENCODING: "utf-8",
      },
      signal: this.#request.signal,
    });
  }
}

/** The notebook runs and the pipeline does not: that is a difference, and the plainest. */
function failedRun(end: PythonEnd): Comparison {
  const lines = end.stderr.trimEnd().split("\n");
  const step = /step (\w+)/.exec(lines.at(-1) ?? "")?.[1] ?? "";
  const error =
    lines.findLast((line) => /^\w[\w.]*(Error|Exception|Warning|Interrupt)\b/.test(line)) ?? lines.at(-1);
  const compared = { kind: "error" as const, cell: "", name: step, notebook: "runs", pipeline: error ?? "" };
  return { compared: [{ ...compared, same: false }], nondeterministic: [], with: "" };
}

function assemble(
  subject: Subject,
  outcomes: ReadonlyMap<VerifyMode, Comparison>,
  seconds: number,
): Verification {
  const indexOf = (id: string): number | null => subject.lock.cells[id]?.index ?? null;
  const compared: Compared[] = [];
  const nondeterministic: Unrepeated[] = [];
  for (const [mode, outcome] of outcomes) {
    compared.push(...outcome.compared.map((one) => ({ ...one, cell: indexOf(one.cell), mode })));
    nondeterministic.push(
      ...outcome.nondeterministic.map((one) => ({ ...one, cell: indexOf(one.cell), mode })),
    );
  }
  const [first] = outcomes.keys();
  return {
    same: compared.every(({ same }) => same),
    mode: outcomes.size === 1 && first !== undefined ? first : "both",
    compared,
    nondeterministic,
    notCompared: notComparedIn(subject.lock),
    with: [...outcomes.values()].find((outcome) => outcome.with !== "")?.with ?? "",
    seconds,
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
