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

