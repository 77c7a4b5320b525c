/**
 * Runs as `.cellsmith/runs/<id>/*.jsonl` beside the user's work. Reading only; the runs themselves write.
 * While somebody watches, running runs are looked at every 50 ms and the rest slowly; otherwise nothing is polled.
 */
import { watch as watchFolder, type FSWatcher } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { isOwnerAlive, type Owner } from "../../launch/owner.ts";
import { messageOf } from "../../problem.ts";
import type { BrokenRun, MetricPoint, Run, RunList } from "../../tracking/model.ts";
import { nameRun } from "../../tracking/nameRun.ts";
import type { Store } from "../../tracking/store.ts";
import { createPacer } from "./pacer.ts";
import { RunFolder } from "./runFolder.ts";

const activeMilliseconds = 50;
const idleMilliseconds = 1000;
/** Every so many finished runs are looked at again in each idle round: somebody may have added a tag. */
const idleBatch = 25;
const ownerGoodForMilliseconds = process.platform === "linux" ? 500 : 5000;
const readersAtOnce = 8;
const seriesKept = 24;

export interface EmbeddedStoreOptions {
  /** Replaces the look at the machine's processes, where none may be started. */
  readonly isAlive?: (owner: Owner | undefined, folder: string) => Promise<boolean>;
}

export class EmbeddedStore implements Store {
  readonly id: string;
  readonly label = ".cellsmith (this folder)";
  readonly folder: string;
  readonly #runsFolder: string;
  readonly #isAlive: (owner: Owner | undefined, folder: string) => Promise<boolean>;
  readonly #folders = new Map<string, RunFolder>();
  readonly #listeners = new Set<(runs: readonly string[]) => void>();
  readonly #named = new WeakMap<Run, { readonly previous: Run | undefined; readonly run: Run }>();
  #seriesOrder: RunFolder[] = [];
  #unreadable: string | undefined;
  #list: RunList | undefined;
  #scanning: Promise<readonly string[]> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #watcher: FSWatcher | undefined;
  #idleAt = 0;
  #idleNext = 0;

  /** @param folder absolute path of the workspace folder that `.cellsmith` lies in. */
  constructor(folder: string, options: EmbeddedStoreOptions = {}) {
    this.folder = folder;
    this.id = `cellsmith:${folder}`;
    this.#runsFolder = path.join(folder, ".cellsmith", "runs");
    this.#isAlive = options.isAlive ?? isOwnerAlive;
  }

  async list(): Promise<RunList> {
    if (this.#list === undefined || this.#listeners.size === 0) await this.#scan();
    this.#list ??= this.#buildList();
    return this.#list;
  }

  async history(run: string, metric: string): Promise<readonly MetricPoint[]> {
    const folder = this.#folders.get(run);
    if (folder === undefined) {
      if (this.#list !== undefined) return [];
      await this.list();
      return this.#folders.has(run) ? this.history(run, metric) : [];
    }
    this.#seriesOrder = [...this.#seriesOrder.filter((other) => other !== folder), folder];
    for (const old of this.#seriesOrder.splice(0, this.#seriesOrder.length - seriesKept)) old.dropSeries();
    return folder.series(metric);
  }

  watch(listener: (runs: readonly string[]) => void): { dispose(): void } {
    // A function of its own, so that two watchers with the same listener are two.
    const entry = (runs: readonly string[]): void => {
      listener(runs);
    };
    this.#listeners.add(entry);
    if (this.#listeners.size === 1) this.#schedule(0);
    return {
      dispose: () => {
        this.#listeners.delete(entry);
        if (this.#listeners.size > 0) return;
        clearTimeout(this.#timer);
        this.#timer = undefined;
        this.#watcher?.close();
        this.#watcher = undefined;
      },
    };
  }

  #schedule(milliseconds: number): void {
    if (this.#listeners.size === 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#round(), milliseconds);
    this.#timer.unref();
  }

  /** Looks once at what may have changed, tells the listeners, and plans the next look. */
  async #round(): Promise<void> {
    let changed: readonly string[] = [];
    try {
      const now = Date.now();
      if (this.#list === undefined || now - this.#idleAt >= idleMilliseconds) {
        this.#idleAt = now;
        this.#watchRuns();
        changed = await this.#scan(this.#list === undefined ? "all" : "some");
      } else {
        changed = await this.#refresh([...this.#folders.values()].filter((folder) => folder.active));
      }
      this.#list = changed.length > 0 ? this.#buildList() : (this.#list ?? this.#buildList());
    } catch (error) {
      this.#unreadable = messageOf(error);
    }
    if (changed.length > 0) for (const listener of this.#listeners) listener(changed);
    const active = [...this.#folders.values()].some((folder) => folder.active);
    this.#schedule(active ? activeMilliseconds : idleMilliseconds);
  }

  /** Tells at once of a new run's folder; where there is no such watcher the slow round finds it. */
  #watchRuns(): void {
    if (this.#watcher !== undefined) return;
    try {
      this.#watcher = watchFolder(this.#runsFolder, { persistent: false }, () => {
        this.#idleAt = 0;
        this.#schedule(activeMilliseconds);
      });
      this.#watcher.on("error", () => {
        this.#watcher?.close();
        this.#watcher = undefined;
      });
    } catch {
      this.#watcher = undefined;
    }
  }

  /** Finds new and vanished folders and reads them. Calls that overlap share one scan. */
  #scan(which: "all" | "some" = "all"): Promise<readonly string[]> {
    this.#scanning ??= this.#scanNow(which).finally(() => {
      this.#scanning = undefined;
    });
    return this.#scanning;
  }

  async #scanNow(which: "all" | "some"): Promise<readonly string[]> {
    const names = await this.#runNames();
    const vanished = [...this.#folders.keys()].filter((id) => !names.has(id));
    for (const id of vanished) this.#folders.delete(id);
    const pause = createPacer();
    const fresh: RunFolder[] = [];
    for (const name of names) {
      if (this.#folders.has(name)) continue;
      const folder = path.join(this.#runsFolder, name);
      const run = new RunFolder({ folder, store: this.id, isAlive: this.#isAlive, pause });
      this.#folders.set(name, run);
      fresh.push(run);
    }
    const known = [...this.#folders.values()];
    const chosen = which === "all" ? known : [...new Set([...fresh, ...this.#worthALook(known)])];
    const changed = await this.#refresh(chosen);
    if (vanished.length > 0 || changed.length > 0) this.#list = undefined;
    return [...vanished, ...changed];
  }

  #worthALook(known: readonly RunFolder[]): RunFolder[] {
    const from = this.#idleNext;
    this.#idleNext = from + idleBatch < known.length ? from + idleBatch : 0;
    return [...known.filter((folder) => folder.active), ...known.slice(from, from + idleBatch)];
  }

  async #runNames(): Promise<ReadonlySet<string>> {
    const before = this.#unreadable;
    try {
      const entries = await readdir(this.#runsFolder, { withFileTypes: true });
      this.#unreadable = undefined;
      const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink());
      return new Set(folders.map((entry) => entry.name).sort());
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : messageOf(error);
      this.#unreadable = code === "ENOENT" ? undefined : `${this.#runsFolder} cannot be read (${code})`;
      if (before !== this.#unreadable) this.#list = undefined;
      return new Set();
    }
  }

  async #refresh(folders: readonly RunFolder[]): Promise<readonly string[]> {
    const waiting = [...folders];
    const changed: string[] = [];
    const reader = async (): Promise<void> => {
      for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
        const wasActive = folder.active;
        const isNew = await folder.refresh(ownerGoodForMilliseconds);
        if (isNew || wasActive !== folder.active) changed.push(folder.id);
      }
    };
    await Promise.all(Array.from({ length: readersAtOnce }, reader));
    if (changed.length > 0) this.#list = undefined;
    return changed;
  }

  #buildList(): RunList {
    const inOrder = [...this.#folders.values()].sort(
      (a, b) => a.started - b.started || (a.id < b.id ? -1 : 1),
    );
    const numbers = new Map<string, number>();
    const lastOf = new Map<string, Run>();
    const runs: Run[] = [];
    const broken: BrokenRun[] = [];
    for (const folder of inOrder) {
      const number = (numbers.get(folder.experiment ?? "") ?? 0) + 1;
      const run = folder.run(number);
      if (run === undefined) {
        const why = folder.broken();
        if (why !== undefined) broken.push(why);
        continue;
      }
      numbers.set(run.experiment, number);
      runs.push(this.#name(run, lastOf.get(run.target.path)));
      lastOf.set(run.target.path, run);
    }
    if (this.#unreadable !== undefined) {
      broken.push({ id: ".cellsmith", store: this.id, reason: this.#unreadable });
    }
    return { runs: runs.reverse(), broken };
  }

  /** Keeps the object while nothing changed, so that a reader can compare by identity. */
  #name(run: Run, previous: Run | undefined): Run {
    if (run.name !== "") return run;
    const known = this.#named.get(run);
    if (known !== undefined && known.previous === previous) return known.run;
    const named = { ...run, name: nameRun(run, previous) };
    this.#named.set(run, { previous, run: named });
    return named;
  }
}
