import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describeInterpreter } from "../interpreters/describeInterpreter.ts";
import { Problem } from "../problem.ts";
import type { Installation } from "./installation.ts";
import { launchFile, launchText } from "./launchFile.ts";
import { type LaunchRequest, planLaunch } from "./planLaunch.ts";
import { makeRunFolder, runFolderOf } from "./recordFolder.ts";
import { readStart } from "./readStart.ts";
import { ulid } from "./ulid.ts";

export interface StartedRun {
  readonly id: string;
  /** Absolute path of the run's folder. */
  readonly folder: string;
}

const patience = 30_000;

/**
 * Starts a run that goes on without its caller: makes its folder and a supervisor, and returns once the journal says
 * that there is a run. What becomes of it is read from the journal.
 * @throws Problem when it cannot be started; then nothing of it stays.
 */
export async function startRun(request: LaunchRequest, at: Installation): Promise<StartedRun> {
  const { version } = await describeInterpreter(request.interpreter);
  const id = ulid();
  const launch = { ...planLaunch(request, id, runFolderOf(request.workspace, id), at), python: version };
  const folder = await makeRunFolder(request.workspace, id);
  try {
    await writeFile(path.join(folder, launchFile), launchText(launch), { mode: 0o600 });
    await startSupervisor(folder, at);
    return { id, folder };
  } catch (error) {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
}

async function startSupervisor(folder: string, at: Installation): Promise<void> {
  const log = path.join(folder, "supervisor.log");
  const output = openSync(log, "a");
  const supervisor = spawn(at.node, [at.supervisor, path.join(folder, launchFile)], {
    // A session of its own: it outlives the window or terminal that started it.
    detached: true,
    stdio: ["ignore", "ignore", output],
    windowsHide: true,
    env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
  });
  closeSync(output);
  let gone: string | undefined;
  supervisor.once("error", (error) => {
    gone = error.message;
  });
  supervisor.once("exit", (code, signal) => {
    gone ??= signal ?? `exit ${String(code)}`;
  });
  supervisor.unref();
  const deadline = Date.now() + patience;
  while ((await readStart(folder)) === undefined) {
    if (gone !== undefined && (await readStart(folder)) === undefined) {
      const said = (await readFile(log, "utf8").catch(() => "")).trim().split("\n").at(-1) ?? "";
      throw new Problem(`the run could not be started: ${said === "" ? gone : said}`);
    }
    if (Date.now() > deadline) {
      supervisor.kill("SIGKILL");
      throw new Problem(
        `the run did not start within ${patience / 1000} seconds: is the machine overloaded?`,
      );
    }
    await sleep(10);
  }
}
