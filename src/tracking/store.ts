import type { MetricPoint, RunList } from "./model.ts";

/** What every tracker looks like to the explorer. A store owns its files or its connection; reading never harms a writer. */
export interface Store {
  readonly id: string;
  /** What a person reads: `.cellsmith (this folder)`. */
  readonly label: string;
  /** Absolute path of the workspace folder it belongs to. */
  readonly folder: string;
  /** All runs as last read; the first call reads, later ones are answered from memory and kept fresh by `watch`. */
  list(): Promise<RunList>;
  /** The whole series of one metric, in the order it was recorded. */
  history(run: string, metric: string): Promise<readonly MetricPoint[]>;
  /**
   * Calls `listener` with the ids of the runs that changed (new rows, new status), at most every 50 ms.
   * Returns what stops it. While nobody watches, nothing is polled.
   */
  watch(listener: (runs: readonly string[]) => void): { dispose(): void };
}
