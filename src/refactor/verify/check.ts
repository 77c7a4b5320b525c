/**
 * One check on its way. Before each run the copies are made anew: at the same path, because a notebook may print it;
 * what runs beside that, at another path of the same length.
 */
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { missingPackageIn, missingPackageSentence } from "../../formats/missingPackage.ts";
import { ExitCode, Problem } from "../../problem.ts";
import { comparisonSchema, type Comparison, type VerifyMode } from "./model.ts";
import { notebookSettings } from "./planNotes.ts";
import { runPython, type PythonEnd } from "./runPython.ts";
import { copyProject, inScratch, layOut, removeScratch, type Layout } from "./scratch.ts";
import type { Subject, VerifyRequest } from "./subject.ts";

/** Folder of the copies. */
export type Lane = "folder" | "beside";

const errorLine = /^\w[\w.]*(Error|Exception|Warning|Interrupt)\b/;

export class Check {
  readonly #subject: Subject;
  readonly request: VerifyRequest;
  readonly #scratch: string;
  readonly #layout: Layout;
  readonly #workdir: string;

  private constructor(subject: Subject, request: VerifyRequest, scratch: string, layout: Layout) {
    this.#subject = subject;
    this.request = request;
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
    for (const lane of ["folder", "beside"] as const) {
      await writeFile(check.#specFile(lane), JSON.stringify(check.#spec(paths, lane)));
    }
    return check;
  }

  /** What the Python side is to look at; see verify.py. */
  #spec(
    paths: readonly { readonly access?: string | undefined; readonly default: unknown }[],
    lane: Lane,
  ): unknown {
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
      workdir: this.#inLane(lane, this.#workdir),
      notebook: notebook.path,
    };
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

  /** What the first run of the notebook needed of the machine; see `roomBeside`. */
  get useFile(): string {
    return `${this.#record("notebook1")}.use.json`;
  }

  /** @throws Problem when the notebook itself fails. */
  async notebookRun(number: 1 | 2): Promise<void> {
    const { request } = this;
    const file = this.#inLane("folder", this.#subject.notebook.path);
    const record = this.#record(`notebook${number}`);
    const args = ["notebook", file, this.#specFile("folder"), record];
    const end = await this.#fresh("folder", args, request.signal);
    if (end.code === 0) return;
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

  /** Runs the pipeline. @throws Problem when it cannot be run at all. */
  async pipelineRun(mode: VerifyMode, lane: Lane, signal: AbortSignal): Promise<PythonEnd> {
    const script = this.#inLane(lane, path.join(this.#subject.folder, "run.py"));
    const record = this.#record(path.join(mode, "pipeline"));
    await rm(path.dirname(record), { recursive: true, force: true });
    await mkdir(path.dirname(record));
    const end = await this.#fresh(lane, ["pipeline", script, this.#specFile(lane), record, mode], signal);
    if (end.code === 2) {
      const reason = end.stderr.trimEnd().split("\n").at(-1) ?? "";
      throw new Problem(`the pipeline cannot be run: ${reason.replace(/^run\.py: /, "")}`);
    }
    return end;
  }

  /** Compares what the pipeline's last run in a mode did with both runs of the notebook. */
  async compare(mode: VerifyMode, end: PythonEnd): Promise<Comparison> {
    const record = this.#record(path.join(mode, "pipeline"));
    if (end.code !== 0 || !existsSync(record)) return failedRun(end);
    const records = [this.#record("notebook1"), this.#record("notebook2"), record];
    const args = ["compare", this.#specFile("folder"), ...records];
    const compared = await this.#python("folder", args, this.request.signal);
    const parsed = comparisonSchema.safeParse(jsonOf(compared.stdout));
    if (!parsed.success) {
      throw new Problem(
        `the results cannot be compared: ${compared.stderr.trimEnd().split("\n").at(-1) ?? ""}`,
      );
    }
    return parsed.data;
  }

  async #fresh(lane: Lane, args: readonly string[], signal: AbortSignal): Promise<PythonEnd> {
    const folder = path.join(this.#scratch, lane);
    await removeScratch(folder);
    await copyProject(this.#layout, folder, signal);
    return this.#python(lane, args, signal);
  }

  #python(lane: Lane, args: readonly string[], signal: AbortSignal): Promise<PythonEnd> {
    const env = Object.entries(process.env).filter(([name]) => !/^(CELLSMITH_.*|MPLBACKEND)$/.test(name));
    return runPython({
      python: this.request.python,
      args: [path.join(this.request.runtime, "verify.py"), ...args],
      cwd: this.#inLane(lane, this.#workdir),
      env: {
        // The order of sets would otherwise differ from run to run.
        PYTHONHASHSEED: "0",
        ...Object.fromEntries(env),
        PYTHONDONTWRITEBYTECODE: "1",
        PYTHONIOENCODING: "utf-8",
      },
      signal,
    });
  }
}

/** The notebook runs and the pipeline does not: that is a difference, and the plainest. */
function failedRun(end: PythonEnd): Comparison {
  const lines = end.stderr.trimEnd().split("\n");
  const step = /step (\w+)/.exec(lines.at(-1) ?? "")?.[1] ?? "";
  const error = lines.findLast((line) => errorLine.test(line)) ?? lines.at(-1);
  const compared = { kind: "error" as const, cell: "", name: step, notebook: "runs", pipeline: error ?? "" };
  return { compared: [{ ...compared, same: false }], nondeterministic: [], with: "" };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
