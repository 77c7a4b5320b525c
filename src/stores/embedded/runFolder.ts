import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { Owner } from "../../launch/owner.ts";
import type { BrokenRun, MetricPoint, Run } from "../../tracking/model.ts";
import { parseEvent } from "../../tracking/parseEvent.ts";
import { runOf } from "../../tracking/reduceRun.ts";
import { applyEvent, emptyRunState, type RecordedPoint, type RunState } from "../../tracking/runState.ts";
import { FileTail } from "./fileTail.ts";

/** A folder this young without a journal is a run about to start, not a broken one. */
const startingMilliseconds = 10_000;

interface Skipped {
  count: number;
  readonly first: number;
  readonly reason: string;
}

export interface RunFolderOptions {
  readonly folder: string;
  readonly store: string;
  readonly isAlive: (owner: Owner | undefined, folder: string) => Promise<boolean>;
  /** Called between pieces of work. */
  readonly pause: () => Promise<void>;
}

/** One run's folder: its journal files as far as they were read, and what they amount to. */
export class RunFolder {
  readonly id: string;
  readonly #options: RunFolderOptions;
  #state: RunState = emptyRunState();
  #tails = new Map<string, FileTail>();
  #skipped = new Map<string, Skipped>();
  #logs: readonly string[] = [];
  #series: Map<string, MetricPoint[]> | undefined;
  #unreadable: string | undefined;
  #created = 0;
  #alive = true;
  #aliveChecked = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #run: { readonly number: number; readonly value: Run | undefined } | undefined;

  constructor(options: RunFolderOptions) {
    this.#options = options;
    this.id = path.basename(options.folder);
  }

  /** Whether more is to be expected: the run goes on, or its supervisor still adds digests. */
  get active(): boolean {
    if (this.#state.run === undefined) return Date.now() - this.#created < startingMilliseconds;
    return this.#alive;
  }

  get started(): number {
    return this.#state.run?.value.ts ?? 0;
  }

  get experiment(): string | undefined {
    return this.#state.run?.value.experiment;
  }

  get keepsSeries(): boolean {
    return this.#series !== undefined;
  }

  dropSeries(): void {
    this.#series = undefined;
  }

  /**
   * Reads what is new.
   * @param aliveFor milliseconds for which an earlier answer about the owner is good enough.
   * @returns whether anything changed that a person could see.
   */
  refresh(aliveFor = 0): Promise<boolean> {
    return this.#inTurn(async () => {
      const read = await this.#read();
      const alive = await this.#checkAlive(aliveFor);
      const changed = read || alive;
      if (changed) this.#run = undefined;
      return changed;
    });
  }

  /** The whole series of a metric, oldest first. The first call reads the journal once more; then it grows along. */
  series(metric: string): Promise<readonly MetricPoint[]> {
    return this.#inTurn(async () => {
      if (this.#series === undefined) {
        this.#startAfresh();
        this.#series = new Map();
        await this.#read();
        this.#run = undefined;
      }
      const points = [...(this.#series.get(metric) ?? [])];
      return this.#tails.size > 1 ? points.sort((a, b) => a.time - b.time) : points;
    });
  }

  run(number: number): Run | undefined {
    if (this.#run?.number !== number) {
      const value = runOf(this.#state, {
        id: this.id,
        store: this.#options.store,
        folder: this.#options.folder,
        number,
        ownerAlive: this.#alive,
        logs: this.#logs,
        problems: this.#problems(),
      });
      this.#run = { number, value };
    }
    return this.#run.value;
  }

  /** Why this folder is no run, or undefined while it is one or may still become one. */
  broken(): BrokenRun | undefined {
    if (this.#state.run !== undefined || this.active) return undefined;
    const said = this.#problems()[0];
    const reason =
      this.#unreadable ??
      (this.#tails.size === 0
        ? "there is no run.jsonl in its folder"
        : `its run.jsonl does not say what was run${said === undefined ? "" : ` (${said})`}`);
    return { id: this.id, store: this.#options.store, reason };
  }

  /** One reader at a time: two of them would take the same bytes twice. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  #startAfresh(): void {
    this.#state = emptyRunState();
    this.#tails = new Map();
    this.#skipped = new Map();
    if (this.#series !== undefined) this.#series = new Map();
  }

  async #read(): Promise<boolean> {
    const before = this.#unreadable;
    let names: readonly string[];
    try {
      names = await readdir(this.#options.folder);
      this.#created ||= (await stat(this.#options.folder)).mtimeMs;
      this.#unreadable = undefined;
    } catch (error) {
      this.#unreadable = `its folder cannot be read (${codeOf(error)})`;
      return before !== this.#unreadable;
    }
    let changed = this.#noteLogs(names) || before !== undefined;
    const journals = names.filter((name) => name.endsWith(".jsonl")).sort();
    for (const name of journals) {
      const result = await this.#readJournal(name);
      if (result === "replaced") {
        this.#startAfresh();
        for (const again of journals) await this.#readJournal(again);
        return true;
      }
      if (result === "grown") changed = true;
    }
    return changed;
  }

  #noteLogs(names: readonly string[]): boolean {
    const logs = ["stdout.log", "stderr.log"].filter((name) => names.includes(name));
    if (logs.length === this.#logs.length) return false;
    this.#logs = logs.map((name) => path.join(this.#options.folder, name));
    return true;
  }

  async #readJournal(name: string): Promise<"same" | "grown" | "replaced"> {
    let tail = this.#tails.get(name);
    if (tail === undefined) {
      tail = new FileTail(path.join(this.#options.folder, name));
      this.#tails.set(name, tail);
    }
    try {
      return await tail.read({
        line: (text, number) => {
          this.#takeIn(name, text, number);
        },
        tooLong: (number) => {
          this.#skip(name, number, "too long");
        },
        pause: this.#options.pause,
      });
    } catch (error) {
      if (name === "run.jsonl") this.#unreadable = `its run.jsonl cannot be read (${codeOf(error)})`;
      return "same";
    }
  }

  #takeIn(name: string, text: string, number: number): void {
    if (text.trim() === "") return;
    const parsed = parseEvent(text);
    if (parsed.kind === "unreadable") this.#skip(name, number, parsed.reason);
    if (parsed.kind === "event") applyEvent(this.#state, parsed.event, name, this.#keepPoint);
  }

  readonly #keepPoint = ({ key, step, time, value }: RecordedPoint): void => {
    if (this.#series === undefined) return;
    const points = this.#series.get(key);
    if (points === undefined) this.#series.set(key, [{ step, time, value }]);
    else points.push({ step, time, value });
  };

  #skip(name: string, number: number, reason: string): void {
    const before = this.#skipped.get(name);
    if (before === undefined) this.#skipped.set(name, { count: 1, first: number, reason });
    else before.count += 1;
  }

  #problems(): string[] {
    return [...this.#skipped].map(
      ([name, { count, first, reason }]) =>
        `${name}: ${count === 1 ? "one line" : `${count} lines`} left out, ${count === 1 ? "" : "the first is "}line ${first}: ${reason}`,
    );
  }

  async #checkAlive(goodFor: number): Promise<boolean> {
    if (!this.#alive || this.#state.run === undefined || Date.now() - this.#aliveChecked < goodFor) {
      return false;
    }
    this.#aliveChecked = Date.now();
    const alive = await this.#options.isAlive(this.#state.run.value.owner, this.#options.folder);
    if (alive) return false;
    // The owner may have written its last words between our reading and its going.
    await this.#read();
    this.#alive = false;
    return true;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
