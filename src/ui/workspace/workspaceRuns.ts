/**
 * The runs of every workspace folder. Nothing is read before somebody asks; from then on the stores are watched, and
 * changes are told on. Knows no editor: it is given the folders and what makes a store.
 */
import type { Run } from "../../tracking/model.ts";
import type { Store } from "../../tracking/store.ts";
import { Signal } from "./signal.ts";

export interface RunsChange {
  /** Workspace folder. */
  readonly folder: string;
  /** Ids of the runs that are new or changed. */
  readonly runs: readonly string[];
}

interface Watched {
  readonly store: Store;
  readonly watching: { dispose(): void };
}

export class WorkspaceRuns {
  readonly changed = new Signal<RunsChange>();
  readonly #folders: () => readonly string[];
  readonly #open: (folder: string) => Promise<Store>;
  readonly #stores = new Map<string, Promise<Watched>>();
  #disposed = false;

  constructor(folders: () => readonly string[], open: (folder: string) => Promise<Store>) {
    this.#folders = folders;
    this.#open = open;
  }

  /** One store a workspace folder, in the workspace's order. Stores of folders that left are closed. */
  async stores(): Promise<readonly Store[]> {
    const folders = this.#folders();
    for (const [folder, watched] of this.#stores) {
      if (!folders.includes(folder)) this.#close(folder, watched);
    }
    return Promise.all(folders.map(async (folder) => (await this.#watched(folder)).store));
  }

  /** The store of one folder; undefined when it is no workspace folder. */
  async store(folder: string): Promise<Store | undefined> {
    return (await this.stores()).find((store) => store.folder === folder);
  }

  async find(folder: string, run: string): Promise<{ readonly run: Run; readonly store: Store } | undefined> {
    const store = await this.store(folder);
    const found = (await store?.list())?.runs.find(({ id }) => id === run);
    return store === undefined || found === undefined ? undefined : { run: found, store };
  }

  /** Waits until the store knows of a run that was just started; gives up after so many milliseconds. */
  async appeared(folder: string, run: string, patience = 3000): Promise<void> {
    const end = Date.now() + patience;
    while ((await this.find(folder, run)) === undefined && Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Every run of every folder, each with the store it comes from; newest first within a folder. */
  async all(): Promise<readonly { readonly run: Run; readonly store: Store }[]> {
    const stores = await this.stores();
    const lists = await Promise.all(
      stores.map(async (store) => (await store.list()).runs.map((run) => ({ run, store }))),
    );
    return lists.flat();
  }

  dispose(): void {
    this.#disposed = true;
    for (const [folder, watched] of this.#stores) this.#close(folder, watched);
  }

  #watched(folder: string): Promise<Watched> {
    const known = this.#stores.get(folder);
    if (known !== undefined) return known;
    const made = this.#open(folder).then((store) => ({
      store,
      watching: store.watch((runs) => {
        if (!this.#disposed) this.changed.fire({ folder, runs });
      }),
    }));
    this.#stores.set(folder, made);
    made.catch(() => this.#stores.delete(folder));
    return made;
  }

  #close(folder: string, watched: Promise<Watched>): void {
    this.#stores.delete(folder);
    void watched.then(
      ({ watching }) => {
        watching.dispose();
      },
      () => undefined,
    );
  }
}
