import { writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readStart } from "./readStart.ts";
import { cancelFile } from "./launchFile.ts";
import { isOwnerAlive } from "./owner.ts";

/** The three signals and what follows them take no longer. */
const patience = 20_000;

/**
 * Asks a run to stop and waits until it has: Ctrl+C first, then SIGTERM, then SIGKILL, five seconds apart.
 * Works from any window or process, also after the one that started the run is gone.
 * @param folder absolute path of the run's folder.
 * @returns false when the run was over already, or its end could not be waited for.
 */
export async function cancelRun(folder: string): Promise<boolean> {
  const start = await readStart(folder);
  if (start === undefined || !(await isOwnerAlive(start.owner, folder))) return false;
  await writeFile(path.join(folder, cancelFile), "");
  if (process.platform !== "win32" && start.owner?.host === hostname()) {
    try {
      process.kill(start.owner.pid, "SIGTERM");
    } catch {
      // It ended in between, or reads the file.
    }
  }
  return waitForSupervisor(folder, patience);
}

/**
 * Waits until a run's supervisor has written its last word.
 * @returns false when it still lives after so many milliseconds.
 */
export async function waitForSupervisor(
  folder: string,
  milliseconds: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const start = await readStart(folder);
  const deadline = Date.now() + milliseconds;
  while (start !== undefined && (await isOwnerAlive(start.owner, folder))) {
    if (Date.now() > deadline || signal?.aborted === true) return false;
    await sleep(30);
  }
  return true;
}
