/** Runs that this window started: followed with a progress notification, cancelled with it, and at the window's end if so set. */
import * as vscode from "vscode";
import type { Settings } from "../../platform/settings.ts";
import { formatValue } from "../../tracking/formatMetric.ts";
import type { Run } from "../../tracking/model.ts";
import { headlineMetrics } from "../views/experimentRows.ts";
import type { WorkspaceRuns } from "../workspace/workspaceRuns.ts";
import { dotted } from "../words.ts";
import type { RunLog } from "./runLog.ts";

/** A run's folder, as `startRun` gives it. */
export interface Started {
  readonly id: string;
  readonly folder: string;
}

export class LiveRuns {
  readonly #runs: WorkspaceRuns;
  readonly #log: RunLog;
  readonly #settings: Settings;
  readonly #live = new Map<string, Started>();

  constructor(runs: WorkspaceRuns, log: RunLog, settings: Settings) {
    this.#runs = runs;
    this.#log = log;
    this.#settings = settings;
  }

  /**
   * Shows the run's progress until it ends.
   * @param workspace the workspace folder that records it.
   * @returns the run as it ended; undefined when its record vanished.
   */
  async follow(workspace: string, title: string, started: Started): Promise<Run | undefined> {
    this.#live.set(started.id, started);
    try {
      return await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title, cancellable: true },
        (progress, token) => {
          token.onCancellationRequested(() => {
            progress.report({ message: "stopping …" });
            void cancel(started.folder);
          });
          return this.#untilEnd(workspace, started, (message) => {
            if (message !== "" && !token.isCancellationRequested) progress.report({ message });
          });
        },
      );
    } finally {
      this.#live.delete(started.id);
    }
  }

  /** To be called when the window closes. */
  async close(): Promise<void> {
    if (this.#settings.runsOnWindowClose() === "continue") return;
    await Promise.all([...this.#live.values()].map(({ folder }) => cancel(folder)));
  }

  #untilEnd(workspace: string, { id }: Started, say: (message: string) => void): Promise<Run | undefined> {
    return new Promise((resolve, reject) => {
      let seen = false;
      const look = async (): Promise<void> => {
        const found = await this.#runs.find(workspace, id);
        if (found === undefined) {
          // A run that was there and is not any more was deleted under us.
          if (seen) end(undefined);
          return;
        }
        seen = true;
        const { run } = found;
        this.#log.follow(run);
        if (run.status === "RUNNING") say(progressText(run));
        else end(run);
      };
      const listening = this.#runs.changed.on(({ folder, runs }) => {
        if (folder === workspace && runs.includes(id)) look().catch(reject);
      });
      // Should a change be missed, the next look is not far.
      const timer = setInterval(() => {
        look().catch(reject);
      }, 1000);
      const end = (run: Run | undefined): void => {
        clearInterval(timer);
        listening.dispose();
        if (run !== undefined) this.#log.finish(run);
        resolve(run);
      };
      look().catch(reject);
    });
  }
}

async function cancel(folder: string): Promise<void> {
  const { cancelRun } = await import("../../launch/cancelRun.ts");
  await cancelRun(folder);
}

/** `train … (4 of 6)`, or the numbers so far. */
export function progressText(run: Run): string {
  const running = run.steps.find((step) => step.status === "RUNNING");
  const numbers = headlineMetrics(run).map((metric) => `${metric.key} ${formatValue(metric.last)}`);
  const [series] = Object.values(run.metrics).filter((metric) => metric.count > 1);
  return dotted(
    running === undefined ? undefined : `${running.name} …`,
    series === undefined ? undefined : `step ${series.step}`,
    numbers.join(", "),
  );
}
