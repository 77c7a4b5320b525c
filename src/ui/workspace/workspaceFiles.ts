/**
 * Notebooks and pipelines of the workspace folders. A folder is walked when somebody asks, and again after something in it
 * was made or deleted; a file is read again after it changed. Knows no editor: it is told of changes and given readers.
 */
import { stat } from "node:fs/promises";
import path from "node:path";
import type { WorkspaceScan } from "../../datasets/scanWorkspace.ts";
import type { NotebookFacts } from "../views/notebookRows.ts";
import type { PipelineFacts } from "../views/pipelineRows.ts";
import { Signal } from "./signal.ts";

export interface FileReaders {
  scan(folder: string): Promise<WorkspaceScan>;
  notebook(file: string): Promise<NotebookFacts>;
  pipeline(folder: string): Promise<PipelineFacts>;
}

interface Cached<Value> {
  readonly stamp: string;
  readonly value: Promise<Value>;
}

export interface Found {
  /** In the order of their paths; undefined where one is still being read. */
  readonly notebooks: readonly { readonly path: string; readonly facts: NotebookFacts | undefined }[];
  /** False where the folder is too large to be walked to its end. */
  readonly complete: boolean;
}

export class WorkspaceFiles {
  /** A notebook or pipeline of this folder was made, deleted or changed. */
  readonly changed = new Signal<{ readonly folder: string; readonly file: string | undefined }>();
  /** A notebook that `notebooksSoon` left out has been read. */
  readonly read = new Signal<{ readonly folder: string; readonly facts: NotebookFacts }>();
  /** A folder was walked: this is what it holds now. */
  readonly scanned = new Signal<{ readonly folder: string; readonly found: WorkspaceScan }>();
  readonly #readers: FileReaders;
  readonly #scans = new Map<string, Promise<WorkspaceScan>>();
  readonly #notebooks = new Map<string, Cached<NotebookFacts>>();
  readonly #pipelines = new Map<string, Promise<PipelineFacts>>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(readers: FileReaders) {
    this.#readers = readers;
  }

  async notebooks(folder: string): Promise<readonly NotebookFacts[]> {
    const { notebooks } = await this.#scan(folder);
    return Promise.all(notebooks.map((file) => this.notebook(file)));
  }

  /** Like `notebooks`, but waits no longer than `patience` milliseconds; `read` tells of the rest. */
  async notebooksSoon(folder: string, patience: number): Promise<Found> {
    const { notebooks, complete } = await this.#scan(folder);
    const known = new Map<string, NotebookFacts>();
    let late = false;
    const reading = notebooks.map(async (file) => {
      const facts = await this.notebook(file);
      if (late) this.read.fire({ folder, facts });
      else known.set(file, facts);
    });
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    await Promise.race([Promise.all(reading), enough]);
    clearTimeout(timer);
    late = true;
    return { notebooks: notebooks.map((file) => ({ path: file, facts: known.get(file) })), complete };
  }

  /** One notebook, read again only if the file is another one than last time. */
  async notebook(file: string): Promise<NotebookFacts> {
    const stamp = await stampOf(file);
    const cached = this.#notebooks.get(file);
    if (cached?.stamp === stamp) return cached.value;
    // One after the other: understanding a notebook is work for the processor, and the editor needs it in between.
    const value = this.#queue.then(() => this.#readers.notebook(file));
    this.#queue = value.then(
      () => new Promise((resolve) => setImmediate(resolve)),
      () => undefined,
    );
    this.#notebooks.set(file, { stamp, value });
    value.catch(() => this.#notebooks.delete(file));
    return value;
  }

  async pipelines(folder: string): Promise<readonly PipelineFacts[]> {
    const { pipelines } = await this.#scan(folder);
    return Promise.all(pipelines.map((pipeline) => this.pipeline(pipeline)));
  }

  pipeline(folder: string): Promise<PipelineFacts> {
    const known = this.#pipelines.get(folder) ?? this.#readers.pipeline(folder);
    this.#pipelines.set(folder, known);
    return known;
  }

  /** The pipeline that has this file as one of its own; undefined for other files. */
  async pipelineOf(file: string): Promise<PipelineFacts | undefined> {
    const above = [path.dirname(file), path.dirname(path.dirname(file))];
    const found = await Promise.all(above.map((folder) => stampOf(path.join(folder, "pipeline.yaml"))));
    const at = above.find((_, index) => found[index] !== "gone");
    return at === undefined ? undefined : this.pipeline(at);
  }

  /** Something happened to a file of a workspace folder. */
  touched(folder: string, file: string, how: "made" | "changed" | "deleted"): void {
    const own = path.dirname(file);
    for (const pipeline of this.#pipelines.keys()) {
      if (own === pipeline || path.dirname(own) === pipeline) this.#pipelines.delete(pipeline);
    }
    if (how !== "changed") this.#scans.delete(folder);
    this.changed.fire({ folder, file: how === "changed" ? file : undefined });
  }

  /** Forgets everything; the next question reads anew. */
  forget(): void {
    this.#scans.clear();
    this.#notebooks.clear();
    this.#pipelines.clear();
  }

  #scan(folder: string): Promise<WorkspaceScan> {
    const known = this.#scans.get(folder);
    if (known !== undefined) return known;
    const scan = this.#readers.scan(folder);
    this.#scans.set(folder, scan);
    scan.then(
      (found) => {
        this.scanned.fire({ folder, found });
      },
      () => this.#scans.delete(folder),
    );
    return scan;
  }
}

async function stampOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size } = await stat(file);
    return `${mtimeMs} ${size}`;
  } catch {
    return "gone";
  }
}
