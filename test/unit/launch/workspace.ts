import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findInterpreter } from "../../../src/interpreters/findInterpreter.ts";
import { findInstallation, type Installation } from "../../../src/launch/installation.ts";
import type { LaunchRequest } from "../../../src/launch/planLaunch.ts";
import { startRun, type StartedRun } from "../../../src/launch/startRun.ts";
import { EmbeddedStore } from "../../../src/stores/embedded/embeddedStore.ts";
import type { Run } from "../../../src/tracking/model.ts";

/** Stands in for our launcher where a test is about the process alone: runs the script and records what it is told to. */
const standInLauncher = `
import json, os, runpy, sys, time
kind, target, *rest = sys.argv[1:]
journal = open(os.path.join(os.environ["CELLSMITH_RUN_DIR"], "main.1.jsonl"), "a")
def emit(t, **fields):
    journal.write(json.dumps({"v": 1, "t": t, "ts": int(time.time() * 1000), "seq": 0, **fields}) + "\\n")
    journal.flush()
sys.argv = [target, *[a for a in rest if a != "--"]]
sys.path[0] = os.path.dirname(target)
try:
    runpy.run_path(target, init_globals={"emit": emit}, run_name="__main__")
except Exception as error:
    emit("error", message=type(error).__name__ + ": " + str(error))
    raise
`;

export interface Workspace {
  readonly folder: string;
  readonly installation: Installation;
  readonly python: string;
  readonly store: EmbeddedStore;
  write(name: string, text: string): Promise<string>;
  read(name: string): Promise<string>;
  /** Starts a script of this text. */
  script(text: string, more?: Partial<LaunchRequest>): Promise<StartedRun>;
  run(id: string): Promise<Run>;
  /** Waits until the run has a status other than RUNNING, and its supervisor is gone. */
  ended(id: string): Promise<Run>;
  dispose(): Promise<void>;
}

export async function makeWorkspace(): Promise<Workspace> {
  const folder = await mkdtemp(path.join(tmpdir(), "Abwanderung für Märta "));
  const runtime = path.join(folder, "stand-in");
  const source = findInstallation(path.resolve(import.meta.dirname, "../../../src/launch"));
  const installation = { ...source, runtime };
  const python = findInterpreter({ folder, workspace: folder, env: { PATH: process.env.PATH } }).path;
  const store = new EmbeddedStore(folder);
  const write = async (name: string, text: string): Promise<string> => {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  };
  await write("stand-in/launch.py", standInLauncher);
  const run = async (id: string): Promise<Run> => {
    const found = (await store.list()).runs.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no run ${id}`);
    return found;
  };
  return {
    folder,
    installation,
    python,
    store,
    write,
    read: (name) => readFile(path.join(folder, name), "utf8"),
    script: async (text, more = {}) => {
      const file = await write("train.py", text);
      return startRun(
        {
          workspace: folder,
          target: { kind: "script", path: file },
          interpreter: python,
          git: false,
          ...more,
        },
        installation,
      );
    },
    run,
    ended: async (id) => {
      const place = path.join(folder, ".cellsmith", "runs", id, "alive");
      await until("the run to end", async () => (await run(id)).status !== "RUNNING");
      if ((await run(id)).status !== "CRASHED") {
        await until("the supervisor to go", () =>
          readFile(place).then(
            () => false,
            () => true,
          ),
        );
      }
      return run(id);
    },
    dispose: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await sleep(20);
  }
}
