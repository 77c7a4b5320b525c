/**
 * One check on its way. Before each run the copies are made anew: at the same path, because a notebook may print it;
 * what runs beside that, at another path of the same length.
 */
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { missingPackageIn, missingPackageSentence } from "../../formats/missingPackage.ts";
import { ExitCode, Problem } from "../../problem.ts";
import {
  basisWords,
  comparisonSchema,
  type Basis,
  type Comparison,
  type Noticed,
  type RunMode,
} from "./model.ts";
import { readNoticed, throwIfStopped } from "./noticed.ts";
import { runPython, type PythonEnd } from "./runPython.ts";
import { copyProject, inScratch, layOut, removeScratch, type Layout } from "./scratch.ts";
import { specOf, type PathSetting } from "./spec.ts";
import { effectsOf, type Subject, type VerifyRequest } from "./subject.ts";

/** Folder of the copies. */
export type Lane = "folder" | "beside";

const errorLine = /^\w[\w.]*(Error|Exception|Warning|Interrupt)\b/;
const cutSchema = z.object({ cut: z.array(z.string()), whole: z.array(z.string()) });

export class Check {
  readonly request: VerifyRequest;
  readonly basis: Basis;
  readonly #subject: Subject;
  readonly #scratch: string;
  readonly #layout: Layout;
  readonly #workdir: string;
  /** Records of the notebook so far: the first is compared, the others say how far it repeats that. */
  readonly #notebookRuns: string[] = [];

  private constructor(subject: Subject, request: VerifyRequest, scratch: string, layout: Layout) {
    this.#subject = subject;
    this.request = request;
    this.basis = request.basis ?? { kind: "run" };
    this.#scratch = scratch;
    this.#layout = layout;
    this.#workdir = path.resolve(subject.folder, subject.manifest.workdir ?? ".");
  }

  static async prepare(subject: Subject, request: VerifyRequest, scratch: string): Promise<Check> {
    const { manifest, folder, notebook } = subject;
    const workdir = path.resolve(folder, manifest.workdir ?? ".");
    const paths = Object.values(manifest.parameters ?? {}).flatMap(
      ({ type, access, default: value }): PathSetting[] =>
        type === "path" && typeof value === "string" ? [{ access, value }] : [],
    );
    const reads = paths.filter(({ access, value }) => access === "read" && !path.isAbsolute(value));
    const layout = layOut(notebook.path, folder, [
      workdir,
      ...reads.map(({ value }) => path.resolve(workdir, value)),
    ]);
    const check = new Check(subject, request, scratch, layout);
    for (const name of ["records", "tmp"]) await mkdir(path.join(scratch, name));
    const agreed = request.agreed === true ? ["all"] : [];
    for (const lane of ["folder", "beside"] as const) {
      const spec = specOf(subject, {
        basis: basisWords(check.basis),
        scratch,
        lane: path.join(scratch, lane),
        workdir: check.#inLane(lane, workdir),
        effects: check.#effects,
        protect: layout.pieces,
        agreed,
      });
      await writeFile(check.#specFile(lane), JSON.stringify(spec));
    }
    return check;
  }

  #specFile(lane: Lane): string {
    return path.join(this.#scratch, `${lane}.json`);
  }

  #inLane(lane: Lane, file: string): string {
    return inScratch(this.#layout, path.join(this.#scratch, lane), file);
  }

  #record(name: string): string {
    return path.join(this.#scratch, "records", name);
  }

  get #effects(): string {
    return this.#record("effects.jsonl");
  }

  /** What the first run of the notebook needed of the machine; see `roomBeside`. */
  get useFile(): string {
    return `${this.#record("notebook1")}.use.json`;
  }

  /** Whether runs may be beside each other: not where they meet outside their copies. */
  get meetsNobody(): boolean {
    return effectsOf(this.#subject).length === 0;
  }

  noticed(): Promise<readonly Noticed[]> {
    return readNoticed(this.#effects);
  }

  /** Runs the notebook once more. @throws Problem when it fails. */
  async notebookRun(): Promise<void> {
    const { request } = this;
    const file = this.#inLane("folder", this.#subject.notebook.path);
    const record = this.#record(`notebook${this.#notebookRuns.length + 1}`);
    const end = await this.#fresh(
      "folder",
      ["notebook", file, this.#specFile("folder"), record],
      request.signal,
    );
    if (end.code === 0) {
      this.#notebookRuns.push(record);
      return;
    }
    const lines = end.stderr.trimEnd().split("\n");
    const reason = lines.at(-1) ?? "";
    if (end.code === 2) throw new Problem(reason);
    const missing = missingPackageIn(lines.findLast((line) => errorLine.test(line)) ?? "");
    if (missing !== undefined) {
      throw new Problem(missingPackageSentence(missing, request.python), ExitCode.failed);
    }
    request.tell(lines.slice(-30, -1).join("\n"));
    throw new Problem(
      `the notebook itself does not run: ${reason || "its Python was ended"}`,
      ExitCode.failed,
    );
  }

  /** Takes what the notebook's file says instead of a run. @throws Problem when it says nothing. */
  async savedOutputs(): Promise<void> {
    const record = this.#record("saved");
    const args = ["saved", this.#subject.notebook.path, record];
    const end = await this.#python(path.dirname(this.#subject.notebook.path), args, this.request.signal);
    if (end.code !== 0) throw new Problem(lastLine(end));
    this.#notebookRuns.push(record);
  }

  /** Runs the pipeline. @throws Problem when it cannot be run at all. */
  async pipelineRun(mode: RunMode, lane: Lane, signal: AbortSignal): Promise<PythonEnd> {
    const script = this.#inLane(lane, path.join(this.#subject.folder, "run.py"));
    const record = this.#record(path.join(mode, "pipeline"));
    await rm(path.dirname(record), { recursive: true, force: true });
    await mkdir(path.dirname(record));
    const end = await this.#fresh(lane, ["pipeline", script, this.#specFile(lane), record, mode], signal);
    if (end.code === 2) {
      const lines = end.stderr.trimEnd().split("\n");
      const reason =
        lines.findLast((line) => /^run\.py: (?!stopped at step )/.test(line)) ?? lines.at(-1) ?? "";
      throw new Problem(`the pipeline cannot be run: ${reason.replace(/^run\.py: /, "")}`);
    }
    return end;
  }

  /** Compares what the pipeline's last run in a mode did with all that is known of the notebook. */
  async compare(mode: RunMode, end: PythonEnd): Promise<Comparison> {
    const record = this.#record(path.join(mode, "pipeline"));
    if (end.code !== 0 || !existsSync(record)) return failedRun(end);
    const args = ["compare", this.#specFile("folder"), record, ...this.#notebookRuns];
    const compared = await this.#python(this.#scratch, args, this.request.signal);
    const parsed = comparisonSchema.safeParse(jsonOf(compared.stdout));
    if (!parsed.success) throw new Problem(`the results cannot be compared: ${lastLine(compared)}`);
    const [changed] = parsed.data.writtenThrough;
    if (changed !== undefined) {
      throw new Problem(
        `the check ended with ${changed} changed: it is too big to copy, and native code wrote to it through a link`,
      );
    }
    return parsed.data;
  }

  /** The same run once more, after the notebook was run again. Undefined where that run has failed. */
  async compareAgain(mode: RunMode): Promise<Comparison | undefined> {
    const record = this.#record(path.join(mode, "pipeline"));
    return existsSync(record) ? this.compare(mode, { code: 0, stdout: "", stderr: "" }) : undefined;
  }

  async #fresh(lane: Lane, args: readonly string[], signal: AbortSignal): Promise<PythonEnd> {
    const folder = path.join(this.#scratch, lane);
    await removeScratch(folder);
    await copyProject(this.#layout, folder, signal);
    await this.#cut(lane, signal);
    const end = await this.#python(this.#inLane(lane, this.#workdir), args, signal);
    await throwIfStopped(this.#effects, path.basename(this.#subject.notebook.path));
    return end;
  }

  /** Leaves the first rows of the data that settings name, where that was asked for. */
  async #cut(lane: Lane, signal: AbortSignal): Promise<void> {
    if (this.basis.kind !== "sample") return;
    const files = dataFiles(this.#subject)
      .filter((file) => !path.isAbsolute(file))
      .map((file) => this.#inLane(lane, path.resolve(this.#workdir, file)));
    const end = await this.#python(this.#scratch, ["sample", String(this.basis.rows), ...files], signal);
    const parsed = cutSchema.safeParse(jsonOf(end.stdout));
    if (!parsed.success) throw new Problem(`the data cannot be sampled: ${lastLine(end)}`);
    if (parsed.data.cut.length === 0) {
      throw new Problem(
        "there is nothing to sample: neither a setting nor the notebook's text names a CSV, Parquet or JSON lines file",
      );
    }
  }

  #python(cwd: string, args: readonly string[], signal: AbortSignal): Promise<PythonEnd> {
    const env = Object.entries(process.env).filter(([name]) => !/^(CELLSMITH_.*|MPLBACKEND)$/.test(name));
    return runPython({
      python: this.request.python,
      args: [path.join(this.request.runtime, "verify.py"), ...args],
      cwd,
      env: {
        ...Object.fromEntries(env),
        // The order of sets would otherwise differ from run to run.
        PYTHONHASHSEED: "0",
        PYTHONDONTWRITEBYTECODE: "1",
        PYTHONIOENCODING: "utf-8",
        TMPDIR: path.join(this.#scratch, "tmp"),
      },
      signal,
    });
  }
}

/** Files that settings say are read, and those with rows that the notebook's text names. */
function dataFiles({ manifest, notebook }: Subject): readonly string[] {
  const settings = Object.values(manifest.parameters ?? {}).flatMap(({ type, access, default: value }) =>
    type === "path" && access === "read" && typeof value === "string" ? [value] : [],
  );
  const named = notebook.cells.flatMap(({ source }) =>
    [...source.matchAll(/["']([^"'\n]+\.(?:csv|tsv|txt|parquet|jsonl|ndjson)(?:\.gz|\.bz2)?)["']/g)].map(
      ([, file = ""]) => file,
    ),
  );
  return [...new Set([...settings, ...named])];
}

/** The notebook runs and the pipeline does not: that is a difference, and the plainest. */
function failedRun(end: PythonEnd): Comparison {
  const lines = end.stderr.trimEnd().split("\n");
  const step = /step (\w+)/.exec(lines.at(-1) ?? "")?.[1] ?? "";
  const error = lines.findLast((line) => errorLine.test(line)) ?? lines.at(-1);
  const compared = { kind: "error" as const, cell: "", name: step, notebook: "runs", pipeline: error ?? "" };
  return {
    compared: [{ ...compared, same: false }],
    nondeterministic: [],
    notCompared: [],
    notMasked: [],
    writtenThrough: [],
    with: "",
  };
}

function lastLine(end: PythonEnd): string {
  return end.stderr.trimEnd().split("\n").at(-1) ?? "";
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
