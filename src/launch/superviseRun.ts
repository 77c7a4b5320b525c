/**
 * The life of one run, in a process that belongs to it alone: starts Python, stops it when asked to, and writes down
 * how it ended. Everything it knows comes from the run's `launch.json`, everything it says goes into `run.jsonl`.
 */
import { existsSync, writeFileSync } from "node:fs";
import { readFile, rm, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { digestCode } from "../provenance/digestCode.ts";
import { digestFile } from "../provenance/digestFile.ts";
import type { ReadGit } from "../provenance/git.ts";
import { startChild, type ChildEnd, type ChildGroup } from "./childProcess.ts";
import { explainFailure } from "./explainFailure.ts";
import { Journal } from "./journal.ts";
import { endOfFile, readRecorded, type RecordedFiles } from "./journalFiles.ts";
import { cancelFile, launchSchema, launchText, type Launch } from "./launchFile.ts";
import { heartbeatFile, heartbeatSeconds, ownerOf } from "./owner.ts";
import { redactArgument } from "./secrets.ts";

/** How long Python has to end by itself after each signal. */
const graceMilliseconds = 5000;
const cancelPollMilliseconds = 200;
/** For what Python's own helpers still tidy up after it. */
const tidyMilliseconds = 150;

/**
 * Supervises one run to its end.
 * @param file absolute path of the run's `launch.json`.
 * @param signal aborted when the supervisor itself is asked to stop: then the run is cancelled.
 */
export async function superviseRun(file: string, readGit: ReadGit, signal: AbortSignal): Promise<void> {
  const folder = path.dirname(file);
  const launch = launchSchema.parse(JSON.parse(await readFile(file, "utf8")));
  // What was handed over may hold a secret; what stays behind must not.
  await writeFile(file, launchText({ ...launch, args: launch.args.map(redactArgument) }));
  const stopHeartbeat = startHeartbeat(folder);
  const journal = new Journal(path.join(folder, "run.jsonl"));
  await writeStart(journal, launch, readGit);
  const child = startChild({
    file: launch.interpreter,
    args: launch.args,
    cwd: launch.cwd,
    env: environmentOf(launch, folder),
    stdout: path.join(folder, "stdout.log"),
    stderr: path.join(folder, "stderr.log"),
  });
  const cancelled = cancelWhenAsked(child, folder, signal);
  const end = await child.ended;
  const tidied = sleep(tidyMilliseconds).then(() => {
    child.signal("SIGKILL");
  });
  const recorded = await readRecorded(folder);
  const stderr = await endOfFile(path.join(folder, "stderr.log"));
  journal.write({ t: "end", ...verdict(end, cancelled(), stderr, recorded.error, launch.interpreter) });
  await writeDigests(journal, recorded, folder, signal);
  await tidied;
  stopHeartbeat();
  await rm(path.join(folder, heartbeatFile), { force: true });
}

async function writeStart(journal: Journal, launch: Launch, readGit: ReadGit): Promise<void> {
  const [owner, git, codeDigest] = await Promise.all([
    ownerOf(process.pid),
    launch.git ? readGit(launch.cwd) : undefined,
    digestCode(launch.target.kind, launch.target.path),
  ]);
  journal.write({
    t: "run",
    id: launch.id,
    name: launch.name,
    experiment: launch.experiment,
    target: launch.target,
    command: [launch.interpreter, ...launch.args].map(redactArgument),
    interpreter: launch.interpreter,
    python: launch.python,
    git,
    codeDigest,
    owner,
  });
  if (Object.keys(launch.params).length > 0) journal.write({ t: "params", values: launch.params });
}

/** The user's own environment, less what VS Code put there for itself, plus how to find the journal. */
function environmentOf(launch: Launch, folder: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(ELECTRON_RUN_AS_NODE|VSCODE_.*|CELLSMITH_.*)$/.test(name),
  );
  const bin = path.dirname(launch.interpreter);
  const environment = path.dirname(bin);
  const isVenv = existsSync(path.join(environment, "pyvenv.cfg"));
  return {
    ...Object.fromEntries(own),
    // As if the environment were activated, so that the tools a notebook calls are its own.
    ...(isVenv ? { VIRTUAL_ENV: environment, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ""}` } : {}),
    PYTHONUNBUFFERED: "1",
    CELLSMITH_RUN_DIR: folder,
    CELLSMITH_OWNER_PID: String(process.pid),
    ...(launch.metricPattern === undefined ? {} : { CELLSMITH_METRIC_PATTERN: launch.metricPattern }),
    ...(launch.tap === undefined ? {} : { CELLSMITH_TAP: launch.tap }),
  };
}

/** Returns a function that tells whether the run was asked to stop. */
function cancelWhenAsked(child: ChildGroup, folder: string, signal: AbortSignal): () => boolean {
  let asked = false;
  const cancel = (): void => {
    if (asked) return;
    asked = true;
    void stopChild(child);
  };
  if (signal.aborted) cancel();
  signal.addEventListener("abort", cancel, { once: true });
  // A file reaches us on every platform and from every window; a signal is only faster.
  const poll = setInterval(() => {
    if (existsSync(path.join(folder, cancelFile))) cancel();
  }, cancelPollMilliseconds);
  void child.ended.then(() => {
    clearInterval(poll);
    signal.removeEventListener("abort", cancel);
  });
  return () => asked;
}

/** First as Ctrl+C does it, then less and less politely. */
async function stopChild(child: ChildGroup): Promise<void> {
  const gone = child.ended.then(() => true);
  for (const signal of ["SIGINT", "SIGTERM", "SIGKILL"] as const) {
    child.signal(signal);
    const waited = new AbortController();
    const late = sleep(graceMilliseconds, false, { signal: waited.signal }).catch(() => false);
    const isGone = await Promise.race([gone, late]);
    waited.abort();
    if (isGone) return;
  }
}

interface Verdict {
  readonly status: "FINISHED" | "FAILED" | "KILLED";
  readonly exit?: number | undefined;
  readonly reason?: string | undefined;
}

function verdict(
  end: ChildEnd,
  cancelled: boolean,
  stderr: string,
  recorded: string | undefined,
  interpreter: string,
): Verdict {
  if (end.code === 0) return { status: "FINISHED", exit: 0 };
  if (cancelled) return { status: "KILLED", exit: end.code, reason: "cancelled" };
  // Python turns Ctrl+C into this signal or this code.
  if (end.signal === "SIGINT" || end.code === 130) {
    return { status: "KILLED", exit: end.code, reason: "interrupted" };
  }
  return { status: "FAILED", exit: end.code, reason: explainFailure(end, stderr, recorded, interpreter) };
}

async function writeDigests(
  journal: Journal,
  recorded: RecordedFiles,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  for (const { name, path: file } of recorded.inputs.values()) {
    const digest = await digestFile(path.resolve(folder, file), signal);
    if (digest !== undefined) journal.write({ t: "in", name, path: file, ...digest });
  }
  for (const { name, path: file, kind } of recorded.artifacts.values()) {
    const digest = await digestFile(path.resolve(folder, file), signal);
    if (digest !== undefined) journal.write({ t: "art", name, path: file, kind, ...digest });
  }
}

function startHeartbeat(folder: string): () => void {
  const file = path.join(folder, heartbeatFile);
  writeFileSync(file, "");
  const timer = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, heartbeatSeconds * 1000);
  return () => {
    clearInterval(timer);
  };
}
